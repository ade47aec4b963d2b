// Package assess is the field itself: the nouns of assessing people at a distance (organizations, members, assessments,
// invites …), their limits, their rules and their state machine.
//
// It is pure. It must not read a clock, draw a random number, open a file (but for the table of time zones), know a database,
// a protocol or a JSON shape, or import any other package of this module: whatever a rule needs is an argument.
package assess
