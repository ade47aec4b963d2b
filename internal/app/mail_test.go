package app_test

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"log/slog"
	"net"
	netmail "net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"alfaone/internal/app"
	"alfaone/internal/assess"
	"alfaone/internal/i18n"
	"alfaone/internal/job"
	"alfaone/internal/mail"
	"alfaone/internal/ratelimit"
	"alfaone/internal/store"
)

// relay is an SMTP server that can be told how to answer.
type relay struct {
	mu     sync.Mutex
	atMail error // answer to MAIL
	atRcpt error // answer to RCPT
	hangUp bool  // instead of an answer to the whole message
	got    [][]byte
}

func (r *relay) set(change func(*relay)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	change(r)
}

// copies are the messages that were handed over whole.
func (r *relay) copies() [][]byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.got
}

type relaySession struct {
	*relay
	conn *smtp.Conn
}

func (s *relaySession) Reset()        {}
func (s *relaySession) Logout() error { return nil }

func (s *relaySession) Mail(string, *smtp.MailOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.atMail
}

func (s *relaySession) Rcpt(string, *smtp.RcptOptions) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.atRcpt
}

func (s *relaySession) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.got = append(s.got, raw)
	if s.hangUp {
		return errors.Join(errors.New("hung up"), s.conn.Close())
	}
	return nil
}

// quiet drops the server's log: what it complains of is what the tests make it do.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// byRelay makes the world send its mail through a real SMTP server.
func (w *world) byRelay() *relay {
	w.t.Helper()
	r := &relay{}
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &relaySession{r, c}, nil }))
	srv.Domain, srv.ErrorLog = "relay.example", quiet{}
	l, err := new(net.ListenConfig).Listen(w.t.Context(), "tcp", "127.0.0.1:0")
	w.must(err)
	go func() { _ = srv.Serve(l) }()
	w.t.Cleanup(func() { _ = srv.Close() })
	sender, err := mail.NewSMTP(mail.SMTPConfig{URL: "smtp://" + l.Addr().String()})
	w.must(err)
	w.sendBy(sender)
	return r
}

// sendBy makes the world send its mail by another sender; nil captures it.
func (w *world) sendBy(sender mail.Sender) {
	w.t.Helper()
	secrets, err := app.DeriveSecrets(make([]byte, app.MasterKeyBytes))
	w.must(err)
	texts, err := i18n.New()
	w.must(err)
	w.App = app.New(app.Options{
		DB: w.db, Blobs: w.blobs, Limiter: ratelimit.NewMemory(w.clock.Now), Secrets: secrets, BaseURL: "https://assess.example.com",
		Sender: sender, From: mail.Address{Address: "assess@example.com"}, NewID: func() string { return uuid.Must(uuid.NewV7()).String() },
		Random: rand.Reader, Texts: texts, Log: slog.New(slog.DiscardHandler),
	})
}

func refusal(code int, enhanced smtp.EnhancedCode, text string) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: enhanced, Message: text}
}

var (
	errTryLater   = refusal(451, smtp.EnhancedCode{4, 7, 1}, "greylisted, try later")
	errNoSuchUser = refusal(550, smtp.EnhancedCode{5, 1, 1}, "no such user")
	errNotFromYou = refusal(530, smtp.EnhancedCode{5, 7, 0}, "authentication required")
)

func TestAMailPutOffIsTriedAgain(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		r.set(func(r *relay) { r.atRcpt = errTryLater })
		inv := w.invite(w.published(), "ana@example.com")
		w.work()
		w.wantDelivery(inv.ID, assess.MailQueued)
		if got := w.detail(inv.ID).Invite.DeliveryError; !strings.Contains(got, "greylisted") {
			t.Errorf("the reason is %q", got)
		}
		r.set(func(r *relay) { r.atRcpt = nil })
		w.work()
		w.wantDelivery(inv.ID, assess.MailQueued) // not yet due
		w.clock.advance(time.Minute)
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
		w.wantStory(inv.ID, assess.InviteCreated, assess.InviteSent)
	})
}

