package main

import (
	"bytes"
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the expected outputs")

// command runs the program as the command line does.
func command(t *testing.T, environ []string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code = run(t.Context(), args, environ, &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func TestWrongCommandLinesAreRefusedWithAReason(t *testing.T) {
	t.Parallel()
	secret := filepath.Join(t.TempDir(), "secret")
	for name, tt := range map[string]struct {
		environ []string
		args    []string
		want    string
	}{
		"no command":            {nil, nil, "expected one of"},
		"unknown flag":          {nil, []string{"serve", "--nonsense"}, "unknown flag --nonsense"},
		"misspelt variable":     {[]string{"ALFAONE_LISTN=:1"}, []string{"version"}, "ALFAONE_LISTN is set, but there is no such setting"},
		"missing file":          {[]string{"ALFAONE_SMTP_URL_FILE=" + secret}, []string{"serve"}, "ALFAONE_SMTP_URL_FILE"},
		"value and file":        {[]string{"ALFAONE_SMTP_URL=x", "ALFAONE_SMTP_URL_FILE=x"}, []string{"serve"}, "both set"},
		"base URL with path":    {nil, []string{"serve", "--base-url", "https://a.example/x"}, "--base-url must be like"},
		"base URL of files":     {nil, []string{"serve", "--base-url", "file:///etc"}, "--base-url must be like"},
		"sender is no address":  {nil, []string{"serve", "--mail-from", "nobody"}, "--mail-from must be"},
		"mail without a sender": {nil, []string{"serve", "--smtp-url", "smtp://localhost"}, "--smtp-url needs --mail-from"},
		"proxy is no network":   {nil, []string{"serve", "--trusted-proxies", "10.0.0.1"}, "--trusted-proxies must be"},
		"no PostgreSQL":         {nil, []string{"serve", "--database-url", "mysql://localhost/x"}, "--database-url: must begin with postgres://"},
		"password with an @":    {nil, []string{"migrate", "--database-url", "postgres://me:p@ss@localhost/x"}, "%40 for @"},
		"media in a path":       {nil, []string{"serve", "--media-url", "/var/media"}, "--media-url must be like"},
		"media without keys":    {nil, []string{"serve", "--media-url", "s3://media"}, "--media-url needs --s3-access-key"},
		"keys in the media URL": {nil, []string{"serve", "--media-url", "s3://key:secret@media"}, "keys do not belong into the URL"},
		"keys in the address":   {nil, []string{"serve", "--transcribe-url", "https://me:secret@speech.example/v1"}, "the key goes apart from it"},
		"and in the other":      {nil, []string{"serve", "--speech-url", "https://speech.example/v1?key=secret"}, "--speech-url: speech: the URL must be"},
		"log format":            {nil, []string{"serve", "--log-format", "xml"}, "--log-format"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, _, errOut := command(t, tt.environ, tt.args...)
			if code != 2 || !strings.Contains(errOut, tt.want) {
				t.Errorf("exit %d with %q; want 2 with %q", code, errOut, tt.want)
			}
		})
	}
}

func TestFailuresExitWithOne(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, args := range map[string][]string{
		"data directory is a file": {"migrate", "--data-dir", file},
		"master key is too short":  {"migrate", "--data-dir", t.TempDir(), "--secret-key", "abcd"},
		"no such organization":     {"apikey", "list", "--data-dir", t.TempDir()},
		"no such member":           {"member", "password", "--data-dir", t.TempDir(), "nobody@example.com"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if code, _, errOut := command(t, nil, args...); code != 1 || !strings.HasPrefix(errOut, "alfaone: ") {
				t.Errorf("exit %d with %q", code, errOut)
			}
		})
	}
}

// FuzzSettings holds that no secret gets into an error, whatever is wrong with it or with what stands around it.
func FuzzSettings(f *testing.F) {
	const secret = "hunter2secret"
	for _, around := range [][2]string{{"", ""}, {"a@", "@"}, {"12/", "?x=y"}, {"12?", "#"}, {"%", "%zz"}, {" ", "\r\n"}, {"[", "]"}, {"-----BEGIN PRIVATE KEY-----\n", "\n-----END PRIVATE KEY-----\n"}} {
		for _, rest := range []string{"host.example", "host.example:99/name?sslmode=disable", "[::1", "bucket/prefix?endpoint=https://s3.example.com", ""} {
			f.Add(around[0], around[1], rest)
		}
	}
	f.Fuzz(func(t *testing.T, before, after, rest string) {
		key := before + secret + after
		c := config{
			MailFrom: "a@b.example", S3AccessKey: "a", S3SecretKey: key, SecretKey: key, DKIMKey: key, TranscribeKey: key, SpeechKey: key,
			DatabaseURL: "postgres://" + rest, MediaURL: "s3://" + rest, SMTPURL: "smtp://" + rest, TranscribeURL: "https://" + rest, SpeechURL: "https://" + rest,
		}
		within := c
		within.DKIMKey = "" // it is read before the address is
		for _, url := range []*string{&within.DatabaseURL, &within.MediaURL, &within.SMTPURL, &within.TranscribeURL, &within.SpeechURL} {
			*url = strings.Replace(*url, "://", "://user:"+key+"@", 1)
		}
		for _, c := range []config{c, within} {
			_, masterErr := c.secrets("")
			_, mailErr := c.sender()
			_, blobErr := c.openBlobs("")
			for _, err := range []error{c.Validate(), masterErr, mailErr, blobErr} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("%+v: %v", c, err)
				}
			}
		}
		if within.Validate() == nil {
			t.Errorf("keys of a bucket and of services are taken as parts of their addresses: %+v", within)
		}
	})
}

