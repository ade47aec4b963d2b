package media

import (
	"bufio"
	"encoding/binary"
	"io"
)

// table reads a box entry by entry, without holding more than a few of them.
type table struct {
	r     *bufio.Reader
	entry []byte
}

func (m *mp4) table(b box, skip, width int64) *table {
	start := min(b.start+skip, b.end)
	r := bufio.NewReaderSize(io.NewSectionReader(m.in, start, b.end-start), 16<<10)
	return &table{r: r, entry: make([]byte, width)}
}

// next reads an entry, which is valid until the following one; false at the end of the box.
func (t *table) next() (bool, error) {
	_, err := io.ReadFull(t.r, t.entry)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return false, nil
	}
	return err == nil, err
}

// add counts packets which together last for ticks.
func (t *mp4Track) add(packets, ticks uint64) error {
	if packets > maxTicks-t.packets || ticks > maxTicks-t.ticks {
		return corrupt("times without end")
	}
	t.packets += packets
	t.ticks += ticks
	return nil
}

// times sums up the table of a file that was not recorded live: runs of packets and the length of each.
func (m *mp4) times(stts box, t *mp4Track) error {
	entries := m.table(stts, 8, 8)
	for {
		ok, err := entries.next()
		if !ok {
			return err
		}
		count := uint64(binary.BigEndian.Uint32(entries.entry))
		if err := t.add(count, count*uint64(binary.BigEndian.Uint32(entries.entry[4:]))); err != nil {
			return err
		}
	}
}

// fragment reads one piece of a live recording (ISO/IEC 14496-12 section 8.8).
func (m *mp4) fragment(moof box) error {
	return m.walk(moof, map[string]func(box) error{"traf": m.trackFragment})
}

func (m *mp4) trackFragment(traf box) error {
	var t *mp4Track
	var sample uint32
	return m.walk(traf, map[string]func(box) error{
		"tfhd": func(b box) (err error) {
			t, sample, err = m.fragmentHeader(b)
			return err
		},
		"tfdt": func(b box) error {
			if t == nil {
				return nil
			}
			return m.fragmentStart(b, t)
		},
		"trun": func(b box) error {
			if t == nil {
				return nil
			}
			return m.packetRun(b, t, sample)
		},
	})
}

// fragmentHeader tells whose packets follow and how long each is, unless it says otherwise itself.
func (m *mp4) fragmentHeader(tfhd box) (*mp4Track, uint32, error) {
	const hasBase, hasDescription, hasDuration = 1, 2, 8
	p, err := m.payload(tfhd, 24)
	if err != nil {
		return nil, 0, err
	}
	t := m.tracks[binary.BigEndian.Uint32(p[4:])]
	if t == nil {
		return nil, 0, nil
	}
	if p[3]&hasDuration == 0 {
		return t, t.sample, nil
	}
	at := 8
	if p[3]&hasBase != 0 {
		at += 8
	}
	if p[3]&hasDescription != 0 {
		at += 4
	}
	return t, binary.BigEndian.Uint32(p[at:]), nil
}

// fragmentStart moves the track to the time at which the fragment begins: packets may have been left out before it.
func (m *mp4) fragmentStart(tfdt box, t *mp4Track) error {
	p, err := m.payload(tfdt, 12)
	if err != nil {
		return err
	}
	start := uint64(binary.BigEndian.Uint32(p[4:]))
	if p[0] == 1 {
		start = binary.BigEndian.Uint64(p[4:])
	}
	if start > maxTicks {
		return corrupt("a fragment at tick %d", start)
	}
	t.ticks = max(t.ticks, start)
	return nil
}

// packetRun adds a run of packets, each with a length of its own or all with the usual one.
func (m *mp4) packetRun(trun box, t *mp4Track, sample uint32) error {
	const hasOffset, hasFirstFlags, hasDuration = 1, 4, 1 // the last one in the second byte, with size, flags and shift
	p, err := m.payload(trun, 8)
	if err != nil {
		return err
	}
	count := uint64(binary.BigEndian.Uint32(p[4:]))
	if p[2]&hasDuration == 0 {
		return t.add(count, count*uint64(sample))
	}
	skip, width := int64(8), int64(0)
	for _, flag := range []byte{hasOffset, hasFirstFlags} {
		if p[3]&flag != 0 {
			skip += 4
		}
	}
	for _, flag := range []byte{1, 2, 4, 8} {
		if p[2]&flag != 0 {
			width += 4
		}
	}
	entries := m.table(trun, skip, width)
	for range count {
		ok, err := entries.next()
		if !ok {
			return err
		}
		if err := t.add(1, uint64(binary.BigEndian.Uint32(entries.entry))); err != nil {
			return err
		}
	}
	return nil
}
