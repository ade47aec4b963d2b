package web_test

import (
	"net/http"
	"net/netip"
	"testing"

	"alfaone/internal/web"
)

// behind are the proxies of the tests below.
var behind = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fe80::/10")}

func TestTheClientIsWhoTheOutermostTrustedProxySaw(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		connection string
		forwarded  []string
		want       string
	}{
		"directly":                        {"192.0.2.1:99", nil, "192.0.2.1"},
		"directly, and it says otherwise": {"192.0.2.1:99", []string{"198.51.100.7"}, "192.0.2.1"},
		"by a proxy":                      {"10.0.0.1:99", []string{"198.51.100.7"}, "198.51.100.7"},
		"by a proxy, with something made up before": {"10.0.0.1:99", []string{"203.0.113.9, 198.51.100.7"}, "198.51.100.7"},
		"by two proxies":                  {"10.0.0.1:99", []string{"203.0.113.9", "198.51.100.7,10.0.0.2"}, "198.51.100.7"},
		"by a proxy that says nothing":    {"10.0.0.1:99", nil, "10.0.0.1"},
		"by a proxy that says no address": {"10.0.0.1:99", []string{"198.51.100.7, unknown"}, "10.0.0.1"},
		"IPv4 written as IPv6":            {"[::ffff:10.0.0.1]:99", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"by a proxy on the same link":     {"[fe80::1%eth0]:99", []string{"2001:db8::7"}, "2001:db8::7"},
		"on a link that has any name":     {"10.0.0.1:99", []string{"2001:db8::7%<script>"}, "2001:db8::7"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := &http.Request{RemoteAddr: tt.connection, Header: http.Header{"X-Forwarded-For": tt.forwarded}}
			if got := web.ClientAddress(r, behind); got != tt.want {
				t.Errorf("the client is %s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzClientAddress holds that a client's address is always one, and that nothing a client writes into X-Forwarded-For hides it:
// neither where no proxy is trusted nor from one that adds whom it saw.
func FuzzClientAddress(f *testing.F) {
	for _, written := range []string{
		"", "198.51.100.7", "203.0.113.9, 10.0.0.1", ",,,", "unknown", "10.0.0.1:80", "[2001:db8::1]:80", "fe80::1%<b>", "::ffff:10.0.0.1", "010.0.0.1",
		"10.0.0.1\r\nX-Forwarded-For: 1.1.1.1", "\x00", "1.1.1.1;10.0.0.2", "0x0a.0.0.1",
	} {
		f.Add(written, "192.0.2.1")
		f.Add(written, "2001:db8::9")
		f.Add(written, "::ffff:192.0.2.1")
		f.Add(written, "10.0.0.3")
		f.Add("10.0.0.1", written)
	}
	f.Fuzz(func(t *testing.T, written, peer string) {
		client, err := netip.ParseAddr(peer)
		if err != nil {
			client = netip.MustParseAddr("192.0.2.1")
		}
		own := http.Header{"X-Forwarded-For": {written}}
		direct := &http.Request{RemoteAddr: netip.AddrPortFrom(client, 99).String(), Header: own}
		want := client.Unmap().WithZone("").String()
		if got := web.ClientAddress(direct, nil); got != want {
			t.Errorf("without a proxy %q passes for %q by %q", client, got, written)
		}
		proxied := &http.Request{RemoteAddr: "10.0.0.1:99", Header: http.Header{"X-Forwarded-For": {written, client.String()}}}
		for _, r := range []*http.Request{direct, proxied} {
			got := web.ClientAddress(r, behind)
			if address, err := netip.ParseAddr(got); err != nil || address.Zone() != "" || address.String() != got {
				t.Errorf("%q of %q is no address", got, r.Header)
			}
			if proxy := behind[0].Contains(client.Unmap()) || behind[1].Contains(client.WithZone("")); !proxy && got != want {
				t.Errorf("%s passes for %s by %q", want, got, written)
			}
		}
	})
}
