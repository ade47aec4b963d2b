package media

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"
)

const (
	maxElement = 8 << 20 // of one block; a key frame of a whole screen takes 2 MiB
	maxTracks  = 16

	// maxDuration is longer than any recording; times beyond it are not believed.
	maxDuration = 366 * 24 * time.Hour
)

// IndexWebM copies a WebM (or Matroska) stream as a recorder writes it, live, to a file that a player can seek in: with
// its duration, an index, clusters of known size, and nothing else that was not needed to play it. Packets stay as they
// are. It reads in once, seeks in out only at the end, and needs at most 10 MB of memory.
//
// A stream that breaks off or turns into nonsense is copied up to there, and Info says so. Errors: [ErrCorrupt] when in is
// no WebM or holds no packet; else what in or out answered. After an error out holds nothing of use.
func IndexWebM(in io.Reader, out io.WriteSeeker) (Info, error) {
	x := indexer{
		in:     elementReader{r: bufio.NewReaderSize(in, 64<<10)},
		out:    webmWriter{w: bufio.NewWriterSize(out, 64<<10), seeker: out},
		scale:  uint64(time.Millisecond),
		tracks: map[uint64]*webmTrack{},
	}
	if err := x.run(); err != nil {
		return Info{}, fmt.Errorf("index WebM: %w", err)
	}
	return x.info, nil
}

type indexer struct {
	in   elementReader
	out  webmWriter
	info Info

	scale     uint64 // nanoseconds of a tick
	entries   []byte // the track entries to write
	tracks    map[uint64]*webmTrack
	main      uint64 // the track that is sought in: the first with a picture, else the first
	timestamp uint64 // of the cluster being read, in ticks
	end       int64  // of the latest packet, in ticks
}

type webmTrack struct {
	last, gap int64 // the time of the latest packet and its distance to the one before, in ticks
	seen      bool
}

func (x *indexer) run() error {
	if err := x.header(); err != nil {
		return err
	}
	err := x.elements()
	switch {
	case errors.Is(err, errGarbage) || errors.Is(err, io.ErrUnexpectedEOF):
		x.info.Truncated = true
	case err != nil && !errors.Is(err, io.EOF):
		return err
	}
	if x.info.Packets == 0 {
		return corrupt("no packet of sound or picture")
	}
	x.info.Duration = time.Duration(x.end) * time.Duration(x.scale)
	return x.out.finish(x.end)
}

// header reads what tells a WebM from other files.
func (x *indexer) header() error {
	id, size, err := x.in.next()
	if err == nil && (id != idEBML || size > 1024) {
		return corrupt("no EBML header")
	}
	var body []byte
	if err == nil {
		body, err = x.in.body(size)
	}
	if errors.Is(err, errGarbage) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return corrupt("no EBML header: %v", err)
	}
	if err != nil {
		return err
	}
	switch kind := Kind(docType(body)); kind {
	case WebM, Matroska:
		x.info.Kind = kind
		return nil
	default:
		return corrupt("EBML document of another type")
	}
}

// elements reads to the end of the stream and returns why it ended there. Segment and cluster are not descended into but
// passed over: in a live stream their size is unknown, and no element occurs at two levels.
func (x *indexer) elements() error {
	for {
		id, size, err := x.in.next()
		if err != nil {
			return err
		}
		switch id {
		case idSegment:
		case idCluster:
			x.timestamp = 0
		case idInfo:
			err = x.read(size, x.readInfo)
		case idTracks:
			err = x.read(size, x.readTracks)
		case idTimestamp:
			err = x.read(size, x.readTimestamp)
		case idSimpleBlock:
			err = x.read(size, x.readSimpleBlock)
		case idBlockGroup:
			err = x.read(size, x.readBlockGroup)
		case idEBML:
			return errGarbage // another file, appended: its times begin at zero again
		default:
			err = x.in.skip(size)
		}
		if err != nil {
			return err
		}
	}
}

func (x *indexer) read(size uint64, use func(body []byte) error) error {
	body, err := x.in.body(size)
	if err != nil {
		return err
	}
	return use(body)
}

func (x *indexer) readInfo(body []byte) error {
	for id, value := range children(body) {
		if id == idTimestampScale && !x.out.begun {
			x.scale, x.timestamp = parseUint(value), 0
		}
	}
	if x.scale == 0 || x.scale > uint64(time.Second) {
		return corrupt("a timestamp scale of %d ns", x.scale)
	}
	return nil
}

// readTracks keeps the tracks that play; subtitles, buttons and the like are left out, and so are their packets.
func (x *indexer) readTracks(body []byte) error {
	if x.out.begun {
		return nil // they hold for the whole segment: a second description would contradict the first
	}
	for id, entry := range children(body) {
		if id == idTrackEntry && len(x.tracks) < maxTracks {
			x.addTrack(entry)
		}
	}
	return nil
}

