SHELL := bash
.DEFAULT_GOAL := help
.SHELLFLAGS := -euo pipefail -c

tool := go tool -modfile=tools/tools.mod

# What go test keeps of browser tests: pictures that tests took, and pages whose test failed.
artifacts := $(CURDIR)/artifacts

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: ## Start the program with sample data; needs only Go
	@go run ./cmd/alfaone demo

.PHONY: build
build: ## Build bin/alfaone, one static binary
	CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o bin/alfaone ./cmd/alfaone

.PHONY: test
test: need check-format vet lint check-generated types openapi tools/webhooks/node_modules ## Check and test everything, installing what it needs
	CI=true scripts/with-postgres go test -timeout 25m ./...

.PHONY: check
check: check-format vet lint ## Check and test with what is here; tests skip what is not
	go test ./...

.PHONY: test-postgres
test-postgres: ## Test on SQLite and on a throw-away PostgreSQL
	scripts/with-postgres go test ./...

.PHONY: e2e
e2e: ## Test in the browser; pictures go to artifacts/
	@mkdir -p $(artifacts)
	CI=true go test -count=1 -artifacts -outputdir=$(artifacts) ./e2e/...

.PHONY: fuzz
fuzz: ## Fuzz every target for FUZZTIME (20s), one after another
	scripts/fuzz

.PHONY: bench
bench: ## Measure against a bare net/http program, on SQLite and PostgreSQL, and print ratios: some 20 minutes
	scripts/with-postgres --fsync go run ./bench

.PHONY: fmt
fmt: ## Format the code
	$(tool) gofumpt -w .

.PHONY: check-format
check-format:
	@unformatted=$$($(tool) gofumpt -l .); if [[ -n $$unformatted ]]; then echo "not formatted (make fmt):" $$unformatted; exit 1; fi

.PHONY: vet
vet:
	go vet ./...

.PHONY: lint
lint: ## Lint the code
	$(tool) golangci-lint run

.PHONY: generate
generate: tools/css/node_modules clients/typescript/node_modules ## Remake what is generated: templates, scripts, styles, clients
	go tool templ generate -log-level error
	go run ./tools/assets
	npm --prefix tools/css run --silent build
	$(tool) oapi-codegen -config tools/clients/oapi-codegen.yaml docs/openapi.json
	npm --prefix clients/typescript run --silent generate >/dev/null

.PHONY: golden
golden: ## Rewrite the expected outputs of tests; read the diff before you commit it
	go test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -n 1 dirname | sort -u) -update

.PHONY: check-generated
check-generated:
	scripts/unchanged $(MAKE) --no-print-directory generate

.PHONY: types
types: tools/css/node_modules clients/typescript/node_modules
	npm --prefix tools/css run --silent types
	npm --prefix clients/typescript run --silent build

.PHONY: openapi
openapi: tools/openapi/node_modules ## Lint docs/openapi.json
	REDOCLY_SUPPRESS_UPDATE_NOTICE=true npm --prefix tools/openapi run --silent lint

.PHONY: need
need:
	@scripts/need

# A lock file newer than what is installed installs anew.
%/node_modules: %/package-lock.json
	npm --prefix $* ci --loglevel=error --no-audit --no-fund
	@touch $@
