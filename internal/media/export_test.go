package media

import (
	"context"
	"time"
)

// RunFor runs a program with a time limit of the test's choosing.
func (t Tools) RunFor(ctx context.Context, limit time.Duration, program string, args ...string) error {
	return t.run(ctx, command{program: program, args: args, limit: limit})
}
