package media

import (
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// Babble writes a WebM of sound in the rhythm of speech, without words, for sample data. The same length and seed give the
// same sound.
func (t Tools) Babble(ctx context.Context, out string, length time.Duration, seed uint64) error {
	pitch := 100 + 10*(seed%12)
	syllables := 2.9 + 0.2*float64(seed%7)
	sound := fmt.Sprintf("aevalsrc='0.2*gt(mod(t,3.1),0.5)*pow(sin(PI*%.1f*t),2)*"+
		"(sin(2*PI*%[2]d*t)+0.6*sin(4*PI*%[2]d*t)+0.4*sin(6*PI*%[2]d*t)+0.2*sin(10*PI*%[2]d*t))':s=16000:d=%.3[3]f",
		syllables, pitch, length.Seconds())
	return wrap("babble", t.generate(ctx, out, []string{"-f", "lavfi", "-i", sound}, opus()...))
}

// Film writes a WebM as a browser records it (VP9 and Opus) of a drawn figure that sways to the given sound, for sample
// data. The seed chooses the colours.
func (t Tools) Film(ctx context.Context, sound, out string, seed uint64) error {
	if t.FFmpeg == "" {
		return wrap("film", ErrNoTool)
	}
	sound, demuxer, err := source(sound)
	if err != nil {
		return wrap("film", err)
	}
	dir, err := os.MkdirTemp("", "alfaone-film-")
	if err != nil {
		return wrap("film", err)
	}
	defer os.RemoveAll(dir)
	figure := filepath.Join(dir, "figure.png")
	if err := draw(figure, seed); err != nil {
		return wrap("film", err)
	}
	return wrap("film", t.generate(ctx, out,
		[]string{"-f", "image2", "-loop", "1", "-framerate", "24", "-i", "file:" + figure, "-f", demuxer, "-i", "file:" + sound},
		"-map", "0:v", "-map", "1:a", "-shortest", "-vf", "crop=640:480:x='20+9*sin(t*1.3)':y='20+6*sin(t*2.1)',format=yuv420p",
		"-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "300k", "-g", "48",
		"-c:a", "libopus", "-b:a", "32k", "-ac", "1", "-f", "webm"))
}

// generate runs ffmpeg on inputs that this package made.
func (t Tools) generate(ctx context.Context, out string, inputs []string, args ...string) error {
	out, err := filepath.Abs(out)
	if err != nil {
		return err
	}
	args = append(append([]string{"-nostdin", "-v", "error", "-protocol_whitelist", "file,pipe"}, inputs...), args...)
	args = append(args, "-bitexact", "-fs", strconv.Itoa(maxOutput), "-y", "file:"+out)
	return t.run(ctx, command{program: t.FFmpeg, args: args, limit: copyWork})
}

// draw paints a head and shoulders before a wall, larger than the film by the room to sway in.
func draw(path string, seed uint64) error {
	wall := hue(seed, 0.82)
	coat := hue(seed+3, 0.45)
	skin := []color.RGBA{{0xF1, 0xC9, 0xA5, 0xFF}, {0xC6, 0x8E, 0x63, 0xFF}, {0x8D, 0x5A, 0x3B, 0xFF}}[seed%3]
	picture := image.NewRGBA(image.Rect(0, 0, 680, 520))
	for y := range 520 {
		for x := range 680 {
			c := wall
			switch {
			case within(x, y, 340, 210, 85, 110):
				c = skin
			case within(x, y, 340, 520, 210, 215):
				c = coat
			}
			picture.SetRGBA(x, y, c)
		}
	}
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	if err := png.Encode(f, picture); err != nil {
		_ = f.Close()
		return err
	}
	return f.Close()
}

// within tells whether a pixel lies in an ellipse of the given centre and radii.
func within(x, y, centreX, centreY, radiusX, radiusY int) bool {
	dx, dy := float64(x-centreX)/float64(radiusX), float64(y-centreY)/float64(radiusY)
	return dx*dx+dy*dy <= 1
}

// hue is one of twelve soft colours, of the given lightness.
func hue(n uint64, lightness float64) color.RGBA {
	channel := func(shift float64) uint8 {
		return uint8(255 * lightness * (0.85 + 0.15*math.Cos(2*math.Pi*(float64(n%12)/12+shift))))
	}
	return color.RGBA{channel(0), channel(1.0 / 3), channel(2.0 / 3), 0xFF}
}
