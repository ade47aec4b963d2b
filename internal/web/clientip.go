package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"alfaone/internal/app"
)

// client is the other end of a request.
func (s *Server) client(r *http.Request) app.Client {
	return app.Client{Address: ClientAddress(r, s.proxies), UserAgent: r.UserAgent()}
}

// ClientAddress is the network address that a request came from: that of the connection, or behind a trusted proxy the last
// address in X-Forwarded-For that is not itself a trusted proxy. What a client writes into that header by itself stands
// further to the left and is never believed. The zone of an address, a name that the host at one end of a link gives it, is left out.
func ClientAddress(r *http.Request, proxies []netip.Prefix) string {
	address := connectionAddress(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	slices.Reverse(hops)
	for _, hop := range hops {
		if !trusted(address, proxies) {
			break
		}
		forwarded, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		address = forwarded.Unmap().WithZone("")
	}
	return address.String()
}

func connectionAddress(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	address, _ := netip.ParseAddr(host)
	return address.Unmap().WithZone("")
}

func trusted(address netip.Addr, proxies []netip.Prefix) bool {
	return slices.ContainsFunc(proxies, func(p netip.Prefix) bool { return p.Contains(address) })
}
