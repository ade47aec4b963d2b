package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"alfaone/internal/app"
	"alfaone/internal/assess"
)

// spokenFiles are what the sample's members and candidates say. scripts/sample-media makes them.
//
//go:embed sample/*.webm
var spokenFiles embed.FS

// How the sample's files were recorded.
const (
	sampleAudio = "audio/webm;codecs=opus"
	sampleVideo = "video/webm;codecs=vp9,opus"
	sampleSlice = 16 << 10
)

func spoken(name string) bool {
	_, err := spokenFiles.Open("sample/" + name + ".webm")
	return err == nil
}

// deliver sends a file as browsers do, slice by slice, and has it put together.
func (s *sample) deliver(ctx context.Context, d app.Deliverer, id assess.RecordingID, name string) error {
	file, err := spokenFiles.ReadFile("sample/" + name + ".webm")
	if err != nil {
		return err
	}
	n := 0
	for slice := range slices.Chunk(file, sampleSlice) {
		sum := sha256.Sum256(slice)
		c := assess.Chunk{Number: n, Bytes: int64(len(slice)), SHA256: hex.EncodeToString(sum[:])}
		if err := d.PutChunk(ctx, id, c, bytes.NewReader(slice)); err != nil {
			return err
		}
		n++
	}
	if _, err := d.Finish(ctx, id, n, int64(len(file))); err != nil {
		return err
	}
	return s.runDue(ctx)
}

// sampleThinking is how long the sample's candidates take for one question.
const sampleThinking = 5 * time.Minute

// answersAll is the story of a candidate who takes the assessment in one sitting, speaking with the given voice.
func answersAll(voice string, after time.Duration) []sampleStep {
	n := len(engineerAssessment().questions)
	return append(answersSome(voice, after, n), completes(after+time.Duration(n+2)*sampleThinking))
}

// answersSome is the story of a candidate who has come to the n-th question so far.
func answersSome(voice string, after time.Duration, n int) []sampleStep {
	steps := []sampleStep{accepts(after), starts(after + sampleThinking)}
	for i := range n {
		steps = append(steps, sampleStep{after + time.Duration(i+2)*sampleThinking, func(s *sample, ctx context.Context, c *sampleCandidate) error {
			return s.answer(ctx, c, voice, i+1)
		}})
	}
	return steps
}

// answer lets a candidate answer a question.
func (s *sample) answer(ctx context.Context, c *sampleCandidate, voice string, number int) error {
	if err := s.app.BeginAnswer(ctx, c.taker(), number); err != nil {
		return err
	}
	if _, err := s.app.GrantPlay(ctx, c.taker(), number, c.language); err != nil {
		return err
	}
	var err error
	switch question := c.content.Questions[number-1]; c.content.AnswerFormatOf(question) {
	case assess.TextFormat:
		_, err = s.app.SaveText(ctx, c.taker(), number, 0, sampleText(c.language))
	case assess.VideoFormat:
		err = s.take(ctx, c, number, sampleVideo, fmt.Sprintf("video-%s-%02d", voice, number))
	default:
		err = s.take(ctx, c, number, sampleAudio, fmt.Sprintf("%s-%02d", voice, number))
	}
	if err != nil {
		return err
	}
	return s.app.SendAnswer(ctx, c.taker(), number)
}

func (s *sample) take(ctx context.Context, c *sampleCandidate, number int, mime, file string) error {
	rec, _, err := s.app.OpenTake(ctx, c.taker(), number, mime)
	if err != nil {
		return err
	}
	if err := s.deliver(ctx, s.app.ByCandidate(c.taker()), rec.ID, file); err != nil || s.app.Transcribes() {
		return err
	}
	return s.transcribe(ctx, c, rec.ID, file)
}

// transcribe writes down what is said in a file, which nobody needs to listen to.
func (s *sample) transcribe(ctx context.Context, c *sampleCandidate, id assess.RecordingID, file string) error {
	ready, err := s.app.ByCandidate(c.taker()).Recording(ctx, id)
	if err != nil {
		return err
	}
	whole := assess.Segment{End: ready.Media.Duration, Text: spokenWords(file)}
	return s.app.ImportTranscript(ctx, s.owner, c.invite.ID, id, whole.Sentences())
}

//go:embed sample/spoken.tsv
var spokenTable string

// spokenWords is what is said in a file.
func spokenWords(name string) string {
	for line := range strings.Lines(spokenTable) {
		if fields := strings.Split(strings.TrimSpace(line), "\t"); len(fields) == 3 && fields[0] == name {
			return fields[2]
		}
	}
	return ""
}

func sampleText(language string) string {
	if language == "es" {
		return "Esto envía cartas a tiempo.\nSe instala con una orden y no necesita nada más.\nSi se pierde una carta, es un fallo nuestro: cuéntenoslo."
	}
	return "This sends letters on time.\nIt installs with one command and needs nothing else.\nIf a letter gets lost, that is our bug: please tell us."
}

// noticed is what an observed candidate's browser noticed.
func noticed(after time.Duration) sampleStep {
	return sampleStep{after, func(s *sample, ctx context.Context, c *sampleCandidate) error {
		now := s.clock.Now()
		return s.app.AddSignals(ctx, c.taker(), now, []assess.Signal{
			{Type: assess.ScreenUnsupported, At: now.Add(-12 * time.Minute)},
			{Type: assess.TabHidden, At: now.Add(-8 * time.Minute), Length: 6 * time.Second},
			{Type: assess.NetworkLost, At: now.Add(-2 * time.Minute), Length: 21 * time.Second},
		})
	}}
}
