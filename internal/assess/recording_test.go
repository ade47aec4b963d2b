package assess_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

func TestARecordingBecomesWhatIsDrawnAndNothingElse(t *testing.T) {
	t.Parallel()
	// Rows are where it stands, columns what it is to become: open, uploaded, ready, failed.
	drawn := map[assess.RecordingState]string{
		assess.RecordingOpen:     "no yes no  yes",
		assess.RecordingUploaded: "no no  yes yes",
		assess.RecordingReady:    "no no  no  no",
		assess.RecordingFailed:   "no no  no  no",
	}
	for _, from := range assess.RecordingStates() {
		cells := strings.Fields(drawn[from])
		for i, to := range assess.RecordingStates() {
			err := from.Become(to)
			if (err == nil) != (cells[i] == "yes") {
				t.Errorf("%s to %s: %v, want %s", from, to, err, cells[i])
			}
			if err != nil && (assess.KindOf(err) != assess.Conflict || assess.CodeOf(err) != assess.Finished) {
				t.Errorf("%s to %s is refused by %v", from, to, err)
			}
		}
	}
	for _, unknown := range []assess.RecordingState{"", "nonsense"} {
		if unknown.Become(assess.RecordingReady) == nil || assess.RecordingOpen.Become(unknown) == nil {
			t.Errorf("the state %q, which does not exist, takes part", unknown)
		}
	}
}

func TestEveryFailureHasWordsOfItsOwn(t *testing.T) {
	t.Parallel()
	said := map[string]bool{}
	for _, f := range assess.Failures() {
		if phrase := f.Phrase(); phrase == string(f) || said[phrase] {
			t.Errorf("%s reads %q", f, phrase)
		}
		said[f.Phrase()] = true
	}
}

func TestWhatTypeOfMediaEachPurposeTakes(t *testing.T) {
	t.Parallel()
	const answer, prompt, screen, webcam, document, face = assess.ForAnswer, assess.ForPrompt, assess.ForScreen, assess.ForWebcam, assess.ForDocument, assess.ForFace
	for mime, takers := range map[string][]assess.Purpose{
		"audio/webm;codecs=opus":                 {answer, prompt},
		"audio/mp4;codecs=mp4a.40.2":             {answer, prompt},
		"video/webm;codecs=vp9,opus":             {answer, prompt, screen, webcam},
		"video/mp4":                              {answer, prompt, screen, webcam},
		"image/jpeg":                             {document, face},
		"image/svg+xml":                          {document, face}, // the bytes decide, and these decode as no photo
		"application/octet-stream":               {prompt},
		"application/pdf":                        nil,
		"text/html":                              nil,
		"":                                       nil,
		"video":                                  {answer, prompt, screen, webcam},
		"audio/webm\r\nSet-Cookie: a=b":          nil,
		"audio/webm\x00":                         nil,
		"audio/webm\u202e":                       nil,
		"Audio/webm":                             nil,
		" audio/webm":                            nil,
		"audio/" + strings.Repeat("x", 100):      nil,
		"audio/" + strings.Repeat("x", 100-6):    {answer, prompt},
		"multipart/form-data; boundary=anything": nil,
	} {
		for _, p := range assess.Purposes() {
			err := assess.CheckMIME(p, mime)
			if (err == nil) != slices.Contains(takers, p) || err != nil && brokenFields(err) != "mime" {
				t.Errorf("%q for %s: %v", mime, p, err)
			}
		}
	}
}

// someChunks are slices with numbers from 0 up to most, in order, each at most once.
func someChunks(t *rapid.T, most int) (chunks []assess.Chunk) {
	numbers := rapid.SliceOfNDistinct(rapid.IntRange(0, most), 0, most+1, rapid.ID[int]).Draw(t, "numbers")
	slices.Sort(numbers)
	for _, n := range numbers {
		chunks = append(chunks, assess.Chunk{Number: n})
	}
	return chunks
}

// numbersIn spells ranges out; false where they are not ranges in order with gaps between them.
func numbersIn(ranges [][2]int) (numbers []int, proper bool) {
	last := -2
	for _, r := range ranges {
		if r[0] <= last+1 || r[1] < r[0] {
			return nil, false
		}
		for n := r[0]; n <= r[1]; n++ {
			numbers = append(numbers, n)
		}
		last = r[1]
	}
	return numbers, true
}

func TestRangesAreTheNumbersThatAreThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		chunks := someChunks(t, 40)
		got, proper := numbersIn(assess.Ranges(chunks))
		if want := numbersOf(chunks); !proper || !slices.Equal(got, want) {
			t.Fatalf("ranges %v of %v", assess.Ranges(chunks), want)
		}
	})
}

func TestMissingAreTheNumbersBelowTheCountThatAreNotThere(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		chunks, count := someChunks(t, 40), rapid.IntRange(0, 50).Draw(t, "count")
		got, proper := numbersIn(assess.Missing(chunks, count))
		var want []int
		for n := range count {
			if !slices.Contains(numbersOf(chunks), n) {
				want = append(want, n)
			}
		}
		if !proper || !slices.Equal(got, want) {
			t.Fatalf("missing %v of %d, there being %v", assess.Missing(chunks, count), count, numbersOf(chunks))
		}
	})
}

func numbersOf(chunks []assess.Chunk) (numbers []int) {
	for _, c := range chunks {
		numbers = append(numbers, c.Number)
	}
	return numbers
}

func TestLimitsOfARecordingHoldWhatItsLengthNeeds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := rapid.SampledFrom(assess.Purposes()).Draw(t, "purpose")
		length := time.Duration(rapid.Int64Range(0, int64(assess.MaxObservation/time.Second)).Draw(t, "seconds")) * time.Second
		bytes, chunks := assess.MaxBytesOf(p, length), assess.MaxChunksOf(p, length)
		if bytes > assess.MaxRecordingBytes || bytes < assess.MaxChunkBytes || chunks < 1 {
			t.Fatalf("%s of %v: %d bytes in %d slices", p, length, bytes, chunks)
		}
		// What our recorder is told to make: 600 kbit/s, a slice a second, a tenth longer than asked.
		if longest := length + length/10 + 5*time.Second; !p.Photo() && p != assess.ForPrompt && length <= time.Hour &&
			(bytes < int64(longest.Seconds())*600_000/8 || chunks < int(longest.Seconds())) {
			t.Fatalf("%s of %v does not fit into %d bytes and %d slices", p, length, bytes, chunks)
		}
	})
}
