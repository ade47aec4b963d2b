package assess

// Ids are UUID strings (RFC 9562, version 7 when we mint them). One type a noun keeps a candidate's id from being passed
// where an organization's is meant.
type (
	OrgID        string
	MemberID     string
	SessionID    string
	APIKeyID     string
	AssessmentID string
	QuestionID   string
	InviteID     string
	RecordingID  string
	PlayID       string
	TagID        string
	EventID      string
	CriterionID  string
	EvaluationID string
	CommentID    string
	WebhookID    string
	DeliveryID   string
)

// ValidID reports whether s has the form of a UUID: 8-4-4-4-12 hexadecimal digits.
func ValidID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !isHex(s[i]) {
				return false
			}
		}
	}
	return true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
