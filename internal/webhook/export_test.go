package webhook

import (
	"context"
	"errors"
	"net"
	"syscall"
)

// WatchDials has the client tell of each address that it would connect to, and connect to none.
func (c *Client) WatchDials(passed func(address string)) {
	c.dialer.ControlContext = func(ctx context.Context, network, address string, conn syscall.RawConn) error {
		if err := c.guard.control(ctx, network, address, conn); err != nil {
			return err
		}
		passed(address)
		return errors.New("no connection is made")
	}
}

// OwnAddresses has the client believe that the machine's addresses are these.
func (c *Client) OwnAddresses(own ...net.Addr) {
	c.guard.own = func() ([]net.Addr, error) { return own, nil }
}