func TestARefusedAddressFailsAtOnceInTheServersWords(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		r.set(func(r *relay) { r.atRcpt = errNoSuchUser })
		inv := w.invite(w.published(), "ana@example.com")
		w.work()
		d := w.detail(inv.ID)
		if d.Invite.Delivery != assess.MailFailed || !strings.Contains(d.Invite.DeliveryError, "no such user") || d.Status != assess.Pending {
			t.Errorf("the invite is %s, its mail %s: %q", d.Status, d.Invite.Delivery, d.Invite.DeliveryError)
		}
		if last := d.Events[len(d.Events)-1]; last.Type != assess.InviteDeliveryFailed || !strings.Contains(last.Note, "no such user") {
			t.Errorf("the last event is %+v", last)
		}
		r.set(func(r *relay) { r.atRcpt = nil })
		w.must(w.Readdress(t.Context(), w.who(), inv.ID, "anna@example.com", ""))
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
	})
}

func TestTroubleOfOursPausesTheMailAndFailsNoInvite(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		r.set(func(r *relay) { r.atMail = errNotFromYou })
		inv := w.invite(w.published(), "ana@example.com")
		for range 40 { // more than the tries that a job has
			w.work()
			w.wantDelivery(inv.ID, assess.MailQueued)
			w.clock.advance(5 * time.Minute)
		}
		if reason, err := w.MailTrouble(t.Context()); err != nil || !strings.Contains(reason, "authentication required") {
			t.Errorf("the trouble is %q, %v", reason, err)
		}
		r.set(func(r *relay) { r.atMail = nil })
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
		if reason, err := w.MailTrouble(t.Context()); err != nil || reason != "" {
			t.Errorf("the trouble is still %q, %v", reason, err)
		}
	})
}

func TestAMailInDoubtIsHeldAndSentAgainAsTheSameMessage(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		r.set(func(r *relay) { r.hangUp = true })
		inv := w.invite(w.published(), "ana@example.com")
		w.work()
		w.wantDelivery(inv.ID, assess.MailInDoubt)
		r.set(func(r *relay) { r.hangUp = false })
		w.clock.advance(9 * time.Minute)
		w.work()
		w.wantDelivery(inv.ID, assess.MailInDoubt)
		w.clock.advance(time.Minute)
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
		copies := r.copies()
		if len(copies) != 2 || !bytes.Equal(copies[0], copies[1]) {
			t.Errorf("%d copies: %q", len(copies), copies)
		}
		m, err := netmail.ReadMessage(bytes.NewReader(copies[0]))
		w.must(err)
		if m.Header.Get("Message-ID") == "" || m.Header.Get("Date") != "Wed, 15 Jan 2025 12:00:00 +0000" {
			t.Errorf("Message-ID %q, Date %q", m.Header.Get("Message-ID"), m.Header.Get("Date"))
		}
	})
}

func TestAMailInDoubtWhoseLinkWasUsedIsNotSentAgain(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		r.set(func(r *relay) { r.hangUp = true })
		inv := w.invite(w.published(), "ana@example.com")
		w.work()
		token := w.linkToken(inv.ID)
		w.must(w.Accept(t.Context(), token, w.agreement(token), phone))
		w.clock.advance(inDoubtHold)
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
		if len(r.copies()) != 1 {
			t.Errorf("%d copies", len(r.copies()))
		}
	})
}

// inDoubtHold is how long a mail in doubt waits.
const inDoubtHold = 10 * time.Minute

func TestAMailThatStaysInDoubtIsLeftToPeople(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		r.set(func(r *relay) { r.hangUp = true })
		inv := w.invite(w.published(), "ana@example.com")
		for range 20 {
			w.work()
			w.clock.advance(inDoubtHold)
		}
		w.wantDelivery(inv.ID, assess.MailInDoubt)
		if len(r.copies()) != 5 {
			t.Errorf("%d copies were sent", len(r.copies()))
		}
		r.set(func(r *relay) { r.hangUp = false })
		w.must(w.Resend(t.Context(), w.who(), inv.ID))
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
	})
}

