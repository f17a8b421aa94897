// SPDX-License-Identifier: GPL-2.0
/* What longer.c declares shorter than it is. */
struct flexible { int n, a[]; };

struct flexible flexible = { 3, { 10, 20, 30 } };
int one[4] = { 1, 3, 5, 7 };
int last[4] = { 1, 3, 5, 9 };
