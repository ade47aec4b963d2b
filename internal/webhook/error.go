package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// refusal is what people are told of a status; nil for those of success.
func refusal(status int) error {
	switch status / 100 {
	case 2:
		return nil
	case 3:
		return fmt.Errorf("%s; redirects are not followed", answered(status))
	default:
		return errors.New(answered(status))
	}
}

func answered(status int) string {
	if text := http.StatusText(status); text != "" {
		return fmt.Sprintf("answered %d %s", status, text)
	}
	return fmt.Sprintf("answered %d", status)
}

// unanswered is the result of an attempt that got no answer. What the system says of it stays here: it tells of the network that
// this machine is in.
func (c *Client) unanswered(ctx context.Context, err error) Result {
	switch {
	case ctx.Err() != nil:
		return Result{Err: fmt.Errorf("attempt broken off: %w", context.Cause(ctx))}
	case errors.Is(err, errNotAllowed):
		return Result{Err: errors.New("the name leads to an address that is not of the public internet")}
	}
	return Result{Err: errors.New(c.silence(err))}
}

// silence tells why there is no answer.
func (c *Client) silence(err error) string {
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		if name.IsNotFound {
			return "the name is not known to the DNS"
		}
		return "the name could not be looked up in the DNS"
	}
	if said := certificateFault(err); said != "" {
		return said
	}
	op, ok := errors.AsType[*net.OpError](err)
	dialling := ok && op.Op == "dial"
	timeout, ok := errors.AsType[net.Error](err)
	slow := ok && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused"
	case dialling && slow:
		return fmt.Sprintf("no connection within %v", connectTimeout)
	case dialling:
		return "the address cannot be reached"
	case slow:
		return fmt.Sprintf("no answer within %v", c.timeout)
	default:
		return "the connection ended without an answer that can be read"
	}
}

func certificateFault(err error) string {
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok || errors.Is(err, http.ErrSchemeMismatch) {
		return "the receiver does not speak TLS"
	}
	if _, ok := errors.AsType[x509.HostnameError](err); ok {
		return "the certificate is for another name"
	}
	if invalid, ok := errors.AsType[x509.CertificateInvalidError](err); ok && invalid.Reason == x509.Expired {
		return "the certificate has expired or is not valid yet"
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return "the certificate is not trusted"
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return "the receiver broke off the TLS handshake"
	}
	return ""
}
