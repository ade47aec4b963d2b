package wire

// Error is the body of every answer that tells of a failure.
type Error struct {
	Error string `json:"error" minLength:"1" doc:"One sentence for people: what is wrong and, where it can be said, what to do. Several broken rules are joined with a semicolon."`
}

// Problem is the body instead of Error for those who accept application/problem+json (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"Always about:blank: the status says what kind of problem it is, code says it precisely."`
	Title     string         `json:"title" doc:"The status in words."`
	Status    int            `json:"status" doc:"The HTTP status."`
	Detail    string         `json:"detail" doc:"The same sentence as in error."`
	Code      string         `json:"code" doc:"The kind of problem, for programs."`
	Errors    []FieldProblem `json:"errors" nullable:"false" doc:"What is wrong with which field; empty when no field is to blame."`
	RequestID string         `json:"requestId" doc:"The answer's X-Request-Id."`
}

// FieldProblem is one broken rule of one field.
type FieldProblem struct {
	Field   string `json:"field" doc:"The field or query parameter, as the client wrote it; empty for the body as a whole."`
	Message string `json:"message" doc:"The rule, as a phrase that follows the field's name."`
}
