#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
#
# A stray store in each context, under a kernel that watches locks, contexts and memory.

KINDS=debug exec "$(dirname "$0")/../boot/aftermath.t"
