// Package speech has a service write down what is said in a recording, or read a text out: any that speaks the form of OpenAI's
// /audio/transcriptions or /audio/speech, such as OpenAI itself, Groq, speaches, or whisper.cpp on a machine of one's own.
//
// It must not know whose recording or text it is, nor keep what it learns: it imports nothing of ours. The key that it holds never
// gets into an error, whatever the service answers.
package speech

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// Config is how the service is reached.
type Config struct {
	// URL is what the service's documentation calls its base URL, such as https://api.openai.com/v1 or
	// http://localhost:8000/v1; the address of the transcriptions or the speech themselves, below it, is also understood.
	URL   string
	Key   string // sent as a bearer token; empty: none is sent
	Model string // as the service calls it
	Voice string // to read out with, as the service calls it
	// Transport carries the requests; nil: http.DefaultTransport.
	Transport http.RoundTripper
}

// Client asks one service. It is safe for concurrent use. How long it waits is for the caller's context to say.
type Client struct {
	base, key, model, voice string
	http                    *http.Client
}

// Where below the base URL a service does its work.
const (
	transcriptions = "/audio/transcriptions"
	speeches       = "/audio/speech"
)

// New reads the configuration. Its errors do not repeat it.
func New(c Config) (*Client, error) {
	u, err := url.Parse(c.URL)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		return nil, errors.New("speech: the URL must be like https://api.openai.com/v1")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("speech: the URL must be scheme, host and path only; the key goes apart from it")
	case strings.ContainsFunc(c.Key, func(r rune) bool { return r <= ' ' || r > '~' }):
		return nil, errors.New("speech: the key holds characters that no key has")
	}
	base := strings.TrimRight(c.URL, "/")
	base = strings.TrimSuffix(strings.TrimSuffix(base, transcriptions), speeches)
	return &Client{base: base, key: c.Key, model: c.Model, voice: c.Voice, http: &http.Client{
		Transport: c.Transport,
		// A redirected upload would come without its body, or go to somebody whom nobody has named.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}, nil
}

// Check asks for the service's models, to find out whether it is there and lets us in. A service that has no such list, which is
// common, passes. Errors: [*Error], the end of ctx.
func (c *Client) Check(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/models", nil)
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	_, err = c.do(req)
	if e, ok := errors.AsType[*Error](err); ok && (e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed) {
		return nil
	}
	return err
}

// maxAnswer bounds an answer, in bytes: ten hours of fast speech, written down with a time for each word, are less, and so are five
// minutes of the largest sound that a service reads out.
const maxAnswer = 16 << 20

// do sends the request and reads the answer, which is bounded.
func (c *Client) do(req *http.Request) ([]byte, error) {
	if c.key != "" {
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
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

// refusesForm reports whether it may be the form of the answer that the service does not like.
func refusesForm(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && (e.Status == http.StatusBadRequest || e.Status == http.StatusUnprocessableEntity)
}
