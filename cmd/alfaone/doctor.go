package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"alfaone/internal/mail"
	"alfaone/internal/media"
	"alfaone/internal/speech"
	"alfaone/internal/store"
)

// doctorCommands are what the doctor can look at; the server, if nothing is said.
type doctorCommands struct {
	Check doctorCommand `cmd:"" default:"withargs" help:"Check configuration, storage, mail and clock, and say what to do."`
	Scan  doctorScan    `cmd:"" help:"Find API keys in files, and say whether they still work. Exits with 1 if there are any."`
}

// doctorCommand checks what the server needs, without changing anything but opening it.
type doctorCommand struct {
	config
}

// finding is what one check says.
type finding struct {
	grade  grade
	what   string
	advice string // what to do; empty when all is well
}

type grade string

const (
	good grade = "ok"
	warn grade = "warn"
	bad  grade = "FAIL"
)

// Run implements the command: it fails if any check does.
func (d *doctorCommand) Run(ctx context.Context, t terminal) error {
	failed := 0
	for _, check := range []func(context.Context) []finding{d.checkBaseURL, d.checkStorage, d.checkBlobs, checkTools, d.checkDatabase, d.checkMail, d.checkMailDomain, d.checkSpeech} {
		for _, f := range check(ctx) {
			say(t.out, "%-4s  %s", f.grade, f.what)
			if f.advice != "" {
				say(t.out, "      %s", f.advice)
			}
			if f.grade == bad {
				failed++
			}
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d checks failed", failed)
	}
	return nil
}

func (d *doctorCommand) checkBaseURL(context.Context) []finding {
	u, err := url.Parse(d.BaseURL)
	switch {
	case err != nil || d.BaseURL == "":
		return []finding{{warn, "no --base-url", "Links in mails begin with the address listened on; set the one that people use."}}
	case u.Scheme != "https" && !isLoopback(u.Hostname()):
		return []finding{{warn, "the base URL is not https", "Browsers give camera and microphone to https pages only; put a TLS proxy in front."}}
	default:
		return []finding{{good, "base URL " + d.BaseURL, ""}}
	}
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// lowSpace is when a disk is worth a warning: recordings need about 4 MB a minute of video.
const lowSpace = 5 << 30

func (d *doctorCommand) checkStorage(context.Context) []finding {
	dir, err := d.prepareDataDir()
	if err != nil {
		return []finding{{bad, "data directory " + d.DataDir, err.Error()}}
	}
	probe, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return []finding{{bad, "data directory " + dir + " cannot be written", err.Error()}}
	}
	err = errors.Join(probe.Sync(), probe.Close(), os.Remove(probe.Name()))
	if err != nil {
		return []finding{{bad, "data directory " + dir + " does not keep what is written", err.Error()}}
	}
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return []finding{{warn, "free space is unknown", err.Error()}}
	}
	free := fs.Bavail * uint64(fs.Bsize) //nolint:gosec // a block size is not negative
	if free < lowSpace {
		return []finding{{warn, fmt.Sprintf("only %d GB free in %s", free>>30, dir), "Recordings need about 4 MB a minute of video."}}
	}
	return []finding{{good, fmt.Sprintf("data directory %s, %d GB free", dir, free>>30), ""}}
}

func (d *doctorCommand) checkBlobs(ctx context.Context) []finding {
	blobs, err := d.openBlobs(d.DataDir)
	if err == nil {
		err = blobs.Check(ctx)
	}
	if err != nil {
		return []finding{{bad, "recordings cannot be kept", err.Error()}}
	}
	bucket, err := d.bucket()
	if d.MediaURL == "" || err != nil {
		return []finding{{good, "recordings are kept in the data directory", ""}}
	}
	found := finding{good, "recordings are kept in bucket " + bucket.Bucket + ", which strangers cannot read", ""}
	if u, err := url.Parse(bucket.Endpoint); err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		found.grade, found.advice = warn, "They travel there in the clear; give the endpoint as https."
	}
	return []finding{found}
}

// checkTools looks for what makes more of recordings. None of it is required.
func checkTools(context.Context) []finding {
	tools := media.Find(exec.LookPath)
	ffmpeg := finding{good, "ffmpeg is installed", ""}
	if tools.FFmpeg == "" {
		ffmpeg = finding{warn, "ffmpeg is not installed", "Without it silent takes go unnoticed, recordings have no waveform or still picture, and prompts can be uploaded as WebM or MP4 only."}
	}
	speech := finding{good, "espeak-ng is installed", ""}
	if tools.Speech == "" {
		speech = finding{good, "espeak-ng is not installed: questions without a recording are read out by the candidate's browser, or shown", ""}
	}
	return []finding{ffmpeg, speech}
}

