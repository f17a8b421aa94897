#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# Reports under a kernel that records who allocates and frees.

KINDS=debug exec "$(dirname "$0")/../boot/report.t"
