package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// SMTPConfig is how a relay is reached.
type SMTPConfig struct {
	// URL is smtp://user:password@host:587, encrypted by STARTTLS when the relay offers it, or smtps://host:465,
	// encrypted from the start. Credentials are sent over an encrypted connection or to a loopback host only. The port
	// may be left out.
	URL string
	// Hello is the name by which we introduce ourselves; empty: localhost.
	Hello string
	// DKIM signs every message; nil: none is signed.
	DKIM *DKIM
	// Timeout bounds each step of the conversation; the answer to the final dot is awaited four times as long, lest
	// haste leave a delivery in doubt. 0: 30 seconds.
	Timeout time.Duration
	// TLS is the base of the client's configuration; nil: the system's roots and TLS 1.2.
	TLS *tls.Config
	// Dial opens connections; nil: over the network, directly.
	Dial func(ctx context.Context, network, addr string) (net.Conn, error)
}

// SMTP sends messages through one relay, a connection each. It is safe for concurrent use.
type SMTP struct {
	host, port string
	user, pass string
	fromStart  bool // TLS from the start
	hello      string
	dkim       *DKIM
	timeout    time.Duration
	tls        *tls.Config
	dial       func(ctx context.Context, network, addr string) (net.Conn, error)
}

var _ Sender = (*SMTP)(nil)

// NewSMTP reads the configuration. Its errors do not repeat the URL, which holds a password.
func NewSMTP(c SMTPConfig) (*SMTP, error) {
	u, err := url.Parse(c.URL)
	if err != nil {
		return nil, errors.New("mail: the SMTP URL is malformed")
	}
	s := &SMTP{
		host: u.Hostname(), port: u.Port(),
		hello: c.Hello, dkim: c.DKIM, timeout: c.Timeout, tls: c.TLS.Clone(), dial: c.Dial,
	}
	if err := s.readURL(u); err != nil {
		return nil, err
	}
	if s.hello == "" {
		s.hello = "localhost"
	}
	if s.timeout == 0 {
		s.timeout = 30 * time.Second
	}
	if s.tls == nil {
		s.tls = &tls.Config{
			MinVersion:         tls.VersionTLS12,
			InsecureSkipVerify: loopback(s.host), //nolint:gosec // a local relay has a made-up certificate and no road to tap
		}
	}
	s.tls.ServerName = s.host
	if s.dial == nil {
		s.dial = new(net.Dialer).DialContext
	}
	return s, nil
}

func (s *SMTP) readURL(u *url.URL) error {
	var usualPort string
	switch u.Scheme {
	case "smtp":
		usualPort = "587"
	case "smtps":
		usualPort, s.fromStart = "465", true
	default:
		return errors.New("mail: the SMTP URL must begin with smtp:// or smtps://")
	}
	if s.host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return errors.New("mail: the SMTP URL must be scheme, credentials, host and port only")
	}
	if s.port == "" {
		s.port = usualPort
	}
	if u.User != nil {
		s.user = u.User.Username()
		s.pass, _ = u.User.Password()
		if s.user == "" || s.pass == "" {
			return errors.New("mail: the SMTP URL must hold both user and password, or neither")
		}
	}
	return nil
}

// Send implements [Sender].
func (s *SMTP) Send(ctx context.Context, m Message) error {
	raw, err := Raw(m)
	if err != nil {
		return err
	}
	if s.dkim != nil {
		if raw, err = s.dkim.Sign(raw); err != nil {
			return err
		}
	}
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	if err := c.prepare(); err != nil {
		return err
	}
	return c.deliver(m.From.Address, m.To.Address, raw)
}

// Check connects and logs in without sending anything, to find out whether the relay would take mail from us.
func (s *SMTP) Check(ctx context.Context) error {
	c, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer c.close()
	return c.prepare()
}

// connect dials and reads the greeting.
func (s *SMTP) connect(ctx context.Context) (*conversation, error) {
	conn, err := s.open(ctx)
	if err != nil {
		return nil, fail(StageConnect, err)
	}
	c := &conversation{SMTP: s, ctx: ctx, conn: conn}
	err = c.step(StageConnect, s.timeout, func() (err error) {
		c.client, err = smtp.NewClient(conn, s.host)
		return err
	})
	if err != nil {
		_ = conn.Close() // the greeting's error says more
		return nil, err
	}
	c.client.SkipSMTPUTF8(true) // addresses are ASCII
	return c, nil
}

