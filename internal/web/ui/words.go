package ui

import "context"

// Words are the phrases that components say of their own accord. The kit speaks
// English; pages in another language pass theirs with WithWords.
type Words struct {
	Lang         string // BCP 47 tag of these words
	Skip         string // skip link
	Menu         string // button that opens the navigation
	Close        string
	Cancel       string
	Optional     string // after the label of a field that may stay empty
	Problem      string // heading of the error summary
	Error        string // spoken before an error message
	Show, Hide   string // secrets
	TooShort     string // of a new password, with {n} of {min} characters
	LongEnough   string // the same, with {n} characters
	Copy, Copied string
	Language     string // label of the language switch
	Unsaved      string // autosave states, in order
	Saving       string
	Saved        string
	SaveFailed   string
	Conflict     string // someone else changed what is being edited
	Reload       string
	Months       [12]string
}

type wordsKey struct{}

// WithWords returns a context in which components use w.
func WithWords(ctx context.Context, w Words) context.Context {
	return context.WithValue(ctx, wordsKey{}, w)
}

func words(ctx context.Context) Words {
	if w, ok := ctx.Value(wordsKey{}).(Words); ok {
		return w
	}
	return English()
}

// English returns the words used when the context holds no others. Start a
// translation from it, so that a missing phrase shows in English and not as nothing.
func English() Words {
	return Words{
		Lang:       "en",
		Skip:       "Skip to content",
		Menu:       "Menu",
		Close:      "Close",
		Cancel:     "Cancel",
		Optional:   "optional",
		Problem:    "There is a problem",
		Error:      "Error:",
		Show:       "Show",
		Hide:       "Hide",
		TooShort:   "{n} of {min} characters",
		LongEnough: "{n} characters, long enough",
		Copy:       "Copy",
		Copied:     "Copied",
		Language:   "Language",
		Unsaved:    "Unsaved changes",
		Saving:     "Saving…",
		Saved:      "Saved",
		SaveFailed: "Could not save, will retry",
		Conflict:   "Someone else changed this while you were editing. Reload to see their version; what you typed is kept until you do.",
		Reload:     "Reload",
		Months: [12]string{
			"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
		},
	}
}
