#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# run.sh [MODULE.ko...]: coverage of the instrumented drivers, or of these.

. "$(dirname "$0")/../guest/lib.sh"
here=$TOP/tests/coverage
drivers=(null_blk brd virtio_blk nvme e1000 virtio_net vmxnet3 veth canary buggy peer)
if [ $# -eq 0 ]; then
	explained=(-e "$here/explained")
	# The big ones first: two processors have something to do until the end.
	mapfile -t ko < <(find "${drivers[@]/#/$BUILD/modules/x86_64/instrumented/}" -name '*.ko' \
		-printf '%s %p\n' | sort -rn | cut -d' ' -f2)
	set -- "${ko[@]}"
fi
exec python3 "$here/coverage.py" -v "${explained[@]}" -k "$BUILD/x86_64/vmlinux" "$@"
