package media_test

import (
	"encoding/json"
	"errors"
	"math"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"alfaone/internal/media"
)

// heard makes a file with ffmpeg's generators and analyzes it.
func heard(t *testing.T, name, args string) (media.Analysis, string) {
	t.Helper()
	tools := ffmpeg(t)
	path := filepath.Join(t.TempDir(), name)
	run(t, "ffmpeg", append(strings.Fields("-nostdin -v error "+args), path)...)
	a, err := tools.Analyze(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	return a, path
}

func TestLevelsAreThoseOfVolumedetect(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args          string
		silent, quiet bool
	}{
		"tone":         {"-f lavfi -i sine=440:d=3", false, false},
		"quiet tone":   {"-f lavfi -i sine=440:d=3 -af volume=-24dB", false, true},
		"muted":        {"-f lavfi -i anullsrc=d=3", true, false},
		"empty room":   {"-f lavfi -i anoisesrc=d=3:a=0.002:seed=1", true, false},
		"both ears":    {"-f lavfi -i sine=440:d=3 -ac 2", false, false},
		"one loud bit": {"-f lavfi -i aevalsrc='0.5*sin(2*PI*440*t)*between(t,1,1.2)':d=3", false, false},
	}
	for name, test := range tests {
		a, path := heard(t, "in.wav", test.args)
		told := run(t, "sh", "-c", "ffmpeg -nostdin -i "+path+" -ac 1 -af aresample=8000,volumedetect -f null - 2>&1 | grep -o '[a-z]*_volume: [-0-9.]*' | cut -d' ' -f2")
		want := strings.Fields(told)
		for i, got := range []float64{a.MeanDB, a.MaxDB} {
			var db float64
			if err := json.Unmarshal([]byte(want[i]), &db); err != nil || math.Abs(db-got) > 0.6 {
				t.Errorf("%s: %.1f dB, volumedetect says %s", name, got, want[i])
			}
		}
		if a.Silent() != test.silent || a.Quiet() != test.quiet {
			t.Errorf("%s: silent %v, quiet %v; mean %.0f, max %.0f dB", name, a.Silent(), a.Quiet(), a.MeanDB, a.MaxDB)
		}
		if a.Duration != 3*time.Second {
			t.Errorf("%s: lasts %v", name, a.Duration)
		}
	}
}

func TestWaveformHasAThousandToTwoThousandPoints(t *testing.T) {
	t.Parallel()
	for _, length := range []time.Duration{time.Second, 3 * time.Second, 61 * time.Second, 20 * time.Minute} {
		a, _ := heard(t, "in.wav", "-f lavfi -i sine=440:sample_rate=8000:d="+strconv.FormatFloat(length.Seconds(), 'f', -1, 64))
		w := a.Waveform
		if w.Length < 1000 || w.Length > 2000 || len(w.Data) != 2*w.Length {
			t.Errorf("%v: %d points, %d numbers", length, w.Length, len(w.Data))
		}
		shown := time.Duration(w.Length*w.SamplesPerPixel) * time.Second / time.Duration(w.SampleRate)
		if shown < length || shown > length+time.Duration(w.SamplesPerPixel)*time.Second/8000 {
			t.Errorf("%v: the waveform shows %v", length, shown)
		}
	}
}

// Players of waveforms read these names: audiowaveform's format, version 2.
func TestWaveformShowsWhereTheSoundIs(t *testing.T) {
	t.Parallel()
	a, _ := heard(t, "in.wav", "-f lavfi -i aevalsrc='0.5*sin(2*PI*440*t)*gte(t,2)':d=4")
	b, err := json.Marshal(a.Waveform)
	if err != nil {
		t.Fatal(err)
	}
	var w struct {
		Version, Channels, Bits, Length int
		SampleRate                      int `json:"sample_rate"`
		SamplesPerPixel                 int `json:"samples_per_pixel"`
		Data                            []int
	}
	if err := json.Unmarshal(b, &w); err != nil {
		t.Fatal(err)
	}
	if w.Version != 2 || w.Channels != 1 || w.Bits != 8 || w.SampleRate != 8000 || w.Length*2 != len(w.Data) {
		t.Errorf("%.100s", b)
	}
	for i := 0; i+1 < len(w.Data); i += 2 {
		low, high, at := w.Data[i], w.Data[i+1], float64(i/2)/float64(w.Length)
		switch {
		case low > high:
			t.Fatalf("point %d is from %d to %d", i/2, low, high)
		case at < 0.49 && (low < -1 || high > 1), at > 0.51 && (low > -55 || high < 55 || high > 70):
			t.Fatalf("at %.2f of the whole: from %d to %d", at, low, high)
		}
	}
}

func TestWhatHasNoSoundIsNotAnalyzed(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	dir := t.TempDir()
	mute := filepath.Join(dir, "mute.webm")
	run(t, "ffmpeg", strings.Fields("-nostdin -v error -f lavfi -i testsrc2=s=160x120:r=10 -t 1 -c:v libvpx -deadline realtime "+mute)...)
	noise := webm(ebml(0x1654AE6B, track(1, 2, "A_VORBIS")), cluster(0, simple(1, 0, 1, 2, 3), simple(1, 20, 4, 5, 6)))
	for name, path := range map[string]string{
		"a silent film":       mute,
		"not a file of media": write(t, dir, "page", []byte("<html>")),
		"nothing":             write(t, dir, "nothing", nil),
		"nonsense":            write(t, dir, "nonsense", noise),
	} {
		if a, err := tools.Analyze(t.Context(), path); !errors.Is(err, media.ErrCorrupt) {
			t.Errorf("%s: got %+v, %v; want ErrCorrupt", name, a.Duration, err)
		}
	}
}

func TestRecordingsOfABrowserAreHeard(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	for _, name := range []string{"video.webm", "sound.webm", "video.mp4", "h264.mp4"} {
		a, err := tools.Analyze(t.Context(), filepath.Join("testdata", name))
		if err != nil || a.Silent() || math.Abs(a.Duration.Seconds()-3.06) > 0.1 {
			t.Errorf("%s: %v, %.0f dB, %v", name, a.Duration, a.MaxDB, err)
		}
	}
}
