package media

import "encoding/binary"

// beginsMP3 accepts an ID3v2 tag, or two MPEG audio layer III frames in a row: a single frame header is only eleven set
// bits and a few that are not nonsense, which other files have by chance.
func beginsMP3(head []byte) bool {
	if beginsID3(head) {
		return true
	}
	n := mp3Frame(head)
	return n > 0 && n < len(head) && mp3Frame(head[n:]) > 0
}

// beginsID3 checks the header of a tag: a version that exists, no unknown flag, a size of four 7-bit bytes.
func beginsID3(head []byte) bool {
	return len(head) >= 10 && string(head[:3]) == "ID3" && head[3] >= 2 && head[3] <= 4 && head[5]&0x0F == 0 &&
		(head[6]|head[7]|head[8]|head[9])&0x80 == 0
}

// mp3Frame returns the length in bytes of the layer III frame that head begins with, or 0 (ISO/IEC 11172-3 section 2.4.1).
func mp3Frame(head []byte) int {
	if len(head) < 4 {
		return 0
	}
	h := binary.BigEndian.Uint32(head)
	version, layer, bitrate, rate := h>>19&3, h>>17&3, h>>12&15, h>>10&3
	if h>>21 != 0x7FF || version == 1 || layer != 1 || bitrate == 0 || bitrate == 15 || rate == 3 {
		return 0
	}
	mpeg1 := version == 3
	hertz := []int{44100, 48000, 32000}[rate]
	kbits := []int{8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}[bitrate-1]
	scale := 72
	if mpeg1 {
		kbits = []int{32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}[bitrate-1]
		scale = 144
	} else {
		hertz >>= 1
		if version == 0 { // MPEG 2.5
			hertz >>= 1
		}
	}
	return scale*kbits*1000/hertz + int(h>>9&1)
}

// beginsADTS wants two frames in a row, like [beginsMP3] (ISO/IEC 13818-7 section 6.2).
func beginsADTS(head []byte) bool {
	n := adtsFrame(head)
	return n > 0 && n < len(head) && adtsFrame(head[n:]) > 0
}

func adtsFrame(head []byte) int {
	if len(head) < 7 || head[0] != 0xFF || head[1]&0xF6 != 0xF0 || head[2]>>2&15 > 12 {
		return 0
	}
	n := int(head[3]&3)<<11 | int(head[4])<<3 | int(head[5])>>5
	if n < 7 {
		return 0
	}
	return n
}
