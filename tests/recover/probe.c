// SPDX-License-Identifier: GPL-2.0
/*
 * A user of what a driver does, who notices how long it was gone.  Ended by SIGTERM or
 * after its time, each says what it has seen, a line "name value" for each thing.
 *
 *   answer          give back what is sent to port 7000, by UDP and by TCP
 *   ask HOST SEC    send something there every few milliseconds, by UDP, and by TCP in
 *                   one connection
 *   write FILE SEC  write blocks to a file, each to lie on the disk before the next;
 *                   if that fails, try again
 *   verify FILE     after "write FILE": is all there that was said to be written?
 *   uevents SEC     those of modbounds, as they come
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PORT		7000
#define BLOCK		4096
#define BLOCKS		256
/* Where "write" tells "verify" what it knows. */
#define KNOWN		"/tmp/acknowledged"

static volatile sig_atomic_t ended;

static void end(int signal)
{
	(void)signal;
	ended = 1;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

/* The longest time without success, and when it was over. */
struct gap {
	double last, longest, over;
	unsigned long good;
};

static void success(struct gap *g)
{
	double t = now();

	if (g->last && t - g->last > g->longest) {
		g->longest = t - g->last;
		g->over = t;
	}
	g->last = t;
	g->good++;
}

/* A time without success that is not over counts, too. */
static void say(const char *name, struct gap *g)
{
	double t = now();
	int open = t - g->last > g->longest;

	printf("%s %lu\n%s_gap_ms %.0f\n%s_back %s\n", name, g->good, name,
	       open ? t - g->last : g->longest, name, g->good && t - g->last < 1000 ? "yes" : "no");
}

static struct sockaddr_in address(const char *host)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	if (host && inet_pton(AF_INET, host, &a.sin_addr) != 1)
		errx(1, "%s: no address", host);
	return a;
}

static int answer(void)
{
	struct sockaddr_in a = address(NULL);
	struct pollfd p[3] = { { .events = POLLIN }, { .events = POLLIN }, { .fd = -1, .events = POLLIN } };
	char word[64];
	int one = 1;

	p[0].fd = socket(AF_INET, SOCK_DGRAM, 0);
	p[1].fd = socket(AF_INET, SOCK_STREAM, 0);
	setsockopt(p[1].fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(p[0].fd, (void *)&a, sizeof(a)) || bind(p[1].fd, (void *)&a, sizeof(a)) || listen(p[1].fd, 8))
		err(1, "bind");
	while (!ended && poll(p, 3, 1000) >= 0) {
		socklen_t len = sizeof(a);
		ssize_t n;

		if (p[0].revents & POLLIN) {
			n = recvfrom(p[0].fd, word, sizeof(word), 0, (void *)&a, &len);
			if (n > 0)
				sendto(p[0].fd, word, n, 0, (void *)&a, len);
		}
		/* One connection at a time, the latest. */
		if (p[1].revents & POLLIN) {
			if (p[2].fd >= 0)
				close(p[2].fd);
			p[2].fd = accept(p[1].fd, NULL, NULL);
		} else if (p[2].fd >= 0 && p[2].revents) {
			n = read(p[2].fd, word, sizeof(word));
			if (n <= 0 || write(p[2].fd, word, n) != n) {
				close(p[2].fd);
				p[2].fd = -1;
			}
		}
	}
	return 0;
}

