package web

// Routes lists the patterns of everything that the server answers, those of development included.
func Routes() (patterns []string) {
	for _, r := range new(Server).routes(true) {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}

// SafePath is what the access log says of a path.
func SafePath(path string) string { return safePath(path) }
