package main

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/pprof"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"alfaone/internal/job"
	"alfaone/internal/store"
)

// serveMetrics serves figures and profiles on an address of their own until ctx ends, if there is one.
func (p *program) serveMetrics(ctx context.Context) {
	if p.config.MetricsListen == "" {
		return
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", p.config.MetricsListen)
	if err != nil {
		p.log.Error("no metrics", "error", err)
		return
	}
	server := &http.Server{Handler: p.metrics(), ReadHeaderTimeout: headerTimeout}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
		p.log.Error("metrics ended", "error", err)
	}
}

func (p *program) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}), jobFigures{p.db})
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /debug/pprof/", pprof.Index)
	mux.HandleFunc("GET /debug/pprof/profile", pprof.Profile)
	mux.HandleFunc("GET /debug/pprof/trace", pprof.Trace)
	return mux
}

// jobFigures tells of the queue when it is asked.
type jobFigures struct{ db *store.DB }

func jobsMetric() *prometheus.Desc {
	return prometheus.NewDesc("alfaone_jobs", "Jobs that are not done, by state.", []string{"state"}, nil)
}

func backlogMetric() *prometheus.Desc {
	return prometheus.NewDesc("alfaone_job_backlog_seconds", "Age of the oldest job that is due.", nil, nil)
}

// Describe implements prometheus.Collector.
func (jobFigures) Describe(ch chan<- *prometheus.Desc) {
	ch <- jobsMetric()
	ch <- backlogMetric()
}

// figuresTimeout bounds what one look at the queue may take.
const figuresTimeout = 5 * time.Second

// Collect implements prometheus.Collector.
func (f jobFigures) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), figuresTimeout)
	defer cancel()
	err := f.db.Read(ctx, func(tx *store.Tx) error {
		counts, oldest, err := tx.JobCounts()
		if err != nil {
			return err
		}
		for _, state := range []job.State{job.Queued, job.Running, job.Parked} {
			ch <- prometheus.MustNewConstMetric(jobsMetric(), prometheus.GaugeValue, float64(counts[state]), string(state))
		}
		age := 0.0
		if !oldest.IsZero() {
			age = tx.Now().Sub(oldest).Seconds()
		}
		ch <- prometheus.MustNewConstMetric(backlogMetric(), prometheus.GaugeValue, age)
		return nil
	})
	if err != nil {
		ch <- prometheus.NewInvalidMetric(jobsMetric(), err)
	}
}
