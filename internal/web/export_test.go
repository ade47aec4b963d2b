package web

// Routes lists the patterns of everything that the server answers, those of development included.
func Routes() (patterns []string) {
	for _, r := range new(Server).routes(true) {
		patterns = append(patterns, r.pattern)
	}
	return patterns
}
