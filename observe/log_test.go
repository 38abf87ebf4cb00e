package observe

import (
	"bytes"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"
)

func TestLogLinesAreJSON(t *testing.T) {
	var out bytes.Buffer
	log := jsonLogger(&out, LevelTrace)
	log.Warn("hello", "error", errors.New("why"), "least", slog.LevelDebug)
	var line struct{ Time, Level, Message, Error, Least string }
	if err := json.Unmarshal(out.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if _, err := time.Parse(time.RFC3339, line.Time); err != nil || line.Level != "warn" || line.Message != "hello" || line.Error != "why" || line.Least != "DEBUG" {
		t.Errorf("the line is %s", &out)
	}
}

func TestFieldsMayBearAnyName(t *testing.T) {
	for _, key := range []string{slog.TimeKey, slog.LevelKey, slog.MessageKey} {
		for _, value := range []any{"text", 1, nil, time.Now(), errors.New("why")} {
			var out bytes.Buffer
			jsonLogger(&out, LevelTrace).Info("hello", key, value)
			if !json.Valid(out.Bytes()) {
				t.Errorf("%s = %v: the line is %s", key, value, &out)
			}
			shortLevel(nil, slog.Any(key, value)) // must not panic
		}
	}
}

func TestLogFileIsAppendedTo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	for range 2 {
		log, err := OpenLog("info", path)
		if err != nil {
			t.Fatal(err)
		}
		log.Info("line")
		log.Debug("not this one")
		log.Close()
	}
	data, err := os.ReadFile(path)
	if err != nil || bytes.Count(data, []byte("\n")) != 2 {
		t.Errorf("the file holds %q, %v", data, err)
	}
}
