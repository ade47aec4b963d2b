package assess_test

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"alfaone/internal/assess"
)

// validKeys are well-formed, with the mode that they say. They are nobody's.
var validKeys = map[string]assess.Mode{
	"ak_live_0000000000000000000000004NuB88": assess.Live,
	"ak_test_0000000000000000000000002bt3sC": assess.Test,
	"ak_live_0123456789ABCDEFGHIJKLMN26oFuJ": assess.Live,
	"ak_test_zzzzzzzzzzzzzzzzzzzzzzzz0A8Kh0": assess.Test,
}

// notKeys cannot be keys; the first two are those of a longer form.
var notKeys = []string{
	"ak_live_000000000000000000000000003YYVFP", "ak_test_0123456789ABCDEFGHIJKLMNOP2t3E7N",
	"", "ak_live_", "ak_live_4NuB88", "AK_LIVE_0000000000000000000000004NuB88", "ak_prod_0000000000000000000000004NuB88",
	"ak_test_0000000000000000000000004NuB88", "ak_live_0000000000000000000000002bt3sC", "ak_live_0000000000000000000000004NuB8",
	"ak_live_0000000000000000000000004NuB880", " ak_live_0000000000000000000000004NuB88", "ak_live_0000000000000000000000004NuB88\n",
	"ak_live_00000000000000000000000é4NuB8", "ak_live_00000000000000000000000\x004NuB88", strings.Repeat("ak_live_", 1000),
}

func TestAPIKeyForm(t *testing.T) {
	t.Parallel()
	for key, want := range validKeys {
		if mode, ok := assess.APIKeyMode(key); !ok || mode != want {
			t.Errorf("APIKeyMode(%q) = %q, %v; want %q", key, mode, ok, want)
		}
	}
	for _, key := range notKeys {
		if _, ok := assess.APIKeyMode(key); ok {
			t.Errorf("%q passes for a key", key)
		}
	}
}

func TestNoTypoOrSwapMakesAnotherKey(t *testing.T) {
	t.Parallel()
	const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-"
	tries := 0
	refused := func(key string) {
		tries++
		if _, ok := assess.APIKeyMode(key); ok {
			t.Errorf("%q passes for a key", key)
		}
	}
	for key := range validKeys {
		for i := range key {
			for _, c := range []byte(alphabet) {
				if c != key[i] {
					refused(key[:i] + string(c) + key[i+1:])
				}
			}
			if i > 0 && key[i-1] != key[i] {
				refused(key[:i-1] + key[i:i+1] + key[i-1:i] + key[i+1:])
			}
			refused(key[:i] + key[i+1:])
		}
	}
	if tries < 9000 {
		t.Errorf("only %d tries", tries)
	}
}

func TestAnyRandomBytesMakeAKeyOfTheirMode(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		mode := rapid.SampledFrom([]assess.Mode{assess.Live, assess.Test}).Draw(t, "mode")
		random := rapid.SliceOfN(rapid.ByteRange(0, 247), assess.KeyRandomChars, assess.KeyRandomChars+8).Draw(t, "random")
		key, start := assess.FormatAPIKey(mode, random)
		if got, ok := assess.APIKeyMode(key); !ok || got != mode {
			t.Fatalf("%q is of mode %q, %v; want %q", key, got, ok, mode)
		}
		if len(start) != len("ak_live_Ab12") || !strings.HasPrefix(key, start) {
			t.Fatalf("%q starts with %q", key, start)
		}
		i := rapid.IntRange(0, assess.KeyRandomChars-1).Draw(t, "place")
		other := bytes.Clone(random)
		if other[i]++; other[i] == 248 {
			other[i] = 0
		}
		if another, _ := assess.FormatAPIKey(mode, other); another == key {
			t.Fatalf("another byte %d leaves the key %q", i, key)
		}
	})
}

func FuzzAPIKeyMode(f *testing.F) {
	for key := range validKeys {
		f.Add(key)
	}
	for _, key := range notKeys {
		f.Add(key)
	}
	f.Fuzz(func(t *testing.T, key string) {
		mode, ok := assess.APIKeyMode(key)
		if !ok {
			return
		}
		if len(key) != 38 || !strings.HasPrefix(key, "ak_"+string(mode)+"_") {
			t.Errorf("%q passes for a key of mode %q", key, mode)
		}
		swapped := "ak_test_" + key[8:]
		if mode == assess.Test {
			swapped = "ak_live_" + key[8:]
		}
		if _, ok := assess.APIKeyMode(swapped); ok {
			t.Errorf("%q passes in both modes", key)
		}
	})
}

