package app

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strconv"
	"strings"

	"alfaone/internal/assess"
)

// MasterKeyBytes is the length of an instance's master key.
const MasterKeyBytes = 32

// Secrets are the keys of an instance, all derived from one master key that is kept outside the database.
type Secrets struct {
	link   []byte // makes candidates' links
	pepper []byte // hashes API keys
	device []byte // marks browsers from which a member has signed in
	media  []byte // signs addresses of recordings
	cursor []byte // encrypts where a list is to go on
	seal   []byte // encrypts what the database keeps and must not tell
	check  []byte // lets a database recognize its master key
}

// DeriveSecrets derives the keys from a master key of MasterKeyBytes (HKDF with SHA-256, RFC 5869).
func DeriveSecrets(master []byte) (Secrets, error) {
	if len(master) != MasterKeyBytes {
		return Secrets{}, fmt.Errorf("the master key must be %d bytes long, not %d", MasterKeyBytes, len(master))
	}
	var s Secrets
	for purpose, key := range map[string]*[]byte{"invite-link": &s.link, "api-key": &s.pepper, "device": &s.device, "media-link": &s.media, "cursor": &s.cursor, "seal": &s.seal, "check": &s.check} {
		derived, err := hkdf.Key(sha256.New, master, nil, "alfaone "+purpose, sha256.Size)
		if err != nil {
			return Secrets{}, err
		}
		*key = derived
	}
	return s, nil
}

// Fingerprint tells master keys apart without giving them away.
func (s Secrets) Fingerprint() string { return hex.EncodeToString(s.check[:8]) }

// linkToken is the secret of a candidate's link. The same invite and version always give the same one, so that nothing
// usable needs to be stored; raising the version makes the older links unknown.
func (s Secrets) linkToken(id assess.InviteID, version int) string {
	mac := hmac.New(sha256.New, s.link)
	mac.Write([]byte("invite-link\x00" + string(id) + "\x00v" + strconv.Itoa(version)))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// hashToken is what is stored of a random token: the token itself is too long to be guessed, so that a fast hash will do.
func hashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// sameToken reports whether hash is that of the token.
func sameToken(hash, token string) bool {
	return subtle.ConstantTimeCompare([]byte(hash), []byte(hashToken(token))) == 1
}

// hashAPIKey is what is stored of an API key. Keyed, so that who can write into the database still cannot make a key.
func (s Secrets) hashAPIKey(key string) string { return s.mac(s.pepper, key) }

// deviceMark is given to a browser from which an address, whatever its case, has signed in.
func (s Secrets) deviceMark(email string) string { return s.mac(s.device, strings.ToLower(email)) }

// knownDevice reports whether the mark was made for the address.
func (s Secrets) knownDevice(email, mark string) bool {
	return subtle.ConstantTimeCompare([]byte(s.deviceMark(email)), []byte(mark)) == 1
}

func (s Secrets) mac(key []byte, text string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return hex.EncodeToString(mac.Sum(nil))
}

// sealed encrypts a text for the database (AES-256-GCM). context names the row that it belongs to: moved to another, it cannot
// be opened.
func (s Secrets) sealed(random io.Reader, context, text string) (string, error) {
	gcm, err := s.cipher()
	if err != nil {
		return "", err
	}
	nonce := make([]byte, gcm.NonceSize())
	if _, err := io.ReadFull(random, nonce); err != nil {
		return "", err
	}
	return base64.RawStdEncoding.EncodeToString(gcm.Seal(nonce, nonce, []byte(text), []byte(context))), nil
}

// opened is the text that was sealed for the same context.
func (s Secrets) opened(context, sealed string) (string, error) {
	gcm, err := s.cipher()
	if err != nil {
		return "", err
	}
	b, err := base64.RawStdEncoding.DecodeString(sealed)
	if err != nil || len(b) < gcm.NonceSize() {
		return "", errors.New("a sealed text cannot be read")
	}
	text, err := gcm.Open(nil, b[:gcm.NonceSize()], b[gcm.NonceSize():], []byte(context))
	return string(text), err
}

func (s Secrets) cipher() (cipher.AEAD, error) {
	block, err := aes.NewCipher(s.seal)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCM(block)
}

// newToken is a secret of 256 random bits.
func (a *App) newToken() (string, error) {
	b := make([]byte, sha256.Size)
	if _, err := io.ReadFull(a.random, b); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// newAPIKey makes a key of the mode.
func (a *App) newAPIKey(mode assess.Mode) (key, start string, err error) {
	var random []byte
	for len(random) < assess.KeyRandomChars {
		var b [64]byte
		if _, err := io.ReadFull(a.random, b[:]); err != nil {
			return "", "", err
		}
		for _, c := range b {
			if c < 248 { // a multiple of 62: see assess.FormatAPIKey
				random = append(random, c)
			}
		}
	}
	key, start = assess.FormatAPIKey(mode, random)
	return key, start, nil
}

// network shortens an address to its network, /24 or /48: enough to recognize it, not to find a person.
func network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	bits := 48
	if ip = ip.Unmap(); ip.Is4() {
		bits = 24
	}
	prefix, err := ip.Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}
