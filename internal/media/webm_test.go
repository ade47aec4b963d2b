package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"alfaone/internal/media"

	"github.com/google/go-cmp/cmp"
)

func TestRecordedWebMIsDescribed(t *testing.T) {
	t.Parallel()
	tests := map[string]media.Info{
		"video.webm": {
			Kind: media.WebM, Duration: 3060 * time.Millisecond, Audio: true, Video: true, AudioCodec: "opus", VideoCodec: "vp9",
			Width: 320, Height: 240, Packets: 51 + 37,
		},
		"sound.webm": {Kind: media.WebM, Duration: 3060 * time.Millisecond, Audio: true, AudioCodec: "opus", Packets: 51},
	}
	for name, want := range tests {
		got, _, err := index(fixture(t, name))
		if diff := cmp.Diff(want, got); err != nil || diff != "" {
			t.Errorf("%s: error %v, difference\n%s", name, err, diff)
		}
	}
}

// layout is what a player finds in a finished WebM, read by means of its own.
type layout struct {
	segment  int            // where positions count from
	duration float64        // as the file says, in ticks
	parts    map[uint32]int // where the parts of the segment begin that occur once
	clusters map[int]uint64 // time by position
	cues     map[uint64]int // position by time
	seeks    map[uint32]int // position by id
	packets  [][]byte       // track, time and bytes of each block
}

// elements calls f for each element of b; every size must be known and fit.
func elements(t *testing.T, b []byte, f func(id uint32, at int, body []byte)) {
	t.Helper()
	for at := 0; at < len(b); {
		idLen := 1
		for mask := byte(0x80); b[at]&mask == 0; mask >>= 1 {
			idLen++
		}
		sizeLen := 1
		for mask := byte(0x80); b[at+idLen]&mask == 0; mask >>= 1 {
			sizeLen++
		}
		id := number(b[at : at+idLen])
		start := at + idLen + sizeLen
		size := number(b[at+idLen:start]) &^ (1 << (7 * sizeLen))
		if size == 1<<(7*sizeLen)-1 || start+int(size) > len(b) {
			t.Fatalf("element %X at %d has size %d of %d bytes", id, at, size, len(b)-start)
		}
		end := start + int(size)
		f(uint32(id), at, b[start:end])
		at = end
	}
}

func number(b []byte) uint64 {
	var wide [8]byte
	copy(wide[8-len(b):], b)
	return binary.BigEndian.Uint64(wide[:])
}

func read(t *testing.T, file []byte) layout {
	t.Helper()
	l := layout{parts: map[uint32]int{}, clusters: map[int]uint64{}, cues: map[uint64]int{}, seeks: map[uint32]int{}}
	elements(t, file, func(id uint32, at int, segment []byte) {
		if id != 0x18538067 {
			return
		}
		l.segment = len(file) - len(segment)
		elements(t, segment, func(id uint32, at int, body []byte) {
			switch id {
			case 0x1F43B675:
				l.cluster(t, at, body)
				return
			case 0x114D9B74:
				l.seekHead(t, body)
			case 0x1549A966:
				elements(t, body, func(id uint32, _ int, value []byte) {
					if id == 0x4489 {
						l.duration = math.Float64frombits(number(value))
					}
				})
			case 0x1C53BB6B:
				l.readCues(t, body)
			}
			if _, again := l.parts[id]; again {
				t.Errorf("element %X occurs twice", id)
			}
			l.parts[id] = at
		})
	})
	return l
}

func (l *layout) cluster(t *testing.T, at int, body []byte) {
	var base uint64
	elements(t, body, func(id uint32, _ int, value []byte) {
		switch id {
		case 0xE7:
			base = number(value)
			l.clusters[at] = base
		case 0xA3:
			packet := append([]byte{value[0]}, binary.BigEndian.AppendUint64(nil, base+uint64(int16(number(value[1:3]))))...)
			l.packets = append(l.packets, append(packet, value[3:]...))
		}
	})
}

func (l *layout) seekHead(t *testing.T, body []byte) {
	elements(t, body, func(_ uint32, _ int, seek []byte) {
		var of uint32
		elements(t, seek, func(id uint32, _ int, value []byte) {
			if id == 0x53AB {
				of = uint32(number(value))
			} else {
				l.seeks[of] = int(number(value))
			}
		})
	})
}

func (l *layout) readCues(t *testing.T, body []byte) {
	elements(t, body, func(_ uint32, _ int, point []byte) {
		var at uint64
		elements(t, point, func(id uint32, _ int, value []byte) {
			if id == 0xB3 {
				at = number(value)
				return
			}
			elements(t, value, func(id uint32, _ int, value []byte) {
				if id == 0xF1 {
					l.cues[at] = int(number(value))
				}
			})
		})
	})
}

