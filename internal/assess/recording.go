package assess

import (
	"slices"
	"strings"
	"time"
)

// Purpose is what a recording is for.
type Purpose string

// The purposes.
const (
	ForAnswer   Purpose = "answer"            // a take
	ForPrompt   Purpose = "prompt"            // a question, spoken or filmed by a member
	ForScreen   Purpose = "screen"            // the candidate's screen
	ForWebcam   Purpose = "webcam"            // the candidate while answering
	ForDocument Purpose = "identity_document" // a photo of an identity document
	ForFace     Purpose = "identity_face"     // a photo of the candidate
)

// Purposes lists the purposes.
func Purposes() []Purpose {
	return []Purpose{ForAnswer, ForPrompt, ForScreen, ForWebcam, ForDocument, ForFace}
}

// Photo reports whether the recording is a single picture.
func (p Purpose) Photo() bool { return p == ForDocument || p == ForFace }

// Evidence reports whether the recording observes the candidate, and is asked for by the invite's proctoring.
func (p Purpose) Evidence() bool { return p == ForScreen || p == ForWebcam || p.Photo() }

// Asks reports whether the proctoring asks for recordings of the purpose.
func (o Proctoring) Asks(p Purpose) bool {
	switch p {
	case ForScreen:
		return o.ScreenRecording
	case ForWebcam:
		return o.WebcamMonitoring
	default:
		return p.Photo() && o.IDCapture
	}
}

// RecordingState is where a recording stands.
type RecordingState string

// The states.
const (
	RecordingOpen     RecordingState = "open"     // slices arrive
	RecordingUploaded RecordingState = "uploaded" // all slices are here; being put together and verified
	RecordingReady    RecordingState = "ready"    // whole, playable, and never changed again
	RecordingFailed   RecordingState = "failed"   // came to nothing; a candidate's take that failed is not counted
)

// RecordingStates lists the states.
func RecordingStates() []RecordingState {
	return []RecordingState{RecordingOpen, RecordingUploaded, RecordingReady, RecordingFailed}
}

// recordingMoves is the whole state machine of a recording.
var recordingMoves = map[RecordingState][]RecordingState{
	RecordingOpen:     {RecordingUploaded, RecordingFailed},
	RecordingUploaded: {RecordingReady, RecordingFailed},
}

// Become is nil when a recording in state s may come to be in the state to. Errors: Conflict.
func (s RecordingState) Become(to RecordingState) error {
	if slices.Contains(recordingMoves[s], to) {
		return nil
	}
	return Errorf(Conflict, "The recording is %s.", s).With(Finished)
}

// Failure says why a recording came to nothing. Each is technical: nobody is to blame, and no take is lost by it.
type Failure string

// The failures.
const (
	Interrupted Failure = "interrupted" // the page, the browser or the device went away, and the candidate records anew
	Empty       Failure = "empty"       // no slice arrived
	Undecodable Failure = "undecodable" // what arrived cannot be played
	TooShort    Failure = "too_short"   // shorter than a second
	Silent      Failure = "silent"      // nothing can be heard, from beginning to end
	TooLong     Failure = "too_long"    // longer than the recorder may run
	Mismatched  Failure = "mismatched"  // the sound or the picture that was asked for is not there
)

// Failures lists the failures.
func Failures() []Failure {
	return []Failure{Interrupted, Empty, Undecodable, TooShort, TooLong, Silent, Mismatched}
}

// Phrase says what happened as a phrase for people: "nothing can be heard".
func (f Failure) Phrase() string {
	switch f {
	case Interrupted:
		return "it was interrupted"
	case Empty:
		return "nothing arrived"
	case Undecodable:
		return "it cannot be played"
	case TooShort:
		return "it is shorter than a second"
	case Silent:
		return "nothing can be heard"
	case TooLong:
		return "it is longer than allowed"
	case Mismatched:
		return "the sound or the picture is missing"
	default:
		return string(f)
	}
}

// Recording is a media file in the making or finished: one uninterrupted run of a recorder, or an uploaded file.
type Recording struct {
	ID         RecordingID
	Org        OrgID
	Mode       Mode
	Purpose    Purpose
	Invite     InviteID      // of a candidate's recording
	Assessment AssessmentID  // of a prompt
	Question   QuestionID    // of an answer or a prompt
	Number     int           // counts the recordings of the same purpose and question, from 1
	MIME       string        // as the recorder names it: "video/webm;codecs=vp9,opus"
	Key        string        // of the candidate's request that opened it: asking again is answered again; may be empty
	Length     time.Duration // how long it may be
	State      RecordingState
	Failure    Failure
	Chunks     int   // slices in all; known once uploaded
	Bytes      int64 // received so far
	Media      Media // once ready
	CreatedAt  time.Time
	TouchedAt  time.Time // when the last slice arrived
	FinishedAt time.Time // when the last step was taken: ready or failed
}

