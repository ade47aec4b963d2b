package assess_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

const day = 24 * time.Hour

// retryTable are the waits of Standard Webhooks 1.0.0, written out by hand; the first attempt follows the event at once.
var retryTable = []time.Duration{
	5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, day,
}

// deliveryTime is when the tests of deliveries begin.
var deliveryTime = time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)

// answered is an attempt that was answered with a status, 0 for no answer.
func answered(status int) assess.DeliveryAttempt {
	a := assess.DeliveryAttempt{Status: status}
	if status < 200 || status > 299 {
		a.Error = "not accepted"
	}
	return a
}

func TestTheWaitsBetweenAttemptsAreTheTableAFifthEarlierOrLater(t *testing.T) {
	t.Parallel()
	for i, want := range retryTable {
		for random, of := range map[float64]float64{0: 0.8, 0.25: 0.9, 0.5: 1, 0.75: 1.1} {
			wait, again := assess.RetryWait(i+1, random)
			if off := wait - time.Duration(of*float64(want)); !again || off.Abs() > time.Microsecond {
				t.Errorf("after %d attempts with %v: %v %v, want %v of %v", i+1, random, wait, again, of, want)
			}
		}
	}
	for _, attempts := range []int{-1, 0, len(retryTable) + 1, len(retryTable) + 2} {
		if wait, again := assess.RetryWait(attempts, 0.5); again || wait != 0 {
			t.Errorf("after %d attempts: %v %v, want no other", attempts, wait, again)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		attempts := rapid.IntRange(1, len(retryTable)).Draw(t, "attempts")
		wait, again := assess.RetryWait(attempts, rapid.Float64Range(0, 0.999999).Draw(t, "random"))
		if of := wait.Seconds() / retryTable[attempts-1].Seconds(); !again || of < 0.799999 || of > 1.200001 {
			t.Fatalf("%v, which is %v of the table", wait, of)
		}
	})
}

func TestADeliveryThatNeverSucceedsIsTriedTenTimesAndGivenUp(t *testing.T) {
	t.Parallel()
	now := deliveryTime
	d := assess.WebhookDelivery{State: assess.DeliveryPending, NextAt: now}
	for i, wait := range retryTable {
		if d = d.After(answered(500), 0, 0.5, now); d.State != assess.DeliveryPending || d.Attempts != i+1 || !d.FinishedAt.IsZero() {
			t.Fatalf("after %d attempts: %+v", i+1, d)
		}
		if got := d.NextAt.Sub(now); (got - wait).Abs() > time.Microsecond {
			t.Errorf("after %d attempts it waits %v, want %v", i+1, got, wait)
		}
		now = d.NextAt
	}
	if d = d.After(answered(500), time.Hour, 0.5, now); d.State != assess.DeliveryFailed || d.Attempts != 10 || !d.FinishedAt.Equal(now) {
		t.Errorf("after ten attempts: %+v", d)
	}
	if took := now.Sub(deliveryTime).Hours(); took < 75.5 || took > 75.7 {
		t.Errorf("it took %.2f hours, want 75.6", took)
	}
	if d = d.Again(now); d.State != assess.DeliveryPending || d.Attempts != 0 || !d.NextAt.Equal(now) || !d.FinishedAt.IsZero() {
		t.Errorf("sent again: %+v", d)
	}
}

func TestADeliveryEndsWithTheFirstSuccess(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, now := assess.WebhookDelivery{State: assess.DeliveryPending}, deliveryTime
		for range rapid.IntRange(0, len(retryTable)).Draw(t, "failures") {
			d = d.After(answered(rapid.SampledFrom([]int{0, 302, 400, 429, 500}).Draw(t, "status")), 0, 0.5, now)
			now = d.NextAt
		}
		d = d.After(answered(rapid.IntRange(200, 299).Draw(t, "success")), time.Hour, 0.5, now)
		if d.State != assess.DeliveryDelivered || !d.FinishedAt.Equal(now) {
			t.Fatalf("%+v", d)
		}
	})
}

func TestReceiversCanAskForALongerWaitButNotForMoreThanADay(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		attempts    int // before this one
		asked, want time.Duration
	}{
		{0, 0, 5 * time.Second},
		{0, time.Second, 5 * time.Second}, // never sooner
		{0, time.Hour, time.Hour},
		{0, day, day},
		{0, day + time.Second, day},
		{0, 1000 * day, day},
		{0, -time.Hour, 5 * time.Second},
		{3, time.Hour, 2 * time.Hour},
		{3, 3 * time.Hour, 3 * time.Hour},
	} {
		d := assess.WebhookDelivery{State: assess.DeliveryPending, Attempts: tt.attempts}.After(answered(503), tt.asked, 0.5, deliveryTime)
		if got := d.NextAt.Sub(deliveryTime); (got - tt.want).Abs() > time.Microsecond {
			t.Errorf("after %d attempts and asked for %v it waits %v, want %v", tt.attempts+1, tt.asked, got, tt.want)
		}
	}
}

