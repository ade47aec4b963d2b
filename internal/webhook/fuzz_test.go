package webhook_test

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"testing"

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