func TestAFileGivesASecretWithoutItsLineEnd(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte("smtp://u:p@h\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	env, err := readEnvironment([]string{"ALFAONE_SMTP_URL_FILE=" + file, "HOME=/"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(environment{"ALFAONE_SMTP_URL": "smtp://u:p@h"}, env); diff != "" {
		t.Error(diff)
	}
}

func TestAnotherMasterKeyIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code, _, errOut := command(t, nil, "migrate", "--data-dir", dir); code != 0 {
		t.Fatal(errOut)
	}
	code, _, errOut := command(t, nil, "migrate", "--data-dir", dir, "--secret-key", strings.Repeat("ab", 32))
	if code != 1 || !strings.Contains(errOut, "master key is not the one") {
		t.Errorf("exit %d with %q", code, errOut)
	}
	info, err := os.Stat(filepath.Join(dir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key file is %v, %v; want it readable by its owner only", info.Mode(), err)
	}
}

// TestOperatorManagesMembersAndKeys goes through the commands that an operator has.
func TestOperatorManagesMembersAndKeys(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	operate := func(args ...string) string {
		t.Helper()
		code, out, errOut := command(t, []string{"ALFAONE_DATA_DIR=" + dir}, args...)
		if code != 0 {
			t.Fatalf("%v: exit %d with %s", args, code, errOut)
		}
		return out
	}
	operate("member", "add", "--new-organization", "Acme", "--first-name", "Ada", "--last-name", "Lovelace", "ada@example.com")
	out := operate("member", "add", "--base-url", "https://assess.example.com/", "--role", "viewer", "--first-name", "Vi", "--last-name", "Ewer",
		"vi@example.com")
	if !strings.Contains(out, "vi@example.com can sign in at https://assess.example.com with") {
		t.Errorf("adding a member says %q", out)
	}
	secret := strings.TrimSpace(operate("apikey", "create", "nightly export"))
	if !strings.HasPrefix(secret, "ak_live_") {
		t.Fatalf("creating a key prints %q", secret)
	}
	list := operate("apikey", "list")
	id, _, _ := strings.Cut(list, " ")
	if !strings.Contains(list, "usable") || !strings.Contains(list, "nightly export") || strings.Contains(list, secret) {
		t.Errorf("the keys are listed as %q", list)
	}
	operate("apikey", "revoke", id)
	if list := operate("apikey", "list"); !strings.Contains(list, "revoked") {
		t.Errorf("after revoking, the keys are listed as %q", list)
	}
	operate("organization", "rate", "5000")
	if list := operate("organization", "list"); !strings.Contains(list, "5000/min") {
		t.Errorf("the organizations are listed as %q", list)
	}
	operate("member", "remove", "vi@example.com")
	if members := operate("member", "list"); strings.Contains(members, "vi@example.com") || !strings.Contains(members, "ada@example.com") {
		t.Errorf("the members are listed as %q", members)
	}
	code, _, errOut := command(t, nil, "member", "remove", "--data-dir", dir, "ada@example.com")
	if code != 1 || !strings.Contains(errOut, "only owner") {
		t.Errorf("removing the only owner: exit %d with %q", code, errOut)
	}
}

