package main

import "alfaone/internal/assess"

// sampleCriterion is a criterion of the sample. Its levels stand for 0 points, step, twice step and so on; without levels it
// brings any whole number of points up to step.
type sampleCriterion struct {
	name, lookFor string
	step          int
	levels        []string
}

func (s sampleCriterion) criterion(id assess.CriterionID) assess.Criterion {
	c := assess.Criterion{ID: id, Name: s.name, Description: s.lookFor, Points: s.step}
	for i, description := range s.levels {
		c.Levels = append(c.Levels, assess.Level{Points: i * s.step, Description: description})
	}
	return c
}

func systemRubric() []sampleCriterion {
	return []sampleCriterion{
		{"Their own part", "Which decisions and which work were theirs, told apart from the team's.", 1, []string{
			"No part of their own can be made out.",
			"Says “we” throughout; a part shows only in passing.",
			"Names their part, but not what they decided.",
			"Names what they decided and did.",
			"Names it, why it was theirs to do, and what depended on it.",
		}},
		{"Depth", "How the system works, and what made it hard.", 2, []string{
			"A list of products and words.",
			"How it works, without what was hard about it.",
			"What was hard, what else was considered, and what it cost.",
		}},
		{"Looking back", "One point for what they would do otherwise today, one for why.", 2, nil},
	}
}

func hashTableRubric() []sampleCriterion {
	return []sampleCriterion{
		{"Correct", "Hashing, buckets, collisions, and what happens as the table grows.", 2, []string{
			"Wrong, or another structure.",
			"Keys lead to places; how stays open.",
			"Hashing and buckets are right; collisions are missing.",
			"All of it, and why looking up takes the same time however much is in it.",
		}},
		{"Made for the listener", "A colleague from another team: no lecture, no jargon.", 2, []string{
			"Only who knows it already can follow.",
			"Mostly clear; some words are not explained.",
			"A picture or an example that carries the whole explanation.",
		}},
	}
}

func slowPageRubric() []sampleCriterion {
	return []sampleCriterion{
		{"Method", "Narrows it down step by step: what changed, for whom, since when.", 2, []string{
			"Guesses, and changes things to see what happens.",
			"Looks in sensible places, in no order.",
			"Goes from symptom to cause, one question at a time.",
			"The same, and says what each step would rule out.",
		}},
		{"Evidence", "Measures before concluding: traces, logs, metrics, a profile, the query plan.", 2, []string{
			"Measures nothing.",
			"Names tools, not what they would show.",
			"Knows what to measure and what the figures would mean.",
		}},
	}
}

func disagreementRubric() []sampleCriterion {
	return []sampleCriterion{
		{"Fair to the other side", "Could the other person recognize their own view?", 2, []string{
			"The other side is a fool.",
			"The other view is told, without its reasons.",
			"The other view is told as well as their own.",
		}},
		{"Reasons", "What the disagreement was about, and what they argued with.", 1, []string{
			"Taste or rank.",
			"An argument, without anything to back it.",
			"Arguments with facts.",
			"Looked together for what would settle it, and tried that.",
		}},
		{"The end", "What came of it, for the work and between the people.", 1, []string{
			"Left open, or sour.",
			"Decided by somebody else.",
			"Decided together.",
			"Decided together, and they say what they took from it.",
		}},
	}
}

func reviewRubric() []sampleCriterion {
	return []sampleCriterion{
		{"What comes first", "Does it do the right thing, can it be understood, is it tested; style last.", 2, []string{
			"Formatting and names only.",
			"A list, in no order.",
			"Behaviour and risk before style.",
			"The same, and looks at how the change fits into the whole.",
		}},
		{"How it is said", "How they would say it to the author.", 2, []string{
			"Not a word about the author.",
			"Friendly, but vague.",
			"Questions and reasons; tells what must change from what may.",
		}},
	}
}

func readmeRubric() []sampleCriterion {
	return []sampleCriterion{
		{"What it says", "What it is, whom it is for, how to begin.", 2, []string{
			"None of the three.", "One of the three.", "Two of the three.", "All three, in three sentences.",
		}},
		{"Plain words", "Short sentences, no boasting, no word that the reader has to look up.", 4, nil},
	}
}

func databaseRubric() []sampleCriterion {
	return []sampleCriterion{
		{"Judgement", "Argues from the data and its use: relations, transactions, size, how it is read.", 2, []string{
			"A favourite for everything.",
			"Sayings (“NoSQL scales”) without reasons.",
			"Sound reasons for one side.",
			"Sound reasons for both, and where it does not matter.",
		}},
		{"Examples", "Cases of their own.", 2, []string{"None.", "Made up.", "Their own, with how it turned out."}},
	}
}

func deploymentRubric() []sampleCriterion {
	return []sampleCriterion{
		{"The first minutes", "Stops the damage before looking for the cause.", 2, []string{
			"Debugs in production while it burns.",
			"Rolls back, late or without checking what that undoes.",
			"Looks at the damage, rolls back or switches off, and checks that it helped.",
		}},
		{"Telling others", "Who hears what, and when.", 1, []string{
			"Nobody is told.",
			"The team is told.",
			"Those concerned are told, also that it is over.",
			"The same, by a rhythm that was promised and kept.",
		}},
		{"Afterwards", "One point each: the cause is found, it is written down without blame, something changes.", 3, nil},
	}
}

// toolsRubric judges the one written answer of the short assessment.
func toolsRubric() []sampleCriterion {
	return []sampleCriterion{
		{"Worth reading", "A thought of their own, in one sentence.", 5, []string{"Not a sentence.", "A saying.", "A thought of their own, well put."}},
	}
}
