package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/joho/godotenv"
)

// LoadDotEnv puts the variables of the file .env in dir into the process's
// environment, except those that are already set. Only the server command calls
// it, once, before Load. A missing file is fine, a malformed one is an error.
func LoadDotEnv(dir string) (found bool, err error) {
	path := filepath.Join(dir, ".env")
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("error loading .env file: %w", err)
	}
	defer f.Close()
	vars, err := godotenv.Parse(f)
	if err != nil {
		// The parser's own error repeats the line, which may hold a secret.
		return true, fmt.Errorf("error loading .env file: %s: every line must be KEY=VALUE, a comment or empty", path)
	}
	for name, value := range vars {
		if _, set := os.LookupEnv(name); set {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return true, fmt.Errorf("error loading .env file: set %s: %w", name, err)
		}
	}
	return true, nil
}
