package media_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
	"testing/iotest"
	"time"

	"alfaone/internal/media"
)

const megabyte = 1 << 20

// quarters is a picture with four corners of different colours, so that a turn shows.
func quarters(w, h int) *image.NRGBA {
	colours := []color.NRGBA{{220, 30, 30, 255}, {30, 200, 30, 255}, {30, 30, 220, 255}, {230, 230, 30, 255}}
	picture := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			picture.SetNRGBA(x, y, colours[2*y/h*2+2*x/w])
		}
	}
	return picture
}

func asJPEG(tb testing.TB, picture image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, picture, nil); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

func asPNG(tb testing.TB, picture image.Image) []byte {
	tb.Helper()
	var b bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestSpeed}
	if err := encoder.Encode(&b, picture); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// segment puts a segment behind the beginning of a JPEG.
func segment(file []byte, marker byte, body []byte) []byte {
	head := binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2))
	return slices.Concat(file[:2], head, body, file[2:])
}

// exif is a segment that holds an orientation, and a place.
func exif(order binary.AppendByteOrder, orientation uint16) []byte {
	b := []byte("Exif\x00\x00MM\x00\x2a")
	if order == binary.AppendByteOrder(binary.LittleEndian) {
		b = []byte("Exif\x00\x00II\x2a\x00")
	}
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 2)
	b = order.AppendUint16(b, 0x8825) // where the place is
	b = order.AppendUint16(b, 4)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint32(b, 38)
	b = order.AppendUint16(b, 0x0112)
	b = order.AppendUint16(b, 3)
	b = order.AppendUint32(b, 1)
	b = order.AppendUint16(b, orientation)
	b = append(b, 0, 0)
	return append(b, "GPS 51.5N 0.1W"...)
}

func photo(tb testing.TB, raw []byte) image.Image {
	tb.Helper()
	out, err := media.Photo(bytes.NewReader(raw), 20*megabyte)
	if err != nil {
		tb.Fatal(err)
	}
	picture, err := jpeg.Decode(bytes.NewReader(out))
	if err != nil {
		tb.Fatal(err)
	}
	return picture
}

// corners names the colours of a picture's corners: red, green, blue or yellow, from the top left in reading order.
func corners(picture image.Image) string {
	b := picture.Bounds()
	var names []byte
	for _, at := range []image.Point{{b.Dx() / 4, b.Dy() / 4}, {3 * b.Dx() / 4, b.Dy() / 4}, {b.Dx() / 4, 3 * b.Dy() / 4}, {3 * b.Dx() / 4, 3 * b.Dy() / 4}} {
		r, g, blue, _ := picture.At(at.X, at.Y).RGBA()
		switch {
		case r > 0x9000 && g > 0x9000:
			names = append(names, 'y')
		case r > 0x9000:
			names = append(names, 'r')
		case g > 0x9000:
			names = append(names, 'g')
		case blue > 0x9000:
			names = append(names, 'b')
		}
	}
	return string(names)
}

func TestPhotoStaysAPhoto(t *testing.T) {
	t.Parallel()
	gray := image.NewGray(image.Rect(0, 0, 80, 60))
	paletted := image.NewPaletted(image.Rect(0, 0, 80, 60), color.Palette{color.White, color.Black})
	for name, raw := range map[string][]byte{
		"JPEG": asJPEG(t, quarters(80, 60)), "PNG": asPNG(t, quarters(80, 60)),
		"gray": asJPEG(t, gray), "gray PNG": asPNG(t, gray), "paletted": asPNG(t, paletted),
	} {
		picture := photo(t, raw)
		if picture.Bounds() != image.Rect(0, 0, 80, 60) {
			t.Errorf("%s: 80 × 60 became %v", name, picture.Bounds())
		}
	}
	if got := corners(photo(t, asPNG(t, quarters(80, 60)))); got != "rgby" {
		t.Errorf("the corners are %s", got)
	}
	if r, _, _, _ := photo(t, asPNG(t, image.NewNRGBA(image.Rect(0, 0, 8, 8)))).At(4, 4).RGBA(); r < 0xF000 {
		t.Errorf("what is transparent has a red of %x, want white", r)
	}
}

