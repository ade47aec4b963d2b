package mail_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"net"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"

	"alfaone/internal/mail"
)

func message() mail.Message {
	return mail.Message{
		From:      mail.Address{Name: "Meridian Labs", Address: "assessments@meridian.example"},
		To:        mail.Address{Name: "Ana Pérez", Address: "ana@example.com"},
		ReplyTo:   mail.Address{Address: "people@meridian.example"},
		Subject:   "Ihre Einladung: Prüfung für Köche",
		Text:      "Guten Tag\n\n.\nEin Punkt.\n",
		HTML:      "<p>Guten Tag</p>\n",
		MessageID: "job-1@meridian.example",
		Date:      time.Date(2025, 2, 14, 12, 0, 0, 0, time.UTC),
		Language:  "de",
		Headers:   map[string]string{"Auto-Submitted": "auto-generated"},
	}
}

func newSMTP(t *testing.T, c mail.SMTPConfig) *mail.SMTP {
	t.Helper()
	s, err := mail.NewSMTP(c)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// The stages and replies of trust: whose trouble is it?
var replies = []struct {
	at    mail.Stage
	reply string
	want  mail.Class
}{
	{mail.StageConnect, "421 4.3.2 too many connections", mail.Temporary},
	{mail.StageConnect, "450 4.7.1 wait", mail.Temporary},
	{mail.StageConnect, "554 5.7.1 your address is listed", mail.Ours},
	{mail.StageConnect, "554 no service here", mail.Ours},
	{mail.StageConnect, "521 5.3.2 host does not accept mail", mail.Ours},
	{mail.StageConnect, "200 HTTP perhaps", mail.Ours},
	{mail.StageConnect, "nonsense", mail.Temporary},
	{mail.StageConnect, hangUp, mail.Temporary},
	{mail.StageConnect, silent, mail.Temporary},

	{mail.StageHello, "421 4.3.0 shutting down", mail.Temporary},
	{mail.StageHello, "550 5.7.1 bad hello", mail.Ours},
	{mail.StageHello, "501 5.5.4 name please", mail.Ours},
	{mail.StageHello, hangUp, mail.Temporary},
	{mail.StageHello, silent, mail.Temporary},

	{mail.StageTLS, "454 4.7.0 TLS not available now", mail.Temporary},
	{mail.StageTLS, "554 5.7.3 no TLS for you", mail.Ours},
	{mail.StageTLS, "220 go ahead, but no TLS follows", mail.Ours},
	{mail.StageTLS, hangUp, mail.Temporary},

	{mail.StageAuth, "454 4.7.0 directory is away", mail.Temporary},
	{mail.StageAuth, "535 5.7.8 wrong password", mail.Ours},
	{mail.StageAuth, "534 5.7.9 application password required", mail.Ours},
	{mail.StageAuth, "530 5.7.0 login required", mail.Ours},
	{mail.StageAuth, "535 bad", mail.Ours},
	{mail.StageAuth, hangUp, mail.Temporary},
	{mail.StageAuth, silent, mail.Temporary},

	{mail.StageMail, "421 4.7.0 slow down", mail.Temporary},
	{mail.StageMail, "450 4.2.1 later", mail.Temporary},
	{mail.StageMail, "451 4.3.0 local error", mail.Temporary},
	{mail.StageMail, "452 4.3.1 no storage", mail.Temporary},
	{mail.StageMail, "530 5.7.0 must authenticate first", mail.Ours},
	{mail.StageMail, "550 5.7.1 sender not allowed", mail.Ours},
	{mail.StageMail, "553 5.1.8 sender's domain does not exist", mail.Ours},
	{mail.StageMail, "554 rejected", mail.Ours},
	{mail.StageMail, "552 5.3.4 too big", mail.Ours},
	{mail.StageMail, hangUp, mail.Temporary},

	{mail.StageRcpt, "421 4.3.2 going down", mail.Temporary},
	{mail.StageRcpt, "450 4.7.1 greylisted", mail.Temporary},
	{mail.StageRcpt, "450 4.2.0 mailbox busy", mail.Temporary},
	{mail.StageRcpt, "451 4.4.3 lookup failed", mail.Temporary},
	{mail.StageRcpt, "452 4.2.2 mailbox full", mail.Temporary},
	{mail.StageRcpt, "550 5.1.1 no such user", mail.Recipient},
	{mail.StageRcpt, "550 5.1.2 no such domain", mail.Recipient},
	{mail.StageRcpt, "501 5.1.3 bad address syntax", mail.Recipient},
	{mail.StageRcpt, "550 5.2.1 mailbox disabled", mail.Recipient},
	{mail.StageRcpt, "552 5.2.2 mailbox full", mail.Recipient},
	{mail.StageRcpt, "550 5.4.1 recipient unknown", mail.Recipient},
	{mail.StageRcpt, "556 5.1.10 domain accepts no mail", mail.Recipient},
	{mail.StageRcpt, "550 no such user", mail.Recipient},
	{mail.StageRcpt, "551 moved away", mail.Recipient},
	{mail.StageRcpt, "553 mailbox name not allowed", mail.Recipient},
	{mail.StageRcpt, "550 5.5.0 mailbox unavailable", mail.Recipient},
	{mail.StageRcpt, "550 5.0.0 no", mail.Recipient},
	{mail.StageRcpt, "554 5.7.1 relay access denied", mail.Ours},
	{mail.StageRcpt, "550 5.7.1 blocked by policy", mail.Ours},
	{mail.StageRcpt, "550 5.7.26 unauthenticated mail from this domain", mail.Ours},
	{mail.StageRcpt, "530 authentication required", mail.Ours},
	{mail.StageRcpt, "553 5.1.7 bad sender", mail.Ours},
	{mail.StageRcpt, "503 5.5.1 bad sequence", mail.Ours},
	{mail.StageRcpt, "550 5.3.5 system misconfigured", mail.Ours},
	{mail.StageRcpt, "502 not implemented", mail.Ours},
	{mail.StageRcpt, hangUp, mail.Temporary},
	{mail.StageRcpt, silent, mail.Temporary},

	{mail.StageData, "451 4.3.0 later", mail.Temporary},
	{mail.StageData, "554 5.5.1 no valid recipients", mail.Ours},
	{mail.StageData, "550 5.1.1 no such user after all", mail.Recipient},
	{mail.StageData, "250 not what was expected", mail.Ours},
	{mail.StageData, hangUp, mail.Temporary},
	{mail.StageData, silent, mail.Temporary},

	{mail.StageDot, "421 4.3.2 not accepted, going down", mail.Temporary},
	{mail.StageDot, "451 4.7.1 greylisted", mail.Temporary},
	{mail.StageDot, "452 4.3.1 disk full", mail.Temporary},
	{mail.StageDot, "550 5.1.1 no such user", mail.Recipient},
	{mail.StageDot, "552 5.2.2 over quota", mail.Recipient},
	{mail.StageDot, "550 5.7.1 looks like spam", mail.Ours},
	{mail.StageDot, "554 5.6.0 malformed", mail.Ours},
	{mail.StageDot, "552 5.3.4 too big", mail.Ours},
	{mail.StageDot, "554 no", mail.Ours},
	{mail.StageDot, "550 no", mail.Ours},
	{mail.StageDot, "354 what", mail.InDoubt},
	{mail.StageDot, "nonsense", mail.InDoubt},
	{mail.StageDot, hangUp, mail.InDoubt},
	{mail.StageDot, silent, mail.InDoubt},
}

var replyParts = regexp.MustCompile(`^(\d{3}) (?:([245])\.(\d+)\.(\d+) )?(.*)$`)

func TestEveryReplyIsLaidAtTheRightDoor(t *testing.T) {
	t.Parallel()
	for _, tt := range replies {
		t.Run(string(tt.at)+" "+tt.reply, func(t *testing.T) {
			t.Parallel()
			timeout := 10 * time.Second
			if tt.reply == silent {
				timeout = 50 * time.Millisecond
			}
			s := newSMTP(t, mail.SMTPConfig{URL: scripted(t, tt.at, tt.reply), Timeout: timeout, TLS: &tls.Config{}})
			wantError(t, s.Send(t.Context(), message()), tt.at, tt.reply, tt.want)
		})
	}
}

// Where a real server can give the same reply, it must fare the same.
func TestEveryReplyOfARealServerIsLaidAtTheRightDoor(t *testing.T) {
	t.Parallel()
	count := 0
	for _, tt := range replies {
		refusal, ok := asRefusal(tt.at, tt.reply)
		if !ok {
			continue
		}
		count++
		t.Run(string(tt.at)+" "+tt.reply, func(t *testing.T) {
			t.Parallel()
			r := &relay{refuseAt: tt.at, refusal: refusal}
			s := newSMTP(t, mail.SMTPConfig{URL: "smtp://user:s3cret%2F+@" + r.start(t, nil, false)})
			wantError(t, s.Send(t.Context(), message()), tt.at, tt.reply, tt.want)
			if n := len(r.deliveries()); n != 0 {
				t.Errorf("%d messages accepted all the same", n)
			}
		})
	}
	if count < 40 {
		t.Errorf("only %d replies could be tried", count)
	}
}

func asRefusal(at mail.Stage, reply string) (*smtp.SMTPError, bool) {
	p := replyParts.FindStringSubmatch(reply)
	switch at {
	case mail.StageAuth, mail.StageMail, mail.StageRcpt, mail.StageDot:
	default:
		return nil, false
	}
	if p == nil || p[1][0] != '4' && p[1][0] != '5' {
		return nil, false
	}
	e := &smtp.SMTPError{Code: number(p[1]), EnhancedCode: smtp.NoEnhancedCode, Message: p[5]}
	if p[2] != "" {
		e.EnhancedCode = smtp.EnhancedCode{number(p[2]), number(p[3]), number(p[4])}
	}
	return e, true
}

func number(s string) int { n, _ := strconv.Atoi(s); return n }

// wantError expects class and stage, and the codes that stand in the reply.
func wantError(t *testing.T, err error, at mail.Stage, reply string, want mail.Class) {
	t.Helper()
	var got *mail.Error
	if !errors.As(err, &got) {
		t.Fatalf("error is %v; want one of class %s", err, want)
	}
	code, enhanced := 0, ""
	if p := replyParts.FindStringSubmatch(reply); p != nil && !(at == mail.StageTLS && strings.HasPrefix(reply, "220")) {
		code = number(p[1])
		if p[2] != "" {
			enhanced = p[2] + "." + p[3] + "." + p[4]
		}
	}
	if got.Class != want || got.Stage != at || got.Code != code || got.EnhancedCode != enhanced {
		t.Errorf("class %q stage %q code %d %q (%v)\nwant  %q       %q      %d %q",
			got.Class, got.Stage, got.Code, got.EnhancedCode, got.Err, want, at, code, enhanced)
	}
}

func TestAMessageArrivesAsItWasRendered(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	trusting := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	const credentials = "user:s3cret%2F+@"
	tests := map[string]struct {
		mechanisms []string
		url        string
		cert       *tls.Certificate
		config     *tls.Config
		encrypted  bool
		user       string
	}{
		"in the clear to a local relay":      {url: "smtp://"},
		"with a password to a local relay":   {url: "smtp://" + credentials, user: "user"},
		"by LOGIN":                           {url: "smtp://" + credentials, user: "user", mechanisms: []string{"LOGIN"}},
		"STARTTLS when offered":              {url: "smtp://", cert: cert, config: trusting, encrypted: true},
		"STARTTLS, unproven, to a local one": {url: "smtp://", cert: cert, encrypted: true},
		"STARTTLS with a password":           {url: "smtp://" + credentials, cert: cert, config: trusting, encrypted: true, user: "user"},
		"TLS from the start":                 {url: "smtps://" + credentials, cert: cert, config: trusting, encrypted: true, user: "user"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &relay{mechanisms: tt.mechanisms}
			addr := r.start(t, tt.cert, strings.HasPrefix(tt.url, "smtps"))
			s := newSMTP(t, mail.SMTPConfig{URL: tt.url + addr, TLS: tt.config})
			if err := s.Send(t.Context(), message()); err != nil {
				t.Fatal(err)
			}
			want, err := mail.Raw(message())
			if err != nil {
				t.Fatal(err)
			}
			got := r.deliveries()
			if len(got) != 1 {
				t.Fatalf("%d messages arrived", len(got))
			}
			d := got[0]
			if d.from != "assessments@meridian.example" || d.to != "ana@example.com" || d.user != tt.user || d.encrypted != tt.encrypted {
				t.Errorf("from %q to %q as user %q, encrypted %v", d.from, d.to, d.user, d.encrypted)
			}
			if diff := cmp.Diff(string(want), string(d.raw)); diff != "" {
				t.Errorf("message (-rendered +arrived):\n%s", diff)
			}
		})
	}
}

