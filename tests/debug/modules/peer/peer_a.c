// SPDX-License-Identifier: GPL-2.0
#define PEER_A
#include "peer.c"