func TestAnAttemptThatEndedWithoutAWordIsInDoubt(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		inv := w.invite(w.published(), "ana@example.com")
		w.must(w.db.Tx(t.Context(), func(tx *store.Tx) error { return tx.SetDelivery(inv, assess.MailSending, "") }))
		w.work()
		w.wantDelivery(inv.ID, assess.MailInDoubt)
		w.clock.advance(inDoubtHold)
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
		if len(r.copies()) != 1 {
			t.Errorf("%d mails", len(r.copies()))
		}
	})
}

func TestAMailIsGivenUpAtTheDeadlineOrAfterFiveDays(t *testing.T) {
	for name, c := range map[string]struct {
		days          int
		given, atMost time.Duration
	}{
		"deadline":  {2, 36 * time.Hour, 2 * 24 * time.Hour},
		"five days": {30, 4 * 24 * time.Hour, 5 * 24 * time.Hour},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(w *world) {
				r := w.byRelay()
				r.set(func(r *relay) { r.atRcpt = errTryLater })
				n := wish(w.published(), "ana@example.com")
				n.ExpiresInDays = c.days
				out, err := w.Invite(t.Context(), w.who(), n)
				w.must(err)
				for w.detail(out.Invite.ID).Invite.Delivery == assess.MailQueued && w.clock.now.Sub(out.Invite.SentAt) <= 6*24*time.Hour {
					w.work()
					w.clock.advance(10 * time.Minute)
				}
				w.wantDelivery(out.Invite.ID, assess.MailFailed)
				if got := w.clock.now.Sub(out.Invite.SentAt); got < c.given || got > c.atMost {
					t.Errorf("given up after %s, want between %s and %s", got, c.given, c.atMost)
				}
			})
		})
	}
}

func TestTestModeCapturesMailAlthoughThereIsAServer(t *testing.T) {
	each(t, func(w *world) {
		r := w.byRelay()
		asm := w.published()
		who := w.owner.Actor(assess.Test)
		out, err := w.Invite(t.Context(), who, wish(asm, "ana@example.com"))
		w.must(err)
		w.work()
		if len(r.copies()) != 0 {
			t.Errorf("%d mails left the house", len(r.copies()))
		}
		letters, err := w.Letters(t.Context(), who)
		w.must(err)
		if len(letters) != 1 || letters[0].To != "ana@example.com" || letters[0].Mode != assess.Test {
			t.Fatalf("the mailbox holds %+v", letters)
		}
		link, err := w.InviteURL(t.Context(), who, out.Invite.ID)
		w.must(err)
		if !strings.Contains(letters[0].Text, link) {
			t.Errorf("the letter does not hold %s", link)
		}
	})
}

func TestWithoutAServerTheMailboxGetsEachMailOnce(t *testing.T) {
	each(t, func(w *world) {
		w.sendBy(nil)
		inv := w.invite(w.published(), "ana@example.com")
		w.work()
		w.wantDelivery(inv.ID, assess.MailSent)
		letters, err := w.OperatorLetters(t.Context())
		w.must(err)
		if len(letters) != 1 || letters[0].Org != w.owner.Org {
			t.Fatalf("the mailbox holds %+v", letters)
		}
		if l, err := w.OperatorLetter(t.Context(), letters[0].ID); err != nil || l.HTML != letters[0].HTML {
			t.Errorf("the letter reads %+v, %v", l, err)
		}
		stranger := assess.Actor{Org: "another", Mode: assess.Live, Kind: assess.BySystem}
		if _, err := w.Letter(t.Context(), stranger, letters[0].ID); assess.KindOf(err) != assess.NotFound {
			t.Errorf("another organization reads it: %v", err)
		}
	})
}