func TestAnUntrustedRelayIsOurTrouble(t *testing.T) {
	t.Parallel()
	cert, _ := certificate(t)
	strict := &tls.Config{MinVersion: tls.VersionTLS12}
	tests := map[string]struct {
		scheme    string
		cert      *tls.Certificate
		fromStart bool
		stage     mail.Stage
	}{
		"certificate by STARTTLS":      {"smtp", cert, false, mail.StageTLS},
		"certificate from the start":   {"smtps", cert, true, mail.StageConnect},
		"smtps where no TLS is spoken": {"smtps", nil, false, mail.StageConnect},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := new(relay)
			s := newSMTP(t, mail.SMTPConfig{URL: tt.scheme + "://" + r.start(t, tt.cert, tt.fromStart), TLS: strict})
			wantError(t, s.Send(t.Context(), message()), tt.stage, "", mail.Ours)
		})
	}
}

func TestARelayThatCannotBeReachedIsTemporaryAndOneThatDoesNotExistIsOurs(t *testing.T) {
	t.Parallel()
	l := listen(t)
	addr := l.Addr().String()
	_ = l.Close()
	s := newSMTP(t, mail.SMTPConfig{URL: "smtp://" + addr})
	wantError(t, s.Send(t.Context(), message()), mail.StageConnect, "", mail.Temporary)

	s = newSMTP(t, mail.SMTPConfig{URL: "smtp://relay.invalid"})
	var got *mail.Error
	if err := s.Send(t.Context(), message()); !errors.As(err, &got) {
		t.Fatalf("error is %v", err)
	}
	var dns *net.DNSError
	if errors.As(got, &dns) && dns.IsNotFound && got.Class != mail.Ours {
		t.Errorf("a host name that does not exist is %s; want ours", got.Class)
	}
}

