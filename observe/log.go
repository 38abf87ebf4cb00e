package observe

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"time"

	"github.com/lmittmann/tint"
	"github.com/mattn/go-isatty"
)

// Levels beside those of slog.
const (
	LevelTrace = slog.LevelDebug - 4
	LevelFatal = slog.LevelError + 4
	levelNone  = LevelFatal + 4
)

var levels = map[string]slog.Level{
	"trace": LevelTrace, "debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn,
	"error": slog.LevelError, "fatal": LevelFatal, "none": levelNone,
}

// ParseLevel reads a level's name, whatever its case.
func ParseLevel(name string) (slog.Level, bool) {
	level, ok := levels[strings.ToLower(name)]
	return level, ok
}

func levelName(level slog.Level) string {
	for name, l := range levels {
		if l == level {
			return name
		}
	}
	return strings.ToLower(level.String())
}

// Log is where log entries go. Close writes what is still on its way.
type Log struct {
	*slog.Logger
	out  *lossyWriter
	file io.Closer
}

// OpenLog sets logging up. Entries go to file, as JSON, if its name is not
// empty; else to standard output in a form for people if that is a terminal;
// else to standard error as JSON. An unknown level is info, with a warning.
func OpenLog(level, file string) (*Log, error) {
	min, known := ParseLevel(level)
	if level == "" {
		min, known = slog.LevelInfo, true
	} else if !known {
		min = slog.LevelInfo
	}
	l := &Log{}
	switch {
	case file != "":
		f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err != nil {
			return nil, fmt.Errorf("open log file: %w", err)
		}
		l.file, l.out = f, newLossyWriter(f)
		l.Logger = jsonLogger(l.out, min)
	case isatty.IsTerminal(os.Stdout.Fd()):
		l.out = newLossyWriter(os.Stdout)
		l.Logger = slog.New(tint.NewTextHandler(l.out, &tint.Options{Level: min, TimeFormat: time.DateTime, ReplaceAttr: shortLevel}))
	default:
		l.out = newLossyWriter(os.Stderr)
		l.Logger = jsonLogger(l.out, min)
	}
	if !known {
		l.Warn("unknown log level, using info", "given", level)
	}
	return l, nil
}

// Close writes what is on its way and ends logging.
func (l *Log) Close() {
	l.out.close()
	if l.file != nil {
		// What could still fail has been written.
		_ = l.file.Close()
	}
}

// Fatal logs at the highest level.
func Fatal(l *slog.Logger, message string, args ...any) {
	l.Log(context.Background(), LevelFatal, message, args...)
}

// jsonLogger writes one JSON object a line, with the names that log collectors
// know.
func jsonLogger(w io.Writer, min slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{Level: min, ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) > 0 {
			return a
		}
		// A field may bear the name of one of these, so its type counts, too.
		switch value := a.Value.Any().(type) {
		case time.Time:
			if a.Key == slog.TimeKey {
				return slog.String("time", value.Format(time.RFC3339))
			}
		case slog.Level:
			if a.Key == slog.LevelKey {
				return slog.String("level", levelName(value))
			}
		case string:
			if a.Key == slog.MessageKey {
				a.Key = "message"
			}
		}
		return a
	}}))
}

// shortLevel names the levels that tint doesn't know.
func shortLevel(groups []string, a slog.Attr) slog.Attr {
	if level, ok := a.Value.Any().(slog.Level); ok && len(groups) == 0 && a.Key == slog.LevelKey {
		switch level {
		case LevelTrace:
			return slog.String(slog.LevelKey, "TRC")
		case LevelFatal:
			return slog.String(slog.LevelKey, "FTL")
		}
	}
	return a
}
