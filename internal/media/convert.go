package media

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	shortWork = time.Minute
	copyWork  = 15 * time.Minute
	codeWork  = time.Hour
)

// Poster returns a picture of the video as a JPEG of at most 640 pixels a side: the one shown at the given time, or the
// first where there is none so late.
func (t Tools) Poster(ctx context.Context, path string, at time.Duration) ([]byte, error) {
	for _, start := range []time.Duration{at, 0} {
		var out bytes.Buffer
		err := t.ffmpeg(ctx, shortWork, []string{"-ss", fmt.Sprintf("%.3f", start.Seconds())}, path, &head{w: &out, left: 4 << 20},
			"-map", "0:v:0", "-an", "-frames:v", "1",
			"-vf", "scale='min(640,iw)':'min(640,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2",
			"-q:v", "5", "-c:v", "mjpeg", "-f", "mjpeg", "pipe:1")
		if err != nil && !(errors.Is(err, ErrCorrupt) && start > 0) {
			return nil, fmt.Errorf("poster: %w", err)
		}
		if err == nil && out.Len() > 0 {
			return out.Bytes(), nil
		}
	}
	return nil, fmt.Errorf("poster: %w", corrupt("no picture"))
}

// Faststart writes the MP4 anew with its index in front, so that a player can seek before it has everything. Sound and
// picture are copied as they are; whatever else the file holds, such as where it was recorded, is left out.
func (t Tools) Faststart(ctx context.Context, in, out string) error {
	err := t.convert(ctx, copyWork, in, out, "-map", "0:v:0?", "-map", "0:a:0?", "-c", "copy", "-movflags", "+faststart", "-f", "mp4")
	return wrap("faststart", err)
}

// MP4 writes a copy that every browser plays: H.264 of at most 1280 pixels a side and AAC, in an MP4 that can be sought in.
func (t Tools) MP4(ctx context.Context, in, out string) error {
	return wrap("convert to MP4", t.convert(ctx, codeWork, in, out, append(h264(), aac()...)...))
}

// Track writes the sound of a file by itself, as it is, into a file of the given kind, which must be the file's own.
func (t Tools) Track(ctx context.Context, in, out string, kind Kind) error {
	return wrap("extract sound", t.convert(ctx, copyWork, in, out, "-map", "0:a:0", "-vn", "-c:a", "copy", "-f", string(kind)))
}

// Normalize makes of whatever sound or video somebody uploads what browsers play and seek in: an MP4 as by [Tools.MP4] of a
// video, a WebM with Opus (mono) of a sound. Of a video file that is to become a sound the picture is dropped.
//
// Video becomes H.264 since every browser plays it; a second of 640 × 480 takes 0.2 s of a processor, as the fastest VP9
// does, and VP8 takes 0.7 (BenchmarkVideoCodecs).
func (t Tools) Normalize(ctx context.Context, in, out string, video bool) error {
	if video {
		args := append([]string{"-map", "0:v:0"}, append(h264()[2:], aac()...)...)
		return wrap("normalize video", t.convert(ctx, codeWork, in, out, args...))
	}
	return wrap("normalize sound", t.convert(ctx, codeWork, in, out, opus()...))
}

func h264() []string {
	return []string{
		"-map", "0:v:0?",
		"-vf", "scale='min(1280,iw)':'min(1280,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2",
		"-fpsmax", "30", "-c:v", "libx264", "-preset", "veryfast", "-crf", "25", "-maxrate", "1500k", "-bufsize", "3000k",
		"-pix_fmt", "yuv420p", "-profile:v", "main", "-force_key_frames", "expr:gte(t,n_forced*2)",
	}
}

func aac() []string {
	return []string{"-map", "0:a:0?", "-c:a", "aac", "-b:a", "96k", "-ac", "1", "-ar", "48000", "-movflags", "+faststart", "-f", "mp4"}
}

func opus() []string {
	return []string{"-map", "0:a:0", "-vn", "-c:a", "libopus", "-b:a", "32k", "-ac", "1", "-f", "webm"}
}

func wrap(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}