func TestARelayWithoutAWayToLogInIsOurTrouble(t *testing.T) {
	t.Parallel()
	r := &relay{mechanisms: []string{"GSSAPI"}}
	s := newSMTP(t, mail.SMTPConfig{URL: "smtp://user:s3cret%2F+@" + r.start(t, nil, false)})
	wantError(t, s.Check(t.Context()), mail.StageAuth, "", mail.Ours)
}

// dialTo leads every connection to addr, whatever the name of the relay.
func dialTo(addr string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}

func TestThePasswordIsNotSentInTheClear(t *testing.T) {
	t.Parallel()
	r := new(relay)
	addr := r.start(t, nil, false)
	s := newSMTP(t, mail.SMTPConfig{URL: "smtp://user:s3cret%2F+@relay.example", Dial: dialTo(addr)})
	wantError(t, s.Send(t.Context(), message()), mail.StageTLS, "", mail.Ours)

	s = newSMTP(t, mail.SMTPConfig{URL: "smtp://relay.example", Dial: dialTo(addr)})
	if err := s.Send(t.Context(), message()); err != nil {
		t.Errorf("without a password to protect: %v", err)
	}
}

func TestTheCertificateMustBeTheRelays(t *testing.T) {
	t.Parallel()
	cert, roots := certificate(t)
	r := new(relay)
	addr := r.start(t, cert, false)
	for host, trusted := range map[string]bool{"localhost": true, "relay.example": false} {
		s := newSMTP(t, mail.SMTPConfig{
			URL: "smtp://" + host, Dial: dialTo(addr), TLS: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		})
		if err := s.Check(t.Context()); trusted && err != nil {
			t.Errorf("%s: %v", host, err)
		} else if !trusted {
			wantError(t, err, mail.StageTLS, "", mail.Ours)
		}
	}
}

