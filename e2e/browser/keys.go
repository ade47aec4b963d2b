package browser

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// stroke turns a key's name into the pressing of it. Names are those of KeyboardEvent.key, with modifiers before a plus.
func stroke(key string) (chromedp.Action[chromedp.Void], error) {
	modifiers := map[string]chromedp.Modifier{
		"Alt": chromedp.ModifierAlt, "Control": chromedp.ModifierCtrl, "Meta": chromedp.ModifierMeta, "Shift": chromedp.ModifierShift,
	}
	var held []chromedp.Modifier
	name := key
	for {
		before, after, ok := strings.Cut(name, "+")
		modifier, known := modifiers[before]
		if !ok || !known {
			break
		}
		held, name = append(held, modifier), after
	}
	if utf8.RuneCountInString(name) == 1 {
		return chromedp.KeyEvent(name, chromedp.KeyModifiers(held...), raw), nil
	}
	for r, known := range kb.Keys {
		if known.Key == name {
			return chromedp.KeyEvent(string(r), chromedp.KeyModifiers(held...), raw), nil
		}
	}
	return nil, fmt.Errorf("no key is called %q", key)
}

// raw presses a key as a keyboard does: where the page takes it for itself, it types nothing.
func raw(k *input.DispatchKeyEventParams) {
	if k.Type == kb.KeyDown {
		k.Type = kb.KeyRawDown
	}
}
