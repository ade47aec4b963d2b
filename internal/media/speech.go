package media

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Speak has a synthesizer read text aloud and writes it as a WebM with Opus. language is a BCP 47 tag; where there is no
// voice for the region there may be one for the language. Errors: [ErrNoTool], also when no voice speaks the language.
func (t Tools) Speak(ctx context.Context, text, language, out string) error {
	if t.FFmpeg == "" || t.Speech == "" {
		return wrap("speak", ErrNoTool)
	}
	t.turn = t.voice
	dir, err := os.MkdirTemp("", "alfaone-speech-")
	if err != nil {
		return wrap("speak", err)
	}
	defer os.RemoveAll(dir)
	wav := filepath.Join(dir, "speech.wav")
	if err := t.synthesize(ctx, text, language, wav); err != nil {
		return wrap("speak", err)
	}
	return wrap("speak", t.convert(ctx, shortWork, wav, out, opus()...))
}

// Voice makes of what another synthesizer has said what [Tools.Speak] writes. Errors: [ErrNoTool]; [ErrCorrupt] when it is no sound.
func (t Tools) Voice(ctx context.Context, in, out string) error {
	t.turn = t.voice
	return wrap("convert speech", t.convert(ctx, shortWork, in, out, opus()...))
}

// synthesize tries the voices that a language may have until one speaks. The text goes in by a pipe, so that it is never
// taken for an option.
func (t Tools) synthesize(ctx context.Context, text, language, wav string) error {
	for _, voice := range voices(language) {
		err := t.run(ctx, command{
			program: t.Speech, args: []string{"-v", voice, "-s", "150", "-b", "1", "-w", wav, "--stdin"},
			stdin: strings.NewReader(text), limit: shortWork,
		})
		if !errors.Is(err, ErrCorrupt) { // it refuses nothing but a voice that it does not have
			return err
		}
	}
	return fmt.Errorf("%w: no voice for %q", ErrNoTool, language)
}

var languageTag = regexp.MustCompile(`^[a-z]{2,3}(-[a-z0-9]{2,8})*$`)

// voices names the voices to try, the most fitting first.
func voices(language string) []string {
	tag := strings.ToLower(language)
	if !languageTag.MatchString(tag) {
		return nil
	}
	base, _, _ := strings.Cut(tag, "-")
	names := []string{tag, base}
	if base == "zh" {
		names = []string{"cmn"}
	}
	return names
}