func TestAConnectionLostWithinTheContentIsTemporary(t *testing.T) {
	t.Parallel()
	m := message()
	m.Text = strings.Repeat("Sixteen megabytes do not fit into any buffer.\n", 16<<20/46)
	s := newSMTP(t, mail.SMTPConfig{URL: scripted(t, stageContent, hangUp)})
	wantError(t, s.Send(t.Context(), m), mail.StageData, "", mail.Temporary)
}

func TestCheckLogsInAndSendsNothing(t *testing.T) {
	t.Parallel()
	r := new(relay)
	addr := r.start(t, nil, false)
	if err := newSMTP(t, mail.SMTPConfig{URL: "smtp://user:s3cret%2F+@" + addr}).Check(t.Context()); err != nil {
		t.Errorf("right password: %v", err)
	}
	err := newSMTP(t, mail.SMTPConfig{URL: "smtp://user:wrong@" + addr}).Check(t.Context())
	wantError(t, err, mail.StageAuth, "535 5.7.8 x", mail.Ours)
	if n := len(r.deliveries()); n != 0 {
		t.Errorf("%d messages arrived", n)
	}
}

func TestCancellingEndsASilentConversation(t *testing.T) {
	t.Parallel()
	for stage, want := range map[mail.Stage]mail.Class{
		mail.StageConnect: mail.Temporary, mail.StageRcpt: mail.Temporary, mail.StageDot: mail.InDoubt,
	} {
		t.Run(string(stage), func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			err := newSMTP(t, mail.SMTPConfig{URL: scripted(t, stage, silent)}).Send(ctx, message())
			wantError(t, err, stage, "", want)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the error does not tell why: %v", err)
			}
		})
	}
}

