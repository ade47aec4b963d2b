package media_test

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"alfaone/internal/media"
)

func TestRecordingsAreToldApart(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]media.Kind{
		"video.webm": media.WebM, "sound.webm": media.WebM, "video.mp4": media.MP4, "h264.mp4": media.MP4,
	} {
		file := fixture(t, name)
		if got := media.Sniff(file); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		if got := media.Sniff(file[:min(len(file), media.SniffLen)]); got != want {
			t.Errorf("the head of %s is %q, want %q", name, got, want)
		}
		if got := media.Sniff(file[:3]); got != "" {
			t.Errorf("three bytes of %s are %q, want unknown", name, got)
		}
	}
}

func TestUploadsAreToldApart(t *testing.T) {
	t.Parallel()
	ffmpeg(t)
	dir := t.TempDir()
	const sound, picture = "-f lavfi -i sine=440 -t 1 ", "-f lavfi -i testsrc2=s=160x120 -t 1 "
	tests := map[string]struct {
		args string
		want media.Kind
	}{
		"a.mkv":  {picture + "-c:v libx264", media.Matroska},
		"a.mov":  {picture + "-c:v libx264", media.MP4},
		"a.m4a":  {sound, media.MP4},
		"a.3gp":  {sound + "-ar 8000 -c:a aac", media.MP4},
		"a.ogg":  {sound + "-c:a libopus", media.Ogg},
		"a.wav":  {sound, media.WAV},
		"a.mp3":  {sound, media.MP3},
		"b.mp3":  {sound + "-id3v2_version 0 -write_xing 0", media.MP3},
		"c.mp3":  {sound + "-id3v2_version 0 -ar 22050 -b:a 48k", media.MP3},
		"d.mp3":  {sound + "-id3v2_version 0 -ar 11025 -b:a 16k", media.MP3},
		"a.flac": {sound, media.FLAC},
		"a.aac":  {sound, media.AAC},
		"a.jpg":  {picture + "-frames:v 1", media.JPEG},
		"a.png":  {picture + "-frames:v 1", media.PNG},
		"a.gif":  {picture, ""},
		"a.avi":  {picture, ""},
		"a.ts":   {picture, ""},
		"a.bmp":  {picture + "-frames:v 1", ""},
	}
	for name, test := range tests {
		path := filepath.Join(dir, name)
		run(t, "ffmpeg", append(strings.Fields("-nostdin -v error "+test.args), path)...)
		if got := media.Sniff(fileBytes(t, path)); got != test.want {
			t.Errorf("%s is %q, want %q", name, got, test.want)
		}
	}
}

// strangers are the beginnings of what is no media. Written before, or in place of, the magic bytes of a kind they make it
// unknown.
func strangers() map[string]string {
	return map[string]string{
		"HTML":            "<!DOCTYPE html><html><script>alert(1)</script>",
		"SVG":             `<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`,
		"XML":             "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]>",
		"a comment":       "<!-- ",
		"ZIP":             "PK\x03\x04\x14\x00",
		"gzip":            "\x1f\x8b\x08\x00",
		"PDF":             "%PDF-1.7\n",
		"ELF":             "\x7fELF\x02\x01\x01",
		"Windows program": "MZ\x90\x00",
		"a shell script":  "#!/bin/sh\n",
		"HLS":             "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n",
		"a concat list":   "ffconcat version 1.0\nfile /etc/passwd\n",
		"DASH":            "<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\">",
		"an SDP":          "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\n",
		"GIF":             "GIF89a",
		"WebP":            "RIFF\x10\x00\x00\x00WEBPVP8 ",
		"AVI":             "RIFF\x10\x00\x00\x00AVI LIST",
		"JPEG XL":         "\x00\x00\x00\x0cJXL \r\n\x87\n",
		"a script":        "GIF89a/*",
		"a byte order":    "\xef\xbb\xbf<html>",
		"a space":         " ",
		"a zero":          "\x00",
		"tar":             "ustar\x0000",
	}
}

