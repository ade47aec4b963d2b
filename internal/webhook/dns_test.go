package webhook_test

import (
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

// resolver asks a DNS server that answers from a function, which gets each name without its last full stop.
func resolver(t *testing.T, answer func(name string) []netip.Addr) *net.Resolver {
	t.Helper()
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer func() { _ = theirs.Close() }()
			for serveQuery(theirs, answer) == nil {
			}
		}()
		return ours, nil
	}}
}

// serveQuery answers one query in the form that DNS has over streams: each message after its length.
func serveQuery(conn io.ReadWriter, answer func(name string) []netip.Addr) error {
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return err
	}
	query := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, query); err != nil {
		return err
	}
	var m dnsmessage.Message
	if err := m.Unpack(query); err != nil {
		return err
	}
	question := m.Questions[0]
	m.Response, m.RecursionAvailable, m.Additionals = true, true, nil
	for _, ip := range answer(question.Name.String()[:question.Name.Length-1]) {
		if body := record(ip, question.Type); body != nil {
			m.Answers = append(m.Answers, dnsmessage.Resource{Header: dnsmessage.ResourceHeader{Name: question.Name, Class: question.Class}, Body: body})
		}
	}
	packed, err := m.AppendPack(make([]byte, 2))
	if err != nil {
		return err
	}
	binary.BigEndian.PutUint16(packed, uint16(len(packed)-2))
	_, err = conn.Write(packed)
	return err
}

// record is the address as an answer to a question for the type; nil where it is none.
func record(ip netip.Addr, t dnsmessage.Type) dnsmessage.ResourceBody {
	switch {
	case t == dnsmessage.TypeA && ip.Is4():
		return &dnsmessage.AResource{A: ip.As4()}
	case t == dnsmessage.TypeAAAA && ip.Is6():
		return &dnsmessage.AAAAResource{AAAA: ip.As16()}
	default:
		return nil
	}
}
