package assess_test

import (
	"testing"
	"time"

	"alfaone/internal/assess"
)

func TestAnAnswerStandsWhereItsNewestTakeOrItsTextStands(t *testing.T) {
	t.Parallel()
	take := func(s assess.RecordingState) *assess.Recording { return &assess.Recording{State: s} }
	open, uploaded, ready := take(assess.RecordingOpen), take(assess.RecordingUploaded), take(assess.RecordingReady)
	for name, tt := range map[string]struct {
		answer assess.Answer
		asked  assess.Format
		take   *assess.Recording
		want   assess.AnswerState
	}{
		"nothing spoken":                {assess.Answer{}, assess.AudioFormat, nil, assess.Unanswered},
		"being recorded":                {assess.Answer{}, assess.AudioFormat, open, assess.Arriving},
		"being verified":                {assess.Answer{}, assess.VideoFormat, uploaded, assess.Arriving},
		"verified":                      {assess.Answer{}, assess.VideoFormat, ready, assess.Answered},
		"nothing written":               {assess.Answer{Revision: 3}, assess.TextFormat, nil, assess.Unanswered},
		"written":                       {assess.Answer{Text: "x"}, assess.TextFormat, nil, assess.Answered},
		"written instead":               {assess.Answer{Text: "x", ByText: true}, assess.AudioFormat, nil, assess.Answered},
		"written instead of a take":     {assess.Answer{Text: "x", ByText: true}, assess.AudioFormat, ready, assess.Answered},
		"a draft beside a spoken one":   {assess.Answer{Text: "x"}, assess.AudioFormat, open, assess.Arriving},
		"written, and no take came off": {assess.Answer{Text: "x"}, assess.AudioFormat, nil, assess.Answered},
		"a text that was emptied":       {assess.Answer{ByText: true}, assess.AudioFormat, nil, assess.Unanswered},
		"a take of a written question":  {assess.Answer{}, assess.TextFormat, ready, assess.Unanswered},
	} {
		if got := tt.answer.State(tt.asked, tt.take); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}

func TestAClockRunsOnlyOnceAQuestionIsOpenedAndOnlyWhereTimeIsLimited(t *testing.T) {
	t.Parallel()
	begun := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	reading := 20 * time.Second
	timed := assess.Allowance{Formats: []assess.Format{assess.AudioFormat}, Preparation: time.Minute, Length: 2 * time.Minute}
	written := assess.Allowance{Formats: []assess.Format{assess.TextFormat}, Length: 2 * time.Minute}
	free := timed
	free.Untimed = true
	for name, tt := range map[string]struct {
		allowance      assess.Allowance
		begun          time.Time
		gated          bool
		prepare, write time.Duration // after begun; 0: no limit
	}{
		"spoken, opened":     {timed, begun, true, 80 * time.Second, 200 * time.Second},
		"spoken, not opened": {timed, time.Time{}, true, 0, 0},
		"written":            {written, begun, true, 0, 140 * time.Second},
		"without limits":     {free, begun, false, 0, 0},
	} {
		at := func(d time.Duration) time.Time {
			if d == 0 {
				return time.Time{}
			}
			return begun.Add(d)
		}
		a := tt.allowance
		if a.Gated() != tt.gated || a.PrepareUntil(tt.begun, reading) != at(tt.prepare) || a.WriteUntil(tt.begun, reading) != at(tt.write) {
			t.Errorf("%s: gated %v, prepare until %v, write until %v", name, a.Gated(), a.PrepareUntil(tt.begun, reading), a.WriteUntil(tt.begun, reading))
		}
	}
}

func TestAPlayIsForgivenWithinItsOwnTime(t *testing.T) {
	t.Parallel()
	granted := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	play := assess.Play{Duration: 40 * time.Second, GrantedAt: granted}
	for after, want := range map[time.Duration]bool{0: true, 69_999 * time.Millisecond: true, 70 * time.Second: false, time.Hour: false} {
		if got := play.Forgivable(granted.Add(after)); got != want {
			t.Errorf("%v after it was granted: %v", after, got)
		}
	}
	if play.PlayLife() <= play.Duration {
		t.Error("the media of a play cannot be fetched as long as it plays")
	}
}

func TestReadingTakesAWordFourTenthsOfASecond(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"": 0, "Why?": 400 * time.Millisecond, " two\n words ": 800 * time.Millisecond} {
		if got := assess.ReadingTime(text); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
