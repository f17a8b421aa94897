// SPDX-License-Identifier: GPL-2.0
/*
 * netload udp|rr|tcp A B COUNT: load between the namespaces nsA and nsB of a guest.
 *
 * Both ends are in one process, so that nothing depends on how a scheduler
 * interleaves two: the same work is the same instructions.
 *
 *   udp  packets of 64 bytes from nsA to nsB, in bursts of 32; each must arrive
 *   rr   one byte by TCP from nsA to nsB, and one back
 *   tcp  KiB by TCP from nsA to nsB, 32 of them sent, then received, and so on
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define BURST	32
/* With the headers of UDP, IP and Ethernet and its checksum: 64 bytes. */
#define PAYLOAD	18

/* The numbers of the two namespaces. */
static int a, b;

/* A socket in namespace nsN, which owns the address 10.0.0.N. */
static int open_socket(int ns, int type, struct sockaddr_in *addr)
{
	const struct timeval limit = { .tv_sec = 10 };
	socklen_t len = sizeof(*addr);
	char path[32];
	int fd, s;

	snprintf(path, sizeof(path), "/run/netns/ns%d", ns);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
	s = socket(AF_INET, type, 0);
	if (s < 0)
		err(1, "socket");
	*addr = (struct sockaddr_in){ .sin_family = AF_INET };
	addr->sin_addr.s_addr = htonl(0x0a000000 + ns);
	if (bind(s, (struct sockaddr *)addr, sizeof(*addr)) ||
	    getsockname(s, (struct sockaddr *)addr, &len) ||
	    setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		err(1, "10.0.0.%d", ns);
	return s;
}

static void connect_to(int s, const struct sockaddr_in *addr)
{
	if (connect(s, (const struct sockaddr *)addr, sizeof(*addr)))
		err(1, "connect");
}

static void udp(long count)
{
	char packet[PAYLOAD] = "";
	struct sockaddr_in to, from;
	int in = open_socket(b, SOCK_DGRAM, &to);
	int out = open_socket(a, SOCK_DGRAM, &from);

	connect_to(out, &to);
	while (count > 0) {
		int n = count < BURST ? count : BURST, i;

		for (i = 0; i < n; i++)
			if (send(out, packet, PAYLOAD, 0) != PAYLOAD)
				err(1, "send");
		for (i = 0; i < n; i++)
			if (recv(in, packet, PAYLOAD, 0) != PAYLOAD)
				err(1, "a packet did not arrive");
		count -= n;
	}
}

/* A connection from nsA to nsB. */
static void open_tcp(int *client, int *server)
{
	struct sockaddr_in to, from;
	int door = open_socket(b, SOCK_STREAM, &to), on = 1;

	*client = open_socket(a, SOCK_STREAM, &from);
	if (listen(door, 1))
		err(1, "listen");
	connect_to(*client, &to);
	*server = accept(door, NULL, NULL);
	if (*server < 0)
		err(1, "accept");
	setsockopt(*client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(*server, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
}

/* Less than what a socket takes before anybody reads. */
static char block[BURST * 1024];

static void transfer(int from, int to, size_t size)
{
	if (send(from, block, size, 0) != (ssize_t)size)
		err(1, "send");
	if (recv(to, block, size, MSG_WAITALL) != (ssize_t)size)
		err(1, "no answer");
}

static void rr(long count)
{
	int client, server;

	open_tcp(&client, &server);
	while (count-- > 0) {
		transfer(client, server, 1);
		transfer(server, client, 1);
	}
}

static void tcp(long count)
{
	int client, server;

	open_tcp(&client, &server);
	for (; count > 0; count -= BURST)
		transfer(client, server, (count < BURST ? count : BURST) * 1024);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(long count);
	} loads[] = { { "udp", udp }, { "rr", rr }, { "tcp", tcp } };
	size_t i;

	if (argc == 5) {
		a = atoi(argv[2]);
		b = atoi(argv[3]);
		for (i = 0; i < sizeof(loads) / sizeof(loads[0]); i++) {
			if (strcmp(argv[1], loads[i].name))
				continue;
			loads[i].run(atol(argv[4]));
			return 0;
		}
	}
	errx(2, "usage: netload udp|rr|tcp A B COUNT");
}
