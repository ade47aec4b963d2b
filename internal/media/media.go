// Package media knows what a media file is: it tells the kinds apart by their bytes, makes a recorded WebM seekable, reads
// how long an MP4 plays, cleans photos, and runs the optional tools (ffmpeg, a speech synthesizer) on files.
//
// Every byte it reads came from somebody else's machine: lengths are checked before they are believed, memory is bounded,
// and what cannot be read is [ErrCorrupt], never a panic.
//
// The package must not know whose file it is, why it was recorded or where it is kept: it imports nothing of ours, takes
// readers and paths, and decides nothing about a recording beyond what its bytes say.
package media

import (
	"errors"
	"fmt"
	"time"
)

// The two ways in which a file or an installation falls short. Any other error is trouble of ours, such as a full disk,
// and may be gone at the next try.
var (
	// ErrCorrupt means that the bytes are not the media they should be, or hold none: trying again is of no use.
	ErrCorrupt = errors.New("media: not readable as media")
	// ErrNoTool means that the program which the work needs is not installed.
	ErrNoTool = errors.New("media: the program for this is not installed")
)

func corrupt(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCorrupt, fmt.Sprintf(format, args...))
}

// Info is what a file says of itself.
type Info struct {
	Kind     Kind
	Duration time.Duration // from zero to the end of the last packet

	Audio, Video bool
	// The codecs of the first audio and the first video track, named as ffprobe names them: "opus", "vp9", "h264"; empty
	// without such a track.
	AudioCodec, VideoCodec string
	Width, Height          int // of the first video track, in pixels; 0 where the file does not say

	Packets   int  // coded frames of sound and picture, all tracks together
	Truncated bool // the file breaks off, or stops making sense: what came before is what Info tells of
}

// addTrack notes a track of one of the two types that play.
func (i *Info) addTrack(video bool, codec string, width, height int) {
	switch {
	case video && !i.Video:
		i.Video, i.VideoCodec, i.Width, i.Height = true, codec, width, height
	case !video && !i.Audio:
		i.Audio, i.AudioCodec = true, codec
	}
}
