package store

import (
	"strings"
	"testing"
)

func TestNetworkDisksAreRefused(t *testing.T) {
	t.Parallel()
	for _, magic := range []uint32{0x6969, 0x517b, 0xff534d42, 0xfe534d42} {
		if err := refuseDisk("/data", magic); err == nil || !strings.Contains(err.Error(), "/data is on a network disk") {
			t.Errorf("%#x: %v", magic, err)
		}
	}
	for _, magic := range []uint32{0xef53, 0x01021994, 0x58465342, 0x9123683e, 0} { // ext4, tmpfs, XFS, btrfs
		if err := refuseDisk("/data", magic); err != nil {
			t.Errorf("%#x: %v", magic, err)
		}
	}
	if err := refuseNetworkDisk(t.TempDir()); err != nil {
		t.Error(err)
	}
}
