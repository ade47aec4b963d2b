package webhook

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"code.dny.dev/ssrf"
)

const (
	maxURL     = 2000 // bytes
	publicPort = 443
)

// errNotAllowed is why an address is not dialled.
var errNotAllowed = errors.New("webhook: the address is not allowed")

// guard decides what may be connected to.
type guard struct {
	allow  []netip.Prefix
	public *ssrf.Guardian
	own    func() ([]net.Addr, error) // the addresses of this machine
}

func newGuard(allow []netip.Prefix) *guard {
	return &guard{
		allow: allow,
		public: ssrf.New(
			ssrf.WithPorts(publicPort),
			ssrf.WithDeniedV4Prefixes(azureHost),
		),
		own: net.InterfaceAddrs,
	}
}

// azureHost answers every machine in Azure's cloud with its configuration, and is the one such address that does not come from a
// range set apart, so that no registry tells it from an address of the internet.
var azureHost = netip.MustParsePrefix("168.63.129.16/32")

// control is asked by the dialer when a name has become an address and nothing is sent yet, so that a name which leads elsewhere by
// now than when it was looked at gains nothing.
func (g *guard) control(_ context.Context, network, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("%w: %w", errNotAllowed, err)
	}
	if g.allowed(to.Addr()) {
		return nil
	}
	if err := g.public.Safe(network, address, nil); err != nil {
		return fmt.Errorf("%w: %w", errNotAllowed, err)
	}
	return g.notOwn(to.Addr())
}

// allowed reports whether the operator named the address as one that may be posted to, though it be private.
func (g *guard) allowed(ip netip.Addr) bool {
	return slices.ContainsFunc(g.allow, func(p netip.Prefix) bool { return p.Contains(ip) })
}

// notOwn refuses the addresses of this machine: what listens here may trust who calls from here.
func (g *guard) notOwn(ip netip.Addr) error {
	own, err := g.own()
	if err != nil {
		return fmt.Errorf("%w: %w", errNotAllowed, err)
	}
	for _, a := range own {
		if n, ok := a.(*net.IPNet); ok && n.IP.Equal(ip.AsSlice()) {
			return fmt.Errorf("%w: it is this machine's own", errNotAllowed)
		}
	}
	return nil
}

// CheckURL refuses what can never be posted to, before anything is connected. Its errors are phrases that follow the name of a
// field, "must be …". A name that leads to a forbidden address passes: that is found when it is dialled.
func (c *Client) CheckURL(raw string) error {
	u, err := url.Parse(raw)
	switch {
	case len(raw) > maxURL:
		return fmt.Errorf("must be at most %d characters", maxURL)
	case err != nil || u.Opaque != "" || u.Hostname() == "":
		return errors.New("must be a URL such as https://example.com/webhooks")
	case u.User != nil:
		return errors.New("must be without user name and password")
	case strings.Contains(raw, "#"):
		return errors.New("must be without a fragment (#…)")
	case !printable(raw):
		return errors.New("must be of ASCII characters: write an international name as xn--…, and others as %…")
	}
	if err := c.checkPort(u); err != nil {
		return err
	}
	return c.checkHost(u.Hostname())
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune("\\<>\"`", r) })
}

// checkPort refuses what is not https on its usual port. Where the operator allows addresses they may have other ports and do
// without encryption, which shows in the port, so that the port alone tells [guard.control] what an address must be.
func (c *Client) checkPort(u *url.URL) error {
	inHouse := len(c.guard.allow) > 0
	port, err := strconv.ParseUint(u.Port(), 10, 16)
	switch {
	case u.Scheme != "https" && (u.Scheme != "http" || !inHouse):
		return errors.New("must begin with https://")
	case strings.HasSuffix(u.Host, ":"), u.Port() != "" && (err != nil || port == 0):
		return errors.New("must have a port between 1 and 65535, or none")
	case u.Scheme == "http" && port == publicPort:
		return fmt.Errorf("must begin with https:// on port %d", publicPort)
	case u.Port() != "" && port != publicPort && !inHouse:
		return fmt.Errorf("must be on port %d, which is left out", publicPort)
	}
	return nil
}

func (c *Client) checkHost(host string) error {
	ip, err := netip.ParseAddr(host)
	if err == nil {
		return c.checkIP(ip)
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if !isName(host) {
		return errors.New("must have a name such as example.com, or an IP address in its usual form")
	}
	if len(c.guard.allow) == 0 && isPrivateName(host) {
		return errors.New("must be an address of the public internet")
	}
	return nil
}

func (c *Client) checkIP(ip netip.Addr) error {
	if c.guard.allowed(ip) {
		return nil
	}
	if ip.Zone() != "" || c.guard.public.SafeAddr(ip) != nil || c.guard.notOwn(ip) != nil {
		return errors.New("must be an address of the public internet")
	}
	return nil
}

// isName reports whether the host is a name of the DNS. A last label that looks like a number makes it an IPv4 address in one of
// the forms that resolvers of old understand, such as 0x7f.1 and 2130706433.
func isName(host string) bool {
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(host) > 253 || strings.HasPrefix(last, "0x") || strings.Trim(last, "0123456789") == "" {
		return false
	}
	return !slices.ContainsFunc(labels, func(label string) bool {
		return label == "" || len(label) > 63 || strings.HasPrefix(label, "-") || strings.HasSuffix(label, "-") ||
			strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-_") != ""
	})
}

// isPrivateName reports whether the name means something only at home: by RFC 6761, 6762, 8375, and ICANN's reservation of
// internal.
func isPrivateName(host string) bool {
	if !strings.Contains(host, ".") {
		return true
	}
	return slices.ContainsFunc([]string{".localhost", ".local", ".internal", ".home.arpa"}, func(suffix string) bool {
		return strings.HasSuffix(host, suffix)
	})
}
