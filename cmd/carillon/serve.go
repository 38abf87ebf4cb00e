package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"runtime"
	"strconv"
	"syscall"

	"carillon/config"
	"carillon/demo"
	"carillon/observe"
	"carillon/server"

	"github.com/spf13/cobra"
)

func newServeCommand(use string) *cobra.Command {
	var dev bool
	cmd := &cobra.Command{
		Use:   use,
		Short: "Run the server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			src, err := source(cmd)
			if err != nil {
				return err
			}
			return serve(src, dev)
		},
	}
	addConfigFlags(cmd)
	cmd.Flags().BoolVar(&dev, "dev", false, "for trying out: loopback only, everything open to everybody, demo page at /")
	return cmd
}

// serve runs the server until it is told to stop.
func serve(src config.Source, dev bool) error {
	dotEnv, err := config.LoadDotEnv(".")
	if err != nil {
		return err
	}
	src.Env = os.Environ()
	loaded, err := config.Load(src)
	if err != nil {
		return err
	}
	cfg := loaded.Config
	log, err := observe.OpenLog(cfg.Log.Level, cfg.Log.File)
	if err != nil {
		return err
	}
	defer log.Close()
	if err := run(src, loaded, dotEnv, dev, log); err != nil {
		invalid, ok := errors.AsType[*config.ValidationError](err)
		if !ok {
			observe.Fatal(log.Logger, err.Error())
			return errLogged
		}
		for _, v := range invalid.Violations {
			observe.Fatal(log.Logger, "error validating config: "+v.String())
		}
		return errLogged
	}
	return nil
}

// run is the part of serve that has a log.
func run(src config.Source, loaded *config.Loaded, dotEnv, dev bool, log *observe.Log) error {
	cfg := loaded.Config
	switch {
	case loaded.FileFound:
		log.Info("using config file", "path", loaded.FilePath)
	case !dev:
		log.Warn("config file not found, continue using environment and flag options", "path", loaded.FilePath)
	}
	if dotEnv {
		log.Info("using .env file")
	}
	if cfg.PIDFile != "" {
		if err := os.WriteFile(cfg.PIDFile, []byte(strconv.Itoa(os.Getpid())+"\n"), 0o600); err != nil {
			return fmt.Errorf("write PID file: %w", err)
		}
		defer func() {
			if err := os.Remove(cfg.PIDFile); err != nil {
				log.Warn("cannot remove PID file", "error", err)
			}
		}()
	}
	log.Info("starting Carillon", "version", version, "runtime", runtime.Version(), "pid", os.Getpid(),
		"gomaxprocs", runtime.GOMAXPROCS(0), "engine", cfg.Engine.Type)
	options := server.Options{Version: version, Log: log.Logger}
	if dev {
		if err := server.Develop(cfg); err != nil {
			return err
		}
		options.Page = demoPage(&cfg.HTTPAPI)
	} else if version == "0.0.0" {
		log.Warn("this is a development build")
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	srv, err := server.New(cfg, options)
	if err != nil {
		return err
	}
	warn(log, loaded, dev)

	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM)
	defer signal.Stop(signals)
	done := make(chan error, 1)
	go func() { done <- srv.Run(ctx) }()
	for {
		select {
		case err := <-done:
			return err
		case sig := <-signals:
			log.Info("signal received", "signal", sig.String())
			if sig != syscall.SIGHUP {
				cancel()
				continue
			}
			if err := reload(srv, src, dev); err != nil {
				log.Error("reload failed, the running configuration stays", "error", err)
				continue
			}
			log.Info("configuration successfully reloaded")
		}
	}
}

// demoPage shows how to publish with the key that the API asks for, if any.
func demoPage(c *config.HTTPAPI) http.Handler {
	page := demo.Config{Version: version}
	if !c.Insecure {
		page.APIKey = c.Key
	}
	return demo.Handler(page)
}

// warn tells what an operator should know once the server is up.
func warn(log *observe.Log, loaded *config.Loaded, dev bool) {
	for _, w := range append(loaded.Warnings, loaded.Config.Warnings()...) {
		var fields []any
		if w.Key != "" {
			fields = append(fields, "key", w.Key)
		}
		if w.Var != "" {
			fields = append(fields, "var", w.Var)
		}
		if w.Suggestion != "" {
			fields = append(fields, "did_you_mean", w.Suggestion)
		}
		log.Warn(w.Message(), fields...)
	}
	if dev {
		log.Info("open the demo page", "url", fmt.Sprintf("http://localhost:%d", loaded.Config.HTTPServer.Port))
		log.Warn("INSECURE: --dev opens this server to everybody who can reach it; never use it for anything but trying out")
	}
}

// reload reads the configuration again and puts it in force.
func reload(srv *server.Server, src config.Source, dev bool) error {
	loaded, err := config.Load(src)
	if err != nil {
		return err
	}
	if dev {
		if err := server.Develop(loaded.Config); err != nil {
			return err
		}
	}
	return srv.Reload(loaded.Config)
}
