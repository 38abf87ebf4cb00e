package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"carillon/config"
)

// outputFormat is the format of a configuration file to be written.
func outputFormat(path string) (config.Format, error) {
	format, err := config.FormatOf(path)
	if err != nil {
		return "", errors.New("error: output config file must have one of supported extensions: json, toml, yaml, yml")
	}
	return format, nil
}

// writeNewFile writes a file that only its owner may read, for it holds secrets.
// It never overwrites: if the file exists the error is exists.
func writeNewFile(path string, text []byte, exists error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return exists
	}
	if err != nil {
		return fmt.Errorf("error: %w", err)
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Close()); err != nil {
		// Half a configuration is worse than none.
		return fmt.Errorf("error: %w", errors.Join(err, os.Remove(path)))
	}
	return nil
}
