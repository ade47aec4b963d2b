// Package wire is the public JSON: the bodies of the API and the payloads of webhooks, converted from package assess. The
// json tags of the public contract are here and nowhere else; fields stand in the order in which the contract shows them.
//
// Every field of an answer is always there: what is absent is null (a nil pointer), a list is never null. The tags beside json
// describe a field in the OpenAPI document. The package must not decide anything, and a change of package assess must not
// change what it writes.
package wire

import "time"

// Time is a moment as the contract writes it: RFC 3339 in UTC, always with milliseconds and Z. It is text from the start, so
// that encoding a list has nothing to ask of it.
type Time string

// TimeOf is t on the wire.
func TimeOf(t time.Time) Time {
	t = t.UTC()
	year, month, day := t.Date()
	hour, minute, second := t.Clock()
	b := make([]byte, 0, len("2006-01-02T15:04:05.000Z"))
	b = append(appendDigits(b, year, 4), '-')
	b = append(appendDigits(b, int(month), 2), '-')
	b = append(appendDigits(b, day, 2), 'T')
	b = append(appendDigits(b, hour, 2), ':')
	b = append(appendDigits(b, minute, 2), ':')
	b = append(appendDigits(b, second, 2), '.')
	b = append(appendDigits(b, t.Nanosecond()/int(time.Millisecond), 3), 'Z')
	return Time(b)
}

// appendDigits writes n with leading zeros: half of what time.Format with this layout takes.
func appendDigits(b []byte, n, width int) []byte {
	b = append(b, "0000"[:width]...)
	for i := len(b) - 1; n > 0; i-- {
		b[i] = byte('0' + n%10)
		n /= 10
	}
	return b
}

// maybeTime is null for the zero time, which stands for "not yet".
func maybeTime(t time.Time) *Time {
	if t.IsZero() {
		return nil
	}
	text := TimeOf(t)
	return &text
}

// orNull is null for the zero value.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

// list converts a slice; the result is never null.
func list[From, To any](items []From, convert func(From) To) []To {
	out := make([]To, len(items))
	for i, item := range items {
		out[i] = convert(item)
	}
	return out
}
