package mail

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"regexp"
	"strings"
)

// Class says what a failed delivery calls for.
type Class string

// The classes of failure.
const (
	// Temporary: try again later, with growing waits (RFC 5321 section 4.5.4.1).
	Temporary Class = "temporary"
	// Recipient: this recipient will never get it. Trying again is useless, others are not concerned.
	Recipient Class = "recipient"
	// Ours: the relay refuses us or cannot be trusted: authentication, policy, reputation, configuration. Every message
	// would meet it, so pause and alert; the recipient is not to blame.
	Ours Class = "ours"
	// InDoubt: the message was handed over whole and no answer came. It may or may not have been accepted; a second
	// copy must be byte for byte the same.
	InDoubt Class = "in doubt"
)

// Stage is how far the conversation had come.
type Stage string

// The stages of a delivery, in their order.
const (
	StageConnect Stage = "connect" // dialling, and TLS from the start, up to the greeting
	StageHello   Stage = "hello"
	StageTLS     Stage = "starttls"
	StageAuth    Stage = "auth"
	StageMail    Stage = "mail"
	StageRcpt    Stage = "rcpt"
	StageData    Stage = "data" // the command and the content, up to the final dot
	StageDot     Stage = "dot"  // from the final dot on
)

// Error is a delivery that failed.
type Error struct {
	Class        Class
	Code         int    // the SMTP reply; 0 when there was none
	EnhancedCode string // of RFC 3463, such as "5.1.1"; empty when there was none
	Stage        Stage
	Err          error // may quote the server, and it the recipient's address
}

func (e *Error) Error() string { return fmt.Sprintf("mail: %s: %v (%s)", e.Stage, e.Err, e.Class) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// errUnfit marks a relay that does not offer what its configuration demands.
var errUnfit = errors.New("relay is not fit for use")

// fail makes the error of a stage.
func fail(stage Stage, err error) *Error {
	e := &Error{Stage: stage, Err: err}
	if reply, ok := errors.AsType[*textproto.Error](err); ok {
		e.Code = reply.Code
		e.EnhancedCode = enhanced.FindString(reply.Msg)
		e.Class = classOfReply(stage, e.Code, e.EnhancedCode)
		return e
	}
	e.Class = classOfSilence(stage, err)
	return e
}

// enhanced finds the status code of RFC 3463 at the start of a reply's text.
var enhanced = regexp.MustCompile(`^[245]\.\d{1,3}\.\d{1,3}\b`)

// classOfSilence judges a conversation that broke off without a reply.
func classOfSilence(stage Stage, err error) Class {
	dns, _ := errors.AsType[*net.DNSError](err)
	_, untrusted := errors.AsType[*tls.CertificateVerificationError](err)
	_, notTLS := errors.AsType[tls.RecordHeaderError](err)
	switch {
	case stage == StageDot:
		return InDoubt
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return Temporary
	case errors.Is(err, errUnfit), untrusted, notTLS, dns != nil && dns.IsNotFound:
		return Ours
	}
	return Temporary
}

func classOfReply(stage Stage, code int, enhanced string) Class {
	switch {
	case code/100 == 4:
		return Temporary
	case code/100 == 5:
		return classOfRefusal(stage, code, enhanced)
	case stage == StageDot:
		return InDoubt
	}
	return Ours // a relay that does not keep to the protocol
}

// classOfRefusal judges a 5xx reply. Only what plainly speaks of the mailbox is laid at the recipient's door.
func classOfRefusal(stage Stage, code int, enhanced string) Class {
	if stage != StageRcpt && stage != StageData && stage != StageDot {
		return Ours
	}
	switch code {
	case 530, 534, 535, 538: // authentication required or failed
		return Ours
	}
	switch subject(enhanced) {
	case "1", "2", "4": // address, mailbox, routing
		if enhanced == "5.1.7" || enhanced == "5.1.8" { // the sender's address
			return Ours
		}
		return Recipient
	case "3", "6", "7": // system, content, policy
		return Ours
	case "5": // protocol, though some large services write 550 5.5.0 for an unknown mailbox
		if enhanced != "5.5.0" {
			return Ours
		}
	}
	return classOfBareRefusal(stage, code)
}

func classOfBareRefusal(stage Stage, code int) Class {
	if stage != StageRcpt {
		return Ours
	}
	switch code {
	case 501, 550, 551, 552, 553, 554, // RFC 5321 section 4.2.3
		521, 556: // RFC 7504: host or domain that accepts no mail
		return Recipient
	}
	return Ours
}

// subject returns the middle number of an enhanced code.
func subject(enhanced string) string {
	_, rest, _ := strings.Cut(enhanced, ".")
	subject, _, _ := strings.Cut(rest, ".")
	return subject
}
