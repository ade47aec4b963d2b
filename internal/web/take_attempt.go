package web

import (
	"math"
	"net/http"
	"strconv"
	"time"

	"alfaone/internal/assess"
)

// What the scripts of the candidate's pages call while an attempt is under way. Each says who sits where in X-Seat.

func (s *Server) attemptRoutes() []route {
	return append(
		s.deliveryRoutes("/take", forCandidate(), s.byCandidate),
		route{"GET /take/recordings/{id}/media", forCandidate(), s.recordingMedia(s.byCandidate)},
		route{"GET /take/status", forCandidate(), s.attemptStatus},
		route{"POST /take/seat", forCandidate(), s.takeSeat},
		route{"POST /take/questions/{number}/begin", forCandidate(), s.beginQuestion},
		route{"POST /take/questions/{number}/plays", forCandidate(), s.grantPlay},
		route{"GET /take/plays/{id}/media", forCandidate(), s.playMedia},
		route{"POST /take/plays/{id}/interrupted", forCandidate(), s.forgivePlay},
		route{"POST /take/questions/{number}/takes", forCandidate(), s.openTake},
		route{"PUT /take/questions/{number}/text", forCandidate(), s.saveText},
		route{"POST /take/evidence", forCandidate(), s.openEvidence},
		route{"POST /take/signals", forCandidate(), s.addSignals},
	)
}

// number is the question's number in the path.
func (c *call) number() (int, error) {
	n, err := strconv.Atoi(c.r.PathValue("number"))
	if err != nil || n < 1 {
		return 0, assess.Errorf(assess.NotFound, "There is no such question.")
	}
	return n, nil
}

// attemptStatus tells a page how long it still has, by the server's clock.
func (s *Server) attemptStatus(c *call) error {
	clock, err := s.app.Clock(c.ctx(), c.taker())
	if err != nil {
		return err
	}
	var until *int64
	if !clock.CompleteBy.IsZero() {
		until = new(clock.CompleteBy.UnixMilli())
	}
	return c.json(http.StatusOK, struct {
		Status     assess.InviteStatus `json:"status"`
		Now        int64               `json:"now"`        // milliseconds since 1970
		CompleteBy *int64              `json:"completeBy"` // null without a deadline
		Here       bool                `json:"here"`       // whether the tab that asks holds the attempt
	}{clock.Status, clock.Now.UnixMilli(), until, clock.Tab == c.taker().Tab})
}

func (s *Server) takeSeat(c *call) error {
	return c.stepped(s.app.Sit(c.ctx(), c.taker()), "/take")
}

// stepped answers a step that a script asks for, or a form, which leads on to a page.
func (c *call) stepped(err error, page string) error {
	switch {
	case err != nil && c.wantsJSON():
		return err
	case err != nil:
		return c.refusedStep(err)
	case c.wantsJSON():
		c.w.WriteHeader(http.StatusNoContent)
		return nil
	default:
		return c.redirect(page)
	}
}

func (s *Server) beginQuestion(c *call) error {
	number, err := c.number()
	if err != nil {
		return err
	}
	return c.stepped(s.app.BeginAnswer(c.ctx(), c.taker(), number), questionPath(number))
}

func (s *Server) grantPlay(c *call) error {
	number, err := c.number()
	if err != nil {
		return err
	}
	play, err := s.app.GrantPlay(c.ctx(), c.taker(), number, c.takeLanguage())
	if err != nil {
		return err
	}
	var url *string
	if play.Audible {
		path := "/take/plays/" + string(play.ID) + "/media"
		url = &path
	}
	return c.json(http.StatusCreated, struct {
		ID      assess.PlayID `json:"id"`
		URL     *string       `json:"url"` // null where there is nothing to fetch: the browser speaks, or the text stands alone
		Seconds float64       `json:"seconds"`
		Left    int           `json:"left"`
	}{play.ID, url, play.Duration.Seconds(), play.Left})
}

// playMedia hands out what was granted, to scripts only: an address that is opened by itself must not become a player.
func (s *Server) playMedia(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if destination := c.r.Header.Get("Sec-Fetch-Dest"); destination != "" && destination != "empty" {
		return assess.Errorf(assess.Forbidden, "This address is for the assessment's page only.")
	}
	file, err := s.app.PlayMedia(c.ctx(), c.taker(), assess.PlayID(id), c.takeLanguage())
	if err != nil {
		return err
	}
	return c.media(file)
}

func (s *Server) forgivePlay(c *call) error {
	id, err := c.id()
	if err != nil {
		return err
	}
	if err := s.app.ForgivePlay(c.ctx(), c.taker(), assess.PlayID(id)); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

func (s *Server) openTake(c *call) error {
	number, err := c.number()
	if err != nil {
		return err
	}
	var in struct {
		MIME string `json:"mime"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	rec, left, err := s.app.OpenTake(c.ctx(), c.taker(), number, in.MIME)
	if err != nil {
		return err
	}
	return c.opened("/take", rec, left)
}

// saveText keeps what is written so far. To another revision than the stored one it answers with what is stored.
func (s *Server) saveText(c *call) error {
	number, err := c.number()
	if err != nil {
		return err
	}
	var in struct {
		Text     string `json:"text"`
		Revision int    `json:"revision"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	stored, err := s.app.SaveText(c.ctx(), c.taker(), number, in.Revision, in.Text)
	type saved struct {
		Revision int       `json:"revision"`
		SavedAt  time.Time `json:"savedAt"`
	}
	switch {
	case assess.CodeOf(err) == assess.Differs:
		return c.json(http.StatusConflict, struct {
			failure
			saved
			Text string `json:"text"`
		}{failure{messageOf(err, http.StatusConflict), assess.Differs}, saved{stored.Revision, stored.SavedAt}, stored.Text})
	case err != nil:
		return err
	default:
		return c.json(http.StatusOK, saved{stored.Revision, stored.SavedAt})
	}
}

func (s *Server) openEvidence(c *call) error {
	var in struct {
		Purpose assess.Purpose `json:"purpose"`
		MIME    string         `json:"mime"`
	}
	if err := c.decode(&in); err != nil {
		return err
	}
	rec, err := s.app.OpenEvidence(c.ctx(), c.taker(), in.Purpose, in.MIME)
	if err != nil {
		return err
	}
	return c.opened("/take", rec, 0)
}

func (s *Server) addSignals(c *call) error {
	now, signals, err := c.signals()
	if err != nil {
		return err
	}
	if err := s.app.AddSignals(c.ctx(), c.taker(), now, signals); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// signals are what the browser has noticed, and its clock's time of sending.
func (c *call) signals() (now time.Time, signals []assess.Signal, err error) {
	var in struct {
		Now     int64 `json:"now"` // milliseconds since 1970
		Signals []struct {
			Type   assess.SignalType `json:"type"`
			At     int64             `json:"at"`
			Length int64             `json:"ms"`
			Detail string            `json:"detail"`
		} `json:"signals"`
	}
	if err := c.decode(&in); err != nil {
		return now, nil, err
	}
	for _, s := range in.Signals {
		length := max(-1, min(s.Length, math.MaxInt64/int64(time.Millisecond))) // beyond either it is impossible anyway
		signals = append(signals, assess.Signal{
			Type: s.Type, At: time.UnixMilli(s.At), Length: time.Duration(length) * time.Millisecond, Detail: s.Detail,
		})
	}
	return time.UnixMilli(in.Now), signals, nil
}
