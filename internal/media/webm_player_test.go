package media_test

import (
	"bytes"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"alfaone/internal/media"
)

// live are recordings of the codecs that browsers write, made as live streams: without duration, without index.
func live(tb testing.TB, dir string) map[string]string {
	tb.Helper()
	ffmpeg(tb)
	const picture, sound = "-f lavfi -i testsrc2=s=320x240:r=24 ", "-f lavfi -i sine=440 "
	const quick = "-deadline realtime -cpu-used 8 -g 48 "
	const opus = "-c:a libopus -b:a 32k "
	paths := map[string]string{}
	for name, args := range map[string]string{
		"vp9.webm":  picture + sound + opus + quick + "-c:v libvpx-vp9 -f webm",
		"vp8.webm":  picture + sound + opus + quick + "-c:v libvpx -f webm",
		"h264.mkv":  picture + sound + opus + "-c:v libx264 -preset ultrafast -g 48 -bf 2 -f matroska",
		"opus.webm": sound + opus + "-f webm",
		"mute.webm": picture + quick + "-c:v libvpx-vp9 -f webm",
	} {
		paths[name] = filepath.Join(dir, name)
		args := strings.Fields("-nostdin -v error " + args + " -t 4 -live 1")
		run(tb, "ffmpeg", append(args, paths[name])...)
	}
	for _, name := range []string{"video.webm", "sound.webm"} {
		paths["chromium "+name] = filepath.Join("testdata", name)
	}
	return paths
}

func indexFile(tb testing.TB, in, out string) media.Info {
	tb.Helper()
	from, err := os.Open(in)
	if err != nil {
		tb.Fatal(err)
	}
	defer from.Close()
	to, err := os.Create(out)
	if err != nil {
		tb.Fatal(err)
	}
	info, err := media.IndexWebM(from, to)
	if err != nil {
		tb.Fatal(err)
	}
	if err := to.Close(); err != nil {
		tb.Fatal(err)
	}
	return info
}

// probe asks ffprobe for one value.
func probe(tb testing.TB, path, entry string, args ...string) string {
	tb.Helper()
	args = append(args, "-v", "error", "-show_entries", entry, "-of", "csv=p=0", path)
	return strings.TrimSpace(run(tb, "ffprobe", args...))
}

func TestFFmpegReadsTheSamePacketsFromTheIndexedFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, in := range live(t, dir) {
		out := filepath.Join(dir, "indexed "+name)
		info := indexFile(t, in, out)
		frames := func(path string) string {
			return run(t, "ffmpeg", "-nostdin", "-v", "error", "-i", path, "-map", "0", "-c", "copy", "-copyts", "-f", "framemd5", "-")
		}
		was, is := times(frames(in)), times(frames(out))
		if was != is || strings.Count(is, "\n") != info.Packets {
			t.Errorf("%s: %d packets were %d, or they differ", name, info.Packets, strings.Count(was, "\n"))
		}
		if before := probe(t, in, "format=duration"); before != "N/A" {
			t.Errorf("%s: has a duration (%s) before it is indexed: not the recording of a browser", name, before)
		}
		seconds, err := strconv.ParseFloat(probe(t, out, "format=duration"), 64)
		if err != nil || math.Abs(seconds-info.Duration.Seconds()) > 0.002 {
			t.Errorf("%s: ffprobe says it lasts %v s (%v), Info %v", name, seconds, err, info.Duration)
		}
		if codecs := strings.Fields(probe(t, out, "stream=codec_name")); !sameWords(codecs, info.AudioCodec, info.VideoCodec) {
			t.Errorf("%s: ffprobe says %q, Info %q and %q", name, codecs, info.AudioCodec, info.VideoCodec)
		}
	}
}

// times cuts the comments off, and the durations, which ffmpeg guesses from where a file ends.
func times(framemd5 string) string {
	var kept strings.Builder
	for line := range strings.Lines(framemd5) {
		if fields := strings.Split(strings.TrimSpace(line), ","); len(fields) >= 6 && !strings.HasPrefix(line, "#") {
			kept.WriteString(strings.Join([]string{fields[0], fields[2], fields[4], fields[5]}, ",") + "\n")
		}
	}
	return kept.String()
}

func sameWords(got []string, want ...string) bool {
	slices.Sort(got)
	want = slices.DeleteFunc(want, func(word string) bool { return word == "" })
	slices.Sort(want)
	return slices.Equal(got, want)
}

