package job

import "context"

// RunDue works, one after another, the jobs that are due now and those that become due through them, and returns when there
// are none; jobs by the calendar are left out. It serves commands that end, and tests; Run serves servers.
func (r *Runner) RunDue(ctx context.Context) error {
	for ctx.Err() == nil {
		kinds, _ := r.capacity()
		now := r.cfg.Now()
		until := now.Add(r.cfg.Lease)
		jobs, err := r.cfg.Queue.Claim(ctx, Claim{Now: now, Until: until, Token: r.cfg.Token(), Kinds: kinds, Limit: 1})
		if err != nil || len(jobs) == 0 {
			return err
		}
		r.work(ctx, jobs[0], until)
	}
	return ctx.Err()
}
