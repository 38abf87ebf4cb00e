package config

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// FuzzLoad loads files of any content: that ends with an error, or with a
// configuration that is the same when it is written and loaded again.
func FuzzLoad(f *testing.F) {
	f.Add("json", []byte(`{"client": {"ping_interval": "20s"}, "channel": {"namespaces": [{"name": "chat", "history_size": 1}]}}`))
	f.Add("yaml", []byte("client:\n  allowed_origins: [a, b]\nproxies:\n- {name: p, endpoint: x}\n"))
	f.Add("toml", []byte("[http_server]\nport = 9000\n[[channel.namespaces]]\nname = 'a'\n"))
	f.Add("yaml", []byte("a: &a [*a, *a]\n"))
	f.Add("json", []byte(`null`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, extension string, data []byte) {
		format, err := FormatOf("x." + extension)
		if err != nil {
			return // another file
		}
		load := func(data []byte) (*Loaded, error) {
			path := filepath.Join(dir, "c."+extension)
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
			return Load(Source{File: path})
		}
		first, err := load(data)
		if err != nil {
			return
		}
		_ = first.Config.Validate() // must not panic
		written, err := first.Config.Marshal(format)
		if err != nil {
			t.Fatal(err)
		}
		again, err := load(written)
		if err != nil {
			t.Fatalf("what was written does not load: %v\n%s", err, written)
		}
		if diff := cmp.Diff(first.Config, again.Config, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("it changed on the way:\n%s", diff)
		}
	})
}