func TestLargePhotoIsScaledDown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ from, to image.Point }{
		"wide":       {image.Pt(4000, 3000), image.Pt(2560, 1920)},
		"tall":       {image.Pt(1500, 3000), image.Pt(1280, 2560)},
		"just right": {image.Pt(2560, 10), image.Pt(2560, 10)},
		"a line":     {image.Pt(9000, 1), image.Pt(2560, 1)},
	}
	for name, test := range tests {
		picture := photo(t, asJPEG(t, quarters(test.from.X, test.from.Y)))
		if got := picture.Bounds().Size(); got != test.to {
			t.Errorf("%s: %v became %v, want %v", name, test.from, got, test.to)
		}
		if got := corners(picture); test.to.Y > 1 && got != "rgby" {
			t.Errorf("%s: the corners are %s", name, got)
		}
	}
}

// A phone stores the picture as the sensor lies and says how it was held.
func TestPhotoIsTurnedUpright(t *testing.T) {
	t.Parallel()
	for orientation, want := range []string{1: "rgby", 2: "gryb", 3: "ybgr", 4: "byrg", 5: "rbgy", 6: "bryg", 7: "ygbr", 8: "gyrb"} {
		if orientation == 0 {
			continue
		}
		for _, order := range []binary.AppendByteOrder{binary.BigEndian, binary.LittleEndian} {
			raw := segment(asJPEG(t, quarters(80, 64)), 0xE1, exif(order, uint16(orientation)))
			picture := photo(t, raw)
			size := image.Pt(80, 64)
			if orientation >= 5 {
				size = image.Pt(64, 80)
			}
			if got := corners(picture); got != want || picture.Bounds().Size() != size {
				t.Errorf("orientation %d: corners %s, want %s; %v", orientation, got, want, picture.Bounds())
			}
		}
	}
}

func TestNothingButThePicturePasses(t *testing.T) {
	t.Parallel()
	raw := asJPEG(t, quarters(80, 60))
	raw = segment(raw, 0xE1, exif(binary.BigEndian, 1))
	raw = segment(raw, 0xFE, []byte("GPS <script>"))
	raw = append(raw, "PK\x03\x04 GPS <script>"...)
	for name, raw := range map[string][]byte{"JPEG": raw, "PNG": append(asPNG(t, quarters(80, 60)), "GPS <script>"...)} {
		out, err := media.Photo(bytes.NewReader(raw), megabyte)
		if err != nil {
			t.Fatal(err)
		}
		for _, trace := range []string{"Exif", "GPS", "script", "PK\x03\x04"} {
			if bytes.Contains(out, []byte(trace)) {
				t.Errorf("%s: %q passed", name, trace)
			}
		}
	}
}

// pngOf is a PNG that claims a size and holds what it likes; interlaced if method is 1.
func pngOf(w, h uint32, depth, colour, method byte, data []byte) []byte {
	chunk := func(kind string, body []byte) []byte {
		b := append([]byte(kind), body...)
		return binary.BigEndian.AppendUint32(slices.Concat(words(uint32(len(body))), b), crc32.ChecksumIEEE(b))
	}
	return slices.Concat([]byte("\x89PNG\r\n\x1a\n"), chunk("IHDR", append(words(w, h), depth, colour, 0, 0, method)), chunk("IDAT", data), chunk("IEND", nil))
}

// jpegOf claims a size; the marker says how it is coded.
func jpegOf(tb testing.TB, w, h uint16, marker byte) []byte {
	raw := asJPEG(tb, quarters(16, 16))
	at := bytes.Index(raw, []byte{0xFF, 0xC0})
	raw[at+1] = marker
	binary.BigEndian.PutUint16(raw[at+5:], h)
	binary.BigEndian.PutUint16(raw[at+7:], w)
	return raw
}

