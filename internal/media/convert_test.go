package media_test

import (
	"bytes"
	"errors"
	"image/jpeg"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"alfaone/internal/media"
)

// see describes a finished file by this package's own readers.
func see(t *testing.T, path string) media.Info {
	t.Helper()
	b := fileBytes(t, path)
	read := inspect
	if media.Sniff(b) == media.WebM {
		read = func(b []byte) (media.Info, error) {
			info, _, err := index(b)
			return info, err
		}
	}
	info, err := read(b)
	if err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return info
}

func TestPosterIsASmallPicture(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	large := filepath.Join(t.TempDir(), "large.webm")
	run(t, "ffmpeg", strings.Fields("-nostdin -v error -f lavfi -i testsrc2=s=720x1280:r=10 -t 1 -c:v libvpx -deadline realtime -cpu-used 8 "+large)...)
	tests := map[string]struct {
		path          string
		at            time.Duration
		width, height int
	}{
		"in the middle":  {filepath.Join("testdata", "video.webm"), 2 * time.Second, 320, 240},
		"of an MP4":      {filepath.Join("testdata", "video.mp4"), 0, 320, 240},
		"behind the end": {filepath.Join("testdata", "video.webm"), time.Hour, 320, 240},
		"of a large one": {large, 0, 360, 640},
	}
	for name, test := range tests {
		poster, err := tools.Poster(t.Context(), test.path, test.at)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(poster))
		if err != nil || config.Width != test.width || config.Height != test.height {
			t.Errorf("%s: %d × %d, %v; want %d × %d", name, config.Width, config.Height, err, test.width, test.height)
		}
	}
	if _, err := tools.Poster(t.Context(), sound, 0); !errors.Is(err, media.ErrCorrupt) {
		t.Errorf("of a sound: got %v, want ErrCorrupt", err)
	}
}

func TestFaststartPutsTheIndexInFrontAndKeepsThePackets(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	for _, name := range []string{"video.mp4", "h264.mp4"} {
		in, out := filepath.Join("testdata", name), filepath.Join(t.TempDir(), name)
		if err := tools.Faststart(t.Context(), in, out); err != nil {
			t.Fatal(err)
		}
		file := fileBytes(t, out)
		moov, mdat := bytes.Index(file, []byte("moov")), bytes.Index(file, []byte("mdat"))
		if moov < 0 || moov > mdat || bytes.Contains(file, []byte("moof")) {
			t.Errorf("%s: index at %d, media at %d, or still in fragments", name, moov, mdat)
		}
		if before, after := see(t, in).Packets, see(t, out).Packets; before != after {
			t.Errorf("%s: %d packets became %d", name, before, after)
		}
	}
}

// A phone writes down where a video was taken.
func TestConvertedFileDoesNotSayWhereItWasRecorded(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	dir := t.TempDir()
	in := filepath.Join(dir, "in.mov")
	run(t, "ffmpeg", append(strings.Fields("-nostdin -v error -f lavfi -i testsrc2=s=160x120:r=10 -f lavfi -i sine=440 -t 1 -c:v libx264 -c:a aac"),
		"-metadata", "location=+51.5-000.1/", "-metadata", "title=Kitchen", in)...)
	if !bytes.Contains(fileBytes(t, in), []byte("51.5")) {
		t.Fatal("the test file does not say it either")
	}
	for name, convert := range map[string]func(in, out string) error{
		"faststart": func(in, out string) error { return tools.Faststart(t.Context(), in, out) },
		"mp4":       func(in, out string) error { return tools.MP4(t.Context(), in, out) },
		"video":     func(in, out string) error { return tools.Normalize(t.Context(), in, out, true) },
		"sound":     func(in, out string) error { return tools.Normalize(t.Context(), in, out, false) },
	} {
		out := filepath.Join(dir, name)
		if err := convert(in, out); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b := fileBytes(t, out); bytes.Contains(b, []byte("51.5")) || bytes.Contains(b, []byte("Kitchen")) {
			t.Errorf("%s: it passed", name)
		}
	}
}

