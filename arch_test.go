package carillon_test

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// room is a package and the rooms that it may import. The table goes from the
// ground floor up: an arrow may only go down, or to a room beside it where the
// table says so.
type room struct {
	floor int
	name  string
	uses  string
}

// everything is for the rooms at the top, which put all others together.
const everything = "*"

var house = []room{
	{0, ".", ""},
	{1, "channel", "."},
	{1, "config", ""},
	{1, "delta", ""},
	{1, "tagfilter", ""},
	{1, "netloop", ""},
	{1, "front", ""},
	{1, "observe", ""},
	{1, "protocol/clientpb", ""},
	{1, "protocol", "protocol/clientpb"},
	{1, "engine", "."},
	{1, "engine/enginetest", ". engine"},
	{1, "engine/memory", ". engine"},
	{2, "hub", ". protocol protocol/clientpb delta tagfilter"},
	{2, "session", ". hub channel engine observe protocol protocol/clientpb tagfilter"},
	{3, "node", ". hub session engine channel observe protocol/clientpb tagfilter"},
	{4, "access/jwt", ""},
	{4, "access", ". access/jwt node session channel"},
	{5, "demo", ""},
	{5, "transport", "session"},
	{5, "transport/websocket", ". transport session protocol netloop observe"},
	{5, "api", ". node session engine channel observe"},
	{5, "api/httpapi", ". api protocol"},
	{6, "server", everything},
	{7, "cmd/carillon", everything},
	{8, "test/sim", everything},
	{8, "test/e2e", ""},
}

// pkg is what `go list -json` tells about a package.
type pkg struct {
	ImportPath   string
	Imports      []string
	Deps         []string
	TestImports  []string
	XTestImports []string
}

func packages(t *testing.T) []pkg {
	t.Helper()
	cmd := exec.Command("go", "list", "-json=ImportPath,Imports,Deps,TestImports,XTestImports", "./...")
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var all []pkg
	for dec := json.NewDecoder(out); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return all
}

// roomOf returns the name of one of our packages, "" for any other.
func roomOf(importPath string) string {
	if importPath == "carillon" {
		return "."
	}
	name, ours := strings.CutPrefix(importPath, "carillon/")
	if !ours {
		return ""
	}
	return name
}

func TestImportsGoDown(t *testing.T) {
	floors := map[string]room{}
	for _, r := range house {
		floors[r.name] = r
	}
	seen := map[string]bool{}
	for _, p := range packages(t) {
		from, known := floors[roomOf(p.ImportPath)]
		if !known {
			t.Errorf("%s has no place in the house: add it to the table", p.ImportPath)
			continue
		}
		seen[from.name] = true
		for _, path := range p.Imports {
			name := roomOf(path)
			if name == "" {
				continue
			}
			to := floors[name]
			if from.uses == everything {
				if to.floor > from.floor {
					t.Errorf("%s imports %s, which lies above it", from.name, name)
				}
			} else if !slices.Contains(strings.Fields(from.uses), name) {
				t.Errorf("%s imports %s, which the table does not allow", from.name, name)
			}
		}
	}
	for _, r := range house {
		if !seen[r.name] {
			t.Errorf("the table has a room %s that does not exist", r.name)
		}
		for _, use := range strings.Fields(r.uses) {
			if use != everything && floors[use].floor > r.floor {
				t.Errorf("the table lets %s import %s, which lies above it", r.name, use)
			}
		}
	}
}

func TestReferenceServerIsNotImported(t *testing.T) {
	for _, p := range packages(t) {
		for _, path := range slices.Concat(p.Deps, p.TestImports, p.XTestImports) {
			if strings.HasPrefix(path, "github.com/centrifugal/") {
				t.Errorf("%s depends on %s", p.ImportPath, path)
			}
		}
	}
}

// maxLines is about how long a file can be before it is two things.
const maxLines = 600

func TestFilesAreShort(t *testing.T) {
	err := filepath.WalkDir(".", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "dist" || d.Name() == ".git") {
			return filepath.SkipDir
		}
		switch filepath.Ext(path) {
		case ".go", ".ts", ".tsx", ".mjs", ".css":
		default:
			return nil
		}
		if strings.HasSuffix(path, ".pb.go") || strings.HasSuffix(path, "_vtproto.pb.go") {
			return nil
		}
		data, err := os.ReadFile(path)
		if n := strings.Count(string(data), "\n"); n > maxLines {
			t.Errorf("%s has %d lines", path, n)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryRoomSaysWhatItHolds(t *testing.T) {
	for _, r := range house {
		if r.name == "cmd/carillon" {
			continue // Its files are its commands.
		}
		if _, err := os.Stat(filepath.Join(r.name, "doc.go")); err != nil {
			t.Error(err)
		}
	}
}
