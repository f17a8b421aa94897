#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# cells.sh: a line "driver place policy" for each cell of the matrix: every place of
# places.txt with policy restart, and some with another.

awk -F'[\t-]' '!/^(#|$)/ && $2 !~ /^(callback|hangs|frozen)$/ { print $1, $2, "restart" }' "$(dirname "$0")/places.txt"
cat <<-END
	e1000 interrupt contain
	virtio_blk data contain
	e1000 data reboot
	nvme interrupt reboot
	virtio_net data panic
END