func TestCopyPlaysEverywhere(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	for name, in := range map[string]string{"video": filepath.Join("testdata", "video.webm"), "sound": sound} {
		out := filepath.Join(t.TempDir(), "out.mp4")
		if err := tools.MP4(t.Context(), in, out); err != nil {
			t.Fatal(err)
		}
		was, is := see(t, in), see(t, out)
		if is.Kind != media.MP4 || is.AudioCodec != "aac" || is.Video != was.Video || is.Video && is.VideoCodec != "h264" {
			t.Errorf("%s became %+v", name, is)
		}
		if d := is.Duration - was.Duration; d.Abs() > 150*time.Millisecond {
			t.Errorf("%s of %v became %v", name, was.Duration, is.Duration)
		}
	}
}

func TestUploadsOfManyKindsAreNormalized(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	dir := t.TempDir()
	const picture, tone = "-f lavfi -i testsrc2=s=1401x801:r=50 ", "-f lavfi -i sine=440 -t 1 "
	for name, args := range map[string]string{
		"a.mp3": tone, "a.wav": tone, "a.ogg": tone + "-c:a libopus", "a.flac": tone, "a.m4a": tone, "a.aac": tone, "a.webm": tone,
		"wide.wav": tone + "-ac 6", "rough.wav": tone + "-ar 8000 -c:a pcm_u8",
		"b.mov": picture + tone + "-c:v libx264 -preset ultrafast -pix_fmt yuv444p", "b.mkv": picture + tone + "-c:v libx264 -preset ultrafast",
	} {
		in, out := filepath.Join(dir, name), filepath.Join(dir, name+".out")
		run(t, "ffmpeg", append(strings.Fields("-nostdin -v error "+args), in)...)
		video := strings.HasPrefix(name, "b")
		if err := tools.Normalize(t.Context(), in, out, video); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		is := see(t, out)
		good := is.Kind == media.WebM && is.AudioCodec == "opus" && !is.Video
		if video {
			good = is.Kind == media.MP4 && is.AudioCodec == "aac" && is.VideoCodec == "h264" && is.Width > 1270 && is.Width <= 1280
		}
		if !good || math.Abs(is.Duration.Seconds()-1) > 0.15 {
			t.Errorf("%s became %+v", name, is)
		}
	}
}

func TestSpeechIsSpoken(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	if tools.Speech == "" {
		missing(t, "espeak-ng")
	}
	for _, language := range []string{"en", "en-GB", "de", "de-AT", "es", "fr", "fr-CA", "pt", "pt-BR", "zh-Hans"} {
		out := filepath.Join(t.TempDir(), "out.webm")
		if err := tools.Speak(t.Context(), "-v Radio, Hotel, <b>Taxi</b>; \"Piano\" & Euro €.", language, out); err != nil {
			t.Errorf("%s: %v", language, err)
			continue
		}
		heard, err := tools.Analyze(t.Context(), out)
		if err != nil || heard.Silent() || heard.Quiet() || heard.Duration < 2*time.Second || heard.Duration > 20*time.Second {
			t.Errorf("%s: %v, %.0f dB, %v", language, heard.Duration, heard.MeanDB, err)
		}
	}
	out := filepath.Join(t.TempDir(), "out.webm")
	for _, language := range []string{"", "xx", "tlh-Latn", "../../etc/passwd", "-w"} {
		if err := tools.Speak(t.Context(), "Hello", language, out); !errors.Is(err, media.ErrNoTool) {
			t.Errorf("%q: got %v, want ErrNoTool", language, err)
		}
	}
	if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a voice that is not there left a file: %v", err)
	}
}