func TestOnlyReceiversThatAreAwayOrOverloadedAreLeftToRest(t *testing.T) {
	t.Parallel()
	for status := range 600 {
		a := answered(status)
		want := slices.Contains([]int{0, 429, 502, 503, 504}, status)
		w := assess.Webhook{State: assess.WebhookEnabled}.AfterFailure(a, 0, deliveryTime)
		if a.Overloaded() != want || w.Rests(deliveryTime) != want {
			t.Errorf("after %d: overloaded %v, rests %v, want %v", status, a.Overloaded(), w.Rests(deliveryTime), want)
		}
	}
}

// The rest is as long as the webhook has been failing, from five seconds to five minutes, or as its receiver asks.
func TestARestGrowsAsLongAsTheFailingLasts(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ failing, asked, want time.Duration }{
		{0, 0, 5 * time.Second},
		{4 * time.Second, 0, 5 * time.Second},
		{20 * time.Second, 0, 20 * time.Second},
		{4 * time.Minute, 0, 4 * time.Minute},
		{time.Hour, 0, 5 * time.Minute},
		{0, time.Minute, time.Minute},
		{time.Hour, time.Minute, 5 * time.Minute},
		{0, 2 * day, day},
	} {
		w := assess.Webhook{State: assess.WebhookEnabled}.AfterFailure(answered(500), 0, deliveryTime.Add(-tt.failing))
		w = w.AfterFailure(answered(503), tt.asked, deliveryTime)
		if got := w.RestUntil.Sub(deliveryTime); got != tt.want {
			t.Errorf("failing for %v and asked for %v: it rests %v, want %v", tt.failing, tt.asked, got, tt.want)
		}
		if w.Rests(w.RestUntil) || !w.Rests(w.RestUntil.Add(-time.Millisecond)) {
			t.Errorf("a rest of %v ends at another time", tt.want)
		}
	}
}

func TestAnAnswerOf410DisablesAtOnce(t *testing.T) {
	t.Parallel()
	w := assess.Webhook{State: assess.WebhookEnabled}.AfterFailure(answered(http.StatusGone), 0, deliveryTime)
	if w.State != assess.WebhookDisabled || w.DisabledReason != assess.ReasonGone {
		t.Errorf("%s, %q", w.State, w.DisabledReason)
	}
}

// The five days are counted from the first of several failures within a day; one by itself is forgotten after a day.
func TestFiveDaysOfNothingButFailuresDisable(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name     string
		failures []time.Duration
		disabled bool // by the last
	}{
		{"one", []time.Duration{0}, false},
		{"two, five days apart", []time.Duration{0, 5 * day}, false},
		{"two within a day, and one before the fifth day ends", []time.Duration{0, day, 5*day - 1}, false},
		{"two within a day, and one when the fifth day ends", []time.Duration{0, day, 5 * day}, true},
		{"two within a day, and one much later", []time.Duration{0, time.Second, 30 * day}, true},
		{"two in more than a day, and one on the fifth", []time.Duration{0, day + 1, 5 * day}, false},
		{"each more than a day after the one before", []time.Duration{0, 2 * day, 4 * day, 6 * day, 8 * day, 10 * day}, false},
		{"one by itself, and five days after it", []time.Duration{0, 2 * day, 2*day + 1, 7*day - 1}, false},
		{"one by itself, and five days after the next", []time.Duration{0, 2 * day, 2*day + 1, 7 * day}, true},
	} {
		w := assess.Webhook{State: assess.WebhookEnabled}
		for i, after := range tt.failures {
			if w.State == assess.WebhookDisabled {
				t.Errorf("%s: disabled by failure %d", tt.name, i)
			}
			w = w.AfterFailure(answered(500), 0, deliveryTime.Add(after))
		}
		if disabled := w.State == assess.WebhookDisabled; disabled != tt.disabled || disabled != (w.DisabledReason == assess.ReasonFailing) {
			t.Errorf("%s: %s, %q", tt.name, w.State, w.DisabledReason)
		}
	}
}

// TestAWebhookThatIsAwayIsDisabledOnTheFifthDay lets an event happen every hour, with all deliveries tried when they are due.
func TestAWebhookThatIsAwayIsDisabledOnTheFifthDay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := assess.Webhook{State: assess.WebhookEnabled}
		random := rapid.Float64Range(0, 0.999999)
		var due []assess.WebhookDelivery
		for hour := range 6 * 24 {
			now := deliveryTime.Add(time.Duration(hour) * time.Hour)
			due = append(due, assess.WebhookDelivery{State: assess.DeliveryPending, NextAt: now})
			for i, d := range due {
				if d.State != assess.DeliveryPending || d.NextAt.After(now) {
					continue
				}
				due[i] = d.After(answered(500), 0, random.Draw(t, "random"), now)
				w = w.AfterFailure(answered(500), 0, now)
			}
			if disabled := w.State == assess.WebhookDisabled; disabled != (hour >= 5*24) {
				t.Fatalf("in hour %d: %s", hour, w.State)
			}
		}
	})
}