func TestAnAPIKeyEndsAtItsTime(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	tests := []struct {
		name string
		key  assess.APIKey
		want string
	}{
		{"without an end", assess.APIKey{}, ""},
		{"a millisecond before its end", assess.APIKey{ExpiresAt: now.Add(time.Millisecond)}, ""},
		{"at its end", assess.APIKey{ExpiresAt: now}, "API key has expired"},
		{"revoked", assess.APIKey{RevokedAt: now}, "API key has been revoked"},
		{"revoked and past its end", assess.APIKey{RevokedAt: now, ExpiresAt: now}, "API key has been revoked"},
	}
	for _, tt := range tests {
		err := tt.key.Usable(now)
		if tt.want == "" && err != nil {
			t.Errorf("a key %s: %v", tt.name, err)
		}
		if tt.want != "" && (err == nil || err.Error() != tt.want || assess.KindOf(err) != assess.Unauthenticated) {
			t.Errorf("a key %s: %v, want %q", tt.name, err, tt.want)
		}
	}
}

func TestAKeyIsMadeForAMode(t *testing.T) {
	t.Parallel()
	for mode, ok := range map[assess.Mode]bool{assess.Live: true, assess.Test: true, "": false, "prod": false} {
		err := key(func(k *assess.NewAPIKey) { k.Mode = mode })
		if ok && err != nil {
			t.Errorf("%q: %v", mode, err)
		}
		if !ok {
			onlyProblem(t, err, "mode", "must be live or test")
		}
	}
}

func TestAKeyIsReplacedByOneLikeIt(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 1, 15, 12, 0, 0, 0, time.UTC)
	made := now.Add(-80 * 24 * time.Hour)
	tests := []struct {
		name                    string
		expires                 time.Time // of the replaced key
		overlap                 time.Duration
		revoked, ends, nextEnds time.Time
	}{
		{"at once", time.Time{}, 0, now, time.Time{}, time.Time{}},
		{"in a day", time.Time{}, 24 * time.Hour, time.Time{}, now.Add(24 * time.Hour), time.Time{}},
		{"and ends sooner by itself", made.AddDate(0, 0, 81), 48 * time.Hour, time.Time{}, made.AddDate(0, 0, 81), now.AddDate(0, 0, 81)},
		{"and would end later by itself", made.AddDate(0, 0, 90), time.Hour, time.Time{}, now.Add(time.Hour), now.AddDate(0, 0, 90)},
	}
	for _, tt := range tests {
		k := assess.APIKey{
			ID: "k", Org: "o", Mode: assess.Test, Name: "ATS", Scopes: []assess.Scope{assess.ScopeReadInvites}, CreatedAt: made,
			ExpiresAt: tt.expires, LastUsedAt: now, ExposedAt: now, Start: "ak_test_Ab12",
		}
		old, next, err := k.Replaced(tt.overlap, now)
		if err != nil || !old.RevokedAt.Equal(tt.revoked) || !old.ExpiresAt.Equal(tt.ends) || !next.ExpiresAt.Equal(tt.nextEnds) {
			t.Errorf("%s: %+v then %+v, %v", tt.name, old, next, err)
		}
		want := assess.APIKey{Org: "o", Mode: assess.Test, Name: "ATS", Scopes: k.Scopes, CreatedAt: now, ExpiresAt: tt.nextEnds, Replaces: "k"}
		if diff := cmp.Diff(want, next); diff != "" {
			t.Errorf("%s: the key that follows (-want +got):\n%s", tt.name, diff)
		}
	}
	if _, _, err := (assess.APIKey{RevokedAt: made}).Replaced(time.Hour, now); assess.KindOf(err) != assess.Conflict {
		t.Errorf("a revoked key is replaced: %v", err)
	}
}

