package config

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// Format is a notation of configuration files.
type Format string

const (
	JSON Format = "json"
	YAML Format = "yaml"
	TOML Format = "toml"
)

// FormatOf tells the format of a file by its extension. It fails for every
// extension but .json, .yaml, .yml and .toml.
func FormatOf(path string) (Format, error) {
	switch ext := strings.ToLower(filepath.Ext(path)); ext {
	case ".json":
		return JSON, nil
	case ".yaml", ".yml":
		return YAML, nil
	case ".toml":
		return TOML, nil
	default:
		return "", fmt.Errorf("unsupported extension %q: use .json, .yaml, .yml or .toml", ext)
	}
}

// readFile parses the file at path into an untyped tree. A file that cannot be
// opened is not found; one that does not parse is an error.
func readFile(path string) (raw any, found bool, err error) {
	format, err := FormatOf(path)
	if err != nil {
		return nil, false, err
	}
	// Opening a pipe would wait for a writer; only regular files are files here.
	if info, err := os.Stat(path); err != nil || !info.Mode().IsRegular() {
		return nil, false, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, false, nil
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, true, err
	}
	raw, err = parse(format, text)
	return raw, true, err
}

// parse reads one document. Its errors say where the text is wrong and never
// repeat it, for it may be a secret.
func parse(format Format, text []byte) (raw any, err error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	switch format {
	case JSON:
		raw, err = parseJSON(text)
	case YAML:
		raw, err = parseYAML(text)
	case TOML:
		raw, err = parseTOML(text)
	}
	if err != nil {
		return nil, err
	}
	if _, ok := asObject(raw); !ok && raw != nil {
		return nil, fmt.Errorf("want an object at the top level, got %s", shape(raw))
	}
	return raw, nil
}

var quoted = regexp.MustCompile("`[^`]*`|\"[^\"]*\"|'[^']*'")

func parseYAML(text []byte) (any, error) {
	d := yaml.NewDecoder(bytes.NewReader(text))
	var raw, more any
	err := d.Decode(&raw)
	if err == io.EOF {
		return nil, nil
	}
	if err == nil {
		if err = d.Decode(&more); err == io.EOF {
			return raw, nil
		} else if err == nil {
			return nil, errors.New("want one YAML document, got several")
		}
	}
	return nil, errors.New(quoted.ReplaceAllString(err.Error(), "…"))
}

func parseTOML(text []byte) (any, error) {
	raw := make(map[string]any)
	err := toml.Unmarshal(text, &raw)
	if err == nil {
		return raw, nil
	}
	message := quoted.ReplaceAllString(err.Error(), "…")
	if wrong, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := wrong.Position()
		message = fmt.Sprintf("line %d, column %d: %s", line, column, message)
	}
	return nil, errors.New(message)
}
