package config

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write docs/options.md anew")

const referencePath = "../docs/options.md"

// TestOptionReference holds the manual's list of options to the tree; `make
// docs` writes it.
func TestOptionReference(t *testing.T) {
	want := optionTables()
	if *update {
		if err := os.WriteFile(referencePath, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Errorf("%s is not what the tree of options says: run `make docs`", referencePath)
	}
}

// optionTables is the list of options as Markdown, a table for each top-level key.
func optionTables() string {
	var b strings.Builder
	b.WriteString("# All options\n\nWritten by `make docs`. `[]` stands for the items of a list, and in a variable's name `<NAME>` for an item's name.\n" +
		"A feature that is not built yet is refused if it is switched on.\n")
	section := ""
	for _, o := range Options() {
		top, _, _ := strings.Cut(o.Path, ".")
		if top != section {
			section = top
			fmt.Fprintf(&b, "\n## `%s`\n\n| option | type | default | meaning |\n| --- | --- | --- | --- |\n", top)
		}
		value := ""
		if o.Default != "" {
			value = "`" + o.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", o.Path, o.Type, value, strings.ReplaceAll(o.Doc, "|", `\|`))
	}
	return b.String()
}