func TestDoctorPassesOnAFreshDirectoryAndFailsOnABrokenOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if code, out, errOut := command(t, nil, "migrate", "--data-dir", dir); code != 0 {
		t.Fatal(out, errOut)
	}
	code, out, errOut := command(t, nil, "doctor", "--data-dir", dir, "--base-url", "https://assess.example.com")
	if code != 0 || !strings.Contains(out, "ok    sqlite database, schema version") {
		t.Errorf("exit %d with %s%s", code, out, errOut)
	}
	code, out, _ = command(t, nil, "doctor", "--data-dir", dir, "--database-url", "postgres://nobody@127.0.0.1:1/none")
	if code != 1 || !strings.Contains(out, "FAIL  database") {
		t.Errorf("without its database: exit %d with %s", code, out)
	}
}

func TestDoctorAsksTheSpeechServicesWhetherTheyLetUsIn(t *testing.T) {
	t.Parallel()
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer sk-right" {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
	t.Cleanup(service.Close)
	for setting, what := range map[string]string{"TRANSCRIBE": "transcription", "SPEECH": "speech"} {
		for key, want := range map[string]struct {
			code  int
			grade string
		}{"sk-right": {0, "ok  "}, "sk-wrong": {1, "FAIL"}} {
			environ := []string{"ALFAONE_" + setting + "_URL=" + service.URL, "ALFAONE_" + setting + "_KEY=" + key, "ALFAONE_BASE_URL=https://assess.example.com"}
			code, out, _ := command(t, environ, "doctor", "--data-dir", t.TempDir())
			if code != want.code || !strings.Contains(out, want.grade+"  the "+what+" service at "+service.URL) || strings.Contains(out, key) {
				t.Errorf("%s: exit %d with %s", key, code, out)
			}
		}
	}
}

// TestConfigurationReferenceIsTrue keeps docs/configuration.md equal to the settings.
func TestConfigurationReferenceIsTrue(t *testing.T) {
	t.Parallel()
	const file = "../../docs/configuration.md"
	got := configurationReference()
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil { //nolint:gosec // documentation
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("docs/configuration.md is stale (make golden):\n%s", diff)
	}
}

func configurationReference() string {
	var b strings.Builder
	b.WriteString("# Configuration\n\nGenerated from the program's flags. A flag wins over its variable; NAME_FILE names a file that holds the value.\n\n" +
		"| Flag | Variable | Default | Meaning |\n| --- | --- | --- | --- |\n")
	for field := range reflect.TypeFor[config]().Fields() {
		tag := field.Tag
		name := tag.Get("name")
		if name == "" {
			name = kebab(field.Name)
		}
		help := strings.ReplaceAll(tag.Get("help"), " (${default})", "")
		fmt.Fprintf(&b, "| `--%s` | `%s` | %s | %s |\n", name, variable(name), code(tag.Get("default")), strings.ReplaceAll(help, "|", `\|`))
	}
	return b.String()
}

func code(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// kebab names a field as kong does: DataDir is data-dir.
func kebab(field string) string {
	var b strings.Builder
	for i, r := range field {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