// A player that seeks reads the head, the index and what it plays, and not what lies between.
func TestSeekingReadsLittle(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ffmpeg(t)
	in, out := filepath.Join(dir, "live.webm"), filepath.Join(dir, "indexed.webm")
	run(t, "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "testsrc2=s=320x240:r=12", "-t", "60",
		"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-g", "24", "-b:v", "1M", "-live", "1", in)
	indexFile(t, in, out)
	stat, err := os.Stat(in)
	if err != nil {
		t.Fatal(err)
	}
	before, after, size := bytesRead(t, in), bytesRead(t, out), stat.Size()
	if after > size/4 || before < size/2 {
		t.Errorf("to show second 50 of %d bytes takes %d bytes, and %d before indexing", size, after, before)
	}
}

// bytesRead is how much of a file ffmpeg reads in order to show the picture at second 50.
func bytesRead(t *testing.T, path string) int64 {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ffmpeg", "-nostdin", "-v", "verbose", "-ss", "50", "-i", path, "-frames:v", "1", "-f", "null", "-")
	told, err := cmd.CombinedOutput()
	found := regexp.MustCompile(`Statistics: (\d+) bytes read`).FindSubmatch(told)
	if err != nil || found == nil {
		t.Fatalf("%v\n%s", err, told)
	}
	n, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// BenchmarkIndexWebM indexes 100 MB, some 35 minutes of video.
func BenchmarkIndexWebM(b *testing.B) {
	recording := longRecording(100 << 20)
	path := filepath.Join(b.TempDir(), "out")
	b.SetBytes(int64(len(recording)))
	b.ReportAllocs()
	var most uint64
	for b.Loop() {
		b.StopTimer()
		watch := watchHeap(bytes.NewReader(recording))
		b.StartTimer()
		toFile(b, watch, path)
		most = max(most, watch.most)
	}
	b.ReportMetric(float64(most)/(1<<20), "MB-heap")
}

// Not parallel, so that no other test's memory is counted.
func TestMemoryOfIndexingIsBounded(t *testing.T) {
	watch := watchHeap(bytes.NewReader(longRecording(40 << 20)))
	toFile(t, watch, filepath.Join(t.TempDir(), "out"))
	if t.Logf("%d bytes of heap at most", watch.most); watch.most > 10<<20 || watch.looks < 10 {
		t.Errorf("%d bytes of memory in %d looks, want at most 10 MB", watch.most, watch.looks)
	}
}

func toFile(tb testing.TB, in io.Reader, path string) {
	tb.Helper()
	out, err := os.Create(path)
	if err != nil {
		tb.Fatal(err)
	}
	defer out.Close()
	if _, err := media.IndexWebM(in, out); err != nil {
		tb.Fatal(err)
	}
}

// longRecording is a live stream of about size bytes: packets of 2000 bytes of picture and 160 of sound every 40 ms, with a
// key frame every 2 s.
func longRecording(size int) []byte {
	picture, sound := bytes.Repeat([]byte{0xA5}, 2000), bytes.Repeat([]byte{0x5A}, 160)
	var file bytes.Buffer
	file.Grow(size + 1<<20)
	file.Write(webm(ebml(0x1654AE6B, track(1, 2, "A_OPUS"), track(2, 1, "V_VP9"))))
	for at := uint64(0); file.Len() < size; at += 2000 {
		var blocks [][]byte
		for ms := int16(0); ms < 2000; ms += 40 {
			block := simple(2, ms, picture...)
			if ms > 0 {
				block[len(block)-len(picture)-1] = 0 // no key frame
			}
			blocks = append(blocks, block, simple(1, ms, sound...))
		}
		file.Write(cluster(at, blocks...))
	}
	return file.Bytes()
}

// heapWatch looks at the heap now and then while it is read.
type heapWatch struct {
	io.Reader
	base, most   uint64
	reads, looks int
}

func watchHeap(in io.Reader) *heapWatch {
	runtime.GC()
	return &heapWatch{Reader: in, base: heap()}
}

func (h *heapWatch) Read(b []byte) (int, error) {
	if h.reads++; h.reads%20 == 0 {
		h.looks++
		if now := heap(); now > h.base {
			h.most = max(h.most, now-h.base)
		}
	}
	return h.Reader.Read(b)
}

func heap() uint64 {
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
