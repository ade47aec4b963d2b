package media

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
)

const (
	maxPixels     = 40_000_000
	maxPhotoBytes = 192 << 20 // of a decoded picture
	maxPhotoSide  = 2560      // of what is kept

	photoQuality = 85
)

// Photo reads a JPEG or PNG of at most limit bytes and 40 megapixels and returns it anew as a JPEG of at most 2560 pixels a
// side, the right way up. Nothing but the picture passes: no EXIF, no place where it was taken, nothing appended.
//
// Errors: [ErrCorrupt] when it is no such picture, or is larger; else what in answered.
func Photo(in io.Reader, limit int64) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read photo: %w", err)
	}
	if int64(len(raw)) > limit {
		return nil, corrupt("a photo of more than %d bytes", limit)
	}
	picture, err := decodePhoto(raw)
	if err != nil {
		return nil, corrupt("photo: %v", err)
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: photoQuality}); err != nil {
		return nil, fmt.Errorf("encode photo: %w", err)
	}
	return out.Bytes(), nil
}

// decodePhoto looks at the header first: decoding takes memory by what it claims, not by how many bytes there are.
func decodePhoto(raw []byte) (image.Image, error) {
	head, readConfig, read := jpegHead{orientation: 1}, png.DecodeConfig, png.Decode
	switch Sniff(raw) {
	case JPEG:
		head, readConfig, read = readJPEGHead(raw), jpeg.DecodeConfig, jpeg.Decode
	case PNG:
		head.progressive = len(raw) > 28 && raw[28] != 0 // the last byte of the header: interlaced
	default:
		return nil, errors.New("neither JPEG nor PNG")
	}
	config, err := readConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	if err := checkSize(config, head.progressive); err != nil {
		return nil, err
	}
	picture, err := read(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	pixels, ok := picture.(image.RGBA64Image)
	if !ok {
		return nil, fmt.Errorf("pixels of type %T", picture)
	}
	return upright(shrink(pixels, maxPhotoSide), head.orientation), nil
}

// checkSize refuses what would take too much memory to decode.
func checkSize(config image.Config, progressive bool) error {
	pixels := int64(config.Width) * int64(config.Height)
	perPixel := int64(4)
	switch {
	case progressive: // all coefficients of three components are kept, in four bytes each, besides the picture
		perPixel = 15
	case config.ColorModel == color.NRGBA64Model, config.ColorModel == color.RGBA64Model:
		perPixel = 8
	case config.ColorModel == color.CMYKModel:
		perPixel = 8
	}
	if pixels <= 0 || pixels > maxPixels || pixels*perPixel > maxPhotoBytes {
		return fmt.Errorf("%d × %d pixels", config.Width, config.Height)
	}
	return nil
}