func TestIndexedWebMLeadsThePlayerRight(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"video.webm", "sound.webm"} {
		info, out, err := index(fixture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		l := read(t, out)
		if got := time.Duration(l.duration) * time.Millisecond; got != info.Duration {
			t.Errorf("%s: the file says %v, Info %v", name, got, info.Duration)
		}
		for id, at := range l.seeks {
			if l.parts[id] != at {
				t.Errorf("%s: part %X is at %d, the seek head says %d", name, id, l.parts[id], at)
			}
		}
		if len(l.seeks) != 3 || len(l.cues) < 3 {
			t.Errorf("%s: %d parts and %d places to seek to, want 3 and one a second", name, len(l.seeks), len(l.cues))
		}
		for at, position := range l.cues {
			if base, ok := l.clusters[position]; !ok || base != at {
				t.Errorf("%s: the cue for %d leads to %d, where the cluster of %d is (%v)", name, at, position, base, ok)
			}
		}
		if len(l.packets) != info.Packets {
			t.Errorf("%s: %d packets, Info says %d", name, len(l.packets), info.Packets)
		}
	}
}

// To index what is indexed changes nothing, and so loses nothing.
func TestIndexingIsIdempotent(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"video.webm", "sound.webm"} {
		first, once, err := index(fixture(t, name))
		if err != nil {
			t.Fatal(err)
		}
		second, twice, err := index(once)
		if err != nil || first != second || !bytes.Equal(once, twice) {
			t.Errorf("%s: error %v, %+v became %+v, %d bytes %d", name, err, first, second, len(once), len(twice))
		}
	}
}

func TestWebMCutAnywhereKeepsWhatCameBefore(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"video.webm", "sound.webm"} {
		whole := fixture(t, name)
		_, out, err := index(whole)
		if err != nil {
			t.Fatal(err)
		}
		packets := read(t, out).packets
		kept := 0
		for length := 0; length < len(whole); length += 97 {
			info, out, err := index(whole[:length])
			goodOrCorrupt(t, name, err)
			if err != nil {
				if kept > 0 {
					t.Fatalf("%s cut at %d: %v, though a shorter piece had %d packets", name, length, err, kept)
				}
				continue
			}
			got := read(t, out).packets
			if !slices.EqualFunc(got, packets[:len(got)], bytes.Equal) || len(got) < kept || len(got) != info.Packets {
				t.Fatalf("%s cut at %d: %d packets (Info says %d) which are not the first of the file", name, length, len(got), info.Packets)
			}
			kept = len(got)
		}
		if kept < len(packets)-2 {
			t.Errorf("%s: cutting the last 97 bytes leaves %d of %d packets", name, kept, len(packets))
		}
	}
}

func TestWebMTruncationIsTold(t *testing.T) {
	t.Parallel()
	whole := fixture(t, "sound.webm")
	tests := map[string]struct {
		file      []byte
		truncated bool
	}{
		"whole":               {whole, false},
		"cut":                 {whole[:5000], true},
		"zeros after a crash": {append(bytes.Clone(whole), make([]byte, 4096)...), true},
		"another one behind":  {append(bytes.Clone(whole), whole...), true},
	}
	for name, test := range tests {
		info, _, err := index(test.file)
		if err != nil || info.Truncated != test.truncated {
			t.Errorf("%s: truncated %v, error %v", name, info.Truncated, err)
		}
	}
}

func TestTroubleOfReadingOrWritingIsNotBlamedOnTheFile(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the disk is gone")
	file := fixture(t, "video.webm")
	for _, length := range []int{0, 3, 200, 10_000, len(file)} {
		in := io.MultiReader(bytes.NewReader(file[:length]), iotest.ErrReader(trouble))
		if _, err := media.IndexWebM(in, &seekBuffer{}); !errors.Is(err, trouble) || errors.Is(err, media.ErrCorrupt) {
			t.Errorf("reading fails after %d bytes: got %v", length, err)
		}
	}
	for _, length := range []int{0, 10_000} {
		if _, err := media.IndexWebM(bytes.NewReader(file), &fullDisk{left: length, err: trouble}); !errors.Is(err, trouble) {
			t.Errorf("writing fails after %d bytes: got %v", length, err)
		}
	}
}

// fullDisk takes some bytes and fails then.
type fullDisk struct {
	seekBuffer
	left int
	err  error
}

func (f *fullDisk) Write(b []byte) (int, error) {
	if f.left -= len(b); f.left < 0 {
		return 0, f.err
	}
	return f.seekBuffer.Write(b)
}

func TestDamagedWebMIsReadOrRefused(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for _, name := range []string{"video.webm", "sound.webm"} {
		file := fixture(t, name)
		for range 2000 {
			_, out, err := index(mutate(random, file))
			goodOrCorrupt(t, name, err)
			if err == nil {
				read(t, out) // and what comes out is whole
			}
		}
	}
}

func FuzzIndexWebM(f *testing.F) {
	video := fixture(f, "video.webm")
	f.Add(video)
	f.Add(video[:700])
	f.Add(fixture(f, "sound.webm")[:1500])
	for _, bad := range badWebM() {
		if len(bad) < 4<<10 { // the fuzzer is slow with large ones
			f.Add(bad)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		info, out, err := index(file)
		goodOrCorrupt(t, "index", err)
		if err != nil {
			return
		}
		if info.Duration < 0 || info.Packets <= 0 || !info.Audio && !info.Video {
			t.Errorf("nonsense: %+v", info)
		}
		again, twice, err := index(out)
		if info.Truncated = false; err != nil || again != info || !bytes.Equal(out, twice) {
			t.Errorf("what was made of it is not good: %v, %+v became %+v", err, info, again)
		}
	})
}
