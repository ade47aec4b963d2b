package media_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
	"testing"
	"time"

	"alfaone/internal/media"
)

// ebml builds an element whose size takes eight bytes; children are joined.
func ebml(id uint32, children ...[]byte) []byte {
	body := slices.Concat(children...)
	return sized(id, 1<<56|uint64(len(body)), body)
}

// sized builds an element with whatever size field is given.
func sized(id uint32, size uint64, body []byte) []byte {
	b := bytes.TrimLeft(binary.BigEndian.AppendUint32(nil, id), "\x00")
	return append(binary.BigEndian.AppendUint64(b, size), body...)
}

const unknown = math.MaxUint64 >> 7 // 01 FF FF FF FF FF FF FF

func text(id uint32, s string) []byte { return ebml(id, []byte(s)) }

func value(id uint32, v uint64) []byte { return ebml(id, binary.BigEndian.AppendUint64(nil, v)) }

// webm builds a live file around some parts of its segment.
func webm(parts ...[]byte) []byte {
	return slices.Concat(ebml(0x1A45DFA3, text(0x4282, "webm")), sized(0x18538067, unknown, nil), slices.Concat(parts...))
}

func track(number, kind uint64, codec string) []byte {
	return ebml(0xAE, value(0xD7, number), value(0x83, kind), text(0x86, codec))
}

func tracks() []byte { return ebml(0x1654AE6B, track(1, 2, "A_OPUS")) }

func cluster(at uint64, blocks ...[]byte) []byte {
	return ebml(0x1F43B675, append([][]byte{value(0xE7, at)}, blocks...)...)
}

func simple(track byte, at int16, payload ...byte) []byte {
	b := append([]byte{0x80 | track}, binary.BigEndian.AppendUint16(nil, uint16(at))...)
	return ebml(0xA3, append(append(b, 0x80), payload...))
}

// badWebM is what is no recording but tries to look like one.
func badWebM() map[string][]byte {
	var nested []byte
	for range 2000 {
		nested = ebml(0xAE, nested)
	}
	return map[string][]byte{
		"nothing":                        {},
		"only the magic":                 {0x1A, 0x45, 0xDF, 0xA3},
		"header without end":             sized(0x1A45DFA3, unknown, nil),
		"header of a gigabyte":           sized(0x1A45DFA3, 1<<56|1<<30, nil),
		"another document":               ebml(0x1A45DFA3, text(0x4282, "html")),
		"no document type":               ebml(0x1A45DFA3),
		"nothing in it":                  webm(),
		"no packet":                      webm(tracks(), cluster(0)),
		"no tracks":                      webm(cluster(0, simple(1, 0, 1, 2, 3))),
		"packets of an unknown track":    webm(tracks(), cluster(0, simple(2, 0, 1, 2, 3))),
		"subtitles alone":                webm(ebml(0x1654AE6B, track(1, 17, "S_TEXT/WEBVTT")), cluster(0, simple(1, 0, 'h', 'i'))),
		"track 0":                        webm(ebml(0x1654AE6B, track(0, 2, "A_OPUS")), cluster(0, simple(0, 0, 1))),
		"ticks of no length":             webm(ebml(0x1549A966, value(0x2AD7B1, 0)), tracks(), cluster(0, simple(1, 0, 1))),
		"ticks of a century":             webm(ebml(0x1549A966, value(0x2AD7B1, 1<<62)), tracks(), cluster(0, simple(1, 0, 1))),
		"ten thousand years":             webm(tracks(), cluster(1<<50, simple(1, 0, 1))),
		"time at the end of numbers":     webm(tracks(), cluster(math.MaxUint64, simple(1, math.MaxInt16, 1))),
		"packet without a head":          webm(tracks(), cluster(0, ebml(0xA3, []byte{0x81}))),
		"packet of 9 MiB":                webm(tracks(), sized(0x1F43B675, unknown, nil), sized(0xA3, 1<<56|9<<20, make([]byte, 9<<20))),
		"packet of 72 petabytes":         webm(tracks(), sized(0x1F43B675, unknown, nil), sized(0xA3, 1<<57-2, make([]byte, 100))),
		"padding of 72 petabytes":        webm(sized(0xEC, 1<<57-2, make([]byte, 100))),
		"padding without end":            webm(sized(0xEC, unknown, make([]byte, 100))),
		"tracks without end":             webm(sized(0x1654AE6B, unknown, track(1, 2, "A_OPUS"))),
		"segments in segments":           webm(bytes.Repeat(sized(0x18538067, unknown, nil), 100_000)),
		"clusters in clusters":           webm(tracks(), bytes.Repeat(sized(0x1F43B675, unknown, nil), 100_000)),
		"2,000 levels":                   webm(ebml(0x1654AE6B, nested)),
		"groups in groups":               webm(tracks(), cluster(0, ebml(0xA0, bytes.Repeat([]byte{0xA0, 0xFE}, 50_000)))),
		"an id of five bytes":            webm([]byte{0x08, 0, 0, 0, 0, 0x81, 0}),
		"a size without a marker":        webm([]byte{0xEC, 0x00}),
		"HTML behind the header":         webm([]byte("<html><script>alert(1)</script>")),
		"a script for a document type":   ebml(0x1A45DFA3, text(0x4282, "<script>")),
		"a document type of many":        ebml(0x1A45DFA3, bytes.Repeat(text(0x4282, "matroskb"), 40)),
		"a group without a packet":       webm(tracks(), cluster(0, ebml(0xA0, value(0x9B, 20)))),
		"a track number of eight bytes":  webm(tracks(), cluster(0, ebml(0xA3, []byte{0x01, 255, 255, 255, 255, 255, 255, 254, 0, 0, 0x80}))),
		"seventeen silent tracks":        webm(ebml(0x1654AE6B, bytes.Repeat(track(1, 2, "A_OPUS"), 17)), cluster(0, simple(3, 0, 1))),
		"a timestamp of a hundred bytes": webm(tracks(), ebml(0x1F43B675, ebml(0xE7, make([]byte, 100)))),
	}
}

