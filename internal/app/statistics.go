package app

import (
	"context"
	"slices"

	"alfaone/internal/agreement"
	"alfaone/internal/assess"
	"alfaone/internal/store"
)

// AssessmentResults is how an assessment goes, over all its versions. Scores of invites that who asks has yet to grade blind are in
// none of the figures.
type AssessmentResults struct {
	Assessment assess.AssessmentSummary
	Funnel     assess.Funnel
	Scores     assess.Tallies // in percent, of the candidates who are graded
	Seconds    assess.Tallies // from start to completion
	Decisions  map[assess.Outcome]int
}

// AssessmentResults reads how an assessment goes. It takes time in proportion to the completed invites, about a thirtieth of a
// second for 10,000. Errors: Forbidden, NotFound.
func (a *App) AssessmentResults(ctx context.Context, who assess.Actor, id assess.AssessmentID) (r AssessmentResults, err error) {
	err = a.readResults(ctx, who, id, func(tx *store.Tx, s assess.AssessmentSummary) (err error) {
		r.Assessment = s
		if r.Funnel, err = tx.Funnel(who.Org, who.Mode, id); err != nil {
			return err
		}
		if r.Scores, err = tx.Scores(who.Org, who.Mode, id, assess.MemberID(who.ID)); err != nil {
			return err
		}
		sittings, err := tx.Sittings(who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		for _, version := range sittings {
			r.Seconds = append(r.Seconds, version.Seconds...)
		}
		r.Seconds = r.Seconds.Merged()
		r.Decisions, err = tx.DecisionCounts(who.Org, who.Mode, id)
		return err
	})
	return r, err
}

// readResults reads something of an assessment for who may see results.
func (a *App) readResults(ctx context.Context, who assess.Actor, id assess.AssessmentID, read func(*store.Tx, assess.AssessmentSummary) error) error {
	if err := who.May(assess.ReadResults); err != nil {
		return err
	}
	return a.db.Read(ctx, func(tx *store.Tx) error {
		s, err := tx.AssessmentSummary(who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		return read(tx, s)
	})
}

// Candidates reads a page of those who have completed an assessment, with how many fit the filter. The score of one whom the
// member has yet to grade blind is hidden. It takes time in proportion to the completed invites, below a tenth of a second for
// 10,000. Errors: Forbidden, NotFound.
func (a *App) Candidates(ctx context.Context, who assess.Actor, id assess.AssessmentID, f assess.CandidateFilter, page assess.Page) (items []assess.Candidate, total int, err error) {
	err = a.readResults(ctx, who, id, func(tx *store.Tx, _ assess.AssessmentSummary) error {
		items, total, err = tx.Candidates(who.Org, who.Mode, id, assess.MemberID(who.ID), f, page)
		return err
	})
	return items, total, err
}

// QuestionResults is how the questions of one version of an assessment were answered and graded.
type QuestionResults struct {
	Assessment assess.AssessmentSummary
	Versions   []int // those that somebody has completed, the newest first
	Version    int   // the one that is looked at; 0 while nobody has completed any
	Content    assess.Content
	Completed  int // by how many
	Questions  []QuestionFigures
}

// QuestionFigures is how one question was answered and graded. Every submitted evaluation counts that who asks may see; an
// answer that was not given counts as no points, as it does in the grade.
type QuestionFigures struct {
	assess.Question
	Answered int
	Points   assess.Tallies
}

// QuestionResults reads how the questions of a version were answered and graded; of the newest that somebody has completed, if
// nobody has completed the given one. It takes time in proportion to the answers and to the scores: for 10,000 completed
// invites with ten questions and two graders, about half a second on SQLite. Errors: Forbidden, NotFound.
func (a *App) QuestionResults(ctx context.Context, who assess.Actor, id assess.AssessmentID, version int) (r QuestionResults, err error) {
	err = a.readResults(ctx, who, id, func(tx *store.Tx, s assess.AssessmentSummary) error {
		r.Assessment = s
		sittings, err := tx.Sittings(who.Org, who.Mode, id)
		if err != nil || len(sittings) == 0 {
			return err
		}
		chosen := max(0, slices.IndexFunc(sittings, func(v store.VersionSittings) bool { return v.Version == version }))
		for _, v := range sittings {
			r.Versions = append(r.Versions, v.Version)
		}
		r.Version, r.Completed = sittings[chosen].Version, sittings[chosen].Seconds.Count()
		return r.questions(tx, who)
	})
	return r, err
}

func (r *QuestionResults) questions(tx *store.Tx, who assess.Actor) (err error) {
	id := r.Assessment.ID
	if r.Content, err = tx.AssessmentVersion(who.Org, id, r.Version); err != nil {
		return err
	}
	answered, err := tx.Answered(who.Org, who.Mode, id, r.Version)
	if err != nil {
		return err
	}
	points, err := tx.QuestionPoints(who.Org, who.Mode, id, r.Version, assess.MemberID(who.ID))
	if err != nil {
		return err
	}
	for _, q := range r.Content.Questions {
		r.Questions = append(r.Questions, QuestionFigures{Question: q, Answered: answered[q.ID], Points: points[q.ID]})
	}
	return nil
}

// GraderResults is how far the graders of an assessment agree, as far as who asks may know.
type GraderResults struct {
	Assessment assess.AssessmentSummary
	Agreement  GraderAgreement
	ICC        Coefficient // how much of the differences between totals is due to the candidates: ICC(1,1)
	Graders    []GraderFigures
}

// GraderAgreement compares the totals that graders have given to the same candidates, in percent of all points. What adjudicators gave
// is left out, and what was changed after it had been submitted.
type GraderAgreement struct {
	Invites int         // that at least two have graded
	Exact   Coefficient // the share of pairs with the same points
	Near    Coefficient // the share of pairs within NearPercent
	Kappa   Coefficient // weighted quadratically
}

// NearPercent is how far apart totals may lie, in percent of all points, to count as near.
const NearPercent = 5

// Coefficient is a figure that may not be defined.
type Coefficient struct {
	Value   float64
	Defined bool
}

func coefficient(value float64, ok bool) Coefficient { return Coefficient{value, ok} }

// GraderFigures is what one grader has done, and how it compares with colleagues.
type GraderFigures struct {
	Grader     assess.MemberID
	Name       string
	Graded     int
	MedianDays float64         // from when an invite could be graded to when it was
	Agreement  GraderAgreement // with each colleague on the same invites
	Difference Coefficient
}

// GraderResults reads how far the graders of an assessment agree. It takes time in proportion to the evaluations, about a tenth
// of a second for 20,000. Errors: Forbidden, NotFound.
func (a *App) GraderResults(ctx context.Context, who assess.Actor, id assess.AssessmentID) (r GraderResults, err error) {
	err = a.readResults(ctx, who, id, func(tx *store.Tx, s assess.AssessmentSummary) error {
		r.Assessment = s
		ratings, err := tx.Ratings(who.Org, who.Mode, id, assess.MemberID(who.ID))
		if err != nil {
			return err
		}
		work, err := tx.GraderWork(who.Org, who.Mode, id)
		if err != nil {
			return err
		}
		c := compare(ratings)
		r.Agreement, r.ICC = c.agreement(""), coefficient(agreement.ICC1(c.subjects))
		for _, w := range work {
			r.Graders = append(r.Graders, c.figures(w))
		}
		return nil
	})
	return r, err
}

// comparison pairs what graders have given to the same invites. Each pair is there twice, once from either side: nobody of the
// two is the first. Under the empty grader are the pairs of all.
type comparison struct {
	subjects []agreement.Ratings
	pairs    map[assess.MemberID][]agreement.Pair
	invites  map[assess.MemberID]int
}

// compare pairs ratings that are in the order of their invites. Those of invites that one alone has graded tell nothing.
func compare(ratings []store.Rating) comparison {
	c := comparison{pairs: map[assess.MemberID][]agreement.Pair{}, invites: map[assess.MemberID]int{}}
	for len(ratings) > 0 {
		n := slices.IndexFunc(ratings, func(r store.Rating) bool { return r.Invite != ratings[0].Invite })
		if n < 0 {
			n = len(ratings)
		}
		if n > 1 {
			c.add(ratings[:n])
		}
		ratings = ratings[n:]
	}
	return c
}

// add pairs the ratings of one invite.
func (c *comparison) add(ratings []store.Rating) {
	var subject agreement.Ratings
	c.invites[""]++
	for _, own := range ratings {
		subject = append(subject, own.Percent)
		c.invites[own.Grader]++
		for _, other := range ratings {
			if other.Grader != own.Grader {
				pair := agreement.Pair{A: own.Percent, B: other.Percent}
				c.pairs[""] = append(c.pairs[""], pair)
				c.pairs[own.Grader] = append(c.pairs[own.Grader], pair)
			}
		}
	}
	c.subjects = append(c.subjects, subject)
}

func (c comparison) agreement(grader assess.MemberID) GraderAgreement {
	pairs := c.pairs[grader]
	a := GraderAgreement{Invites: c.invites[grader]}
	a.Exact = coefficient(agreement.Exact(pairs))
	a.Near = coefficient(agreement.Within(pairs, NearPercent))
	if a.Invites > 1 {
		a.Kappa = coefficient(agreement.Kappa(pairs, agreement.Quadratic))
	}
	return a
}

func (c comparison) figures(w store.GraderWork) GraderFigures {
	f := GraderFigures{
		Grader: w.Grader, Name: w.Name, Graded: w.Hours.Count(), MedianDays: w.Hours.Median() / 24, Agreement: c.agreement(w.Grader),
	}
	pairs := c.pairs[w.Grader]
	for _, p := range pairs {
		f.Difference.Value += (p.A - p.B) / float64(len(pairs))
	}
	f.Difference.Defined = len(pairs) > 0
	return f
}