static int ask(const char *host, double seconds)
{
	struct sockaddr_in a = address(host);
	struct gap udp = { 0 }, tcp = { 0 };
	double until = now() + seconds * 1e3, sent = 0;
	int u = socket(AF_INET, SOCK_DGRAM, 0), t = socket(AF_INET, SOCK_STREAM, 0), one = 1;
	char kept = 1, waiting = 0, word[8];

	setsockopt(t, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	if (connect(t, (void *)&a, sizeof(a)))
		err(1, "connect");
	while (!ended && now() < until) {
		struct pollfd p[2] = { { .fd = u, .events = POLLIN }, { .fd = kept ? t : -1, .events = POLLIN } };

		if (now() - sent >= 5) {
			sent = now();
			/* Without a route or a link it fails, which is as good as lost. */
			sendto(u, "question", 8, MSG_DONTWAIT, (void *)&a, sizeof(a));
			if (kept && !waiting) {
				if (send(t, "question", 8, MSG_DONTWAIT | MSG_NOSIGNAL) == 8)
					waiting = 1;
				else
					kept = 0;
			}
		}
		if (poll(p, 2, 5) <= 0)
			continue;
		if (p[0].revents) {
			while (recv(u, word, sizeof(word), MSG_DONTWAIT) > 0)
				success(&udp);
		}
		if (p[1].revents) {
			ssize_t n = recv(t, word, sizeof(word), MSG_DONTWAIT);

			if (n > 0) {
				success(&tcp);
				waiting = 0;
			} else if (!n || errno != EAGAIN) {
				kept = 0;
			}
		}
	}
	say("udp", &udp);
	say("tcp", &tcp);
	printf("connection %s\n", kept ? "kept" : "lost");
	return 0;
}

/* Block n as of the round: each of its words says both. */
static void fill(uint64_t *block, unsigned int n, uint64_t round)
{
	for (unsigned int i = 0; i < BLOCK / 8; i++)
		block[i] = round << 32 | n << 16 | i;
}

static void keep(const uint32_t *known)
{
	int fd = open(KNOWN, O_CREAT | O_TRUNC | O_WRONLY, 0600);

	if (fd < 0 || write(fd, known, BLOCKS * sizeof(*known)) != BLOCKS * sizeof(*known))
		err(1, KNOWN);
	close(fd);
}

static int write_blocks(const char *file, double seconds)
{
	/* Of each block: the round that was acknowledged last. */
	static uint32_t known[BLOCKS];
	static uint64_t block[BLOCK / 8] __attribute__((aligned(BLOCK)));
	double until = now() + seconds * 1e3;
	unsigned long errors = 0, n = 0;
	struct gap disk = { 0 };
	int fd = -1;

	while (!ended && now() < until) {
		unsigned int at = n % BLOCKS;
		uint32_t round = n / BLOCKS + 1;

		if (fd < 0)
			fd = open(file, O_CREAT | O_RDWR | O_DIRECT | O_DSYNC, 0600);
		fill(block, at, round);
		if (fd >= 0 && pwrite(fd, block, BLOCK, (off_t)at * BLOCK) == BLOCK) {
			success(&disk);
			known[at] = round;
			n++;
			continue;
		}
		errors++;
		if (fd >= 0)
			close(fd);
		fd = -1;
		usleep(20000);
	}
	keep(known);
	say("disk", &disk);
	printf("errors %lu\n", errors);
	return 0;
}

static int verify(const char *file)
{
	static uint32_t known[BLOCKS];
	static uint64_t block[BLOCK / 8] __attribute__((aligned(BLOCK))), wanted[BLOCK / 8];
	unsigned long lost = 0, checked = 0;
	int fd = open(KNOWN, O_RDONLY);

	if (fd < 0 || read(fd, known, sizeof(known)) != sizeof(known))
		err(1, KNOWN);
	close(fd);
	fd = open(file, O_RDONLY | O_DIRECT);
	if (fd < 0)
		err(1, "%s", file);
	for (unsigned int i = 0; i < BLOCKS; i++) {
		if (!known[i])
			continue;
		checked++;
		memset(block, 0, sizeof(block));
		if (pread(fd, block, BLOCK, (off_t)i * BLOCK) != BLOCK)
			warn("%s: block %u", file, i);
		/* A write that was not acknowledged may have reached the disk all the same. */
		fill(wanted, i, known[i]);
		if (memcmp(block, wanted, BLOCK)) {
			fill(wanted, i, known[i] + 1);
			lost += !!memcmp(block, wanted, BLOCK);
		}
	}
	printf("checked %lu\nlost_writes %lu\n", checked, lost);
	return 0;
}

static int uevents(double seconds)
{
	struct sockaddr_nl a = { .nl_family = AF_NETLINK, .nl_groups = 1 };
	int s = socket(AF_NETLINK, SOCK_DGRAM, NETLINK_KOBJECT_UEVENT);
	struct pollfd p = { .fd = s, .events = POLLIN };
	double until = now() + seconds * 1e3;
	char text[8192];

	if (s < 0 || bind(s, (void *)&a, sizeof(a)))
		err(1, "netlink");
	while (!ended && now() < until) {
		ssize_t n;

		if (poll(&p, 1, 100) <= 0)
			continue;
		n = recv(s, text, sizeof(text) - 1, MSG_DONTWAIT);
		if (n <= 0 || !strstr(text, "/kernel/modbounds/"))
			continue;
		text[n] = 0;
		printf("uevent");
		for (char *word = text; word < text + n; word += strlen(word) + 1)
			if (!strncmp(word, "STATE=", 6) || !strncmp(word, "WEDGED=", 7))
				printf(" %s", word);
		printf("\n");
		fflush(stdout);
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";

	signal(SIGTERM, end);
	if (!strcmp(what, "answer"))
		return answer();
	if (!strcmp(what, "ask") && argc == 4)
		return ask(argv[2], atof(argv[3]));
	if (!strcmp(what, "write") && argc == 4)
		return write_blocks(argv[2], atof(argv[3]));
	if (!strcmp(what, "verify") && argc == 3)
		return verify(argv[2]);
	if (!strcmp(what, "uevents") && argc == 3)
		return uevents(atof(argv[2]));
	errx(2, "see the head of its source");
}
