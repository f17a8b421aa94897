// SPDX-License-Identifier: GPL-2.0
/*
 * nets A B IF-A IF-B LOAD...: loads between the namespaces nsA and nsB of a guest,
 * which have the addresses 10.0.0.A and 10.0.0.B on the interfaces IF-A and IF-B.
 * What arrives must be what was sent.
 *
 *   udp        packets of 1 to 64000 bytes, most of them in fragments
 *   segments   one send that the stack or the card cuts into packets (UDP_SEGMENT)
 *   tcp        sends of 1 to 64000 bytes, in both directions
 *   zerocopy   the same from pages of the sender's (MSG_ZEROCOPY), and by sendfile
 *   multicast  a group that is joined and left
 *   raw        ICMP by hand, with headers of our own
 *   packet     frames of all sizes by packet sockets, also through mapped rings
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/errqueue.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/ip_icmp.h>
#include <netinet/tcp.h>
#include <netinet/udp.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT	103
#endif
#define LARGEST		64000

static int a, b;
static const char *interface[2];
static unsigned char out_data[1 << 18], in_data[1 << 18];
static const size_t sizes[] = { 1, 2, 3, 17, 63, 64, 65, 127, 256, 511, 512, 1000, 1400, 1471, 1472,
	1473, 1500, 2047, 2048, 3000, 4095, 4096, 4097, 8192, 8972, 9000, 15000, 16384, 20001,
	32768, 40000, 65000 - 1500, LARGEST };
#define SIZES		(sizeof(sizes) / sizeof(sizes[0]))

static void enter(int ns)
{
	char path[32];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/ns%d", ns);
	fd = open(path, O_RDONLY);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(1, "%s", path);
	close(fd);
}

static int open_socket(int ns, int family, int type, int protocol)
{
	const struct timeval limit = { .tv_sec = 20 };
	int s, size = 1 << 20;

	enter(ns);
	s = socket(family, type, protocol);
	if (s < 0)
		err(1, "socket");
	if (setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit)))
		err(1, "time limit");
	if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		err(1, "buffer");
	return s;
}

static struct sockaddr_in address(int ns)
{
	struct sockaddr_in addr = { .sin_family = AF_INET };

	addr.sin_addr.s_addr = htonl(0x0a000000 + ns);
	return addr;
}

static int bound(int ns, int type, struct sockaddr_in *addr)
{
	int s = open_socket(ns, AF_INET, type, 0);
	socklen_t len = sizeof(*addr);

	*addr = address(ns);
	if (bind(s, (struct sockaddr *)addr, len) || getsockname(s, (struct sockaddr *)addr, &len))
		err(1, "10.0.0.%d", ns);
	return s;
}

static void connect_to(int s, const struct sockaddr_in *addr)
{
	if (connect(s, (const struct sockaddr *)addr, sizeof(*addr)))
		err(1, "connect");
}

/* Another content each time. */
static void renew(size_t size)
{
	static uint32_t state = 1;
	size_t i;

	for (i = 0; i < size; i++)
		out_data[i] = (state = state * 1664525 + 1013904223) >> 24;
}

static void same(const char *what, const void *data, size_t got, size_t size)
{
	if (got != size || memcmp(data, out_data, size))
		errx(1, "%s: %zd bytes arrived for %zu, or other ones", what, (ssize_t)got, size);
}

static void udp(void)
{
	struct sockaddr_in to, from;
	int in = bound(b, SOCK_DGRAM, &to), out = bound(a, SOCK_DGRAM, &from), round;
	struct iovec v[3];
	struct msghdr m = { .msg_iov = v, .msg_iovlen = 3 };
	size_t i;

	connect_to(out, &to);
	connect_to(in, &from);
	for (round = 0; round < 4; round++) {
		for (i = 0; i < SIZES; i++) {
			size_t n = sizes[i];

			renew(n);
			v[0] = (struct iovec){ out_data, n / 3 };
			v[1] = (struct iovec){ out_data + n / 3, n / 2 - n / 3 };
			v[2] = (struct iovec){ out_data + n / 2, n - n / 2 };
			if ((round & 1 ? sendmsg(out, &m, 0) : send(out, out_data, n, 0)) != (ssize_t)n)
				err(1, "udp: send %zu", n);
			same("udp", in_data, recv(in, in_data, sizeof(in_data), 0), n);
			if (send(in, out_data, n, 0) != (ssize_t)n)
				err(1, "udp: answer");
			same("udp", in_data, recv(out, in_data, sizeof(in_data), 0), n);
		}
	}
	/* Parts that are put together before they are sent. */
	renew(9000);
	for (i = 0; i < 9; i++)
		if (send(out, out_data + i * 1000, 1000, i < 8 ? MSG_MORE : 0) != 1000)
			err(1, "udp: part");
	same("udp: parts", in_data, recv(in, in_data, sizeof(in_data), 0), 9000);
	close(in);
	close(out);
}

