package media

import (
	"bytes"
	"encoding/binary"
)

// jpegHead is what must be known of a JPEG besides its picture.
type jpegHead struct {
	progressive bool
	orientation int // 1 to 8 as in EXIF; 1 is upright
}

// readJPEGHead walks the segments before the first scan (ITU-T T.81 section B.1.1).
func readJPEGHead(raw []byte) jpegHead {
	const progressive, scan, exif = 0xC2, 0xDA, 0xE1
	head := jpegHead{orientation: 1}
	for rest := raw[2:]; len(rest) >= 4 && rest[0] == 0xFF; {
		marker := rest[1]
		if marker == 0xFF || marker == 0x01 || marker >= 0xD0 && marker <= 0xD7 { // filling, and markers without length
			rest = rest[1:]
			if marker != 0xFF {
				rest = rest[1:]
			}
			continue
		}
		size := 2 + int(binary.BigEndian.Uint16(rest[2:]))
		if marker == scan || size < 4 || size > len(rest) {
			break
		}
		switch segment := rest[4:size]; marker {
		case progressive:
			head.progressive = true
		case exif:
			if o := orientation(segment); o != 0 {
				head.orientation = o
			}
		}
		rest = rest[size:]
	}
	return head
}

// orientation finds the tag in the first directory of an EXIF segment (TIFF 6.0 section 2, tag 0x0112); 0 when it is not
// there.
func orientation(segment []byte) int {
	tiff, isEXIF := bytes.CutPrefix(segment, []byte("Exif\x00\x00"))
	if !isEXIF || len(tiff) < 8 {
		return 0
	}
	var order binary.ByteOrder = binary.BigEndian
	if tiff[0] == 'I' {
		order = binary.LittleEndian
	}
	at := int64(order.Uint32(tiff[4:]))
	if at+2 > int64(len(tiff)) {
		return 0
	}
	entries := int(order.Uint16(tiff[at:]))
	for entry := tiff[at+2:]; entries > 0 && len(entry) >= 12; entries, entry = entries-1, entry[12:] {
		if value := int(order.Uint16(entry[8:])); order.Uint16(entry) == 0x0112 && value >= 1 && value <= 8 {
			return value
		}
	}
	return 0
}