func TestKeysThatDeserveAttention(t *testing.T) {
	t.Parallel()
	now := time.Date(2025, 6, 15, 12, 0, 0, 0, time.UTC)
	days := func(n int) time.Time { return now.AddDate(0, 0, n) }
	tests := []struct {
		name                  string
		key                   assess.APIKey
		soon, unused, exposed bool
	}{
		{"new", assess.APIKey{CreatedAt: now}, false, false, false},
		{"ends in 15 days", assess.APIKey{CreatedAt: now, ExpiresAt: days(15)}, false, false, false},
		{"ends in 14 days", assess.APIKey{CreatedAt: now, ExpiresAt: days(14)}, true, false, false},
		{"has ended", assess.APIKey{CreatedAt: days(-200), ExpiresAt: now, ExposedAt: days(-1)}, false, false, false},
		{"was never used in 90 days", assess.APIKey{CreatedAt: days(-90)}, false, false, false},
		{"was never used in 91 days", assess.APIKey{CreatedAt: days(-91)}, false, true, false},
		{"was used yesterday", assess.APIKey{CreatedAt: days(-91), LastUsedAt: days(-1)}, false, false, false},
		{"was used 91 days ago", assess.APIKey{CreatedAt: days(-200), LastUsedAt: days(-91)}, false, true, false},
		{"came in a URL", assess.APIKey{CreatedAt: now, ExposedAt: now}, false, false, true},
		{"is revoked", assess.APIKey{CreatedAt: days(-200), ExpiresAt: days(1), ExposedAt: now, RevokedAt: now}, false, false, false},
	}
	for _, tt := range tests {
		if soon, unused, exposed := tt.key.ExpiresSoon(now), tt.key.Unused(now), tt.key.Exposed(now); soon != tt.soon || unused != tt.unused || exposed != tt.exposed {
			t.Errorf("a key that %s: %v %v %v, want %v %v %v", tt.name, soon, unused, exposed, tt.soon, tt.unused, tt.exposed)
		}
	}
}

func TestScopesAreGrantedAsWishedAndNamed(t *testing.T) {
	t.Parallel()
	n := assess.NewAPIKey{Name: "k", Mode: assess.Live}
	if got := n.Granted(); len(got) != len(assess.Scopes()) {
		t.Errorf("without a wish a key gets %v", got)
	}
	n.Scopes = []assess.Scope{assess.ScopeWriteTags, assess.ScopeReadInvites, assess.ScopeWriteTags}
	if diff := cmp.Diff([]assess.Scope{assess.ScopeReadInvites, assess.ScopeWriteTags}, n.Granted()); diff != "" {
		t.Error(diff)
	}
	onlyProblem(t, key(func(k *assess.NewAPIKey) { k.Scopes = []assess.Scope{} }), "scopes", "must name at least one")
	for _, s := range assess.Scopes() {
		if s.Allows() == "" {
			t.Errorf("nothing says what %s allows", s)
		}
	}
}

// gitleaksRule is the rule that other people's scanners find our keys by.
func gitleaksRule(t *testing.T) (regex *regexp.Regexp, keywords, stopwords []string) {
	t.Helper()
	var config struct {
		Rules []struct {
			Regex      string
			Keywords   []string
			Allowlists []struct{ Stopwords []string }
		}
	}
	meta, err := toml.DecodeFile("../../docs/gitleaks.toml", &config)
	if err != nil {
		t.Fatal(err)
	}
	if len(config.Rules) != 1 || len(config.Rules[0].Allowlists) != 1 {
		t.Fatalf("docs/gitleaks.toml: %v", meta.Keys())
	}
	rule := config.Rules[0]
	return regexp.MustCompile(rule.Regex), rule.Keywords, rule.Allowlists[0].Stopwords
}

func TestTheGitleaksRuleFindsKeysAndNothingElse(t *testing.T) {
	t.Parallel()
	regex, keywords, stopwords := gitleaksRule(t)
	finds := func(text string) bool {
		named := slices.ContainsFunc(keywords, func(word string) bool { return strings.Contains(strings.ToLower(text), word) })
		found := regex.FindStringSubmatch(text)
		return named && len(found) == 1 && !slices.ContainsFunc(stopwords, func(word string) bool { return strings.Contains(found[0], word) })
	}
	for key := range validKeys {
		for _, around := range []string{"%s", `ALFAONE_KEY="%s"`, "x-api-key: %s", "https://a.example/?key=%s&page=2", "- %s.", "é%sé"} {
			if text := strings.Replace(around, "%s", key, 1); !finds(text) {
				t.Errorf("not found in %s", text)
			}
		}
		for _, around := range []string{"x%s", "%s0", "_%s", "%s_"} {
			if text := strings.Replace(around, "%s", key, 1); finds(text) {
				t.Errorf("found in %s", text)
			}
		}
	}
	for _, text := range []string{
		"ak_live_", "ak_live_Ab12…", "ak_prod_0000000000000000000000004NuB88", "AK_LIVE_0000000000000000000000004NuB88",
		"sk_live_0000000000000000000000004NuB88", "ak_live_EXAMPLEexampleEXAMPLEexample00", "ak_live_0000000000000000000000004NuB8",
	} {
		if finds(text) {
			t.Errorf("found in %s", text)
		}
	}
}