static void segments(void)
{
	static const int each[] = { 100, 536, 1000, 1350 };
	struct sockaddr_in to, from;
	int in = bound(b, SOCK_DGRAM, &to), out = bound(a, SOCK_DGRAM, &from);
	size_t i, n, at;

	connect_to(out, &to);
	for (i = 0; i < 4; i++) {
		if (setsockopt(out, IPPROTO_UDP, UDP_SEGMENT, &each[i], sizeof(each[i])))
			err(1, "UDP_SEGMENT");
		n = each[i] * 40 + 7;
		renew(n);
		/* A card without checksums of its own is no reason to refuse since Linux 6.11. */
		if (send(out, out_data, n, 0) != (ssize_t)n)
			err(1, "segments: send %zu", n);
		for (at = 0; at < n; at += each[i])
			if (recv(in, in_data + at, each[i], 0) <= 0)
				err(1, "segments: %zu of %zu", at, n);
		same("segments", in_data, n, n);
	}
	close(in);
	close(out);
}

static unsigned char pattern(size_t at) { return at * 7 + (at >> 8) + (at >> 16); }

/* A child reads and compares COUNT bytes; its parent sends them. */
static pid_t receiver(int s, size_t count)
{
	pid_t pid = fork();
	size_t at = 0, i;
	ssize_t n;

	if (pid)
		return pid;
	while (at < count) {
		n = recv(s, in_data, 1 + at % sizeof(in_data), 0);
		if (n <= 0)
			err(1, "tcp: %zu of %zu arrived", at, count);
		for (i = 0; i < (size_t)n; i++)
			if (in_data[i] != pattern(at + i))
				errx(1, "tcp: byte %zu is another", at + i);
		at += n;
	}
	_exit(0);
}

static void received(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid || status)
		errx(1, "the receiver failed");
}

