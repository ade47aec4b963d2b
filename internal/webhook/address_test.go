package webhook_test

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"alfaone/internal/webhook"
)

// Where a receiver may be, and where none may.
var (
	publicIPs  = []string{"93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"}
	privateIPs = []string{
		"127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "100.100.100.200", "169.254.169.254",
		"192.0.0.192", "168.63.129.16", "224.0.0.1", "255.255.255.255", "198.18.0.1", "203.0.113.7",
	}
	privateIP6s = []string{
		"::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1", "2001::7f00:1", "2002:7f00:1::", "64:ff9b::7f00:1",
		"64:ff9b:1::a00:1", "::7f00:1", "100::1", "5f00::1", "3fff::1", "fec0::1", "2001:10::1", "2001:20::1",
	}
)

// spellings are ways to write an IPv4 address, of which a resolver, a browser or a library of some kind understands each.
func spellings(s string) []string {
	ip := netip.MustParseAddr(s).As4()
	n := binary.BigEndian.Uint32(ip[:])
	return []string{
		s, s + ".",
		fmt.Sprintf("%d", n), fmt.Sprintf("0x%x", n), fmt.Sprintf("0%o", n),
		fmt.Sprintf("0x%x.0x%x.0x%x.0x%x", ip[0], ip[1], ip[2], ip[3]),
		fmt.Sprintf("0%o.0%o.0%o.0%o", ip[0], ip[1], ip[2], ip[3]),
		fmt.Sprintf("%d.%d", ip[0], n&0xffffff), fmt.Sprintf("%d.%d.%d", ip[0], ip[1], n&0xffff),
		fmt.Sprintf("%03d.%03d.%03d.%03d", ip[0], ip[1], ip[2], ip[3]),
		strings.ReplaceAll(s, ".", "。"), strings.ReplaceAll(s, ".", "．"), strings.Map(fullWidth, s),
		"[::ffff:" + s + "]", fmt.Sprintf("[::ffff:%x:%x]", n>>16, n&0xffff), "[::" + s + "]", "[64:ff9b::" + s + "]",
		fmt.Sprintf("[2002:%x:%x::1]", n>>16, n&0xffff), fmt.Sprintf("[2001:0:1::%x:%x]", ^n>>16, ^n&0xffff),
	}
}

func fullWidth(r rune) rune {
	if r == '.' {
		return r
	}
	return r - '0' + '０'
}

// tricks are addresses that say one thing to one reader and another to the next, or that lead astray by themselves.
func tricks() []string {
	return []string{
		"https://localhost/", "https://localhost./", "https://LOCALHOST/", "https://a.localhost/", "https://printer.local/", "https://db/",
		"https://metadata.google.internal/computeMetadata/v1/", "https://router.home.arpa/", "https://ｌocalhost/", "https://ⓛocalhost/",
		"https://①②⑦.0.0.1/", "https://xn--/", "https://-a.example/", "https://a..example/", "https://.example/", "https:///", "https://",
		"https://./", "https://%31%32%37.0.0.1/", "https://127.0.0.1%2f.example.com/", "https://127.0.0.1%00.example.com/",
		"https://[::1%25lo]/", "https://[fe80::1%25eth0]/", "https://[::1]:443:80/", "https://[::1/", "https://::1/", "https://[127.0.0.1]/",
		"https://user@public.example/", "https://user:pass@public.example/", "https://public.example@127.0.0.1/", "https://@127.0.0.1/",
		"https://127.0.0.1\\@public.example/", "https://public.example\\@127.0.0.1/", "https://public.example#@127.0.0.1/",
		"https://public.example/#", "https://127.0.0.1#.public.example/", "https://127.0.0.1?.public.example/", "https:127.0.0.1", "https:/127.0.0.1",
		"https:////127.0.0.1/", "https:\\\\127.0.0.1\\", "//127.0.0.1/", "/127.0.0.1", "127.0.0.1", "", " ", "?", "#",
		"https://public.example/\r\nHost: 127.0.0.1", "https://public.example\r\n.evil.example/", "https://public.example/\n", "\thttps://127.0.0.1/",
		"https://public.example/a b", "https://public.example/\x00", "https://public.example/ü", "https://public.example/\u2028", "https://pub\u200dlic.example/",
		"http://public.example/", "HTTP://public.example/", "http://public.example:443/", "ftp://public.example/", "file:///etc/passwd", "gopher://127.0.0.1:25/_HELO",
		"dict://127.0.0.1:11211/stats", "unix:///run/docker.sock", "javascript:alert(1)", "data:text/plain,x", "ws://public.example/", "wss://public.example/",
		"ldap://127.0.0.1/", "jar:https://127.0.0.1!/", "netdoc:///etc/passwd", "https+unix://%2Frun%2Fdocker.sock/", "mailto:a@public.example",
		"https://public.example:22/", "https://public.example:80/", "https://public.example:8443/", "https://public.example:0/", "https://public.example:/",
		"https://public.example:65536/", "https://public.example:-443/", "https://public.example:443x/", "https://public.example:443443/", "https://public.example:４４３/",
		"https://" + strings.Repeat("a", 64) + ".example/", "https://" + strings.Repeat("a.", 127) + "example/", "https://public.example/" + strings.Repeat("a", 2000),
		"https://pub_lic .example/", "https://<script>.example/", "https://public.example/<", "https://\"public.example/", "https://*.example/", "https://$(id).example/",
		"https://;id.example/", "https://public.example,127.0.0.1/", "https://{127.0.0.1}/", "https://127.0.0.1:443@/", "https://127.1/", "https://0/", "https://0x0/",
		"https://00/", "https://0177.1/", "https://127.0.0.1.0/", "https://1.1.1.1.1/", "https://256.256.256.256/", "https://999999999999/", "https://1e9/",
	}
}

