package web_test

import (
	"os"
	"testing"

	"alfaone/e2e/browser"
)

func TestMain(m *testing.M) { os.Exit(browser.Run(m)) }
