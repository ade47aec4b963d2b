// Package transcribe has a service write down what is said in a recording: any that speaks the form of OpenAI's
// /audio/transcriptions, such as OpenAI itself, Groq, speaches, or whisper.cpp on a machine of one's own.
//
// It must not know whose recording it is, nor keep what it learns: it imports nothing of ours. The key that it holds never gets
// into an error, whatever the service answers.
package transcribe

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// Config is how the service is reached.
type Config struct {
	// URL is what the service's documentation calls its base URL, such as https://api.openai.com/v1 or
	// http://localhost:8000/v1; the address of the transcriptions themselves, below it, is also understood.
	URL   string
	Key   string // sent as a bearer token; empty: none is sent
	Model string // as the service calls it
	// Transport carries the requests; nil: http.DefaultTransport.
	Transport http.RoundTripper
}

// Client asks one service. It is safe for concurrent use. How long it waits is for the caller's context to say.
type Client struct {
	base, key, model string
	http             *http.Client
}

// endpoint is where below the base URL sound is sent to.
const endpoint = "/audio/transcriptions"

// New reads the configuration. Its errors do not repeat it.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("transcribe: the URL must be like https://api.openai.com/v1")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("transcribe: the URL must be scheme, host and path only; the key goes apart from it")
	case strings.ContainsFunc(c.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("transcribe: the key holds characters that no key has")
	}
	base := strings.TrimSuffix(strings.TrimRight(c.URL, "/"), endpoint)
	return &Client{base: base, key: c.Key, model: c.Model, http: &http.Client{
		Transport: c.Transport,
		// A redirected upload would come without its body, or go to somebody whom nobody has named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Sound is a file to be listened to.
type Sound struct {
	File     io.ReadSeeker // sent from its beginning, whatever its position
	Name     string        // whose ending tells the service the format: "sound.webm"
	Language string        // of what is said, as BCP 47; empty: the service finds out
}

// maxAnswer bounds an answer, in bytes: ten hours of fast speech with a time for each word are less.
const maxAnswer = 16 << 20

// Transcribe sends the sound and returns what is said in it. Errors: [*Error]; the end of ctx; what reading the file answers.
func (c *Client) Transcribe(ctx context.Context, s Sound) (Result, error) {
	result, err := c.ask(ctx, s, "verbose_json")
	if refusesForm(err) { // models that know no times offer plain JSON only, and each service words that in its own way
		result, err = c.ask(ctx, s, "json")
	}
	return result, err
}

// refusesForm reports whether it may be the form of the answer that the service does not like.
func refusesForm(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity)
}

func (c *Client) ask(ctx context.Context, s Sound, format string) (Result, error) {
	body, length, contentType, err := c.form(s, format)
	if err != nil {
		return Result{}, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+endpoint, body)
	if err != nil {
		return Result{}, err
	}
	req.ContentLength = length
	req.Header.Set("Content-Type", contentType)
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

// Check asks for the service's models, to find out whether it is there and lets us in. A service that has no such list, which is
// common, passes. Errors: [*Error], the end of ctx.
func (c *Client) Check(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/models", nil)
	if err != nil {
		return err
	}
	_, err = c.do(req)
	if e, ok := errors.AsType[*Error](err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) {
		return nil
	}
	return err
}

// do sends the request and reads the answer, which is bounded.
func (c *Client) do(req *http.Request) ([]byte, error) {
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
	req.Header.Set("Accept", "application/json")
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, silence(req.Context(), err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	switch {
	case err != nil:
		return nil, silence(req.Context(), err)
	case resp.StatusCode != http.StatusOK:
		return nil, c.refusal(resp, body)
	case len(body) > maxAnswer:
		return nil, &Error{Permanent: true, Message: fmt.Sprintf("answers more than %d bytes", maxAnswer)}
	}
	return body, nil
}
