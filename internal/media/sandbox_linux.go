package media

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// isolate has a program start as a user without rights beyond its files, and without a network.
func isolate(cmd *exec.Cmd) {
	itself := func(id int) []syscall.SysProcIDMap {
		return []syscall.SysProcIDMap{{ContainerID: id, HostID: id, Size: 1}}
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: itself(os.Geteuid()),
		GidMappings: itself(os.Getegid()),
	}
}

// isolationRefused tells that a program did not start for the sake of its isolation: many containers, and systems with
// hardened settings, let nobody make namespaces.
func isolationRefused(err error) bool {
	return errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES) || errors.Is(err, syscall.EINVAL) ||
		errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.ENOSYS)
}

// lowerPriority lets everything else on the machine go first. One that the system does not let us lower runs all the same.
func lowerPriority(pid int) { _ = syscall.Setpriority(syscall.PRIO_PROCESS, pid, 10) }
