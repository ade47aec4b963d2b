package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"alfaone/internal/media"

	"github.com/google/go-cmp/cmp"
)

func TestRecordedMP4IsDescribed(t *testing.T) {
	t.Parallel()
	tests := map[string]media.Info{
		"video.mp4": {
			Kind: media.MP4, Duration: 3050 * time.Millisecond, Audio: true, Video: true, AudioCodec: "opus", VideoCodec: "vp9",
			Width: 320, Height: 240, Packets: 51 + 37,
		},
		"h264.mp4": {
			Kind: media.MP4, Duration: 3050 * time.Millisecond, Audio: true, Video: true, AudioCodec: "opus", VideoCodec: "h264",
			Width: 320, Height: 240, Packets: 51 + 37,
		},
	}
	for name, want := range tests {
		got, err := inspect(fixture(t, name))
		got.Duration = got.Duration.Round(time.Millisecond)
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: error %v, difference\n%s", name, err, diff)
		}
	}
}

func TestMP4IsSeenAsFFprobeSeesIt(t *testing.T) {
	t.Parallel()
	ffmpeg(t)
	dir := t.TempDir()
	const both = "-f lavfi -i testsrc2=s=320x240:r=24 -f lavfi -i sine=440 -t 5 -c:v libx264 -preset ultrafast -g 48 -bf 2 -c:a aac "
	for name, args := range map[string]string{
		"index behind.mp4":   both,
		"index in front.mp4": both + "-movflags +faststart",
		"as Safari does.mp4": both + "-movflags +frag_keyframe+empty_moov+default_base_moof",
		"each packet.mp4":    both + "-movflags +frag_every_frame+empty_moov",
		"both ways.mp4":      both + "-movflags +frag_keyframe",
		"phone.mov":          both + "-f mov",
		"sound.m4a":          "-f lavfi -i sine=440 -t 5 -c:a aac",
		"mute.mp4":           "-f lavfi -i testsrc2=s=322x242:r=30 -t 5 -c:v libx264 -preset ultrafast",
	} {
		path := filepath.Join(dir, name)
		run(t, "ffmpeg", append(strings.Fields("-nostdin -v error "+args), path)...)
		info, err := inspect(fileBytes(t, path))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		seconds, err := strconv.ParseFloat(probe(t, path, "format=duration"), 64)
		if err != nil || math.Abs(seconds-info.Duration.Seconds()) > 0.1 {
			t.Errorf("%s: %v s by ffprobe (%v), %v by us", name, seconds, err, info.Duration)
		}
		packets := 0
		for n := range strings.FieldsSeq(probe(t, path, "stream=nb_read_packets", "-count_packets")) {
			count, _ := strconv.Atoi(n)
			packets += count
		}
		if packets != info.Packets {
			t.Errorf("%s: %d packets by ffprobe, %d by us", name, packets, info.Packets)
		}
		codecs := strings.Fields(probe(t, path, "stream=codec_name"))
		if !sameWords(codecs, info.AudioCodec, info.VideoCodec) {
			t.Errorf("%s: codecs %q by ffprobe, %q and %q by us", name, codecs, info.AudioCodec, info.VideoCodec)
		}
		if size := probe(t, path, "stream=width,height"); info.Video && !strings.Contains(size, strconv.Itoa(info.Width)+","+strconv.Itoa(info.Height)) {
			t.Errorf("%s: %q by ffprobe, %d × %d by us", name, size, info.Width, info.Height)
		}
	}
}

func TestMP4CutAnywhereIsReadOrRefused(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"video.mp4", "h264.mp4"} {
		whole := fixture(t, name)
		kept := 0
		for length := 0; length < len(whole); length += 97 {
			info, err := inspect(whole[:length])
			goodOrCorrupt(t, name, err)
			if info.Packets < kept || err == nil && !info.Truncated {
				t.Fatalf("%s cut at %d: %+v, when a shorter piece had %d packets", name, length, info, kept)
			}
			kept = info.Packets
		}
		if kept < 40 {
			t.Errorf("%s without its last 97 bytes has %d packets", name, kept)
		}
	}
}

func TestDamagedMP4IsReadOrRefused(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(3, 4))
	for _, name := range []string{"video.mp4", "h264.mp4"} {
		file := fixture(t, name)
		head := bytes.Index(file, []byte("mdat")) // most of the rest is passed over
		for range 5000 {
			_, err := inspect(append(mutate(random, file[:head]), file[head:]...))
			goodOrCorrupt(t, name, err)
		}
	}
}

func TestTroubleOfReadingIsNotBlamedOnTheMP4(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the store is gone")
	file := fixture(t, "video.mp4")
	for _, length := range []int64{0, 20, 300, 2000} {
		_, err := media.InspectMP4(brokenAt{bytes.NewReader(file), length, trouble}, int64(len(file)))
		if !errors.Is(err, trouble) || errors.Is(err, media.ErrCorrupt) {
			t.Errorf("reading fails after %d bytes: got %v", length, err)
		}
	}
}

// brokenAt cannot read beyond some bytes.
type brokenAt struct {
	io.ReaderAt
	length int64
	err    error
}

func (b brokenAt) ReadAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > b.length {
		return 0, b.err
	}
	return b.ReaderAt.ReadAt(p, at)
}

// box builds an MP4 box; atom one with a size of its own choosing.
func box(kind string, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return atom(uint32(len(body)+8), kind, body)
}

func atom(size uint32, kind string, body []byte) []byte {
	return slices.Concat(binary.BigEndian.AppendUint32(nil, size), []byte(kind), body)
}