// hostileURLs lists what leads, or might be thought to lead, to where no webhook may.
func hostileURLs() []string {
	var urls []string
	for _, ip := range privateIPs {
		for _, host := range spellings(ip) {
			urls = append(urls, "https://"+host+"/")
		}
		urls = append(urls, "https://"+nameOf(ip)+"/", "http://"+ip+":8080/")
	}
	for _, ip := range privateIP6s {
		urls = append(urls, "https://["+ip+"]/", "https://"+nameOf(ip)+"/")
	}
	return append(urls, tricks()...)
}

// nameOf is a name that leads to the address, as wildcard services of the real DNS have it.
func nameOf(ip string) string {
	return strings.NewReplacer(".", "-", ":", "-").Replace("ip-"+ip+"-") + "x.rebind.example"
}

// lookUp is the DNS of these tests: what means something only at home leads home.
func lookUp(name string) []netip.Addr {
	for _, ip := range slices.Concat(privateIPs, privateIP6s) {
		if name == nameOf(ip) {
			return []netip.Addr{netip.MustParseAddr(ip)}
		}
	}
	if !strings.HasSuffix(strings.ToLower(name), ".example") {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	}
	var ips []netip.Addr
	for _, ip := range publicIPs {
		ips = append(ips, netip.MustParseAddr(ip))
	}
	return ips
}

// dials collects what a client would have connected to.
type dials struct {
	mu    sync.Mutex
	addrs []string
}

func (d *dials) add(address string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.addrs = append(d.addrs, address)
}

func (d *dials) take() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	taken := d.addrs
	d.addrs = nil
	return taken
}

func watched(c webhook.Config) (*webhook.Client, *dials) {
	client, seen := webhook.New(c), new(dials)
	client.WatchDials(seen.add)
	return client, seen
}

func message(url string) webhook.Message {
	return webhook.Message{URL: url, ID: vectorID, At: time.Unix(vectorSeconds, 0), Body: []byte(vectorBody), Secrets: []string{vectorSecret}}
}

// refused reports whether it was the address that was not posted to, rather than somebody there who did not answer.
func refused(r webhook.Result) bool {
	return r.Err != nil && (strings.HasPrefix(r.Err.Error(), "the address must ") || strings.HasSuffix(r.Err.Error(), "not of the public internet"))
}

func TestHostileAddressesAreNeverConnectedTo(t *testing.T) {
	t.Parallel()
	urls := hostileURLs()
	slices.Sort(urls)
	if n := len(slices.Compact(slices.Clone(urls))); n < 300 {
		t.Fatalf("there are %d hostile addresses, want 300 at least", n)
	}
	allows := map[string][]netip.Prefix{
		"an instance that allows none":         nil,
		"an instance that allows another part": {netip.MustParsePrefix("10.99.0.0/16"), netip.MustParsePrefix("fd99::/16")},
	}
	for name, allow := range allows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, seen := watched(webhook.Config{Allow: allow, Resolver: resolver(t, lookUp)})
			for _, url := range urls {
				result := client.Post(t.Context(), message(url))
				if dialled := seen.take(); dialled != nil || !refused(result) {
					t.Errorf("%q: would connect to %v; %+v", url, dialled, result)
				}
			}
		})
	}
}

// What proves that the test above could fail: these are connected to.
func TestAddressesOfThePublicInternetAreConnectedTo(t *testing.T) {
	t.Parallel()
	urls := []string{
		"https://public.example", "https://public.example/path?query=%20", "https://public.example:443/", "https://public.example./", "HTTPS://PUBLIC.EXAMPLE/",
		"https://a_b.public.example/", "https://xn--bcher-kva.example/", "https://93.184.215.14/", "https://[2606:2800:21f:cb07:6820:80da:af6b:8b2c]/",
	}
	client, seen := watched(webhook.Config{Resolver: resolver(t, lookUp)})
	for _, url := range urls {
		result := client.Post(t.Context(), message(url))
		for _, address := range seen.take() {
			if to := netip.MustParseAddrPort(address); to.Port() != 443 || !slices.Contains(publicIPs, to.Addr().String()) {
				t.Errorf("%q: would connect to %s", url, address)
			}
		}
		if refused(result) {
			t.Errorf("%q: %+v", url, result)
		}
	}
}

