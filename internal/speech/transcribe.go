package speech

import (
	"bytes"
	"cmp"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"strings"
)

// Sound is a file to be listened to.
type Sound struct {
	File     io.ReadSeeker // sent from its beginning, whatever its position
	Name     string        // whose ending tells the service the format: "sound.webm"
	Language string        // of what is said, as BCP 47; empty: the service finds out
}

// Transcribe sends the sound and returns what is said in it. Errors: [*Error]; the end of ctx; what reading the file answers.
func (c *Client) Transcribe(ctx context.Context, s Sound) (Result, error) {
	result, err := c.transcribe(ctx, s, "verbose_json")
	if refusesForm(err) { // models that know no times offer plain JSON only, and each service words that in its own way
		result, err = c.transcribe(ctx, s, "json")
	}
	return result, err
}

func (c *Client) transcribe(ctx context.Context, s Sound, format string) (Result, error) {
	body, length, contentType, err := c.form(s, format)
	if err != nil {
		return Result{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+transcriptions, body)
	if err != nil {
		return Result{}, err
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Accept", "application/json")
	answer, err := c.do(req)
	if err != nil {
		return Result{}, err
	}
	return Parse(answer)
}

// form is the request's body, of which the file is not held in memory, and its length.
func (c *Client) form(s Sound, format string) (body io.Reader, length int64, contentType string, err error) {
	size, err := s.File.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, "", err
	}
	if _, err := s.File.Seek(0, io.SeekStart); err != nil {
		return nil, 0, "", err
	}
	language, _, _ := strings.Cut(s.Language, "-") // services know languages, not regions
	fields := [][2]string{{"model", c.model}, {"response_format", format}}
	if language != "" {
		fields = append(fields, [2]string{"language", language})
	}
	if format == "verbose_json" {
		fields = append(fields, [2]string{"timestamp_granularities[]", "segment"})
	}
	var buffer bytes.Buffer
	w := multipart.NewWriter(&buffer)
	for _, f := range fields {
		err = cmp.Or(err, w.WriteField(f[0], f[1]))
	}
	_, fileErr := w.CreateFormFile("file", s.Name)
	before := buffer.Len()
	if err = cmp.Or(err, fileErr, w.Close()); err != nil {
		return nil, 0, "", err
	}
	head, tail := buffer.Bytes()[:before], buffer.Bytes()[before:]
	body = io.MultiReader(bytes.NewReader(head), io.LimitReader(s.File, size), bytes.NewReader(tail))
	return body, int64(buffer.Len()) + size, w.FormDataContentType(), nil
}
