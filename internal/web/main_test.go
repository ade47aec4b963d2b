package web_test

import (
	"os"
	"testing"

	chromium "alfaone/e2e/browser" // web_test has a type browser
)

func TestMain(m *testing.M) { os.Exit(chromium.Run(m)) }
