package config

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// Source says where a configuration comes from. From strongest to weakest: flags,
// environment, file, built-in defaults.
type Source struct {
	// File is the path of the configuration file; empty reads none.
	File string
	// Env are the process's variables in the form of os.Environ.
	Env []string
	// Flags are the flags that were given explicitly: dotted path to text.
	Flags map[string]string
	// KeepZero leaves zero values zero instead of replacing them by defaults.
	// What comes of it is to be printed, not to be run.
	KeepZero bool
}

// Loaded is a configuration and what was noticed while loading it.
type Loaded struct {
	Config *Config
	// FileFound reports whether the file could be opened; FilePath is its
	// absolute path in any case.
	FileFound bool
	FilePath  string
	// Warnings are about the sources: unknown keys and variables, suspicious
	// durations. Those about settings are Config.Warnings.
	Warnings []Warning
}

// UnknownKeys are the dotted paths of the file's keys that do not exist.
func (l *Loaded) UnknownKeys() []string {
	var keys []string
	for _, w := range l.Warnings {
		if w.Kind == UnknownKey {
			keys = append(keys, w.Key)
		}
	}
	return keys
}

// Load reads a configuration. A missing file is not an error, a file that does
// not parse and a value that does not convert are. The result is not validated.
func Load(src Source) (*Loaded, error) {
	l := &Loaded{Config: new(Config)}
	warn := func(w Warning) { l.Warnings = append(l.Warnings, w) }
	env := newEnvironment(src.Env, src.Flags)
	v := valueOf(l.Config)

	if src.File != "" {
		if err := l.readFile(src.File, &decoder{lookup: env.lookup, warn: warn}); err != nil {
			return nil, err
		}
	}
	if err := env.apply(root, v, "", ""); err != nil {
		return nil, fmt.Errorf("error processing env: %w", err)
	}
	if err := applyFlags(l.Config, src.Flags); err != nil {
		return nil, fmt.Errorf("error processing flags: %w", err)
	}
	if !src.KeepZero {
		fillDefaults(root, v)
	}
	env.unknown(warn)
	return l, nil
}

func (l *Loaded) readFile(path string, d *decoder) error {
	raw, found, err := readFile(path)
	if err != nil {
		return fmt.Errorf("error reading config file %s: %w", path, err)
	}
	l.FileFound, l.FilePath = found, path
	if absolute, err := filepath.Abs(path); err == nil {
		l.FilePath = absolute
	}
	if raw == nil {
		return nil
	}
	if err := d.object(root, valueOf(l.Config), raw, ""); err != nil {
		return fmt.Errorf("error unmarshalling config: %w", err)
	}
	return nil
}

func applyFlags(c *Config, flags map[string]string) error {
	for _, path := range slices.Sorted(maps.Keys(flags)) {
		text := flags[path]
		n, v := root, valueOf(c)
		for key := range strings.SplitSeq(path, ".") {
			if n.kind == kindItems || n.byKey[key] == nil {
				return fmt.Errorf("--%s: no such key", path)
			}
			n = n.byKey[key]
			v = n.of(v)
		}
		if n.kind == kindObject || n.kind == kindItems {
			return fmt.Errorf("--%s: only a single value can be a flag", path)
		}
		if err := setText(n, v, text); err != nil {
			return fmt.Errorf("--%s: %w", path, err)
		}
	}
	return nil
}
