// SPDX-License-Identifier: GPL-2.0
/*
 * Run the programs of a table, each compiled in several ways, and compare what
 * they print.  Each runs in a process of its own.  For each program a line:
 *
 *	NAME ok CHECKS		all agree; so many checks were made out of line
 *	NAME slow		it takes too long, or for ever, without the plugin
 *	NAME bad WHAT
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "csmith-table.h"
#include "rt.h"

enum { PLAIN, INLINE, OUT_OF_LINE };
static const char * const how[] = { "plain", "inline", "out of line" };

struct outcome {
	int status;
	char text[4096];
};

static struct { long checks, violations; } *shared;

/* Processor time: how busy the machine is must not matter. */
static void run(int (*program)(void), int mode, long ms, struct outcome *out)
{
	struct itimerval limit = { .it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 } };
	size_t used = 0;
	ssize_t len;
	int fd[2];
	pid_t pid;

	memset(out, 0, sizeof(*out));
	fflush(stdout);
	if (pipe(fd) || (pid = fork()) < 0) {
		perror("csmith");
		exit(2);
	}
	if (!pid) {
		dup2(fd[1], 1);
		setitimer(ITIMER_PROF, &limit, NULL);
		rt_everything(mode == INLINE);
		program();
		shared->checks = rt_checks();
		shared->violations = rt_violations();
		fflush(stdout);
		_exit(0);
	}
	close(fd[1]);
	while (used < sizeof(out->text) - 1 &&
	       (len = read(fd[0], out->text + used, sizeof(out->text) - 1 - used)) > 0)
		used += len;
	close(fd[0]);
	waitpid(pid, &out->status, 0);
}

static int compare(const struct program *p)
{
	struct outcome plain, with;
	long checks = 0;
	int level, mode;

	for (level = 0; level < LEVELS; level++) {
		run(p->plain[level], PLAIN, 200, &plain);
		if (WIFSIGNALED(plain.status) && WTERMSIG(plain.status) == SIGPROF)
			return printf("%s slow\n", p->name);
		for (mode = INLINE; mode <= OUT_OF_LINE; mode++) {
			memset(shared, 0, sizeof(*shared));
			run(p->with[level], mode, 60000, &with);
			if (plain.status != with.status || strcmp(plain.text, with.text))
				return printf("%s bad %s %s: status %x, %x; output %s, %s\n", p->name,
					      levels[level], how[mode], plain.status, with.status,
					      strtok(plain.text, "\n"), strtok(with.text, "\n"));
			if (shared->violations || (mode == INLINE && shared->checks))
				return printf("%s bad %s %s: %ld checks out of line, %ld violations\n",
					      p->name, levels[level], how[mode],
					      shared->checks, shared->violations);
			checks += shared->checks;
		}
	}
	return printf("%s ok %ld\n", p->name, checks);
}

void test(void)
{
	const struct program *p;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		exit(2);
	for (p = programs; p->name; p++)
		compare(p);
	exit(0);
}
