// SPDX-License-Identifier: GPL-2.0
/*
 * Run the programs of a table, each compiled in several ways, and compare what
 * they print and how they end.  Each runs in a process of its own.  For each
 * program a line:
 *
 *	NAME ok CHECKS CALLS	all agree; so many checks were made out of line,
 *				so many memory functions called through the runtime
 *	NAME skip WHY		it fails without the plugin, or takes too long
 *	NAME bad WHAT
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include "batch.h"
#include "rt.h"

enum { PLAIN, INLINE, OUT_OF_LINE };
static const char * const how[] = { "plain", "inline", "out of line" };

struct outcome {
	int status;
	char text[4096];
};

static struct { long checks, calls, violations; } *shared;

/* However the program ends, if by exit(). */
static void save_counts(void)
{
	shared->checks = rt_checks();
	shared->calls = rt_calls();
	shared->violations = rt_violations();
}

/* Processor time: how busy the machine is must not matter. */
static void run(program_fn *program, int mode, long ms, struct outcome *out)
{
	struct itimerval limit = { .it_value = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 } };
	char name[] = "program", *argv[] = { name, NULL };
	size_t used = 0;
	ssize_t len;
	int fd[2];
	pid_t pid;

	memset(out, 0, sizeof(*out));
	memset(shared, 0, sizeof(*shared));
	fflush(stdout);
	if (pipe(fd) || (pid = fork()) < 0) {
		perror("batch");
		exit(2);
	}
	if (!pid) {
		dup2(fd[1], 1);
		close(fd[0]);
		close(fd[1]);
		setitimer(ITIMER_PROF, &limit, NULL);
		atexit(save_counts);
		rt_everything(mode == INLINE);
		exit(program(1, argv));
	}
	close(fd[1]);
	while (used < sizeof(out->text) - 1 &&
	       (len = read(fd[0], out->text + used, sizeof(out->text) - 1 - used)) > 0)
		used += len;
	close(fd[0]);
	waitpid(pid, &out->status, 0);
}

/* The first line, as the report of a program has one. */
static const char *head(struct outcome *out)
{
	out->text[strcspn(out->text, "\n")] = 0;
	return out->text;
}

static int compare(const struct program *p)
{
	struct outcome first, plain, with;
	long checks = 0, calls = 0;
	int level, mode;

	for (level = 0; level < LEVELS; level++) {
		run(p->plain[level], PLAIN, plain_ms, &plain);
		if (WIFSIGNALED(plain.status) && WTERMSIG(plain.status) == SIGPROF)
			return printf("%s skip takes too long\n", p->name);
		if (plain.status)
			return printf("%s skip fails without the plugin\n", p->name);
		if (!level)
			first = plain;
		if (plain_same && strcmp(plain.text, first.text))
			return printf("%s bad plain at %s is not like %s\n", p->name, levels[level], levels[0]);
		for (mode = INLINE; mode <= OUT_OF_LINE; mode++) {
			run(p->with[level], mode, 60000, &with);
			if (with.status || strcmp(plain.text, with.text))
				return printf("%s bad %s %s: status %x, output %s, not %s\n", p->name,
					      levels[level], how[mode], with.status, head(&with), head(&plain));
			if (shared->violations || (mode == INLINE && shared->checks))
				return printf("%s bad %s %s: %ld checks out of line, %ld violations\n",
					      p->name, levels[level], how[mode],
					      shared->checks, shared->violations);
			checks += shared->checks;
			calls += shared->calls;
		}
	}
	return printf("%s ok %ld %ld\n", p->name, checks, calls);
}

void test(void)
{
	const struct rlimit no_core = { 0, 0 };
	const struct program *p;
	int null = open("/dev/null", O_RDONLY);

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED || null < 0 || dup2(null, 0))
		exit(2);
	setrlimit(RLIMIT_CORE, &no_core);
	for (p = programs; p->name; p++)
		compare(p);
	exit(0);
}
