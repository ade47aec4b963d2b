package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"math/bits"
)

// The elements of EBML (RFC 8794) and Matroska (RFC 9559) that matter here.
const (
	idEBML               = 0x1A45DFA3
	idEBMLVersion        = 0x4286
	idEBMLReadVersion    = 0x42F7
	idEBMLMaxIDLength    = 0x42F2
	idEBMLMaxSizeLength  = 0x42F3
	idDocType            = 0x4282
	idDocTypeVersion     = 0x4287
	idDocTypeReadVersion = 0x4285

	idSegment      = 0x18538067
	idSeekHead     = 0x114D9B74
	idSeek         = 0x4DBB
	idSeekID       = 0x53AB
	idSeekPosition = 0x53AC

	idInfo           = 0x1549A966
	idTimestampScale = 0x2AD7B1
	idDuration       = 0x4489
	idMuxingApp      = 0x4D80
	idWritingApp     = 0x5741

	idTracks      = 0x1654AE6B
	idTrackEntry  = 0xAE
	idTrackNumber = 0xD7
	idTrackType   = 0x83
	idCodecID     = 0x86
	idVideo       = 0xE0
	idPixelWidth  = 0xB0
	idPixelHeight = 0xBA

	idCluster        = 0x1F43B675
	idTimestamp      = 0xE7
	idSimpleBlock    = 0xA3
	idBlockGroup     = 0xA0
	idBlock          = 0xA1
	idBlockDuration  = 0x9B
	idReferenceBlock = 0xFB

	idCues               = 0x1C53BB6B
	idCuePoint           = 0xBB
	idCueTime            = 0xB3
	idCueTrackPositions  = 0xB7
	idCueTrack           = 0xF7
	idCueClusterPosition = 0xF1
)

// unknownSize is the size of an element that ends where something begins which cannot be inside it: a live recording
// cannot say how long it will be.
const unknownSize = 1<<56 - 1

// errGarbage means that what follows in a stream is no element.
var errGarbage = errors.New("not an EBML element")

// parseVint reads a variable-size integer and its length in bytes, with the marker bit or without. The length is 0 where b
// ends too early or does not begin with a marker.
func parseVint(b []byte, longest int, marker bool) (v uint64, n int) {
	if len(b) == 0 {
		return 0, 0
	}
	n = bits.LeadingZeros8(b[0]) + 1
	if n > longest || n > len(b) {
		return 0, 0
	}
	for _, c := range b[:n] {
		v = v<<8 | uint64(c)
	}
	if !marker {
		v &= 1<<(7*n) - 1
	}
	return v, n
}

// parseHeader reads an element's id and size and the number of bytes that they take, which is 0 where b does not begin
// with a whole header.
func parseHeader(b []byte) (id uint32, size uint64, n int) {
	v, idLen := parseVint(b, 4, true)
	if idLen == 0 {
		return 0, 0, 0
	}
	size, sizeLen := parseVint(b[idLen:], 8, false)
	if sizeLen == 0 {
		return 0, 0, 0
	}
	if size == 1<<(7*sizeLen)-1 {
		size = unknownSize
	}
	return uint32(v), size, idLen + sizeLen
}

// children yields the elements that body consists of, and ends early where body stops making sense.
func children(body []byte) iter.Seq2[uint32, []byte] {
	return func(yield func(uint32, []byte) bool) {
		for len(body) > 0 {
			id, size, n := parseHeader(body)
			if n == 0 || size > uint64(len(body)-n) {
				return
			}
			end := n + int(size)
			if !yield(id, body[n:end]) {
				return
			}
			body = body[end:]
		}
	}
}

// parseUint reads an element's body as a number; more than 8 bytes are none.
func parseUint(body []byte) uint64 {
	if len(body) > 8 {
		return 0
	}
	var v uint64
	for _, c := range body {
		v = v<<8 | uint64(c)
	}
	return v
}

// docType reads what kind of document an EBML header announces.
func docType(header []byte) string {
	for id, body := range children(header) {
		if id == idDocType {
			return string(body)
		}
	}
	return ""
}

// elementReader reads a stream element by element, with memory for one.
type elementReader struct {
	r   *bufio.Reader
	buf []byte
}

// next reads an element's header. At the end of the stream it returns io.EOF, within a header io.ErrUnexpectedEOF.
func (e *elementReader) next() (id uint32, size uint64, err error) {
	head, err := e.r.Peek(12)
	id, size, n := parseHeader(head)
	switch {
	case n > 0:
		_, err = e.r.Discard(n)
		return id, size, err
	case err == nil:
		return 0, 0, errGarbage
	case errors.Is(err, io.EOF) && len(head) > 0:
		return 0, 0, io.ErrUnexpectedEOF
	default:
		return 0, 0, err
	}
}

// body reads an element's content, which is valid until the next call.
func (e *elementReader) body(size uint64) ([]byte, error) {
	if size > maxElement {
		return nil, errGarbage
	}
	if uint64(cap(e.buf)) < size {
		e.buf = make([]byte, size)
	}
	e.buf = e.buf[:size]
	if _, err := io.ReadFull(e.r, e.buf); err != nil {
		return nil, cut(err)
	}
	return e.buf, nil
}

func (e *elementReader) skip(size uint64) error {
	if size == unknownSize {
		return errGarbage
	}
	_, err := io.CopyN(io.Discard, e.r, int64(size))
	return cut(err)
}

// cut turns the end of a stream in the middle of an element into io.ErrUnexpectedEOF.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// appendHeader appends an element's id and size, in as few bytes as they need.
func appendHeader(b []byte, id uint32, size int) []byte {
	b = appendID(b, id)
	n := 1
	for n < 8 && uint64(size) >= 1<<(7*n)-1 {
		n++
	}
	v := uint64(size) | 1<<(7*n)
	return append(b, binary.BigEndian.AppendUint64(nil, v)[8-n:]...)
}

func appendID(b []byte, id uint32) []byte {
	return append(b, trimZeros(binary.BigEndian.AppendUint32(nil, id))...)
}

// element builds an element from the parts of its body.
func element(id uint32, parts ...[]byte) []byte {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	b := appendHeader(nil, id, size)
	for _, part := range parts {
		b = append(b, part...)
	}
	return b
}

func uintElement(id uint32, v uint64) []byte {
	return element(id, trimZeros(binary.BigEndian.AppendUint64(nil, v)))
}

// wideElement is a number in eight bytes whatever its value, so that it can be replaced in place.
func wideElement(id uint32, v uint64) []byte {
	return element(id, binary.BigEndian.AppendUint64(nil, v))
}

func trimZeros(b []byte) []byte {
	for len(b) > 1 && b[0] == 0 {
		b = b[1:]
	}
	return b
}
