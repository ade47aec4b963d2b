package media

import (
	"bytes"
	"encoding/binary"
)

// Kind is the format of a file, by its bytes. The zero Kind is unknown: nothing that this product takes in.
type Kind string

// The kinds. Browsers record WebM and MP4; photos are JPEG and PNG; the others are what members may upload.
const (
	WebM     Kind = "webm"
	Matroska Kind = "matroska" // WebM's container with codecs that WebM does not allow
	MP4      Kind = "mp4"      // with its relatives: QuickTime, M4A, 3GP
	Ogg      Kind = "ogg"
	WAV      Kind = "wav"
	MP3      Kind = "mp3"
	FLAC     Kind = "flac"
	AAC      Kind = "aac" // in ADTS frames
	JPEG     Kind = "jpeg"
	PNG      Kind = "png"
)

// SniffLen is how much of a file's beginning [Sniff] wants to see; it makes do with less where the file is shorter.
const SniffLen = 4096

// Sniff tells the kind of a file that begins with head, or "" when it is none of ours. Only the very first bytes count,
// so a file which begins as HTML, SVG, ZIP, a playlist or anything else is unknown, whatever follows.
func Sniff(head []byte) Kind {
	for _, format := range formats {
		if format.begins(head) {
			return format.kind
		}
	}
	return ""
}

// ContentType is the media type to serve a file of this kind as. video tells whether it has a picture; it does not matter
// to kinds that never or always have one. An unknown kind is served as bytes.
func (k Kind) ContentType(video bool) string {
	for _, format := range formats {
		switch {
		case format.kind != k:
		case video:
			return format.video
		default:
			return format.audio
		}
	}
	return "application/octet-stream"
}

// formats is what is known of each kind; the demuxer is ffmpeg's name for it, empty for photos.
var formats = []struct {
	kind         Kind
	begins       func(head []byte) bool
	audio, video string
	demuxer      string
}{
	{WebM, hasDocType("webm"), "audio/webm", "video/webm", "matroska"},
	{Matroska, hasDocType("matroska"), "audio/x-matroska", "video/x-matroska", "matroska"},
	{MP4, beginsMP4, "audio/mp4", "video/mp4", "mp4"},
	{Ogg, hasPrefix("OggS\x00"), "audio/ogg", "video/ogg", "ogg"},
	{WAV, beginsWAV, "audio/wav", "audio/wav", "wav"},
	{FLAC, hasPrefix("fLaC\x00\x00\x00\x22"), "audio/flac", "audio/flac", "flac"}, // the stream info of 34 bytes comes first
	{JPEG, hasPrefix("\xff\xd8\xff"), "image/jpeg", "image/jpeg", ""},
	{PNG, hasPrefix("\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"), "image/png", "image/png", ""},
	{AAC, beginsADTS, "audio/aac", "audio/aac", "aac"},
	{MP3, beginsMP3, "audio/mpeg", "audio/mpeg", "mp3"},
}

func (k Kind) demuxer() string {
	for _, format := range formats {
		if format.kind == k {
			return format.demuxer
		}
	}
	return ""
}

func hasPrefix(prefix string) func([]byte) bool {
	return func(head []byte) bool { return bytes.HasPrefix(head, []byte(prefix)) }
}

func hasDocType(want string) func([]byte) bool {
	return func(head []byte) bool {
		id, size, n := parseHeader(head)
		if n == 0 || id != idEBML {
			return false
		}
		return docType(head[n:min(uint64(len(head)), uint64(n)+size)]) == want
	}
}

// beginsMP4 wants a file type box of credible size whose brand is printable (ISO/IEC 14496-12 section 4.3).
func beginsMP4(head []byte) bool {
	if len(head) < 16 || string(head[4:8]) != "ftyp" {
		return false
	}
	size := binary.BigEndian.Uint32(head)
	for _, c := range head[8:12] {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return size >= 16 && size <= 1024 && size%4 == 0
}

func beginsWAV(head []byte) bool {
	return len(head) >= 16 && string(head[:4]) == "RIFF" && string(head[8:12]) == "WAVE"
}
