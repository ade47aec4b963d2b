package media

import (
	"bufio"
	"encoding/binary"
	"io"
	"math"
	"time"
)

const (
	maxCluster = 1 << 20
	maxCues    = 8192

	cueGap = time.Second // between the places that can be sought, unless key frames are farther apart
)

// webmWriter writes a seekable WebM: clusters that begin where one may seek to, and an index of them at the end. Three
// numbers that are known only then are filled in last.
type webmWriter struct {
	w      *bufio.Writer
	seeker io.WriteSeeker
	at     int64 // bytes written
	begun  bool

	sizeAt, segment, durationAt, cuesAt int64 // where the numbers stand, and where positions are counted from

	cluster []byte // the blocks of the open cluster
	open    bool
	base    int64 // its time, in ticks

	cues []cue
	gap  int64 // the least distance of cues, in ticks
}

type cue struct{ time, cluster, track int64 }

// write keeps the first error in the bufio.Writer, which returns it from then on.
func (w *webmWriter) write(b []byte) error {
	n, err := w.w.Write(b)
	w.at += int64(n)
	return err
}

// begin writes everything before the first cluster.
func (w *webmWriter) begin(kind Kind, scale uint64, entries []byte) error {
	w.begun = true
	w.gap = int64(uint64(cueGap) / scale)

	head := element(idEBML,
		uintElement(idEBMLVersion, 1), uintElement(idEBMLReadVersion, 1),
		uintElement(idEBMLMaxIDLength, 4), uintElement(idEBMLMaxSizeLength, 8),
		element(idDocType, []byte(kind)), uintElement(idDocTypeVersion, 4), uintElement(idDocTypeReadVersion, 2))
	head = appendID(head, idSegment)
	w.sizeAt = int64(len(head))
	head = append(head, wide(0)...)
	w.segment = int64(len(head))

	info := element(idInfo,
		uintElement(idTimestampScale, scale),
		element(idMuxingApp, []byte("alfaone")), element(idWritingApp, []byte("alfaone")),
		wideElement(idDuration, 0)) // last: its value is what the element ends with
	infoAt := int64(len(seekHead(0, 0)))
	tracksAt := infoAt + int64(len(info))
	head = append(head, seekHead(infoAt, tracksAt)...)
	w.cuesAt = int64(len(head)) - 8
	head = append(head, info...)
	w.durationAt = int64(len(head)) - 8
	head = append(head, element(idTracks, entries)...)
	return w.write(head)
}

// seekHead says where the other parts are, counted from the start of the segment. Its length does not depend on that, and
// it ends with the place of the cues, which is filled in later.
func seekHead(info, tracks int64) []byte {
	seek := func(id uint32, position int64) []byte {
		return element(idSeek, element(idSeekID, appendID(nil, id)), wideElement(idSeekPosition, uint64(position)))
	}
	return element(idSeekHead, seek(idInfo, info), seek(idTracks, tracks), seek(idCues, 0))
}

// wide is a size in eight bytes, so that it can be replaced in place.
func wide(size int64) []byte { return binary.BigEndian.AppendUint64(nil, 1<<56|uint64(size)) }

// room makes sure that the open cluster can take a block of size bytes at time t, and returns the cluster's time. Where a
// player may start, it opens a new one.
func (w *webmWriter) room(t int64, size int, start bool, track uint64) (base int64, err error) {
	due := len(w.cues) == 0 || t-w.cues[len(w.cues)-1].time >= w.gap
	relative := t - w.base
	fits := len(w.cluster)+size <= maxCluster && relative >= math.MinInt16 && relative <= math.MaxInt16
	if w.open && fits && !(start && due) {
		return w.base, nil
	}
	if err := w.flush(nil); err != nil {
		return 0, err
	}
	w.open, w.base = true, max(t, 0)
	if len(w.cues) == 0 || start && due {
		w.addCue(cue{w.base, w.at - w.segment, int64(track)})
	}
	return w.base, nil
}

// addCue bounds the index of a very long file by leaving out every other entry.
func (w *webmWriter) addCue(c cue) {
	if len(w.cues) == maxCues {
		for i := range maxCues / 2 {
			w.cues[i] = w.cues[2*i]
		}
		w.cues = w.cues[:maxCues/2]
		w.gap *= 2
	}
	w.cues = append(w.cues, c)
}

// add puts an element into the open cluster. One that is larger than clusters get goes out alone, and is not copied.
func (w *webmWriter) add(id uint32, body []byte) error {
	w.cluster = appendHeader(w.cluster, id, len(body))
	if len(body) > maxCluster {
		return w.flush(body)
	}
	w.cluster = append(w.cluster, body...)
	return nil
}

// flush writes the open cluster, with more after what was added to it.
func (w *webmWriter) flush(more []byte) error {
	if !w.open {
		return nil
	}
	timestamp := uintElement(idTimestamp, uint64(w.base))
	head := appendHeader(nil, idCluster, len(timestamp)+len(w.cluster)+len(more))
	for _, part := range [][]byte{head, timestamp, w.cluster, more} {
		if err := w.write(part); err != nil {
			return err
		}
	}
	w.cluster, w.open = w.cluster[:0], false
	return nil
}

// finish writes the index and fills in what was not known before. duration is in ticks.
func (w *webmWriter) finish(duration int64) error {
	if err := w.flush(nil); err != nil {
		return err
	}
	cuesAt := w.at - w.segment
	if err := w.writeCues(); err != nil {
		return err
	}
	if err := w.w.Flush(); err != nil {
		return err
	}
	bits := math.Float64bits(float64(duration))
	return w.patch(map[int64][]byte{
		w.sizeAt:     wide(w.at - w.segment),
		w.cuesAt:     binary.BigEndian.AppendUint64(nil, uint64(cuesAt)),
		w.durationAt: binary.BigEndian.AppendUint64(nil, bits),
	})
}

func (w *webmWriter) writeCues() error {
	var points []byte
	for _, c := range w.cues {
		points = append(points, element(idCuePoint,
			uintElement(idCueTime, uint64(c.time)),
			element(idCueTrackPositions,
				uintElement(idCueTrack, uint64(c.track)),
				uintElement(idCueClusterPosition, uint64(c.cluster))))...)
	}
	return w.write(element(idCues, points))
}

// patch replaces bytes that are written already and returns to the end.
func (w *webmWriter) patch(places map[int64][]byte) error {
	for at, b := range places {
		if _, err := w.seeker.Seek(at, io.SeekStart); err != nil {
			return err
		}
		if _, err := w.seeker.Write(b); err != nil {
			return err
		}
	}
	_, err := w.seeker.Seek(w.at, io.SeekStart)
	return err
}
