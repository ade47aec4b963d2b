package e2e_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"testing"
	"time"
)

// The fake microphone hears a scale: each second another tone, and then from the beginning. What was recorded of it tells which
// seconds are in a file, and in which order.
const (
	tones    = 16
	heardAt  = 8000 // samples a second of what is listened to
	playedAt = 48000

	glance = 50 * time.Millisecond
	slack  = 250 * time.Millisecond // by which a busy machine's clocks and fake microphone may differ: far less than a slice
)

// pitch is the frequency of a second of the scale, in Hz.
func pitch(second int) float64 { return 300 + 200*float64(second%tones) }

// scale writes the sound as a WAV file.
func scale(t *testing.T) string {
	t.Helper()
	samples := make([]int16, tones*playedAt)
	for i := range samples {
		at := float64(i%playedAt) / playedAt
		samples[i] = int16(12000 * math.Sin(2*math.Pi*pitch(i/playedAt)*at))
	}
	return wav(t, samples)
}

// silence is a microphone that is switched off.
func silence(t *testing.T) string {
	t.Helper()
	return wav(t, make([]int16, playedAt))
}

func wav(t *testing.T, samples []int16) string {
	t.Helper()
	var out bytes.Buffer
	size := uint32(2 * len(samples))
	out.WriteString("RIFF")
	write(&out, 36+size)
	out.WriteString("WAVEfmt ")
	write(&out, uint32(16), uint16(1), uint16(1), uint32(playedAt), uint32(2*playedAt), uint16(2), uint16(16))
	out.WriteString("data")
	write(&out, size, samples)
	file := filepath.Join(t.TempDir(), "sound.wav")
	if err := os.WriteFile(file, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

func write(out *bytes.Buffer, values ...any) {
	for _, v := range values {
		_ = binary.Write(out, binary.LittleEndian, v) // a buffer takes everything
	}
}

// listen decodes the sound of a file or URL; input are ffmpeg's options of reading it.
func listen(t *testing.T, file string, input ...string) []int16 {
	t.Helper()
	var errs bytes.Buffer
	args := slices.Concat([]string{"-v", "error"}, input, []string{"-i", file, "-map", "0:a:0", "-ac", "1", "-ar", strconv.Itoa(heardAt), "-f", "s16le", "pipe:1"})
	cmd := exec.CommandContext(t.Context(), tool(t, "ffmpeg"), args...)
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("decoding %s: %v\n%s", file, err, errs.String())
	}
	samples := make([]int16, len(out)/2)
	_, _ = binary.Decode(out, binary.LittleEndian, samples)
	return samples
}

// stretch is how long one tone is heard without a break.
type stretch struct{ tone, glances int }

func (s stretch) length() time.Duration { return time.Duration(s.glances) * glance }

// stretches are what is heard, one after another. Where none stands out, as on the border of two tones, the tone before goes on;
// deaf is how long nothing is heard in the beginning.
func stretches(heard []int) (all []stretch, deaf time.Duration) {
	for _, tone := range heard {
		last := len(all) - 1
		switch {
		case tone < 0 && last < 0:
			deaf += glance
		case last >= 0 && (tone < 0 || all[last].tone == tone):
			all[last].glances++
		default:
			all = append(all, stretch{tone, 1})
		}
	}
	return all, deaf
}

// unbroken checks that seconds of the scale follow each other with no gap, no repetition and none in the wrong place.
func unbroken(t *testing.T, samples []int16) {
	t.Helper()
	if heard := hear(samples); broken(heard) {
		t.Errorf("the scale is broken; every %s the second that is heard: %v", glance, heard)
	}
}

func broken(heard []int) bool {
	all, deaf := stretches(heard)
	if len(all) < 2 || deaf > time.Second/2 {
		return true
	}
	for i, s := range all {
		inner := i > 0 && i < len(all)-1
		if s.length() > time.Second+slack || inner && s.length() < time.Second-slack || i > 0 && s.tone != (all[i-1].tone+1)%tones {
			return true
		}
	}
	return false
}

func TestABrokenScaleIsHeard(t *testing.T) {
	t.Parallel()
	seconds := func(which ...int) (samples []int16) {
		for _, second := range which {
			for i := range heardAt {
				volume := 12000.0
				if second < 0 {
					volume = 0
				}
				samples = append(samples, int16(volume*math.Sin(2*math.Pi*pitch(max(second, 0))*float64(i)/heardAt)))
			}
		}
		return samples
	}
	for name, test := range map[string]struct {
		samples []int16
		want    bool
	}{
		"whole":                         {seconds(0, 1, 2, 3), false},
		"begun in the middle":           {seconds(2, 3, 4)[heardAt/2:], false},
		"round the end":                 {seconds(14, 15, 0, 1), false},
		"a second missing":              {seconds(0, 1, 3, 4), true},
		"a second twice":                {seconds(0, 1, 1, 2), true},
		"out of order":                  {seconds(0, 2, 1, 3), true},
		"a gap of silence":              {seconds(0, 1, -1, 2), true},
		"a part of a second missing":    {slices.Concat(seconds(0), seconds(1)[:heardAt/2], seconds(2, 3)), true},
		"nothing in the beginning":      {seconds(-1, 0, 1), true},
		"nothing at all":                {seconds(-1, -1), true},
		"one tone and nothing after it": {seconds(5, -1, -1), true},
	} {
		if got := broken(hear(test.samples)); got != test.want {
			t.Errorf("%s: broken is %t, heard %v", name, got, hear(test.samples))
		}
	}
}

// hear tells which second of the scale is heard at each glance; -1 where it is none.
func hear(samples []int16) []int {
	const window = int(heardAt * glance / time.Second)
	var heard []int
	for at := 0; at+window <= len(samples); at += window {
		heard = append(heard, toneOf(samples[at:at+window]))
	}
	return heard
}

// toneOf is the second of the scale that most of the sound is; -1 where none is.
func toneOf(samples []int16) int {
	best, loudest, all := -1, 0.0, 0.0
	for _, s := range samples {
		all += float64(s) * float64(s)
	}
	for second := range tones {
		if p := power(samples, pitch(second)); p > loudest {
			best, loudest = second, p
		}
	}
	// A pure tone has all its energy, half the window's length times that of its samples, at its pitch.
	if loudest < all*float64(len(samples))/4 {
		return -1
	}
	return best
}

// power is how much of a frequency is in the samples, by Goertzel's algorithm.
func power(samples []int16, frequency float64) float64 {
	c := 2 * math.Cos(2*math.Pi*frequency/heardAt)
	var one, two float64
	for _, s := range samples {
		one, two = float64(s)+c*one-two, one
	}
	return one*one + two*two - c*one*two
}