func TestWhatIsNoWebMIsRefused(t *testing.T) {
	t.Parallel()
	for name, file := range badWebM() {
		if info, _, err := index(file); err == nil {
			t.Errorf("%s: taken for %+v", name, info)
		} else {
			goodOrCorrupt(t, name, err)
		}
	}
}

func TestSmallestWebM(t *testing.T) {
	t.Parallel()
	info, out, err := index(webm(tracks(), cluster(0, simple(1, 0, 7), simple(1, 20, 8))))
	want := media.Info{Kind: media.WebM, Audio: true, AudioCodec: "opus", Packets: 2, Duration: 40 * time.Millisecond}
	if err != nil || info != want {
		t.Errorf("got %+v, %v", info, err)
	}
	if l := read(t, out); len(l.packets) != 2 || len(l.cues) != 1 {
		t.Errorf("%d packets, %d cues; want 2 and 1", len(l.packets), len(l.cues))
	}
}

// Comments, attachments and padding may hold anything: a page, a program, the place where it was recorded.
func TestNothingButTheMediaPasses(t *testing.T) {
	t.Parallel()
	const secret = "<script>51.5N 0.1W</script>"
	file := webm(
		text(0xEC, secret),
		ebml(0x1549A966, text(0x7BA9, secret), text(0x4D80, secret)), // title, muxing application
		tracks(),
		ebml(0x1254C367, text(0x7373, secret)), // tags
		ebml(0x1941A469, text(0x61A7, secret)), // attachments
		cluster(0, text(0xEC, secret), simple(1, 0, 7)),
		text(0xEC, secret),
	)
	_, out, err := index(file)
	if err != nil || bytes.Contains(out, []byte("script")) {
		t.Errorf("error %v, or the text passed", err)
	}
}

// The packets keep their times when clusters are divided: the times in them are relative and have 16 bits.
func TestLongClusterIsDivided(t *testing.T) {
	t.Parallel()
	var parts [][]byte
	parts = append(parts, tracks())
	for at := uint64(0); at < 100_000; at += 500 {
		parts = append(parts, cluster(at, simple(1, -200, 1), simple(1, 0, 2), simple(1, 200, 3)))
	}
	info, out, err := index(webm(parts...))
	l := read(t, out)
	if err != nil || info.Packets != 600 || len(l.packets) != 600 {
		t.Fatalf("%+v with %d packets, %v", info, len(l.packets), err)
	}
	for i, packet := range l.packets {
		want := int64(i/3)*500 + int64(i%3-1)*200
		if got := int64(number(packet[1:9])); got != want {
			t.Fatalf("packet %d is at %d, want %d", i, got, want)
		}
	}
	if n := len(l.cues); n < 95 || n > 101 {
		t.Errorf("%d places to seek to in 100 s", n)
	}
}

// One entry a second would take 100 MB for a forged file that claims a year of them.
func TestIndexOfAnEndlessFileIsBounded(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	file.Write(webm(tracks()))
	for at := range uint64(100_000) {
		file.Write(cluster(at*2000, simple(1, 0, 1)))
	}
	info, out, err := index(file.Bytes())
	if err != nil || info.Packets != 100_000 {
		t.Fatalf("%+v, %v", info, err)
	}
	l := read(t, out)
	if n := len(l.cues); n < 4096 || n > 8192 {
		t.Errorf("%d places to seek to", n)
	}
	for at, position := range l.cues {
		if l.clusters[position] != at {
			t.Fatalf("the cue for %d leads to the cluster of %d", at, l.clusters[position])
		}
	}
}
