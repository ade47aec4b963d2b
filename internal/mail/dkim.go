package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"

	"github.com/emersion/go-msgauth/dkim"
)

// DKIM signs messages as RFC 6376 says, with rsa-sha256 or ed25519-sha256 (RFC 8463).
type DKIM struct {
	domain, selector string
	key              crypto.Signer
}

// NewDKIM reads an unencrypted private key in PEM: PKCS #8, or PKCS #1 for RSA, which must have 2048 bits or more.
func NewDKIM(domain, selector string, keyPEM []byte) (*DKIM, error) {
	if domain == "" || selector == "" {
		return nil, errors.New("mail: DKIM needs a domain and a selector")
	}
	block, _ := pem.Decode(keyPEM)
	if block == nil {
		return nil, errors.New("mail: the DKIM key is not in PEM form")
	}
	key, err := parseKey(block)
	if err != nil {
		return nil, fmt.Errorf("mail: the DKIM key: %w", err)
	}
	return &DKIM{domain: domain, selector: selector, key: key}, nil
}

func parseKey(block *pem.Block) (crypto.Signer, error) {
	var key any
	var err error
	if block.Type == "RSA PRIVATE KEY" {
		key, err = x509.ParsePKCS1PrivateKey(block.Bytes)
	} else {
		key, err = x509.ParsePKCS8PrivateKey(block.Bytes)
	}
	if err != nil {
		return nil, err
	}
	switch key := key.(type) {
	case ed25519.PrivateKey:
		return key, nil
	case *rsa.PrivateKey:
		if key.N.BitLen() < 2048 {
			return nil, errors.New("RSA keys must have 2048 bits or more")
		}
		return key, nil
	}
	return nil, errors.New("must be of type RSA or Ed25519")
}

// signedHeaders are covered by the signature. Each stands once more than it occurs, so that nobody can add a second.
var signedHeaders = []string{
	"From", "From", "To", "To", "Subject", "Subject", "Date", "Date", "Message-ID", "Message-ID",
	"Reply-To", "Reply-To", "Cc", "MIME-Version", "MIME-Version", "Content-Type", "Content-Type",
	"Content-Language", "Auto-Submitted",
}

// Sign returns the message with a DKIM-Signature before it. The signature tells the time it was made.
func (d *DKIM) Sign(raw []byte) ([]byte, error) {
	var signed bytes.Buffer
	err := dkim.Sign(&signed, bytes.NewReader(raw), &dkim.SignOptions{
		Domain:                 d.domain,
		Selector:               d.selector,
		Signer:                 d.key,
		Hash:                   crypto.SHA256,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed,
		BodyCanonicalization:   dkim.CanonicalizationRelaxed,
		HeaderKeys:             signedHeaders,
	})
	if err != nil {
		return nil, fmt.Errorf("mail: signing: %w", err)
	}
	return signed.Bytes(), nil
}

// Record returns the name and the text of the TXT record that the domain must publish.
func (d *DKIM) Record() (name, text string, err error) {
	kind, public := "ed25519", []byte(nil)
	switch key := d.key.Public().(type) {
	case ed25519.PublicKey:
		public = key
	default:
		kind = "rsa"
		if public, err = x509.MarshalPKIXPublicKey(key); err != nil {
			return "", "", fmt.Errorf("mail: the DKIM key: %w", err)
		}
	}
	name = d.selector + "._domainkey." + d.domain
	return name, "v=DKIM1; k=" + kind + "; p=" + base64.StdEncoding.EncodeToString(public), nil
}