func TestAMailThatCannotBeWrittenFails(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "jörg@example.com")
		w.work()
		w.wantDelivery(inv.ID, assess.MailFailed)
		w.wantStory(inv.ID, assess.InviteCreated, assess.InviteDeliveryFailed)
	})
}

func TestRepliesGoToTheMemberWhoInvited(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		w.invite(asm, "ana@example.com")
		key := assess.Actor{Org: w.owner.Org, Mode: assess.Live, Kind: assess.ByKey, ID: uuid.NewString(), Scopes: assess.Scopes()}
		_, err := w.Invite(t.Context(), key, wish(asm, "bea@example.com"))
		w.must(err)
		w.work()
		for _, m := range w.sender.Messages() {
			want := ""
			if m.To.Address == "ana@example.com" {
				want = "owner@example.com"
			}
			if m.ReplyTo.Address != want || strings.Contains(m.Text, "Replies to this mail go to owner@example.com.") != (want != "") {
				t.Errorf("replies to the mail for %s go to %q:\n%s", m.To.Address, m.ReplyTo.Address, m.Text)
			}
		}
	})
}

func TestTheMailSpeaksTheInvitesLanguageInFull(t *testing.T) {
	each(t, func(w *world) {
		asm := w.published()
		for _, language := range assess.InterfaceLanguages() {
			for _, name := range []string{"", "Ana"} {
				n := wish(asm, language+name+"@example.com")
				n.Language, n.Name, n.Message = language, name, "First line\nSecond line"
				p, err := w.PreviewInvite(t.Context(), w.who(), n)
				w.must(err)
				for _, text := range []string{p.Subject, p.Text, p.HTML} {
					if strings.Contains(text, "mail.invite") || strings.Contains(text, "{{") || strings.Contains(text, "no value") {
						t.Errorf("%s: a text is missing:\n%s", language, text)
					}
				}
				for _, want := range []string{asm.Draft.Name, "Example Ltd", "> First line\n> Second line", n.Email, "owner@example.com", "UTC"} {
					if !strings.Contains(p.Text, want) {
						t.Errorf("%s: the mail does not say %q:\n%s", language, want, p.Text)
					}
				}
			}
		}
	})
}

func TestThePreviewIsTheMailButForTheLink(t *testing.T) {
	each(t, func(w *world) {
		n := wish(w.published(), "ana@example.com")
		n.Name, n.Message = "Ana", "See you!"
		p, err := w.PreviewInvite(t.Context(), w.who(), n)
		w.must(err)
		w.work()
		if len(w.sender.Messages()) != 0 {
			t.Error("the preview was sent")
		}
		_, err = w.Invite(t.Context(), w.who(), n)
		w.must(err)
		w.work()
		m := w.sender.Messages()[0]
		same := func(s string) string { return link.ReplaceAllString(s, "LINK") }
		if same(p.Text) != same(m.Text) || same(p.HTML) != same(m.HTML) || p.Subject != m.Subject {
			t.Errorf("preview and mail differ:\n%s", cmp.Diff(same(p.Text), same(m.Text)))
		}
		if p.From != "Example Ltd <assess@example.com>" || p.To != "Ana <ana@example.com>" || p.ReplyTo != "owner@example.com" {
			t.Errorf("from %q to %q, replies to %q", p.From, p.To, p.ReplyTo)
		}
	})
}

func TestOneMailOfAnInviteIsOnItsWayAtATime(t *testing.T) {
	each(t, func(w *world) {
		inv := w.invite(w.published(), "ana@example.com")
		w.must(w.Resend(t.Context(), w.who(), inv.ID))
		claim := job.Claim{Now: w.clock.Now(), Until: w.clock.Now().Add(time.Minute), Token: "t", Kinds: []string{"invite.mail"}, Limit: 5}
		jobs, err := w.db.Queue().Claim(t.Context(), claim)
		w.must(err)
		if len(jobs) != 1 {
			t.Errorf("%d mails of one invite run at once", len(jobs))
		}
	})
}
