//go:build unix

package media

import "syscall"

// lowerPriority lets everything else on the machine go first. A process that ends at once cannot be lowered, and need not.
func lowerPriority(pid int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, 10) }
