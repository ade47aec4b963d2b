package assess_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

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
