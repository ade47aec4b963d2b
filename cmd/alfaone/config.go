package main

import (
	"errors"
	"fmt"
	"log/slog"
	"net/mail"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"alfaone/internal/speech"
	"alfaone/internal/store"
)

// config is the one table of settings. Each is a flag and a variable of the environment.
type config struct {
	Listen          string   `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"Address to listen on (${default})."`
	BaseURL         string   `name:"base-url" placeholder:"URL" help:"Where people reach the server, such as https://assess.example.com. Links in mails begin with it. Empty: http:// and the address listened on."`
	DataDir         string   `placeholder:"DIR" help:"Directory for everything that is kept. Empty: ./data; for the demo a temporary one."`
	DatabaseURL     string   `name:"database-url" placeholder:"URL" help:"PostgreSQL, such as postgres://user:pass@host/alfaone. Empty: SQLite in the data directory."`
	MediaURL        string   `name:"media-url" placeholder:"URL" help:"Where recordings are kept, such as s3://bucket/prefix?endpoint=https://s3.example.com&region=eu-central-1. Empty: in the data directory."`
	S3AccessKey     string   `name:"s3-access-key" placeholder:"KEY" help:"Access key of the bucket."`
	S3SecretKey     string   `name:"s3-secret-key" placeholder:"KEY" help:"Secret key of the bucket; best given by ALFAONE_S3_SECRET_KEY_FILE."`
	SecretKey       string   `placeholder:"HEX" help:"Master key of the instance, 64 hexadecimal digits. Empty: made once and kept in the data directory."`
	SMTPURL         string   `name:"smtp-url" placeholder:"URL" help:"Mail server, such as smtp://user:pass@host:587. Empty: mail stays in the built-in mailbox."`
	MailFrom        string   `default:"alfaone@localhost" placeholder:"ADDRESS" help:"Address that mail comes from (${default})."`
	DKIMKey         string   `name:"dkim-key" placeholder:"PEM" help:"Private key to sign mail with; best given by ALFAONE_DKIM_KEY_FILE."`
	DKIMSelector    string   `name:"dkim-selector" default:"alfaone" placeholder:"NAME" help:"Selector of the DKIM key (${default})."`
	TranscribeURL   string   `name:"transcribe-url" placeholder:"URL" help:"Service that writes down what candidates say, by OpenAI's form of transcriptions: https://api.openai.com/v1 or http://localhost:8000/v1. Empty: none."`
	TranscribeKey   string   `name:"transcribe-key" placeholder:"KEY" help:"Key of that service, if it wants one; best given by ALFAONE_TRANSCRIBE_KEY_FILE."`
	TranscribeModel string   `name:"transcribe-model" default:"whisper-1" placeholder:"NAME" help:"Model of that service (${default}). Those that give no times make captions that are off by some seconds."`
	SpeechURL       string   `name:"speech-url" placeholder:"URL" help:"Service that reads prompts out which have no recording, by OpenAI's form of speech: https://api.openai.com/v1 or http://localhost:8000/v1. Empty: espeak-ng does, where it is installed."`
	SpeechKey       string   `name:"speech-key" placeholder:"KEY" help:"Key of that service, if it wants one; best given by ALFAONE_SPEECH_KEY_FILE."`
	SpeechModel     string   `name:"speech-model" default:"tts-1" placeholder:"NAME" help:"Model of that service (${default})."`
	SpeechVoice     string   `name:"speech-voice" default:"alloy" placeholder:"NAME" help:"Voice of that model (${default}). It reads prompts in every language."`
	WebhookAllow    []string `placeholder:"CIDR" help:"Networks of one's own that webhooks may lead to all the same, by http and on any port too. Empty: webhooks reach the public internet only, by https."`
	TrustedProxies  []string `placeholder:"CIDR" help:"Networks of reverse proxies whose X-Forwarded-For is believed."`
	MetricsListen   string   `placeholder:"HOST:PORT" help:"Address for Prometheus metrics and profiles; keep it private. Empty: none."`
	LogFormat       string   `default:"text" enum:"text,json" placeholder:"FORMAT" help:"text or json (${default})."`
	LogLevel        string   `default:"info" enum:"debug,info,warn,error" placeholder:"LEVEL" help:"debug, info, warn or error (${default})."`
	Development     bool     `help:"Adds pages for developers, such as /styleguide."`
}

// defaultDataDir is where data is kept when nobody says otherwise.
const defaultDataDir = "data"

// Validate checks the settings as a whole, before anything is opened. kong calls it.
func (c *config) Validate() error {
	var errs []error
	if c.BaseURL != "" {
		errs = append(errs, checkBaseURL(c.BaseURL))
	}
	if _, err := mail.ParseAddress(c.MailFrom); err != nil {
		errs = append(errs, fmt.Errorf("--mail-from must be an e-mail address, not %q", c.MailFrom))
	}
	if _, err := c.proxies(); err != nil {
		errs = append(errs, err)
	}
	if _, err := c.webhookNetworks(); err != nil {
		errs = append(errs, err)
	}
	if c.DatabaseURL != "" {
		if err := store.CheckURL(c.DatabaseURL); err != nil {
			errs = append(errs, fmt.Errorf("--database-url: %w", err))
		}
	}
	if c.MediaURL != "" {
		_, err := c.bucket()
		errs = append(errs, err)
	}
	_, _, err := c.speechServices()
	errs = append(errs, err)
	if c.SMTPURL != "" && strings.HasSuffix(c.MailFrom, "@localhost") {
		errs = append(errs, errors.New("--smtp-url needs --mail-from, an address that your mail server may send from"))
	}
	return errors.Join(errs...)
}

func checkBaseURL(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" ||
		u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("--base-url must be like https://assess.example.com, without a path, not %q", s)
	}
	return nil
}

func (c *config) proxies() ([]netip.Prefix, error) {
	return networks("trusted-proxies", c.TrustedProxies)
}

func (c *config) webhookNetworks() ([]netip.Prefix, error) {
	return networks("webhook-allow", c.WebhookAllow)
}

// networks reads what a flag lists.
func networks(flag string, texts []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range texts {
		prefix, err := netip.ParsePrefix(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("--%s must be networks such as 10.0.0.0/8, not %q", flag, s)
		}
		out = append(out, prefix)
	}
	return out, nil
}

// speechServices are the service that writes down what is said and the one that reads prompts out; nil where there is none.
func (c *config) speechServices() (transcriber, speaker *speech.Client, err error) {
	if c.TranscribeURL != "" {
		transcriber, err = speech.New(speech.Config{URL: c.TranscribeURL, Key: c.TranscribeKey, Model: c.TranscribeModel})
		if err != nil {
			return nil, nil, fmt.Errorf("--transcribe-url: %w", err)
		}
	}
	if c.SpeechURL != "" {
		speaker, err = speech.New(speech.Config{URL: c.SpeechURL, Key: c.SpeechKey, Model: c.SpeechModel, Voice: c.SpeechVoice})
		if err != nil {
			return nil, nil, fmt.Errorf("--speech-url: %w", err)
		}
	}
	return transcriber, speaker, nil
}

// prepareDataDir makes the data directory, readable by its owner only, and returns its path.
func (c *config) prepareDataDir() (string, error) {
	if c.DataDir == "" {
		c.DataDir = defaultDataDir
	}
	dir, err := filepath.Abs(c.DataDir)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("making the data directory: %w", err)
	}
	return dir, nil
}

// logger writes to the terminal's error output.
func (c *config) logger(t terminal) *slog.Logger {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		level = slog.LevelInfo
	}
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(t.err, options))
	}
	return slog.New(slog.NewTextHandler(t.err, options))
}
