// SPDX-License-Identifier: GPL-2.0
/* What overrides the weak functions of weak.c. */
int hook(void);
int alias_hook(void);

int hook(void)
{
	return 2;
}

int alias_hook(void)
{
	return 20;
}