func TestAnyPositiveAnswerToTheDotIsAcceptance(t *testing.T) {
	t.Parallel()
	s := newSMTP(t, mail.SMTPConfig{URL: scripted(t, mail.StageDot, "251 2.0.0 will forward")})
	if err := s.Send(t.Context(), message()); err != nil {
		t.Error(err)
	}
}

func TestTheURLIsReadStrictlyAndItsPasswordNeverRepeated(t *testing.T) {
	t.Parallel()
	good := []string{
		"smtp://relay.example", "smtp://relay.example:25", "smtps://u:s3cret@relay.example:465", "smtp://u:s3cret@[::1]:2525/",
	}
	for _, u := range good {
		if _, err := mail.NewSMTP(mail.SMTPConfig{URL: u}); err != nil {
			t.Errorf("%s: %v", u, err)
		}
	}
	bad := []string{
		"", "relay.example:25", "http://u:s3cret@relay.example", "smtp://u:s3cret@", "smtp://u@relay.example",
		"smtp://:s3cret@relay.example", "smtp://u:s3cret@relay.example/inbox", "smtp://u:s3cret@relay.example?tls=no",
		"smtp://u:s3cret@relay.example:port", "smtp://u:s3cret%zz@relay.example",
	}
	for _, u := range bad {
		_, err := mail.NewSMTP(mail.SMTPConfig{URL: u})
		if err == nil {
			t.Errorf("%q is accepted", u)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the error repeats the password: %v", err)
		}
	}
}

func TestASignedMessageArrivesSigned(t *testing.T) {
	t.Parallel()
	d, err := mail.NewDKIM("meridian.example", "s1", ed25519PEM(t))
	if err != nil {
		t.Fatal(err)
	}
	r := new(relay)
	s := newSMTP(t, mail.SMTPConfig{URL: "smtp://" + r.start(t, nil, false), DKIM: d})
	if err := s.Send(t.Context(), message()); err != nil {
		t.Fatal(err)
	}
	raw := r.deliveries()[0].raw
	if !bytes.HasPrefix(raw, []byte("DKIM-Signature:")) {
		t.Errorf("arrived unsigned:\n%s", raw)
	}
	verify(t, d, raw, true)
}
