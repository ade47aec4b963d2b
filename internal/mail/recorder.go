package mail

import (
	"context"
	"slices"
	"sync"
)

// Recorder keeps messages instead of sending them. The zero value is ready.
type Recorder struct {
	// Refuse, when set, decides what becomes of a message: an error is returned from Send, and the message not kept.
	Refuse func(Message) error

	mu       sync.Mutex
	messages []Message
}

var _ Sender = (*Recorder)(nil)

// Send implements [Sender]. It refuses whatever [Raw] does.
func (r *Recorder) Send(ctx context.Context, m Message) error {
	if err := ctx.Err(); err != nil {
		return fail(StageConnect, err)
	}
	if _, err := Raw(m); err != nil {
		return err
	}
	if r.Refuse != nil {
		if err := r.Refuse(m); err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.messages = append(r.messages, m)
	return nil
}

// Messages returns what was sent so far, oldest first.
func (r *Recorder) Messages() []Message {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.messages)
}
