package main

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"sync"
	"time"

	"alfaone/internal/api"
	"alfaone/internal/app"
	"alfaone/internal/web"
)

// serveCommand runs the server until it is told to stop.
type serveCommand struct {
	config
}

// Run implements the command.
func (s *serveCommand) Run(ctx context.Context, t terminal) error {
	listener, err := listen(ctx, &s.config)
	if err != nil {
		return err
	}
	p, err := openProgram(ctx, &s.config, t, nil)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := p.offerSetup(ctx, t); err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	return p.serve(ctx, listener, "")
}

// offerSetup prints the link with which the first owner is made, while there is none.
func (p *program) offerSetup(ctx context.Context, t terminal) error {
	needs, err := p.app.NeedsSetup(ctx)
	if err != nil || !needs {
		return err
	}
	token, err := p.app.NewSetupToken(ctx)
	if err != nil {
		return err
	}
	say(t.err, "\nNobody can sign in yet. Open this link to make the first owner (it works once, for one hour):\n\n  %s/setup/%s\n", p.config.BaseURL, token)
	return nil
}

// Limits of a connection. Slow senders of headers are closed soon; a whole ordinary request has longer.
const (
	headerTimeout = 5 * time.Second
	readTimeout   = 30 * time.Second
	writeTimeout  = 60 * time.Second
	idleTimeout   = 2 * time.Minute
	headerBytes   = 32 << 10
	drainTimeout  = 12 * time.Second
)

// serve answers requests and works jobs until ctx ends or the listener fails. Then it takes no more, lets requests and jobs
// end, closes the program and returns.
func (p *program) serve(ctx context.Context, listener net.Listener, mailbox string) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	handler, err := p.handler(mailbox)
	if err == nil {
		err = p.emptyTemp()
	}
	if err == nil {
		err = p.checkBlobs(ctx)
	}
	if err != nil {
		return errors.Join(err, listener.Close(), p.Close())
	}
	server := &http.Server{
		Handler: handler, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, WriteTimeout: writeTimeout,
		IdleTimeout: idleTimeout, MaxHeaderBytes: headerBytes, BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	var background sync.WaitGroup
	for _, r := range p.runners {
		background.Go(func() { r.Run(ctx) })
	}
	background.Go(func() { p.flushUsage(ctx) })
	background.Go(func() { p.serveMetrics(ctx) })

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	p.log.Info("serving", "url", p.config.BaseURL, "listen", listener.Addr().String(), "database", p.db.Engine(), "version", version())

	select {
	case err = <-failed:
		stop()
	case <-ctx.Done():
		err = drain(server)
	}
	background.Wait()
	err = errors.Join(err, p.app.FlushKeyUsage(context.WithoutCancel(ctx)), p.Close())
	p.log.Info("stopped")
	return err
}

// drain lets the requests that have begun end.
func drain(server *http.Server) error {
	ctx, cancel := context.WithTimeout(context.Background(), drainTimeout)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		return errors.Join(err, server.Close())
	}
	return nil
}

func (p *program) handler(mailbox string) (http.Handler, error) {
	proxies, err := p.config.proxies()
	if err != nil {
		return nil, err
	}
	rest := api.New(api.Options{
		App: p.app, Limiter: p.limiter, Log: p.log, Now: time.Now, RequestID: web.RequestID,
		Address: func(r *http.Request) string { return web.ClientAddress(r, proxies) },
	})
	return web.New(web.Options{
		App: p.app, API: rest, Texts: p.texts, Log: p.log, NewID: newID, Now: time.Now, Nonce: rand.Text,
		Mailbox: mailbox, CapturesMail: p.config.SMTPURL == "", TrustedProxies: proxies, Development: p.config.Development,
	})
}

// flushUsage writes down now and then how often API keys were used.
func (p *program) flushUsage(ctx context.Context) {
	tick := time.NewTicker(app.UsageFlush)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := p.app.FlushKeyUsage(ctx); err != nil && ctx.Err() == nil {
				p.log.Error("writing down the use of API keys", "error", err)
			}
		}
	}
}
