package webhook_test

import (
	"bytes"
	"encoding/base64"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	standard "github.com/standard-webhooks/standard-webhooks/libraries/go"

	"alfaone/internal/webhook"
)

// An address that is taken is https on its usual port, of a name or of a public address, and the same to who posts to it.
func FuzzCheckURL(f *testing.F) {
	for _, seed := range []string{
		"https://example.com/hooks?x=1", "https://EXAMPLE.com:443", "https://example.com.", "https://93.184.215.14/", "https://[2606:4700::1111]/",
		"https://127.0.0.1", "https://[::ffff:10.0.0.1]/", "https://0x7f.1/", "https://2130706433/", "https://017700000001/", "https://localhost", "https://a.internal",
		"https://user@example.com", "http://example.com", "https://example.com:444", "https://example.com#x", "https://exa mple.com", "https://пример.рф", "https://169.254.169.254",
		"https://[fe80::1%25eth0]/", "https://example.com\r\nX: y", "https:example.com", "//example.com", "https://[64:ff9b::7f00:1]/", "https://100.64.0.1", "",
	} {
		f.Add(seed)
	}
	c := webhook.New(webhook.Config{})
	c.OwnAddresses(&net.IPNet{IP: net.ParseIP("93.184.215.99"), Mask: net.CIDRMask(32, 32)})
	f.Fuzz(func(t *testing.T, raw string) {
		if err := c.CheckURL(raw); err != nil {
			if !strings.HasPrefix(err.Error(), "must ") {
				t.Fatalf("%q is refused with %q", raw, err)
			}
			return
		}
		u, err := url.Parse(raw)
		if err != nil || u.Scheme != "https" || u.User != nil || u.Fragment != "" || u.Port() != "" && u.Port() != "443" || strings.ContainsAny(raw, "\r\n\x00 ") {
			t.Fatalf("%q is taken: %v", raw, err)
		}
		if ip, err := netip.ParseAddr(u.Hostname()); err == nil && !public(ip) {
			t.Fatalf("%q is taken, of the address %s", raw, ip)
		}
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, raw, nil)
		if err != nil || r.URL.Hostname() != u.Hostname() {
			t.Fatalf("%q is taken and cannot be posted to: %v", raw, err)
		}
	})
}

// public is said in the words of the standard library, where webhook asks another.
func public(ip netip.Addr) bool {
	return ip.Zone() == "" && !ip.Is4In6() && ip.IsGlobalUnicast() && !ip.IsPrivate() && !ip.IsLoopback() && !ip.IsLinkLocalUnicast() &&
		!netip.MustParsePrefix("100.64.0.0/10").Contains(ip) && !netip.MustParsePrefix("64:ff9b::/96").Contains(ip) &&
		!netip.MustParsePrefix("2002::/16").Contains(ip) && !netip.MustParsePrefix("2001::/32").Contains(ip) && !netip.MustParsePrefix("240.0.0.0/4").Contains(ip)
}

// What is signed the official verifier takes, and nothing of which a byte was changed. What is not signed no receiver could verify.
func FuzzSign(f *testing.F) {
	key := bytes.Repeat([]byte{7}, 32)
	for place, body := range []string{eventBody, "", "\x00\xff", `{"a":"é"}`} {
		f.Add(key, vectorID, int64(vectorSeconds), []byte(body), uint(place), uint(place), byte(1))
	}
	for at, id := range []string{"", ".", "msg.1", "a b", "é", "1"} {
		f.Add(key, id, int64(-at), []byte("1.1"), uint(at), uint(at), byte(' '))
		f.Add(key[:22+at], "1", int64(at), []byte("1.1"), uint(at), uint(at), byte(' '))
	}
	f.Add(bytes.Repeat(key, 3), vectorID, int64(-1<<63), []byte("{}"), uint(3), uint(2), byte(','^'0'))
	f.Fuzz(func(t *testing.T, key []byte, id string, at int64, body []byte, part, place uint, change byte) {
		secret := "whsec_" + base64.StdEncoding.EncodeToString(key)
		signature, err := webhook.Sign(secret, id, time.Unix(at, 0), body)
		hasID := id != "" && strings.Trim(id, visible) == ""
		if good := len(key) >= 24 && len(key) <= 64 && hasID; good != (err == nil) {
			t.Fatalf("a key of %d bytes signs %q: %v", len(key), id, err)
		}
		if err != nil {
			return
		}
		parts := [][]byte{[]byte(id), []byte(strconv.FormatInt(at, 10)), body, []byte(signature)}
		if err := officially(t, secret, parts); err != nil {
			t.Fatalf("%q of %q is refused: %v", signature, parts, err)
		}
		changed := bytes.Clone(parts[part%4])
		if len(changed) == 0 || change == 0 {
			return
		}
		changed[place%uint(len(changed))] ^= change
		parts[part%4] = changed
		if err := officially(t, secret, parts); err == nil {
			t.Fatalf("%q is accepted with %q", parts, secret)
		}
	})
}

// visible is all that the id of a message may hold.
const visible = "!\"#$%&'()*+,-/0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~"

// officially verifies id, timestamp, body and signature as a receiver does who uses the official library.
func officially(t *testing.T, secret string, parts [][]byte) error {
	t.Helper()
	verifier, err := standard.NewWebhook(secret)
	if err != nil {
		t.Fatal(err)
	}
	header := http.Header{}
	header.Set("webhook-id", string(parts[0]))
	header.Set("webhook-timestamp", string(parts[1]))
	header.Set("webhook-signature", string(parts[3]))
	return verifier.VerifyIgnoringTimestamp(parts[2], header)
}
