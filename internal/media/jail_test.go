package media_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"alfaone/internal/media"
)

// tag is an ID3 tag of size bytes of padding. ffmpeg, when it guesses a format, looks at what is behind it.
func tag(size byte) []byte {
	return append([]byte{'I', 'D', '3', 4, 0, 0, 0, 0, 0, size}, make([]byte, size)...)
}

// traps are files that make an unguarded ffmpeg open the canary, a file that it was not given, or a network address.
func traps(canary, address string) map[string][]byte {
	hls := "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\n%s\n#EXT-X-ENDLIST\n"
	concat := "ffconcat version 1.0\nfile '%s'\n"
	traps := map[string][]byte{}
	for name, target := range map[string]string{
		"a path": canary, "a network": "http://" + address + "/x.ts", "both": "concat:http://" + address + "/?|file://" + canary,
	} {
		for kind, list := range map[string]string{"HLS": hls, "concat": concat} {
			text := []byte(fmt.Sprintf(list, target))
			traps[kind+" of "+name] = text
			traps[kind+" of "+name+" behind a tag"] = append(tag(16), text...)
			traps[kind+" of "+name+" in an MP4"] = slices.Concat(fileType(), box("free", text), text)
			traps[kind+" of "+name+" in a WebM"] = webm(ebml(0xEC, text), ebml(0x1654AE6B, track(1, 2, "A_FLAC")), cluster(0, simple(1, 0, text...)), text)
		}
	}
	traps["an SDP"] = fmt.Appendf(nil, "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 9 RTP/AVP 0\r\n")
	traps["an MP4 whose media lies elsewhere"] = elsewhere(canary)
	return traps
}

// elsewhere is an MP4 whose samples are in another file, which its data reference names (ISO/IEC 14496-12 section 8.7.2).
func elsewhere(canary string) []byte {
	entry := box("twos", make([]byte, 6), []byte{0, 1}, make([]byte, 8), []byte{0, 1, 0, 16}, words(0, 8000<<16))
	alias := box("alis", words(0), aliasTo(canary))
	return slices.Concat(box("ftyp", []byte("qt  "), words(512)), box("moov",
		box("mvhd", words(0, 0, 0, 1000, 1000), make([]byte, 80)),
		box("trak",
			box("tkhd", words(3, 0, 0, 1, 0, 1000), make([]byte, 60)),
			box("mdia",
				box("mdhd", words(0, 0, 0, 8000, 100, 0)),
				box("hdlr", words(0, 0), []byte("soun"), make([]byte, 13)),
				box("minf",
					box("dinf", box("dref", words(0, 1), alias)),
					box("stbl",
						box("stsd", words(0, 1), entry), box("stts", words(0, 1, 100, 1)), box("stsc", words(0, 1, 1, 100, 1)),
						box("stsz", words(0, 2, 100)), box("stco", words(0, 1, 44))))))))
}

// aliasTo is a QuickTime alias record with the path of a file.
func aliasTo(path string) []byte {
	b := make([]byte, 150)
	b = binary.BigEndian.AppendUint16(b, 2) // an absolute path
	b = binary.BigEndian.AppendUint16(b, uint16(len(path)))
	b = append(b, path...)
	if len(path)%2 == 1 {
		b = append(b, 0)
	}
	return binary.BigEndian.AppendUint16(b, 0xFFFF)
}

// listen counts connections to an address of this machine.
func listen(t *testing.T) (address string, connections func() int) {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	count := make(chan int)
	go func() {
		n := 0
		for {
			conn, err := listener.Accept()
			if err != nil {
				count <- n
				return
			}
			n++
			_ = conn.Close()
		}
	}()
	return listener.Addr().String(), func() int {
		_ = listener.Close()
		return <-count
	}
}

// canaryIn makes a file of one second of sound that nobody asked for.
func canaryIn(t *testing.T, dir string) string {
	t.Helper()
	canary := filepath.Join(dir, "canary.ts")
	run(t, "ffmpeg", "-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=440", "-t", "1", "-c:a", "mp2", canary)
	return canary
}

func TestDisguisedPlaylistOpensNothing(t *testing.T) {
	t.Parallel()
	tools := ffmpeg(t)
	dir := t.TempDir()
	address, connections := listen(t)
	for name, trap := range traps(canaryIn(t, dir), address) {
		path, out := write(t, dir, "trap", trap), filepath.Join(dir, "out")
		_, analyze := tools.Analyze(t.Context(), path)
		for what, err := range map[string]error{
			"analyze":         analyze,
			"normalize sound": tools.Normalize(t.Context(), path, out, false),
			"normalize video": tools.Normalize(t.Context(), path, out, true),
			"copy":            tools.MP4(t.Context(), path, out),
		} {
			if !errors.Is(err, media.ErrCorrupt) {
				t.Errorf("%s: %s: got %v, want ErrCorrupt", name, what, err)
			}
		}
	}
	if n := connections(); n > 0 {
		t.Errorf("%d connections, want none", n)
	}
}

// The traps are real: an ffmpeg that is left to guess falls into them.
func TestUnguardedFFmpegFallsIntoTheTraps(t *testing.T) {
	t.Parallel()
	ffmpeg(t)
	dir := t.TempDir()
	address, connections := listen(t)
	all := traps(canaryIn(t, dir), address)
	for name, options := range map[string]string{
		"HLS of a path":              "",
		"HLS of a path behind a tag": "",
		"concat of a path":           "-f concat -safe 0",

		"an MP4 whose media lies elsewhere": "-enable_drefs 1 -use_absolute_path 1",
	} {
		args := append(strings.Fields("-nostdin -v error "+options), "-i", write(t, dir, "trap", all[name]), "-f", "s16le", "-")
		if sound := run(t, "ffmpeg", args...); sound == "" {
			t.Errorf("%s: nothing of the canary was heard", name)
		}
	}
	args := "-nostdin -v error -protocol_whitelist file,http,tcp -i " + write(t, dir, "trap", all["HLS of a network"]) + " -f null -"
	_ = exec.CommandContext(t.Context(), "ffmpeg", strings.Fields(args)...).Run() // nothing is served there
	if connections() == 0 {
		t.Error("HLS of a network: no connection")
	}
}