func badPhotos(tb testing.TB) map[string][]byte {
	good := asJPEG(tb, quarters(80, 60))
	return map[string][]byte{
		"nothing":                      {},
		"only the magic":               []byte("\xff\xd8\xff"),
		"cut in the head":              good[:100],
		"cut in the picture":           good[:len(good)-len(good)/4],
		"PNG of 50,000 × 50,000":       pngOf(50_000, 50_000, 8, 6, 0, nil),
		"PNG of 2 billion × 1":         pngOf(1<<31-1, 1, 8, 6, 0, nil),
		"PNG of 65,536 × 65,536":       pngOf(1<<16, 1<<16, 1, 0, 0, nil),
		"PNG of no pixel":              pngOf(0, 10, 8, 6, 0, nil),
		"PNG of 36 MP, 16 bits deep":   pngOf(6000, 6000, 16, 6, 0, nil),
		"PNG of 7000 × 7000":           pngOf(7000, 7000, 8, 2, 1, nil),
		"PNG of 36 MP, interlaced":     pngOf(6000, 6000, 8, 6, 1, nil),
		"PNG without a picture":        pngOf(10, 10, 8, 6, 0, nil),
		"JPEG of 65,535 × 65,535":      jpegOf(tb, 65535, 65535, 0xC0),
		"JPEG of 25 MP, progressive":   jpegOf(tb, 5000, 5000, 0xC2),
		"JPEG of 36 MP, never in time": jpegOf(tb, 6000, 6000, 0xC2),
		"JPEG of another coding":       jpegOf(tb, 16, 16, 0xC9),
		"GIF":                          []byte("GIF89a\x01\x00\x01\x00\x00\x00\x00;"),
		"SVG":                          []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>`),
		"HTML":                         []byte("<html><img src=x onerror=alert(1)>"),
		"a WebM":                       {0x1A, 0x45, 0xDF, 0xA3},
		"HTML before a JPEG":           append([]byte("<html>"), good...),
	}
}

func TestWhatIsNoPhotoIsRefused(t *testing.T) {
	t.Parallel()
	for name, raw := range badPhotos(t) {
		start := time.Now()
		if _, err := media.Photo(bytes.NewReader(raw), megabyte); !errors.Is(err, media.ErrCorrupt) {
			t.Errorf("%s: got %v, want ErrCorrupt", name, err)
		}
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%s: took %v", name, took)
		}
	}
	if _, err := media.Photo(bytes.NewReader(asPNG(t, quarters(300, 300))), 100); !errors.Is(err, media.ErrCorrupt) {
		t.Errorf("more bytes than allowed: got %v", err)
	}
	trouble := errors.New("the disk is gone")
	if _, err := media.Photo(iotest.ErrReader(trouble), 100); !errors.Is(err, trouble) || errors.Is(err, media.ErrCorrupt) {
		t.Errorf("reading fails: got %v", err)
	}
}

// The largest pictures that are taken in. Not parallel, so that no other test's memory is counted.
func TestLargestPhotosTakeBoundedMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	files := map[string][]byte{
		"JPEG of 40 MP":              asJPEG(t, image.NewYCbCr(image.Rect(0, 0, 8000, 5000), image.YCbCrSubsampleRatio444)),
		"PNG of 40 MP":               asPNG(t, image.NewNRGBA(image.Rect(0, 0, 8000, 5000))),
		"PNG of 24 MP, 16 bits deep": asPNG(t, image.NewNRGBA64(image.Rect(0, 0, 6000, 4000))),
	}
	for name, raw := range files {
		start := time.Now()
		var err error
		peak := peakHeap(func() { _, err = media.Photo(bytes.NewReader(raw), 50*megabyte) })
		t.Logf("%s: %v, %d MB of heap at most", name, time.Since(start), peak/megabyte)
		if err != nil || peak > 256*megabyte {
			t.Errorf("%s: %v, %d MB", name, err, peak/megabyte)
		}
	}
}

// peakHeap returns how large the heap gets while f runs.
func peakHeap(f func()) uint64 {
	runtime.GC()
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		look := time.NewTicker(time.Millisecond)
		defer look.Stop()
		most := heap()
		for {
			select {
			case <-look.C:
				most = max(most, heap())
			case <-done:
				peak <- most
				return
			}
		}
	}()
	f()
	close(done)
	return <-peak
}

func TestDamagedPhotoIsReadOrRefused(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(5, 6))
	file := segment(asJPEG(t, quarters(40, 30)), 0xE1, exif(binary.LittleEndian, 6))
	for range 3000 {
		_, err := media.Photo(bytes.NewReader(mutate(random, file)), megabyte)
		goodOrCorrupt(t, "JPEG", err)
	}
}

func FuzzPhoto(f *testing.F) {
	f.Add(segment(asJPEG(f, quarters(24, 16)), 0xE1, exif(binary.LittleEndian, 6)))
	f.Add(asPNG(f, quarters(24, 16)))
	for _, bad := range badPhotos(f) {
		if len(bad) < 4<<10 {
			f.Add(bad)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if config, _, err := image.DecodeConfig(bytes.NewReader(raw)); err == nil && config.Width*config.Height > 1<<20 {
			return // slow to decode, and tested elsewhere
		}
		out, err := media.Photo(bytes.NewReader(raw), megabyte)
		goodOrCorrupt(t, "photo", err)
		if err != nil {
			return
		}
		config, err := jpeg.DecodeConfig(bytes.NewReader(out))
		if err != nil || config.Width > 2560 || config.Height > 2560 {
			t.Errorf("made a JPEG of %d × %d: %v", config.Width, config.Height, err)
		}
	})
}
