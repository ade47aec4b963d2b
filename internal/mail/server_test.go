package mail_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"

	"alfaone/internal/mail"
)

// Replies of the scripted server that are no replies.
const (
	hangUp = "(closes the connection)"
	silent = "(says nothing)"
)

// stageContent is between the answer to DATA and the final dot, where a server has nothing to say but can hang up.
const stageContent mail.Stage = "content"

// scripted starts a server that answers every stage well but one. It can do what a well-behaved server cannot: refuse
// the greeting, talk nonsense, hang up, fall silent. It returns its URL, with credentials.
func scripted(t *testing.T, at mail.Stage, reply string) string {
	t.Helper()
	l := listen(t)
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go converse(conn, at, reply)
		}
	}()
	return "smtp://user:secret@" + l.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

func converse(conn net.Conn, at mail.Stage, reply string) {
	defer func() { _ = conn.Close() }()
	in := bufio.NewReader(conn)
	say := func(stage mail.Stage, usual string) (goOn bool) {
		if stage == at {
			usual = reply
		}
		switch usual {
		case hangUp:
			return false
		case silent:
			_, _ = io.Copy(io.Discard, in)
			return false
		}
		_, err := fmt.Fprintf(conn, "%s\r\n", usual)
		return err == nil
	}
	goOn := say(mail.StageConnect, "220 relay.example ESMTP")
	for goOn {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		verb, _, _ := strings.Cut(strings.ToUpper(strings.TrimSpace(line)), " ")
		switch verb {
		case "EHLO", "HELO":
			goOn = say(mail.StageHello, hello(at))
		case "STARTTLS":
			goOn = say(mail.StageTLS, "502 5.5.1 not offered")
		case "AUTH":
			goOn = say(mail.StageAuth, "235 2.7.0 welcome")
		case "MAIL":
			goOn = say(mail.StageMail, "250 2.1.0 ok")
		case "RCPT":
			goOn = say(mail.StageRcpt, "250 2.1.5 ok")
		case "DATA":
			goOn = say(mail.StageData, "354 go on") && at != stageContent && skipContent(in) && say(mail.StageDot, "250 2.0.0 queued")
		case "QUIT":
			say("quit", "221 2.0.0 bye")
			return
		default:
			goOn = say("other", "502 5.5.1 unknown")
		}
	}
}

// hello offers STARTTLS only where it is what goes wrong.
func hello(at mail.Stage) string {
	if at == mail.StageTLS {
		return "250-relay.example\r\n250-STARTTLS\r\n250 AUTH PLAIN"
	}
	return "250-relay.example\r\n250 AUTH PLAIN"
}

func skipContent(in *bufio.Reader) bool {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return false
		}
		if line == ".\r\n" {
			return true
		}
	}
}

// relay is a real SMTP server that keeps what it accepts and can refuse at one stage.
type relay struct {
	refuseAt   mail.Stage
	refusal    *smtp.SMTPError
	mechanisms []string

	mu       sync.Mutex
	accepted []delivery
}

type delivery struct {
	from, to, user string
	encrypted      bool
	raw            []byte
}

// start serves and returns host:port. With a certificate it offers STARTTLS, or speaks TLS from the start.
func (r *relay) start(t *testing.T, cert *tls.Certificate, fromStart bool) string {
	t.Helper()
	srv := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		_, encrypted := c.TLSConnectionState()
		return &session{relay: r, delivery: delivery{encrypted: encrypted}}, nil
	}))
	srv.Domain = "relay.example"
	srv.AllowInsecureAuth = true
	srv.ErrorLog = discard{}
	l := listen(t)
	if cert != nil {
		srv.TLSConfig = &tls.Config{Certificates: []tls.Certificate{*cert}, MinVersion: tls.VersionTLS12}
		if fromStart {
			l = tls.NewListener(l, srv.TLSConfig)
		}
	}
	go func() { _ = srv.Serve(l) }()
	t.Cleanup(func() { _ = srv.Close() })
	return l.Addr().String()
}

func (r *relay) deliveries() []delivery {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.accepted
}

type discard struct{}

func (discard) Printf(string, ...any) {}
func (discard) Println(...any)        {}

type session struct {
	*relay
	delivery delivery
}

func (s *session) refuses(stage mail.Stage) error {
	if s.refuseAt == stage {
		return s.refusal
	}
	return nil
}

func (s *session) Reset()        {}
func (s *session) Logout() error { return nil }

func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.delivery.from = from
	return s.refuses(mail.StageMail)
}

func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.delivery.to = to
	return s.refuses(mail.StageRcpt)
}

func (s *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.refuses(mail.StageDot); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.delivery.raw = raw
	s.accepted = append(s.accepted, s.delivery)
	return nil
}

func (s *session) AuthMechanisms() []string {
	if s.mechanisms != nil {
		return s.mechanisms
	}
	return []string{"PLAIN", "LOGIN"}
}

func (s *session) Auth(mech string) (sasl.Server, error) {
	check := func(user, pass string) error {
		if err := s.refuses(mail.StageAuth); err != nil {
			return err
		}
		if user != "user" || pass != "s3cret/+" {
			return smtp.ErrAuthFailed
		}
		s.delivery.user = user
		return nil
	}
	if mech == "LOGIN" {
		return &loginServer{check: check}, nil
	}
	return sasl.NewPlainServer(func(_, user, pass string) error { return check(user, pass) }), nil
}

// loginServer is the LOGIN mechanism, which the sasl package has for clients only.
type loginServer struct {
	check func(user, pass string) error
	got   []string
	asked bool
}

func (l *loginServer) Next(response []byte) (challenge []byte, done bool, err error) {
	if l.asked {
		l.got = append(l.got, string(response))
	}
	l.asked = true
	switch len(l.got) {
	case 0:
		return []byte("Username:"), false, nil
	case 1:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.check(l.got[0], l.got[1])
}

// certificate makes one for 127.0.0.1 and the pool that trusts it.
func certificate(t *testing.T) (*tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: "relay.example"},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		DNSNames:     []string{"localhost"},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AddCert(leaf)
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pool
}
