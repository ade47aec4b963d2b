package app

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"

	"alfaone/internal/assess"
)

// Argon2id parameters after the OWASP password storage cheat sheet: 19 MiB, 2 passes, 1 lane.
const (
	argonMemory   = 19 << 10 // KiB
	argonTime     = 2
	argonThreads  = 1
	argonSalt     = 16
	argonKey      = 32
	hashersAtOnce = 2 // each takes a core and 19 MiB: a flood of sign-ins must not take the machine
)

// hasher hashes and checks passwords, a few at a time.
type hasher struct {
	random io.Reader
	slots  chan struct{}
}

func newHasher(random io.Reader) *hasher {
	return &hasher{random: random, slots: make(chan struct{}, hashersAtOnce)}
}

// hash returns the password's PHC string.
func (h *hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", err
	}
	key, err := h.derive(ctx, password, salt, argonTime, argonMemory, argonThreads)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		encode(salt), encode(key)), nil
}

// dummyHash has the cost of a real one and fits no password that anybody can type. It makes signing in with an unknown
// address take as long as with a known one.
var dummyHash = fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
	encode(make([]byte, argonSalt)), encode(make([]byte, argonKey)))

// check reports whether the password is the one that was hashed. Without a hash it takes as long and says no.
func (h *hasher) check(ctx context.Context, hash, password string) (bool, error) {
	if hash == "" {
		hash = dummyHash
	}
	var version, memory, time, threads int
	var rest string
	if _, err := fmt.Sscanf(hash, "$argon2id$v=%d$m=%d,t=%d,p=%d$%s", &version, &memory, &time, &threads, &rest); err != nil {
		return false, fmt.Errorf("reading a password hash: %w", err)
	}
	saltText, keyText, _ := strings.Cut(rest, "$")
	salt, err := base64.RawStdEncoding.DecodeString(saltText)
	if err != nil {
		return false, fmt.Errorf("reading a password hash: %w", err)
	}
	want, err := base64.RawStdEncoding.DecodeString(keyText)
	if err != nil {
		return false, fmt.Errorf("reading a password hash: %w", err)
	}
	got, err := h.derive(ctx, password, salt, uint32(time), uint32(memory), uint8(threads)) //nolint:gosec // our own numbers
	return err == nil && subtle.ConstantTimeCompare(got, want) == 1, err
}

// derive waits for a free slot. Errors: Unavailable when the caller gives up waiting.
func (h *hasher) derive(ctx context.Context, password string, salt []byte, time, memory uint32, threads uint8) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
		return argon2.IDKey([]byte(password), salt, time, memory, threads, argonKey), nil
	case <-ctx.Done():
		return nil, &assess.Error{Kind: assess.Unavailable, Message: "The server is busy. Try again in a moment.", Err: ctx.Err()}
	}
}

func encode(b []byte) string { return base64.RawStdEncoding.EncodeToString(b) }
