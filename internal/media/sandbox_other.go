//go:build !linux

package media

import "os/exec"

func isolate(*exec.Cmd) {}

func isolationRefused(error) bool { return false }

func lowerPriority(int) {}