// open makes the connection, encrypted if that is to be from the start.
func (s *SMTP) open(ctx context.Context) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	conn, err := s.dial(ctx, "tcp", net.JoinHostPort(s.host, s.port))
	if err != nil || !s.fromStart {
		return conn, err
	}
	encrypted := tls.Client(conn, s.tls)
	if err := encrypted.HandshakeContext(ctx); err != nil {
		_ = conn.Close() // the handshake's error says more
		return nil, err
	}
	return encrypted, nil
}

// conversation is one connection to the relay, for the time of one Send.
type conversation struct {
	*SMTP
	ctx    context.Context // lives no longer than the call it belongs to
	conn   net.Conn
	client *smtp.Client
}

// step does one stage, bounded by the time d and by the context; a step that runs out of either has its connection
// closed under it.
func (c *conversation) step(stage Stage, d time.Duration, do func() error) error {
	ctx, cancel := context.WithTimeout(c.ctx, d)
	defer cancel()
	stop := context.AfterFunc(ctx, func() { _ = c.conn.Close() })
	err := do()
	if inTime := stop(); err == nil {
		return nil
	} else if !inTime {
		err = fmt.Errorf("%w: %w", ctx.Err(), err)
	}
	return fail(stage, err)
}

// close takes leave; by now its outcome changes nothing.
func (c *conversation) close() {
	_ = c.step("quit", time.Second, c.client.Quit)
	_ = c.conn.Close()
}

// prepare goes through the stages before a message: hello, encryption, login.
func (c *conversation) prepare() error {
	if err := c.step(StageHello, c.timeout, func() error { return c.client.Hello(c.hello) }); err != nil {
		return err
	}
	if err := c.step(StageTLS, c.timeout, c.encrypt); err != nil {
		return err
	}
	if c.user == "" {
		return nil
	}
	return c.step(StageAuth, c.timeout, c.login)
}

func (c *conversation) encrypt() error {
	if c.fromStart {
		return nil
	}
	if offered, _ := c.client.Extension("STARTTLS"); offered {
		return c.client.StartTLS(c.tls)
	}
	if c.user != "" && !loopback(c.host) {
		return fmt.Errorf("%w: it offers no encryption and the password will not be sent without", errUnfit)
	}
	return nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *conversation) login() error {
	_, offered := c.client.Extension("AUTH")
	auth := c.mechanism(strings.Fields(strings.ToUpper(offered)))
	if auth == nil {
		return fmt.Errorf("%w: it offers no way to log in that we know", errUnfit)
	}
	return c.client.Auth(auth)
}

// mechanism takes the strongest that is offered. That the connection may carry a password has been seen to.
func (c *conversation) mechanism(offered []string) smtp.Auth {
	known := []struct {
		name string
		auth smtp.Auth
	}{
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(c.user, c.pass)},
		{"PLAIN", smtp.PlainAuth("", c.user, c.pass, c.host, true)},
		{"LOGIN", smtp.LoginAuth(c.user, c.pass, c.host, true)},
	}
	for _, k := range known {
		if slices.Contains(offered, k.name) {
			return k.auth
		}
	}
	return nil
}

// deliver hands the message over.
func (c *conversation) deliver(from, to string, raw []byte) error {
	if err := c.step(StageMail, c.timeout, func() error { return c.client.Mail("<" + from + ">") }); err != nil {
		return err
	}
	if err := c.step(StageRcpt, c.timeout, func() error { return c.client.Rcpt("<" + to + ">") }); err != nil {
		return err
	}
	var end func() error
	err := c.step(StageData, c.timeout, func() error {
		w, err := c.client.Data()
		if err != nil {
			return err
		}
		end = w.Close
		_, err = w.Write(raw)
		return err
	})
	if err != nil {
		return err
	}
	return c.step(StageDot, 4*c.timeout, func() error { return accepted(end()) })
}

// accepted takes any positive completion for one, as RFC 5321 section 4.3.2 asks of clients.
func accepted(err error) error {
	if reply, ok := errors.AsType[*textproto.Error](err); ok && reply.Code/100 == 2 {
		return nil
	}
	return err
}