func TestPolyglotsAreUnknown(t *testing.T) {
	t.Parallel()
	magic := map[string]string{}
	for _, name := range []string{"video.webm", "sound.webm", "video.mp4", "h264.mp4"} {
		magic[name] = string(fixture(t, name)[:200])
	}
	magic["Ogg"] = "OggS\x00\x02"
	magic["WAV"] = "RIFF\x24\x00\x00\x00WAVEfmt "
	magic["MP3"] = "ID3\x04\x00\x00\x00\x00\x00\x00"
	magic["FLAC"] = "fLaC\x00\x00\x00\x22"
	magic["JPEG"] = "\xff\xd8\xff\xe0\x00\x10JFIF\x00"
	magic["PNG"] = "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"
	tried := 0
	for stranger, begin := range strangers() {
		for kind, bytes := range magic {
			tried++
			if got := media.Sniff([]byte(begin + bytes)); got != "" {
				t.Errorf("%s before %s is taken for %q", stranger, kind, got)
			}
		}
		if got := media.Sniff([]byte(begin)); got != "" {
			t.Errorf("%s is taken for %q", stranger, got)
		}
	}
	if tried < 200 {
		t.Errorf("tried %d, want 200", tried)
	}
}

func TestForgedHeadsAreUnknown(t *testing.T) {
	t.Parallel()
	for name, head := range map[string]string{
		"an MP4 box of a text's size":    "<svgftypisom\x00\x00\x02\x00isom",
		"an MP4 box of 5 bytes":          "\x00\x00\x00\x05ftypisom\x00\x00\x02\x00isom",
		"an MP4 brand of control bytes":  "\x00\x00\x00\x18ftyp\x00\x01\x02\x03\x00\x00\x02\x00isom",
		"an EBML document of HTML":       "\x1a\x45\xdf\xa3\x87\x42\x82\x84html",
		"an EBML document without type":  "\x1a\x45\xdf\xa3\x84\x42\x86\x81\x01",
		"an ID3 tag of version 60":       "ID3<\x00\x00\x00\x00\x00\x00",
		"an ID3 tag of text":             "ID3 tags are a format of metadata",
		"a single MP3 frame":             "\xff\xfb\x90\x00" + strings.Repeat("\x00", 600),
		"UTF-16":                         "\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00",
		"an AAC frame of no length":      "\xff\xf1\x50\x80\x00\x1f\xfc\xff\xf1\x50\x80",
		"a PNG that begins with text":    "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dtEXt",
		"RIFF of nothing":                "RIFF\x00\x00\x00\x00WAVE",
		"FLAC without its description":   "fLaC<html>",
		"Ogg of a version that is no 0":  "OggS<html>",
		"JPEG's first marker alone":      "\xff\xd8<html>",
		"a WebM cut in its header":       "\x1a\x45\xdf\xa3\x9f\x42\x86",
		"an EBML header without an end ": "\x1a\x45\xdf\xa3\x01\xff\xff\xff\xff\xff\xff\xff<html>",
	} {
		if got := media.Sniff([]byte(head)); got != "" {
			t.Errorf("%s is taken for %q", name, got)
		}
	}
}

func TestContentTypes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind         media.Kind
		audio, video string
	}{
		{media.WebM, "audio/webm", "video/webm"},
		{media.MP4, "audio/mp4", "video/mp4"},
		{media.Ogg, "audio/ogg", "video/ogg"},
		{media.MP3, "audio/mpeg", "audio/mpeg"},
		{media.JPEG, "image/jpeg", "image/jpeg"},
		{media.PNG, "image/png", "image/png"},
		{"", "application/octet-stream", "application/octet-stream"},
		{"html", "application/octet-stream", "application/octet-stream"},
	}
	for _, test := range tests {
		if audio, video := test.kind.ContentType(false), test.kind.ContentType(true); audio != test.audio || video != test.video {
			t.Errorf("%q is served as %s and %s, want %s and %s", test.kind, audio, video, test.audio, test.video)
		}
	}
}

func FuzzSniff(f *testing.F) {
	for _, name := range []string{"video.webm", "sound.webm", "video.mp4", "h264.mp4"} {
		f.Add(fixture(f, name)[:300])
	}
	for _, begin := range strangers() {
		f.Add([]byte(begin))
	}
	f.Add([]byte("ID3\x04\x00\x00\x00\x00\x00\x00"))
	f.Add(bytes.Repeat([]byte("\xff\xfb\x10\x00"), 200))
	f.Fuzz(func(t *testing.T, head []byte) {
		kind := media.Sniff(head)
		if kind == "" {
			return
		}
		if kind.ContentType(true) == "application/octet-stream" {
			t.Errorf("%q is served as bytes", kind)
		}
		if head[0] == '<' || head[0] == '#' || head[0] == '%' || head[0] == ' ' || bytes.HasPrefix(head, []byte("PK")) {
			t.Errorf("%q is taken for %q", head, kind)
		}
	})
}
