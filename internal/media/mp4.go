package media

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

const (
	// maxBoxes bounds the time that a file of nothing but boxes can take. An hour in fragments of a second, with sound and
	// picture, has 50,000.
	maxBoxes = 500_000
	// maxTicks is where times of an MP4 are no longer believed: no sum of two such numbers overflows.
	maxTicks = 1 << 56
)

// InspectMP4 reads what an MP4 of size bytes holds: codecs, picture size, packets, and how long it plays, also where it was
// recorded live and says so only fragment by fragment. It reads the boxes that describe and passes over the media itself.
//
// Errors: [ErrCorrupt] when in is no MP4, or holds no sound and no picture; else what in answered.
func InspectMP4(in io.ReaderAt, size int64) (Info, error) {
	m := mp4{in: in, boxes: maxBoxes, tracks: map[uint32]*mp4Track{}}
	if err := m.run(size); err != nil {
		return Info{}, fmt.Errorf("inspect MP4: %w", err)
	}
	return m.info, nil
}

type mp4 struct {
	in    io.ReaderAt
	boxes int // that may still be read
	info  Info

	tracks map[uint32]*mp4Track // by id
	order  []*mp4Track
}

type mp4Track struct {
	id        uint32
	handler   string // "vide", "soun"
	codec     string
	timescale uint32 // ticks of a second
	ticks     uint64 // to the end of the last packet
	packets   uint64
	sample    uint32 // the usual length of a packet in fragments, in ticks
	width     int
	height    int
}

// box is one box of the file: its type, and where its content begins and ends (ISO/IEC 14496-12 section 4.2).
type box struct {
	kind       string
	start, end int64
}

func (m *mp4) run(size int64) error {
	head := make([]byte, min(max(size, 0), 16))
	err := m.read(head, 0)
	if errors.Is(err, io.ErrUnexpectedEOF) || err == nil && !beginsMP4(head) {
		return corrupt("no file type box")
	}
	if err != nil {
		return err
	}
	m.info.Kind = MP4
	err = m.walk(box{end: size}, map[string]func(box) error{"moov": m.movie, "moof": m.fragment})
	if errors.Is(err, io.ErrUnexpectedEOF) {
		m.info.Truncated, err = true, nil
	}
	if err != nil {
		return err
	}
	return m.conclude(size)
}

// conclude sums up the tracks. A packet is at least a byte, so that more of them than bytes are a lie.
func (m *mp4) conclude(size int64) error {
	for _, t := range m.order {
		if t.handler != "vide" && t.handler != "soun" || t.packets == 0 || t.timescale == 0 {
			continue
		}
		if t.packets > uint64(size) {
			return corrupt("%d packets in %d bytes", t.packets, size)
		}
		m.info.addTrack(t.handler == "vide", t.codec, t.width, t.height)
		m.info.Packets += int(t.packets)
		seconds := float64(t.ticks) / float64(t.timescale)
		if seconds > maxDuration.Seconds() {
			return corrupt("%.0f seconds", seconds)
		}
		m.info.Duration = max(m.info.Duration, time.Duration(seconds*float64(time.Second)))
	}
	if m.info.Packets == 0 {
		return corrupt("no packet of sound or picture")
	}
	return nil
}

// walk calls the handler of each box in parent and passes over those that have none. Only handlers descend, each into its
// own kind of box, so the depth is bounded. A box that is cut off by the end of the file is io.ErrUnexpectedEOF.
func (m *mp4) walk(parent box, handlers map[string]func(box) error) error {
	for at := parent.start; at < parent.end; {
		b, whole, err := m.box(at, parent.end)
		if err != nil {
			return err
		}
		handle := handlers[b.kind]
		if handle != nil && whole {
			if err := handle(b); err != nil {
				return err
			}
		}
		if !whole {
			return io.ErrUnexpectedEOF
		}
		at = b.end
	}
	return nil
}

