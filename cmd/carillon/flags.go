package main

import (
	"fmt"
	"os"
	"strconv"

	"carillon/config"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// configFlags are the keys that the server command takes as flags, with their
// short forms.
var configFlags = []struct{ path, short string }{
	{"http_server.address", "a"},
	{"http_server.port", "p"},
	{"http_server.internal_address", ""},
	{"http_server.internal_port", ""},
	{"pid_file", ""},
	{"engine.type", ""},
	{"broker.enabled", ""},
	{"broker.type", ""},
	{"presence_manager.enabled", ""},
	{"presence_manager.type", ""},
	{"map_broker.type", ""},
	{"log.level", ""},
	{"log.file", ""},
	{"debug.enabled", ""},
	{"admin.enabled", ""},
	{"admin.external", ""},
	{"admin.insecure", ""},
	{"prometheus.enabled", ""},
	{"swagger.enabled", ""},
	{"health.enabled", ""},
	{"init.enabled", ""},
	{"uni_websocket.enabled", ""},
	{"uni_sse.enabled", ""},
	{"uni_http_stream.enabled", ""},
	{"sse.enabled", ""},
	{"http_stream.enabled", ""},
	{"client.insecure", ""},
	{"http_api.insecure", ""},
	{"http_api.external", ""},
	{"grpc_api.enabled", ""},
	{"grpc_api.port", ""},
	{"uni_grpc.enabled", ""},
	{"uni_grpc.port", ""},
}

// addConfigFlag gives cmd the flag that names the configuration file.
func addConfigFlag(cmd *cobra.Command) {
	cmd.Flags().StringP("config", "c", "config.json", "path of the configuration file")
}

// addConfigFlags gives the server command the configuration file's flag and one
// for each of configFlags. A flag's type, default and description are those of
// its key.
func addConfigFlags(cmd *cobra.Command) {
	addConfigFlag(cmd)
	options := make(map[string]config.Option)
	for _, o := range config.Options() {
		options[o.Path] = o
	}
	for _, f := range configFlags {
		o := options[f.path]
		switch {
		case o.Type == "bool":
			cmd.Flags().BoolP(f.path, f.short, false, o.Doc)
		// The reference takes the port of the HTTP server as text.
		case o.Type == "int" && f.path != "http_server.port":
			number, _ := strconv.Atoi(o.Default)
			cmd.Flags().IntP(f.path, f.short, number, o.Doc)
		default:
			cmd.Flags().StringP(f.path, f.short, o.Default, o.Doc)
		}
	}
}

// source says where cmd's configuration comes from: its file, the environment
// and the flags that were given explicitly.
func source(cmd *cobra.Command) (config.Source, error) {
	file, err := cmd.Flags().GetString("config")
	if err != nil {
		return config.Source{}, fmt.Errorf("read flags: %w", err)
	}
	src := config.Source{File: file, Env: os.Environ(), Flags: make(map[string]string)}
	isKey := make(map[string]bool, len(configFlags))
	for _, f := range configFlags {
		isKey[f.path] = true
	}
	cmd.Flags().Visit(func(f *pflag.Flag) {
		if isKey[f.Name] {
			src.Flags[f.Name] = f.Value.String()
		}
	})
	return src, nil
}
