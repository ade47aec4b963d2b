package job

import (
	"cmp"
	"context"
	"slices"
	"sync"
	"time"
)

// Memory is a [Queue] that forgets everything with the process, for tests on fake time. The zero value is empty and
// ready.
type Memory struct {
	mu   sync.Mutex
	jobs map[string]*memoryJob
}

type memoryJob struct {
	Job
	until time.Time
}

var _ Queue = (*Memory)(nil)

// Job returns the job as it stands.
func (m *Memory) Job(id string) (Job, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	j, ok := m.jobs[id]
	if !ok {
		return Job{}, false
	}
	return j.Job, true
}

// Enqueue implements [Queue].
func (m *Memory) Enqueue(_ context.Context, j Job) (bool, error) {
	if err := j.Check(); err != nil {
		return false, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.jobs[j.ID] != nil || m.hasUnique(j) {
		return false, nil
	}
	if m.jobs == nil {
		m.jobs = map[string]*memoryJob{}
	}
	j.State, j.Attempt, j.Token, j.LastError = Queued, 0, "", ""
	m.jobs[j.ID] = &memoryJob{Job: j}
	return true, nil
}

func (m *Memory) hasUnique(j Job) bool {
	if j.UniqueKey == "" {
		return false
	}
	for _, o := range m.jobs {
		if o.Kind == j.Kind && o.UniqueKey == j.UniqueKey && (o.State == Queued || o.State == Running) {
			return true
		}
	}
	return false
}

// Claim implements [Queue].
func (m *Memory) Claim(_ context.Context, c Claim) ([]Job, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var claimed []Job
	for _, j := range m.due(c) {
		if len(claimed) == c.Limit {
			break
		}
		if j.Key != "" && m.keyRuns(j.Key) {
			continue
		}
		j.State, j.Token, j.until = Running, c.Token, c.Until
		j.Attempt++
		claimed = append(claimed, j.Job)
	}
	return claimed, nil
}

func (m *Memory) due(c Claim) []*memoryJob {
	var due []*memoryJob
	for _, j := range m.jobs {
		if j.State == Queued && !j.RunAt.After(c.Now) && slices.Contains(c.Kinds, j.Kind) {
			due = append(due, j)
		}
	}
	slices.SortFunc(due, func(a, b *memoryJob) int {
		return cmp.Or(a.RunAt.Compare(b.RunAt), cmp.Compare(a.ID, b.ID))
	})
	return due
}

func (m *Memory) keyRuns(key string) bool {
	for _, j := range m.jobs {
		if j.Key == key && j.State == Running {
			return true
		}
	}
	return false
}

// Heartbeat implements [Queue].
func (m *Memory) Heartbeat(_ context.Context, j Job, until time.Time) error {
	return m.held(j, func(j *memoryJob) { j.until = until })
}

// Finish implements [Queue].
func (m *Memory) Finish(_ context.Context, j Job, _ time.Time) error {
	if now, ok := m.Job(j.ID); ok && now.State == Done && now.Token == j.Token {
		return nil
	}
	return m.held(j, func(j *memoryJob) { j.State = Done })
}

// Retry implements [Queue].
func (m *Memory) Retry(_ context.Context, j Job, at time.Time, cause string) error {
	return m.held(j, func(j *memoryJob) { j.requeue(at); j.LastError = cause })
}

// Release implements [Queue].
func (m *Memory) Release(_ context.Context, j Job, at time.Time) error {
	return m.held(j, func(j *memoryJob) { j.requeue(at); j.Attempt-- })
}

// Park implements [Queue].
func (m *Memory) Park(_ context.Context, j Job, _ time.Time, cause string) error {
	return m.held(j, func(j *memoryJob) { j.park(cause) })
}

// Reclaim implements [Queue].
func (m *Memory) Reclaim(_ context.Context, kinds []string, until, now time.Time) (int, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n := 0
	for _, j := range m.jobs {
		if j.State != Running || j.until.After(until) || !slices.Contains(kinds, j.Kind) {
			continue
		}
		n++
		if j.LastAttempt() {
			j.park(LeaseExpired)
		} else {
			j.requeue(now)
			j.LastError = LeaseExpired
		}
	}
	return n, nil
}

// held changes a job that is running under the token of j.
func (m *Memory) held(j Job, change func(*memoryJob)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	cur := m.jobs[j.ID]
	if cur == nil || cur.State != Running || cur.Token != j.Token {
		return ErrLeaseLost
	}
	change(cur)
	return nil
}

func (j *memoryJob) requeue(at time.Time) { j.State, j.Token, j.RunAt = Queued, "", at }

func (j *memoryJob) park(cause string) { j.State, j.Token, j.LastError = Parked, "", cause }
