//go:build !unix

package media

func lowerPriority(int) {}