static void open_tcp(int *client, int *server)
{
	struct sockaddr_in to, from;
	int door = bound(b, SOCK_STREAM, &to), size = 1 << 20;

	*client = bound(a, SOCK_STREAM, &from);
	if (listen(door, 1))
		err(1, "listen");
	connect_to(*client, &to);
	*server = accept(door, NULL, NULL);
	if (*server < 0 || setsockopt(*server, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		err(1, "accept");
	close(door);
}

static void put(int s, size_t at, size_t n, int flags)
{
	size_t i;
	ssize_t done;

	for (i = 0; i < n; i++)
		out_data[i] = pattern(at + i);
	for (i = 0; i < n; i += done) {
		done = send(s, out_data + i, n - i, flags);
		if (done <= 0)
			err(1, "tcp: send %zu", n);
	}
}

static void tcp(void)
{
	int client, server, direction, s, on;
	size_t i, at, count;
	pid_t pid;

	open_tcp(&client, &server);
	for (direction = 0; direction < 4; direction++) {
		s = direction & 1 ? server : client;
		on = direction / 2;
		setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		for (count = 0, i = 0; i < SIZES; i++)
			count += sizes[i] * (sizes[i] < 100 ? 20 : 3);
		pid = receiver(direction & 1 ? client : server, count);
		for (at = 0, i = 0; i < SIZES; i++)
			for (on = 0; on < (sizes[i] < 100 ? 20 : 3); on++, at += sizes[i])
				put(s, at, sizes[i], on == 1 ? MSG_MORE : 0);
		/* What was held back goes out. */
		on = 1;
		setsockopt(s, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
		received(pid);
	}
	close(client);
	close(server);
}

static void zerocopy(void)
{
	int client, server, on = 1, file = memfd_create("data", 0);
	size_t at = 0, i, n, count = 40 * LARGEST, sent;
	off_t offset = 0;
	pid_t pid;

	open_tcp(&client, &server);
	if (setsockopt(client, SOL_SOCKET, SO_ZEROCOPY, &on, sizeof(on)))
		err(1, "SO_ZEROCOPY");
	pid = receiver(server, count);
	for (sent = 0; at < count; at += n, sent++) {
		struct msghdr m = { .msg_control = in_data, .msg_controllen = 1000 };
		struct pollfd p = { .fd = client };

		n = 1 + (sent * 7919) % LARGEST;
		if (n > count - at)
			n = count - at;
		put(client, at, n, MSG_ZEROCOPY);
		/* The pages are ours again when the kernel says so. */
		do {
			if (poll(&p, 1, 20000) != 1)
				errx(1, "zerocopy: no word of completion");
			m.msg_controllen = 1000;
		} while (recvmsg(client, &m, MSG_ERRQUEUE) < 0 && errno == EAGAIN);
		/* One word stands for a range; wait for all that is out. */
		while (m.msg_controllen = 1000, recvmsg(client, &m, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0)
			;
	}
	received(pid);
	for (i = 0; i < count; i += n) {
		size_t j;

		n = count - i < sizeof(out_data) ? count - i : sizeof(out_data);
		for (j = 0; j < n; j++)
			out_data[j] = pattern(i + j);
		if (write(file, out_data, n) != (ssize_t)n)
			err(1, "file");
	}
	pid = receiver(server, count);
	while ((size_t)offset < count)
		if (sendfile(client, file, &offset, 1 + offset % LARGEST) <= 0)
			err(1, "sendfile");
	received(pid);
	close(client);
	close(server);
	close(file);
}

static void multicast(void)
{
	struct ip_mreqn join = { .imr_multiaddr.s_addr = inet_addr("239.1.2.3") };
	struct sockaddr_in group = { .sin_family = AF_INET, .sin_port = htons(5353) };
	int in = open_socket(b, AF_INET, SOCK_DGRAM, 0), out, round, tries;
	struct pollfd p = { .events = POLLIN };
	size_t n, got;

	join.imr_ifindex = if_nametoindex(interface[1]);
	if (bind(in, (struct sockaddr *)&group, sizeof(group)))
		err(1, "group");
	p.fd = in;
	out = open_socket(a, AF_INET, SOCK_DGRAM, 0);
	group.sin_addr = join.imr_multiaddr;
	for (round = 0; round < 20; round++) {
		struct ip_mreqn from = { .imr_ifindex = if_nametoindex(interface[0]) };

		if (setsockopt(in, IPPROTO_IP, IP_ADD_MEMBERSHIP, &join, sizeof(join)) ||
		    setsockopt(out, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof(from)))
			err(1, "join");
		n = sizes[round % 14];
		renew(n);
		/*
		 * Some cards hear of the group a little later: until then it is sent again.  What
		 * was only late then arrives twice, the second time in the next round.
		 */
		tries = 0;
		do {
			if (tries++ == 40)
				errx(1, "multicast: nothing arrives");
			if (sendto(out, out_data, n, 0, (struct sockaddr *)&group, sizeof(group)) != (ssize_t)n)
				err(1, "multicast: send");
			got = 0;
			while (got != n && poll(&p, 1, 500) == 1)
				got = recv(in, in_data, sizeof(in_data), 0);
		} while (got != n);
		same("multicast", in_data, got, n);
		while (recv(in, in_data, sizeof(in_data), MSG_DONTWAIT) >= 0)
			;
		if (setsockopt(in, IPPROTO_IP, IP_DROP_MEMBERSHIP, &join, sizeof(join)))
			err(1, "leave");
	}
	close(in);
	close(out);
}

static uint16_t checksum(const void *data, size_t n)
{
	const uint16_t *p = data;
	uint32_t sum = 0;

	for (; n > 1; n -= 2)
		sum += *p++;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return ~sum;
}

/* Echo requests, their IP header made by the kernel or here; the answer holds the same. */
static void raw(void)
{
	struct sockaddr_in to = address(b);
	int s = open_socket(a, AF_INET, SOCK_RAW, IPPROTO_ICMP), own;
	struct icmphdr *echo;
	struct iphdr *ip;
	size_t i, n;
	ssize_t got;

	for (own = 0; own < 2; own++) {
		if (setsockopt(s, IPPROTO_IP, IP_HDRINCL, &own, sizeof(own)))
			err(1, "IP_HDRINCL");
		for (i = 0; i < SIZES; i++) {
			n = sizeof(*echo) + (sizes[i] & ~1ul);
			if (own && n > 540)
				break;
			renew(sizeof(*ip) + n);
			ip = (void *)out_data;
			echo = (void *)(ip + 1);
			*echo = (struct icmphdr){ .type = ICMP_ECHO, .un.echo.id = 77, .un.echo.sequence = i };
			echo->checksum = checksum(echo, n);
			*ip = (struct iphdr){ .version = 4, .ihl = 5, .ttl = 9, .protocol = IPPROTO_ICMP,
				.tot_len = htons(sizeof(*ip) + n), .daddr = to.sin_addr.s_addr };
			if (sendto(s, own ? (void *)ip : (void *)echo, own ? sizeof(*ip) + n : n, 0,
				   (struct sockaddr *)&to, sizeof(to)) < 0)
				err(1, "raw: send %zu", n);
			do {
				got = recv(s, in_data, sizeof(in_data), 0);
				if (got < 0)
					err(1, "raw: no answer to %zu", n);
			} while (((struct icmphdr *)(in_data + 20))->type != ICMP_ECHOREPLY ||
				 ((struct icmphdr *)(in_data + 20))->un.echo.sequence != i);
			if (got != (ssize_t)(20 + n) || memcmp(in_data + 28, echo + 1, n - 8))
				errx(1, "raw: answer of %zd bytes to %zu", got, n);
		}
	}
	close(s);
}

#define OURS	0x88b5

static int packet_socket(int ns, int which, int type, struct sockaddr_ll *to)
{
	int s = open_socket(ns, AF_PACKET, type, htons(OURS));

	*to = (struct sockaddr_ll){ .sll_family = AF_PACKET, .sll_protocol = htons(OURS),
		.sll_ifindex = if_nametoindex(interface[which]), .sll_halen = 6 };
	if (bind(s, (struct sockaddr *)to, sizeof(*to)))
		err(1, "packet: bind");
	return s;
}

static void mac_of(int ns, int which, unsigned char *mac)
{
	struct ifreq r = { 0 };
	int s = open_socket(ns, AF_INET, SOCK_DGRAM, 0);

	strncpy(r.ifr_name, interface[which], IFNAMSIZ - 1);
	if (ioctl(s, SIOCGIFHWADDR, &r))
		err(1, "address of %s", r.ifr_name);
	memcpy(mac, r.ifr_hwaddr.sa_data, 6);
	close(s);
}

static void packet(void)
{
	struct tpacket_req ring = { .tp_block_size = 1 << 14, .tp_block_nr = 4, .tp_frame_size = 1 << 11,
		.tp_frame_nr = 32 };
	struct sockaddr_ll from, to;
	struct tpacket_hdr *frame;
	unsigned char mac[2][6], *map;
	int in, out, i, version = TPACKET_V1;
	size_t n;

	mac_of(a, 0, mac[1]);
	mac_of(b, 1, mac[0]);
	in = packet_socket(b, 1, SOCK_RAW, &to);
	out = packet_socket(a, 0, SOCK_RAW, &from);
	for (n = 14; n <= 1514; n += n < 80 ? 1 : 37) {
		renew(n);
		memcpy(out_data, mac, 12);
		out_data[12] = OURS >> 8;
		out_data[13] = OURS & 0xff;
		if (send(out, out_data, n, 0) != (ssize_t)n)
			err(1, "packet: send %zu", n);
		if (recv(in, in_data, sizeof(in_data), 0) < (ssize_t)n || memcmp(in_data, out_data, n))
			err(1, "packet: %zu arrived as others", n);
	}
	if (setsockopt(out, SOL_PACKET, PACKET_VERSION, &version, sizeof(version)) ||
	    setsockopt(out, SOL_PACKET, PACKET_TX_RING, &ring, sizeof(ring)))
		err(1, "packet: ring");
	map = mmap(NULL, 1 << 16, PROT_READ | PROT_WRITE, MAP_SHARED, out, 0);
	if (map == MAP_FAILED)
		err(1, "packet: mmap");
	for (i = 0; i < 64; i++) {
		frame = (void *)(map + i % 32 * (1 << 11));
		n = 60 + i * 22;
		renew(n);
		memcpy(out_data, mac, 12);
		out_data[12] = OURS >> 8;
		out_data[13] = OURS & 0xff;
		memcpy((char *)frame + TPACKET_ALIGN(sizeof(*frame)), out_data, n);
		frame->tp_len = n;
		frame->tp_status = TP_STATUS_SEND_REQUEST;
		if (send(out, NULL, 0, 0) < 0)
			err(1, "packet: ring send");
		if (recv(in, in_data, sizeof(in_data), 0) < (ssize_t)n || memcmp(in_data, out_data, n))
			err(1, "packet: ring: %zu arrived as others", n);
	}
	munmap(map, 1 << 16);
	close(in);
	close(out);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} loads[] = { { "udp", udp }, { "segments", segments }, { "tcp", tcp }, { "zerocopy", zerocopy },
		{ "multicast", multicast }, { "raw", raw }, { "packet", packet } };
	size_t j;
	int i;

	if (argc < 6)
		errx(2, "usage: nets A B IF-A IF-B LOAD...");
	a = atoi(argv[1]);
	b = atoi(argv[2]);
	interface[0] = argv[3];
	interface[1] = argv[4];
	for (i = 5; i < argc; i++) {
		for (j = 0; j < sizeof(loads) / sizeof(loads[0]); j++)
			if (!strcmp(argv[i], loads[j].name))
				break;
		if (j == sizeof(loads) / sizeof(loads[0]))
			errx(2, "no load '%s'", argv[i]);
		loads[j].run();
		printf("%s ok\n", argv[i]);
		fflush(stdout);
	}
	return 0;
}
