// SPDX-License-Identifier: GPL-2.0
/*
 * -fplugin-arg-modbounds-report=FILE: one line of JSON for each function.
 */
#include "modbounds.h"

/* Names of files and functions hold nothing worse than quotes and backslashes. */
static void mb_append(char *buf, size_t size, const char *text)
{
	size_t n = strlen(buf);

	for (; *text && n + 3 < size; text++) {
		if (*text == '"' || *text == '\\')
			buf[n++] = '\\';
		buf[n++] = (unsigned char)*text < ' ' ? '?' : *text;
	}
	buf[n] = '\0';
}

void mb_report(const struct mb_counts *counts)
{
	char file[4096] = "", function[1024] = "", *line;
	FILE *f;

	if (!mb_options.report)
		return;

	mb_append(file, sizeof(file), main_input_filename ? main_input_filename : "");
	mb_append(function, sizeof(function), mb_function_name(current_function_decl));
	line = xasprintf("{\"file\":\"%s\",\"function\":\"%s\",\"loads\":%u,\"stores\":%u,"
			 "\"asm\":%u,\"ranges\":%u,\"escapes\":%u,\"proved\":%u,\"checked\":%u,\"merged\":%u,"
			 "\"arguments\":%u}\n",
			 file, function, counts->loads, counts->stores, counts->in_asm,
			 counts->ranges, counts->escapes, counts->proved, counts->checked, counts->merged,
			 counts->arguments);

	/* One write in append mode: compilers run in parallel. */
	f = fopen(mb_options.report, "a");
	if (!f) {
		error("modbounds: cannot append to %qs: %m", mb_options.report);
		mb_options.report = NULL;
	} else {
		fputs(line, f);
		fclose(f);
	}
	free(line);
}