func (x *indexer) addTrack(entry []byte) {
	const typeVideo, typeAudio = 1, 2
	var number, kind uint64
	var codec string
	var width, height int
	for id, body := range children(entry) {
		switch id {
		case idTrackNumber:
			number = parseUint(body)
		case idTrackType:
			kind = parseUint(body)
		case idCodecID:
			codec = codecName(string(body))
		case idVideo:
			width, height = pixels(body)
		}
	}
	if number == 0 || x.tracks[number] != nil || kind != typeVideo && kind != typeAudio {
		return
	}
	if x.main == 0 || kind == typeVideo && !x.info.Video {
		x.main = number
	}
	x.info.addTrack(kind == typeVideo, codec, width, height)
	x.tracks[number] = &webmTrack{}
	x.entries = append(x.entries, element(idTrackEntry, entry)...)
}

func pixels(video []byte) (width, height int) {
	for id, body := range children(video) {
		switch id {
		case idPixelWidth:
			width = int(min(parseUint(body), math.MaxInt32))
		case idPixelHeight:
			height = int(min(parseUint(body), math.MaxInt32))
		}
	}
	return width, height
}

// codecName turns Matroska's name of a codec into ffprobe's.
func codecName(id string) string {
	switch id {
	case "V_MPEG4/ISO/AVC":
		return "h264"
	case "V_MPEGH/ISO/HEVC":
		return "hevc"
	}
	_, name, _ := strings.Cut(id, "_")
	name, _, _ = strings.Cut(name, "/")
	return printable(strings.ToLower(name))
}

// printable cuts a name from a file down to what may be shown: 32 letters, digits and signs of ASCII.
func printable(name string) string {
	name = strings.Map(func(r rune) rune {
		if r <= ' ' || r > '~' {
			return -1
		}
		return r
	}, name)
	return name[:min(len(name), 32)]
}

func (x *indexer) readTimestamp(body []byte) error {
	x.timestamp = parseUint(body)
	if x.timestamp > uint64(maxDuration)/x.scale {
		return corrupt("a cluster at tick %d", x.timestamp)
	}
	return nil
}

func (x *indexer) readSimpleBlock(body []byte) error {
	const keyFlag = 0x80
	block, ok := x.parseBlock(body)
	if !ok {
		return nil
	}
	block.key = body[block.timeAt+2]&keyFlag != 0
	return x.put(block, idSimpleBlock, body, body[block.timeAt:])
}

func (x *indexer) readBlockGroup(body []byte) error {
	var inner []byte
	var duration int64
	key := true
	for id, child := range children(body) {
		switch id {
		case idBlock:
			inner = child
		case idBlockDuration:
			duration = int64(min(parseUint(child), uint64(maxDuration)/x.scale))
		case idReferenceBlock:
			key = false
		}
	}
	block, ok := x.parseBlock(inner)
	if !ok {
		return nil
	}
	block.key, block.duration = key, duration
	return x.put(block, idBlockGroup, body, inner[block.timeAt:])
}

// block is what must be known of a packet in order to place it. Times are in ticks.
type block struct {
	track    uint64
	time     int64
	timeAt   int // where in its bytes the time stands, relative to the cluster and in two bytes
	duration int64
	key      bool // can be played from here
}

// parseBlock reads a block's head (RFC 9559 section 10.1). A block that is too short, or of a track that is not kept, is
// not ok.
func (x *indexer) parseBlock(b []byte) (block, bool) {
	track, n := parseVint(b, 8, false)
	if n == 0 || len(b) < n+3 || x.tracks[track] == nil {
		return block{}, false
	}
	relative := int16(binary.BigEndian.Uint16(b[n:]))
	return block{track: track, time: int64(x.timestamp) + int64(relative), timeAt: n}, true
}

// put writes the block that the element is or holds; relative is where in the element its time stands.
func (x *indexer) put(b block, id uint32, body, relative []byte) error {
	if !x.out.begun {
		if err := x.out.begin(x.info.Kind, x.scale, x.entries); err != nil {
			return err
		}
	}
	x.count(b)
	base, err := x.out.room(b.time, len(body), b.key && b.track == x.main, x.main)
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(relative, uint16(b.time-base))
	return x.out.add(id, body)
}

func (x *indexer) count(b block) {
	x.info.Packets++
	track := x.tracks[b.track]
	if track.seen && b.time > track.last {
		track.gap = b.time - track.last
	}
	track.last, track.seen = b.time, true
	length := b.duration
	if length == 0 {
		length = track.gap // the packets of a track are about equally long
	}
	x.end = max(x.end, b.time+length)
}