// box reads the header of the box at a place; whole tells whether the box ends before limit.
func (m *mp4) box(at, limit int64) (b box, whole bool, err error) {
	if m.boxes--; m.boxes < 0 {
		return box{}, false, corrupt("more than %d boxes", maxBoxes)
	}
	var head [16]byte
	header := int64(8)
	if limit-at < header {
		return box{}, false, nil
	}
	if err := m.read(head[:8], at); err != nil {
		return box{}, false, err
	}
	size := uint64(binary.BigEndian.Uint32(head[:]))
	switch size {
	case 0: // to the end of the file
		size = uint64(limit - at)
	case 1:
		header = 16
		if limit-at < header {
			return box{}, false, nil
		}
		if err := m.read(head[8:], at+8); err != nil {
			return box{}, false, err
		}
		size = binary.BigEndian.Uint64(head[8:])
	}
	if size < uint64(header) {
		return box{}, false, io.ErrUnexpectedEOF // nonsense: nothing after it can be found
	}
	b = box{kind: string(head[4:8]), start: at + header, end: limit}
	if size > uint64(limit-at) {
		return b, false, nil
	}
	b.end = at + int64(size)
	return b, true, nil
}

// read fills b from a place that is known to be inside the file.
func (m *mp4) read(b []byte, at int64) error {
	n, err := m.in.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	return cut(err)
}

// payload reads up to n bytes of a box; what lies beyond its end reads as zero.
func (m *mp4) payload(b box, n int) ([]byte, error) {
	p := make([]byte, n)
	return p, m.read(p[:min(int64(n), b.end-b.start)], b.start)
}

func (m *mp4) movie(moov box) error {
	return m.walk(moov, map[string]func(box) error{"trak": m.track, "mvex": m.extends})
}

func (m *mp4) extends(mvex box) error {
	return m.walk(mvex, map[string]func(box) error{"trex": func(b box) error {
		p, err := m.payload(b, 16)
		if t := m.tracks[binary.BigEndian.Uint32(p[4:])]; err == nil && t != nil {
			t.sample = binary.BigEndian.Uint32(p[12:])
		}
		return err
	}})
}

func (m *mp4) track(trak box) error {
	if len(m.order) == maxTracks {
		return nil
	}
	t := &mp4Track{}
	err := m.walk(trak, map[string]func(box) error{
		"tkhd": func(b box) error { return m.trackHeader(b, t) },
		"mdia": func(b box) error { return m.mediaBox(b, t) },
	})
	if t.handler == "vide" || t.handler == "soun" {
		m.tracks[t.id] = t
		m.order = append(m.order, t)
	}
	return err
}

func (m *mp4) trackHeader(b box, t *mp4Track) error {
	p, err := m.payload(b, 96)
	if err != nil {
		return err
	}
	idAt, sizeAt := 12, 76
	if p[0] == 1 { // times of 64 bits
		idAt, sizeAt = 20, 88
	}
	t.id = binary.BigEndian.Uint32(p[idAt:])
	t.width = int(binary.BigEndian.Uint16(p[sizeAt:])) // 16.16 fixed point
	t.height = int(binary.BigEndian.Uint16(p[sizeAt+4:]))
	return nil
}

func (m *mp4) mediaBox(mdia box, t *mp4Track) error {
	return m.walk(mdia, map[string]func(box) error{
		"mdhd": func(b box) error {
			p, err := m.payload(b, 24)
			at := 12
			if p[0] == 1 {
				at = 20
			}
			t.timescale = binary.BigEndian.Uint32(p[at:])
			return err
		},
		"hdlr": func(b box) error {
			p, err := m.payload(b, 12)
			t.handler = string(p[8:])
			return err
		},
		"minf": func(b box) error {
			return m.walk(b, map[string]func(box) error{"stbl": func(b box) error { return m.samples(b, t) }})
		},
	})
}

func (m *mp4) samples(stbl box, t *mp4Track) error {
	return m.walk(stbl, map[string]func(box) error{
		"stsd": func(b box) error {
			p, err := m.payload(b, 16) // version, count, and the first entry's size and name
			t.codec = mp4Codec(string(p[12:]))
			return err
		},
		"stts": func(b box) error { return m.times(b, t) },
	})
}

func mp4Codec(name string) string {
	switch name {
	case "avc1", "avc3":
		return "h264"
	case "hvc1", "hev1":
		return "hevc"
	case "av01":
		return "av1"
	case "vp08":
		return "vp8"
	case "vp09":
		return "vp9"
	case "mp4a":
		return "aac"
	default:
		return printable(strings.ToLower(name))
	}
}