func words(v ...uint32) []byte {
	var b []byte
	for _, word := range v {
		b = binary.BigEndian.AppendUint32(b, word)
	}
	return b
}

func fileType() []byte { return box("ftyp", []byte("isom"), words(512)) }

// movie describes one track of sound, 1000 ticks a second, its packets as stts says.
func movie(stts ...uint32) []byte {
	return box("moov", box("trak",
		box("tkhd", words(0, 0, 0, 1), make([]byte, 64)),
		box("mdia",
			box("mdhd", words(0, 0, 0, 1000, 0, 0)),
			box("hdlr", words(0, 0), []byte("soun"), make([]byte, 13)),
			box("minf", box("stbl", box("stsd", words(0, 1, 16), []byte("mp4a")), box("stts", words(0, uint32(len(stts)/2)), words(stts...)))))))
}

func trun(flags, count uint32, more ...uint32) []byte {
	return box("trun", words(flags, count), words(more...))
}

func fragment(runs ...[]byte) []byte {
	return box("moof", box("traf", append([][]byte{box("tfhd", words(8, 1, 20))}, runs...)...))
}

func TestSmallestMP4(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file []byte
		want time.Duration
	}{
		"whole":                     {slices.Concat(fileType(), movie(1, 20, 2, 30)), 80 * time.Millisecond},
		"fragments, usual length":   {slices.Concat(fileType(), movie(), fragment(trun(0, 2)), fragment(trun(0, 1))), 60 * time.Millisecond},
		"fragments, lengths listed": {slices.Concat(fileType(), movie(), fragment(trun(0x300, 3, 10, 1, 20, 1, 40, 1))), 70 * time.Millisecond},
		"a gap between fragments": {
			slices.Concat(fileType(), movie(), fragment(trun(0, 1)), fragment(box("tfdt", words(0, 500)), trun(0, 2))), 540 * time.Millisecond,
		},
	}
	for name, test := range tests {
		got, err := inspect(test.file)
		want := media.Info{Kind: media.MP4, Audio: true, AudioCodec: "aac", Packets: 3, Duration: test.want}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// badMP4 is what is no recording but tries to look like one.
func badMP4() map[string][]byte {
	nested := box("trak")
	for range 2000 {
		nested = box("trak", nested)
	}
	long := func(size uint64) []byte {
		return slices.Concat(words(1), []byte("moov"), binary.BigEndian.AppendUint64(nil, size))
	}
	file := func(parts ...[]byte) []byte { return append(fileType(), slices.Concat(parts...)...) }
	return map[string][]byte{
		"nothing":                      {},
		"only the magic":               fileType(),
		"a page for a brand":           box("ftyp", []byte("<svg onload=alert(1)>   ")),
		"file type of 2 GB":            atom(1<<31, "ftyp", []byte("isom\x00\x00\x00\x00")),
		"no fragment":                  file(movie()),
		"another file type":            append(box("ftyp", []byte{0, 1, 2, 3, 0, 0, 0, 0}), movie(1, 1)...),
		"fragments of an unknown":      file(fragment(trun(0, 3))),
		"four billion packets":         file(movie(math.MaxUint32, 1)),
		"four billion packets in runs": file(movie(), fragment(trun(0, math.MaxUint32))),
		"packets of 25 days":           file(movie(20, 1<<31)),
		"begin at the end of numbers":  file(movie(), fragment(box("tfdt", words(1<<24, math.MaxUint32, math.MaxUint32)), trun(0, 1))),
		"box of 16 exabytes":           file(long(math.MaxUint64), movie(1, 1)),
		"box of minus one":             file(long(1<<63), movie(1, 1)),
		"box smaller than its head":    file(long(15), movie(1, 1)),
		"box of seven bytes":           file(atom(7, "moov", nil), movie(1, 1)),
		"box of no bytes":              file(atom(0, "moov", nil), movie(1, 1)),
		"half a million boxes":         file(bytes.Repeat(box("free"), 500_001), movie(1, 1)),
		"2,000 levels":                 file(box("moov", nested)),
		"runs without end":             file(movie(), fragment(bytes.Repeat(trun(0x100, math.MaxUint32), 1000))),
		"no time":                      bytes.ReplaceAll(file(movie(1, 1)), words(0, 0, 0, 1000), words(0, 0, 0, 0)),
		"subtitles alone":              bytes.ReplaceAll(file(movie(1, 1)), []byte("soun"), []byte("text")),
		"HTML":                         []byte("<!DOCTYPE html><html><body>ftyp"),
	}
}

func TestWhatIsNoMP4IsRefused(t *testing.T) {
	t.Parallel()
	for name, file := range badMP4() {
		start := time.Now()
		if info, err := inspect(file); err == nil {
			t.Errorf("%s: taken for %+v", name, info)
		} else {
			goodOrCorrupt(t, name, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
}

func FuzzInspectMP4(f *testing.F) {
	f.Add(fixture(f, "video.mp4")[:3000])
	f.Add(fixture(f, "h264.mp4")[:3000])
	f.Add(slices.Concat(fileType(), movie(3, 20)))
	f.Add(slices.Concat(fileType(), movie(), fragment(trun(0x300, 3, 10, 1, 20, 1, 30, 1))))
	for _, bad := range badMP4() {
		if len(bad) < 4<<10 {
			f.Add(bad)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		info, err := inspect(file)
		goodOrCorrupt(t, "inspect", err)
		if err == nil && (info.Duration < 0 || info.Packets <= 0 || info.Packets > len(file)*16 || !info.Audio && !info.Video) {
			t.Errorf("nonsense: %+v", info)
		}
	})
}