func TestSampleDataLooksRecorded(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	dir := t.TempDir()
	voice, film := filepath.Join(dir, "voice.webm"), filepath.Join(dir, "film.webm")
	if err := tools.Babble(t.Context(), voice, 4*time.Second, 7); err != nil {
		t.Fatal(err)
	}
	if err := tools.Film(t.Context(), voice, film, 7); err != nil {
		t.Fatal(err)
	}
	heard, err := tools.Analyze(t.Context(), voice)
	if err != nil || heard.Silent() || heard.Quiet() {
		t.Errorf("the voice has %.0f dB, %v", heard.MeanDB, err)
	}
	if is := see(t, voice); is.AudioCodec != "opus" || is.Video || math.Abs(is.Duration.Seconds()-4) > 0.1 {
		t.Errorf("the voice is %+v", is)
	}
	if is := see(t, film); is.AudioCodec != "opus" || is.VideoCodec != "vp9" || is.Width != 640 || is.Duration < 4*time.Second || is.Duration > 6*time.Second {
		t.Errorf("the film is %+v", is)
	}
	again := filepath.Join(dir, "again.webm")
	if err := tools.Babble(t.Context(), again, 4*time.Second, 7); err != nil || !bytes.Equal(fileBytes(t, voice), fileBytes(t, again)) {
		t.Errorf("the same seed gives another voice: %v", err)
	}
	if err := tools.Babble(t.Context(), again, 4*time.Second, 8); err != nil || bytes.Equal(fileBytes(t, voice), fileBytes(t, again)) {
		t.Errorf("another seed gives the same voice: %v", err)
	}
}

// BenchmarkVideoCodecs shows why uploaded video becomes H.264: 20 s of 640 × 480 with the noise of a camera.
func BenchmarkVideoCodecs(b *testing.B) {
	ffmpeg(b)
	in := filepath.Join(b.TempDir(), "in.mkv")
	run(b, "ffmpeg", strings.Fields("-nostdin -v error -f lavfi -i testsrc2=s=640x480:r=24 -vf noise=alls=8:allf=t -t 20 -c:v libx264 -preset ultrafast -qp 10 "+in)...)
	for name, args := range map[string]string{
		"H.264 veryfast": "-c:v libx264 -preset veryfast -crf 25 -maxrate 1500k -bufsize 3000k",
		"VP8 good 4":     "-c:v libvpx -deadline good -cpu-used 4 -b:v 800k",
		"VP8 realtime":   "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 800k",
		"VP9 realtime":   "-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -row-mt 1 -b:v 800k",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				out := filepath.Join(b.TempDir(), "out.mkv")
				told := run(b, "sh", "-c", "ffmpeg -nostdin -v error -benchmark -v info -i "+in+" "+args+" "+out+" 2>&1 | grep utime")
				seconds, _, _ := strings.Cut(strings.SplitAfter(told, "utime=")[1], "s")
				cpu, err := strconv.ParseFloat(seconds, 64)
				stat, statErr := os.Stat(out)
				if err != nil || statErr != nil {
					b.Fatal(err, statErr)
				}
				b.ReportMetric(cpu/20, "cpu/playing-second")
				b.ReportMetric(float64(stat.Size())*8/20/1000, "kbit/s")
			}
		})
	}
}

func TestTrackIsTheSoundAloneAsItWas(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	for name, kind := range map[string]media.Kind{"video.webm": media.WebM, "video.mp4": media.MP4, "h264.mp4": media.MP4} {
		in, out := filepath.Join("testdata", name), filepath.Join(t.TempDir(), name)
		if err := tools.Track(t.Context(), in, out, kind); err != nil {
			t.Fatal(err)
		}
		before, after := see(t, in), see(t, out)
		if after.Video || after.AudioCodec != before.AudioCodec || after.Kind != kind || (after.Duration-before.Duration).Abs() > 200*time.Millisecond {
			t.Errorf("%s: %+v became %+v", name, before, after)
		}
	}
	if err := tools.Track(t.Context(), filepath.Join("testdata", "nothing.webm"), filepath.Join(t.TempDir(), "out"), media.WebM); err == nil {
		t.Error("a photo has a track")
	}
}
