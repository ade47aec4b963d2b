package web_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"alfaone/internal/assess"
)

// guideText is a guide as it is written.
func guideText(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile("guides/" + name + ".md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var firstCell = regexp.MustCompile("(?m)^\\| `([^`]+)` \\|")

// firstColumn is the code in the first cells of the table that begins with the head.
func firstColumn(t *testing.T, name, head string) (cells []string) {
	t.Helper()
	_, table, found := strings.Cut(guideText(t, name), "| "+head+" |")
	if !found {
		t.Fatalf("%s has no table of %s", name, head)
	}
	table, _, _ = strings.Cut(table, "\n\n")
	for _, cell := range firstCell.FindAllStringSubmatch(table, -1) {
		cells = append(cells, cell[1])
	}
	slices.Sort(cells)
	return cells
}

func sorted[T ~string](values []T) (texts []string) {
	for _, v := range values {
		texts = append(texts, string(v))
	}
	slices.Sort(texts)
	return texts
}

func TestTheTablesOfTheGuidesAreWhole(t *testing.T) {
	t.Parallel()
	for _, table := range []struct {
		guide, head string
		want        []string
	}{
		{"events", "Type", sorted(assess.EventTypes())},
		{"authentication", "Scope", sorted(assess.Scopes())},
		{"quickstart", "`status`", sorted(assess.InviteStatuses())},
	} {
		if diff := cmp.Diff(table.want, firstColumn(t, table.guide, table.head)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", table.guide, diff)
		}
	}
	for _, message := range []string{assess.MessageKeyRequired, assess.MessageKeyInvalid, assess.MessageKeyExpired, assess.MessageKeyRevoked} {
		if !strings.Contains(guideText(t, "authentication"), `{"error":"`+message+`"}`) {
			t.Errorf("authentication does not tell of %q", message)
		}
	}
}

// What other tests prove is shown in the guides as it stands in the repository.
func TestTheGuidesShowWhatIsProvedElsewhere(t *testing.T) {
	t.Parallel()
	for _, part := range []struct{ guide, file, from string }{
		{"authentication", "gitleaks.toml", "[[rules]]"},
		{"webhooks", "webhook-replies.md", "| The receiver answers |"},
	} {
		text, err := os.ReadFile("../../docs/" + part.file)
		if err != nil {
			t.Fatal(err)
		}
		_, rest, found := strings.Cut(string(text), part.from)
		if !found || !strings.Contains(guideText(t, part.guide), part.from+rest) {
			t.Errorf("%s does not show docs/%s as it is", part.guide, part.file)
		}
	}
}
