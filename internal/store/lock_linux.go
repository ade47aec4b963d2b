package store

import (
	"fmt"
	"syscall"
)

// networkDisks are the file systems, by the magic number that statfs(2) tells, on which locks and syncs do not mean what SQLite
// needs them to mean.
var networkDisks = map[uint32]string{
	0x6969:     "NFS",
	0x517b:     "SMB",
	0xff534d42: "CIFS",
	0xfe534d42: "SMB2",
}

// refuseNetworkDisk is nil when the directory is on a disk of this machine.
func refuseNetworkDisk(dir string) error {
	var fs syscall.Statfs_t
	if err := syscall.Statfs(dir, &fs); err != nil {
		return fmt.Errorf("opening the data directory: %w", err)
	}
	return refuseDisk(dir, uint32(fs.Type)) //nolint:gosec // magic numbers have 32 bits
}

func refuseDisk(dir string, magic uint32) error {
	if name, ok := networkDisks[magic]; ok {
		return fmt.Errorf("the data directory %s is on a network disk (%s), where a database can be damaged; use a disk of this machine, or PostgreSQL", dir, name)
	}
	return nil
}