// Media is what is known of a finished recording.
type Media struct {
	ContentType   string
	Bytes         int64
	SHA256        string // hexadecimal
	Duration      time.Duration
	Width, Height int // of the picture; 0 without one
	Sound         bool
	Quiet         bool // can hardly be heard; somebody may want to look at it
	Waveform      bool // whether points for drawing it are stored
	Poster        bool // whether a still picture is stored
}

// Picture reports whether there is a moving or still picture.
func (m Media) Picture() bool { return m.Width > 0 }

// Chunk is one stored slice of a recording.
type Chunk struct {
	Number int // from 0
	Bytes  int64
	SHA256 string // hexadecimal
}

// Limits of recordings.
const (
	MaxChunkBytes     = 8 << 20
	MaxPhotoBytes     = 12 << 20
	MaxPromptBytes    = 500 << 20
	MaxRecordingBytes = 2 << 30
	MaxInviteBytes    = 8 << 30
	MaxRecordings     = 2_000 // an invite's, failed ones included
	MinTake           = time.Second
	LateDelivery      = 7 * 24 * time.Hour // how long after the end slices of what was recorded before are taken
	MaxObservation    = 12 * time.Hour     // of one recording of screen or webcam
)

// mimeLimit bounds what a recorder may call its format, in bytes.
const mimeLimit = 100

// CheckMIME is nil for a media type that the purpose can be recorded in. What the bytes are is found out later. Errors:
// Invalid.
func CheckMIME(p Purpose, mime string) error {
	kind, _, _ := strings.Cut(mime, "/")
	ok := kind == "audio" && (p == ForAnswer || p == ForPrompt) || kind == "video" && !p.Photo() || kind == "image" && p.Photo() ||
		mime == "application/octet-stream" && p == ForPrompt
	if !ok || len(mime) > mimeLimit || strings.ContainsFunc(mime, unsafeInLine) {
		return InvalidFields(Problem{Field: "mime", Message: "is not a kind of media that can be recorded here"})
	}
	return nil
}

// MaxLength is how long a recording of at most d may come out. Recorders stop a little late, and one whose page was put to
// sleep stops much later: what somebody said meanwhile is not thrown away.
func MaxLength(d time.Duration) time.Duration { return 2*d + time.Minute }

// Overlong reports whether the recording is longer than its limit and a little: somebody may want to know.
func (rec Recording) Overlong() bool {
	return rec.Media.Duration > rec.Length+rec.Length/10+5*time.Second
}

// MaxBytesOf bounds the bytes of a recording of the purpose and length: eight times of what our recorder is told to make.
func MaxBytesOf(p Purpose, length time.Duration) int64 {
	const perSecond = 8 * 600_000 / 8
	switch {
	case p.Photo():
		return MaxPhotoBytes
	case p == ForPrompt:
		return MaxPromptBytes
	default:
		return min(MaxRecordingBytes, MaxChunkBytes+int64(length/time.Second)*perSecond)
	}
}

// MaxChunksOf bounds the number of slices of a recording of the purpose and length: about one a second, and some more.
func MaxChunksOf(p Purpose, length time.Duration) int {
	if p.Photo() {
		return 2
	}
	return 20 + 2*int(length/time.Second)
}

// Missing are the numbers below count that are not among the chunks, which are in order, as ranges from first to last.
func Missing(chunks []Chunk, count int) (out [][2]int) {
	next := 0
	for _, c := range chunks {
		if c.Number >= count {
			break
		}
		if c.Number > next {
			out = append(out, [2]int{next, c.Number - 1})
		}
		next = c.Number + 1
	}
	if next < count {
		out = append(out, [2]int{next, count - 1})
	}
	return out
}

// Ranges are the chunks' numbers, which are in order, as ranges from first to last.
func Ranges(chunks []Chunk) (out [][2]int) {
	for _, c := range chunks {
		if last := len(out) - 1; last >= 0 && out[last][1] == c.Number-1 {
			out[last][1] = c.Number
		} else {
			out = append(out, [2]int{c.Number, c.Number})
		}
	}
	return out
}
