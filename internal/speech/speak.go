package speech

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"strings"
)

// Voice tells voices apart: what is read out sounds the same as long as it is.
func (c *Client) Voice() string { return strings.Join([]string{c.base, c.model, c.voice}, " ") }

// Speak has the text read out and returns the sound: an MP3, or a WAV where the service makes no other, unless it keeps to no form.
// What it is must be seen from its bytes. Errors: [*Error], the end of ctx.
func (c *Client) Speak(ctx context.Context, text string) ([]byte, error) {
	sound, err := c.speak(ctx, text, "mp3")
	if refusesForm(err) {
		sound, err = c.speak(ctx, text, "wav")
	}
	return sound, err
}

func (c *Client) speak(ctx context.Context, text, format string) ([]byte, error) {
	body, err := json.Marshal(struct {
		Model  string `json:"model"`
		Input  string `json:"input"`
		Voice  string `json:"voice"`
		Format string `json:"response_format"`
	}{c.model, text, c.voice, format})
	if err != nil {
		return nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+speeches, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "audio/*")
	return c.do(req)
}
