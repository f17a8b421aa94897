#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# functions.sh [DIR...]: how many of the kernel's functions that drivers import are in the
# plugin's tables, and what is not: build/figures/functions.  Fails if a table does not fit
# the functions' prototypes.

. "$(dirname "$0")/../guest/lib.sh"

[ $# -gt 0 ] || set -- drivers/block drivers/nvme drivers/virtio drivers/scsi drivers/net/ethernet
[ -d "$TREE" ] || die "no kernel tree: run 'make tree'"
for dir; do
	[ -d "$TREE/$dir" ] || die "no directory of drivers: $dir"
done
mkdir -p "$BUILD/figures"
"$TOP/plugin/propose.pl" --figures "$TREE" "$@"
"$TOP/plugin/propose.pl" "$TREE" "$@" >"$BUILD/figures/functions"
say "    those that lack: $BUILD/figures/functions"
"$TOP/plugin/propose.pl" --check "$TREE" "$@" || die "plugin/functions*.tbl: these lines do not fit"
