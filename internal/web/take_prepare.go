package web

import "alfaone/internal/assess"

// The pages between agreeing and starting: the device check, the practice question, the photos. Each leads on to the next that
// the invite needs, and the last back to where one starts.

const (
	checkPath    = "/take/check"
	practicePath = "/take/practice"
	identityPath = "/take/identity"
	preparedPath = "/take?prepared=1" // where one starts, having been through these
)

func (s *Server) prepareRoutes() []route {
	return []route{
		{"GET " + checkPath, forCandidate(), s.checkPage},
		{"POST " + checkPath + "/upload", forCandidate(), s.testUpload},
		{"GET " + practicePath, forCandidate(), s.practicePage},
		{"GET " + identityPath, forCandidate(), s.identityPage},
	}
}

// prepare serves a page to a candidate who may still prepare, if the page is needed; others are led to where they stand.
func (c *call) prepare(title string, needed func(sitting) bool, page func(sitting) error) error {
	v, err := c.sit()
	if err != nil {
		return err
	}
	if v.Status != assess.Accepted && v.Status != assess.Started || !needed(v) {
		return c.redirect(v.place())
	}
	return page(v.titled(title))
}

func always(sitting) bool { return true }

// practises reports whether anything is recorded as an answer, which can be tried out.
func (v sitting) practises() bool { return v.recordedFormat() != "" }

// identifies reports whether photos are asked for and can still be taken.
func (v sitting) identifies() bool {
	return v.Invite.Proctoring.IDCapture && v.Status == assess.Accepted
}

// recordedFormat is how the first question is answered whose answer is recorded; empty where none is.
func (v sitting) recordedFormat() assess.Format {
	for _, q := range v.Content.Questions {
		if f := v.Content.AnswerFormatOf(q); f != assess.TextFormat {
			return f
		}
	}
	return ""
}

// onward is where the page at path leads to.
func (v sitting) onward(path string) string {
	switch {
	case path == checkPath && v.practises():
		return practicePath
	case path != identityPath && v.identifies():
		return identityPath
	default:
		return preparedPath
	}
}

// spoken are the texts below a key that a script of the page says.
func (v sitting) spoken(key string) map[string]string {
	return v.texts.Group(key, "organization", v.Organization.Name)
}