// checkSpeech asks the services that write down and read out whether they let us in.
func (d *doctorCommand) checkSpeech(ctx context.Context) []finding {
	transcriber, speaker, err := d.speechServices()
	if err != nil {
		return []finding{{bad, "speech services", err.Error()}}
	}
	listens := finding{good, "no --transcribe-url: answers have no transcripts", ""}
	if transcriber != nil {
		listens = checkService(ctx, transcriber, "transcription", d.TranscribeURL)
		listens.warnInTheClear(d.TranscribeURL, "What candidates say")
	}
	speaks := finding{good, "no --speech-url: prompts without a recording are read out by espeak-ng, where it is installed", ""}
	if speaker != nil {
		speaks = checkService(ctx, speaker, "speech", d.SpeechURL)
		speaks.warnInTheClear(d.SpeechURL, "What prompts say")
	}
	return []finding{listens, speaks}
}

func checkService(ctx context.Context, client *speech.Client, what, address string) finding {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if err := client.Check(ctx); err != nil {
		return finding{bad, "the " + what + " service at " + address, err.Error()}
	}
	return finding{good, "the " + what + " service at " + address + " answers", ""}
}

// warnInTheClear adds that what is sent to a service can be read on its way.
func (f *finding) warnInTheClear(address, sent string) {
	if u, err := url.Parse(address); f.grade == good && err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		f.grade, f.advice = warn, sent+" travels there in the clear; give its address as https unless the network is yours alone."
	}
}

// answerTime is how long a service may take to answer a question about itself.
const answerTime = 10 * time.Second

func (d *doctorCommand) checkDatabase(ctx context.Context) []finding {
	db, err := store.Open(ctx, store.Options{URL: d.DatabaseURL, DataDir: d.DataDir})
	if err != nil {
		return []finding{{bad, "database", err.Error() + " (with SQLite, stop the server first)"}}
	}
	defer func() { _ = db.Close() }()
	have, want, err := db.SchemaVersion(ctx)
	if err != nil {
		return []finding{{bad, "database schema", err.Error()}}
	}
	found := finding{good, fmt.Sprintf("%s database, schema version %d", db.Engine(), have), ""}
	if have < want {
		found.grade, found.advice = warn, fmt.Sprintf("This program knows version %d; the server migrates when it starts.", want)
	}
	return []finding{found, d.checkClock(ctx, db)}
}

// maxDrift is how far this machine's clock and the database's may be apart.
const maxDrift = 2 * time.Second

func (*doctorCommand) checkClock(ctx context.Context, db *store.DB) finding {
	before := time.Now()
	var then time.Time
	err := db.Tx(ctx, func(tx *store.Tx) error {
		then = tx.Now()
		return nil
	})
	if err != nil {
		return finding{bad, "clock", err.Error()}
	}
	if drift := then.Sub(before).Abs(); drift > maxDrift {
		return finding{bad, fmt.Sprintf("this machine's clock and the database's are %s apart", drift), "Synchronize both by NTP."}
	}
	return finding{good, "clock", ""}
}

func (d *doctorCommand) checkMail(ctx context.Context) []finding {
	if d.SMTPURL == "" {
		return []finding{{warn, "no --smtp-url", "Mail is not sent; it stays in the built-in mailbox."}}
	}
	server, err := d.smtp()
	if err == nil {
		err = server.Check(ctx)
	}
	if err != nil {
		return []finding{{bad, "mail server", err.Error()}}
	}
	return []finding{{good, "mail server answers and lets us in", ""}}
}

// checkMailDomain looks whether receivers can tell that our mail is ours: SPF, DKIM and DMARC.
func (d *doctorCommand) checkMailDomain(ctx context.Context) []finding {
	domain := mailDomain(d.MailFrom)
	if d.SMTPURL == "" {
		return nil
	}
	found := []finding{
		d.checkRecord(ctx, domain, "v=spf1", "SPF", "Publish which servers send for "+domain+"."),
		d.checkRecord(ctx, "_dmarc."+domain, "v=DMARC1", "DMARC", "Publish at least: v=DMARC1; p=none"),
	}
	if d.DKIMKey == "" {
		return append(found, finding{warn, "mail is not signed (DKIM)", "Give a key by --dkim-key, unless your mail server signs."})
	}
	dkim, err := mail.NewDKIM(domain, d.DKIMSelector, []byte(d.DKIMKey))
	if err != nil {
		return append(found, finding{bad, "DKIM key", err.Error()})
	}
	name, text, err := dkim.Record()
	if err != nil {
		return append(found, finding{bad, "DKIM key", err.Error()})
	}
	return append(found, d.checkRecord(ctx, name, text[strings.Index(text, "p="):], "DKIM", fmt.Sprintf("Publish at %s: %s", name, text)))
}

func (*doctorCommand) checkRecord(ctx context.Context, name, part, what, advice string) finding {
	records, err := new(net.Resolver).LookupTXT(ctx, name)
	for _, record := range records {
		if strings.Contains(record, part) {
			return finding{good, what + " record of " + name, ""}
		}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) && !dns.IsNotFound {
		return finding{warn, what + " record of " + name + " could not be looked up", err.Error()}
	}
	return finding{warn, "no " + what + " record at " + name, advice}
}
