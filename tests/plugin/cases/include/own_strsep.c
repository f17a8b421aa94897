// SPDX-License-Identifier: GPL-2.0
/* What ownname.c calls. */
char *strsep(char **s, const char *delimiters);

char *strsep(char **s, const char *delimiters)
{
	return *s && delimiters ? "*" : 0;
}