func TestCheckURLTellsPeopleWhatIsWrong(t *testing.T) {
	t.Parallel()
	client := webhook.New(webhook.Config{})
	tests := map[string]string{
		"https://example.com/hooks":                        "",
		"https://example.com:443/":                         "",
		"https://127.0.0.1/":                               "must be an address of the public internet",
		"https://receiver/":                                "must be an address of the public internet",
		"http://example.com/":                              "must begin with https://",
		"https://example.com:8443/":                        "must be on port 443, which is left out",
		"https://me:pass@example.com/":                     "must be without user name and password",
		"https://example.com/#top":                         "must be without a fragment (#…)",
		"https://bücher.example/":                          "must be of ASCII characters: write an international name as xn--…, and others as %…",
		"https://0x7f000001/":                              "must have a name such as example.com, or an IP address in its usual form",
		"example.com/hooks":                                "must be a URL such as https://example.com/webhooks",
		"https://example.com/" + strings.Repeat("a", 1981): "must be at most 2000 characters",
		"https://example.com/" + strings.Repeat("a", 1980): "",
	}
	for url, want := range tests {
		got := ""
		if err := client.CheckURL(url); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("CheckURL(%.40q) = %q, want %q", url, got, want)
		}
	}
}

func TestAllowedAddressesMayBePrivatePlainAndOnAnyPort(t *testing.T) {
	t.Parallel()
	client, seen := watched(webhook.Config{
		Allow:    []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00:ec2::/32")},
		Resolver: resolver(t, lookUp),
	})
	tests := map[string]string{
		"http://10.0.0.1/":                          "10.0.0.1:80",
		"http://10.0.0.1:8080/":                     "10.0.0.1:8080",
		"https://10.0.0.1/":                         "10.0.0.1:443",
		"http://" + nameOf("10.0.0.1") + ":9/":      "10.0.0.1:9",
		"http://" + nameOf("fd00:ec2::254") + ":9/": "[fd00:ec2::254]:9",
		"http://10.0.1.1/":                          "",
		"http://" + nameOf("192.168.1.1") + "/":     "",
		"http://public.example/":                    "",
		"https://public.example:8443/":              "",
		"http://10.0.0.1:443/":                      "",
	}
	for url, want := range tests {
		result := client.Post(t.Context(), message(url))
		if got := strings.Join(seen.take(), " "); got != want || refused(result) != (want == "") {
			t.Errorf("%s: would connect to %q, want %q; %+v", url, got, want, result)
		}
	}
}

func TestTheMachinesOwnAddressIsNotConnectedTo(t *testing.T) {
	t.Parallel()
	client, seen := watched(webhook.Config{Resolver: resolver(t, lookUp)})
	var own []net.Addr
	for _, ip := range publicIPs {
		own = append(own, &net.IPNet{IP: net.ParseIP(ip), Mask: net.CIDRMask(64, 128)})
	}
	client.OwnAddresses(own...)
	for _, url := range []string{"https://public.example/", "https://" + publicIPs[0] + "/"} {
		if result := client.Post(t.Context(), message(url)); !refused(result) || seen.take() != nil {
			t.Errorf("%s: %+v", url, result)
		}
	}
}

// The name leads to a public address while it is looked at and to a private one when it is posted to, or the other way round, or to
// both at once.
func TestNamesThatChangeWhereTheyLeadGainNothing(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var now []netip.Addr
	answer := func(ips ...netip.Addr) {
		mu.Lock()
		defer mu.Unlock()
		now = ips
	}
	dns := resolver(t, func(string) []netip.Addr {
		mu.Lock()
		defer mu.Unlock()
		return now
	})
	client, seen := watched(webhook.Config{Resolver: dns})
	random := rand.New(rand.NewPCG(1, 2))
	public := netip.MustParseAddr(publicIPs[0])
	for run := range 1000 {
		url := fmt.Sprintf("https://r%d.rebind.example/", run)
		answer(public)
		if err := client.CheckURL(url); err != nil {
			t.Fatal(err)
		}
		if ips, err := dns.LookupNetIP(t.Context(), "ip4", "rebind.example"); err != nil || ips[0] != public {
			t.Fatalf("the name leads to %v, %v", ips, err)
		}
		private := netip.MustParseAddr(privateIPs[random.IntN(len(privateIPs))])
		both := random.IntN(4) == 0
		if answer(private); both {
			answer(private, public)
		}
		result := client.Post(t.Context(), message(url))
		for _, address := range seen.take() {
			if netip.MustParseAddrPort(address).Addr() != public || !both {
				t.Errorf("run %d: would connect to %s", run, address)
			}
		}
		if result.Err == nil || !both && !refused(result) {
			t.Errorf("run %d: %+v", run, result)
		}
	}
}
