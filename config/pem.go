package config

import (
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"strings"
)

// PEM is certificates or a key, given as PEM text, as standard base64 of PEM
// text, or as the path of a file that holds PEM text.
type PEM string

// Bytes finds the PEM text, reading the file if p is a path. The error names the
// path but never contains PEM text.
func (p PEM) Bytes() ([]byte, error) {
	if isPEM([]byte(p)) {
		return []byte(p), nil
	}
	if text, err := base64.StdEncoding.DecodeString(string(p)); err == nil && isPEM(text) {
		return text, nil
	}
	// Only a regular file is read: a pipe would block, a device never ends.
	if info, err := os.Stat(string(p)); err == nil && info.Mode().IsRegular() {
		text, err := os.ReadFile(string(p))
		switch {
		case err != nil:
			return nil, fmt.Errorf("read PEM file: %w", err)
		case !isPEM(text):
			return nil, fmt.Errorf("file %q contains invalid PEM data", string(p))
		}
		return text, nil
	}
	return nil, errors.New("invalid PEM data: not a valid file path, base64-encoded PEM content, or raw PEM content")
}

func isPEM(text []byte) bool {
	if !strings.Contains(string(text), "-----BEGIN ") {
		return false
	}
	block, _ := pem.Decode(text)
	return block != nil
}
