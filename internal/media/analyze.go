package media

import (
	"context"
	"encoding/binary"
	"math"
	"time"
)

const (
	analyzeRate = 8000 // samples a second: enough for speech and for a picture of it

	// maxPoints is when the waveform is halved, so that one of more than a second has 1000 to 2000 points.
	maxPoints = 2000
)

// Levels at which sound is judged, in decibels of full scale. Measured in browsers: speech has a mean of about -20 and
// peaks near 0; speech too quiet, -47 and -28; an empty room, -66 and -51; a muted microphone, nothing at all.
const (
	nothingHeard = -45
	tooQuiet     = -40
	silence      = -91 // the least that 16 bits tell from nothing, and what silence is given as
)

// Analysis is what a recording sounds like.
type Analysis struct {
	Duration time.Duration // of the sound that could be decoded
	MeanDB   float64       // its root mean square, in decibels of full scale; silence is -91
	MaxDB    float64       // its loudest sample
	Waveform Waveform
}

// Silent reports whether nothing was heard throughout: the microphone was muted, or in an empty room.
func (a Analysis) Silent() bool { return a.MaxDB < nothingHeard }

// Quiet reports whether there is sound that a listener must turn up.
func (a Analysis) Quiet() bool { return !a.Silent() && a.MeanDB < tooQuiet }

// Waveform is a picture of sound in the JSON format of audiowaveform, version 2, which players of waveforms read.
type Waveform struct {
	Version         int    `json:"version"`
	Channels        int    `json:"channels"`
	SampleRate      int    `json:"sample_rate"`
	SamplesPerPixel int    `json:"samples_per_pixel"`
	Bits            int    `json:"bits"`
	Length          int    `json:"length"` // in points
	Data            []int8 `json:"data"`   // the least and the greatest sample of each point, in turn
}

// Analyze decodes the first sound track of a file and measures it. Errors: [ErrNoTool]; [ErrCorrupt] when there is no
// sound or it does not decode.
func (t Tools) Analyze(ctx context.Context, path string) (Analysis, error) {
	meter := &meter{perPoint: 8}
	err := t.ffmpeg(ctx, copyWork, nil, path, meter,
		"-map", "0:a:0", "-vn", "-ac", "1", "-ar", "8000", "-c:a", "pcm_s16le", "-f", "s16le", "pipe:1")
	if err == nil && meter.samples == 0 {
		err = corrupt("no sound")
	}
	if err != nil {
		return Analysis{}, wrap("analyze", err)
	}
	return meter.analysis(), nil
}

// meter measures the samples that are written to it, 16 bits each in little-endian order.
type meter struct {
	half    []byte // of a sample whose other byte has not come yet
	samples int64
	squares float64
	loudest int

	perPoint int // samples of a point
	filled   int // samples in the last point
	points   []point
}

type point struct{ low, high int16 }

func (m *meter) Write(b []byte) (int, error) {
	written := len(b)
	if len(m.half) > 0 && len(b) > 0 {
		m.add(int16(binary.LittleEndian.Uint16([]byte{m.half[0], b[0]})))
		m.half, b = nil, b[1:]
	}
	for ; len(b) >= 2; b = b[2:] {
		m.add(int16(binary.LittleEndian.Uint16(b)))
	}
	m.half = append(m.half, b...)
	return written, nil
}

func (m *meter) add(sample int16) {
	m.samples++
	m.squares += float64(sample) * float64(sample)
	m.loudest = max(m.loudest, int(sample), -int(sample))
	if m.filled == m.perPoint || len(m.points) == 0 {
		m.next()
	}
	p := &m.points[len(m.points)-1]
	p.low, p.high = min(p.low, sample), max(p.high, sample)
	m.filled++
}

// next begins a point, after joining each two into one when there are enough of them.
func (m *meter) next() {
	if len(m.points) == maxPoints {
		for i := range maxPoints / 2 {
			a, b := m.points[2*i], m.points[2*i+1]
			m.points[i] = point{min(a.low, b.low), max(a.high, b.high)}
		}
		m.points = m.points[:maxPoints/2]
		m.perPoint *= 2
	}
	m.points = append(m.points, point{math.MaxInt16, math.MinInt16})
	m.filled = 0
}

func (m *meter) analysis() Analysis {
	data := make([]int8, 0, 2*len(m.points))
	for _, p := range m.points {
		data = append(data, int8(p.low>>8), int8(p.high>>8))
	}
	return Analysis{
		Duration: time.Duration(m.samples) * time.Second / analyzeRate,
		MeanDB:   decibels(math.Sqrt(m.squares / float64(m.samples))),
		MaxDB:    decibels(float64(m.loudest)),
		Waveform: Waveform{
			Version: 2, Channels: 1, SampleRate: analyzeRate, SamplesPerPixel: m.perPoint, Bits: 8,
			Length: len(m.points), Data: data,
		},
	}
}

// decibels turns a level of 16-bit samples into decibels of full scale.
func decibels(level float64) float64 {
	return max(20*math.Log10(level/(1<<15)), silence)
}
