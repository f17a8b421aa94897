// SPDX-License-Identifier: GPL-2.0
/*
 * devices block DEVICE: every ioctl that a disk may know, and reads by SCSI commands.
 * devices net IF: every ioctl that a network card may know.
 * devices mapped DEVICE MEGABYTES: written through a mapping, read back directly (fio
 *	discards a block device's contents before it maps it).
 * devices chars DEVICE TYPE...: all numbers of ioctls of these types (letters), on
 *	any device; arguments are zeros.
 * devices swap MEGABYTES: memory with contents, touched in several orders.
 * devices bytes DEVICE COUNT: read that many, not all of them alike.
 * devices wire A B OFFLOADS: two tap devices, what one sends arrives at the other.
 * devices watch DEVICE: a watchdog that is patted, asked and stopped.
 * devices smbus BUS: reads of each kind from each address.
 * devices events DEVICE COUNT: that many events of a keyboard or a mouse.
 *
 * A driver may refuse any of them; it must not refuse all.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/blkpg.h>
#include <linux/cdrom.h>
#include <linux/ethtool.h>
#include <linux/fs.h>
#include <linux/hdreg.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/if_tun.h>
#include <linux/input.h>
#include <linux/mii.h>
#include <linux/net_tstamp.h>
#include <linux/sockios.h>
#include <linux/watchdog.h>
#include <net/if.h>
#include <poll.h>
#include <scsi/scsi_ioctl.h>
#include <scsi/sg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

/* SCSI_IOCTL_..., which user space has no header for. */
#define GET_IDLUN	0x5382
#define PROBE_HOST	0x5385
#define GET_BUS_NUMBER	0x5386

static unsigned char buffer[1 << 16] __attribute__((aligned(4096)));
static int worked, tried;

static int attempt(int fd, unsigned long request, void *argument)
{
	int rc = ioctl(fd, request, argument);

	tried++;
	worked += rc >= 0;
	return rc;
}

static int scsi(int fd, const unsigned char *command, size_t length, size_t size, int direction)
{
	unsigned char sense[64];
	struct sg_io_hdr h = { .interface_id = 'S', .dxfer_direction = direction, .cmd_len = length,
		.mx_sb_len = sizeof(sense), .dxfer_len = size, .dxferp = buffer,
		.cmdp = (unsigned char *)command, .sbp = sense, .timeout = 10000 };

	return attempt(fd, SG_IO, &h);
}

static void block(const char *name)
{
	static const unsigned long plain[] = { BLKROGET, BLKGETSIZE, BLKGETSIZE64, BLKSSZGET, BLKBSZGET,
		BLKPBSZGET, BLKIOMIN, BLKIOOPT, BLKALIGNOFF, BLKRAGET, BLKFRAGET, BLKSECTGET,
		BLKROTATIONAL, BLKDISCARDZEROES, BLKFLSBUF, BLKRRPART, HDIO_GETGEO, HDIO_GET_IDENTITY,
		HDIO_GET_32BIT, CDROM_GET_CAPABILITY, CDROM_DRIVE_STATUS, CDROM_DISC_STATUS,
		CDROM_LAST_WRITTEN, CDROMREADTOCHDR, GET_IDLUN, GET_BUS_NUMBER, PROBE_HOST,
		SCSI_IOCTL_TEST_UNIT_READY, SG_GET_VERSION_NUM, SG_GET_TIMEOUT,
		SG_GET_RESERVED_SIZE, SG_EMULATED_HOST };
	static const unsigned char commands[][16] = {
		{ 0x12, 0, 0, 0, 96 }, { 0x12, 1, 0, 0, 96 }, { 0x12, 1, 0x80, 0, 96 }, { 0x12, 1, 0x83, 0, 96 },
		{ 0x12, 1, 0xb0, 0, 96 }, { 0x00 }, { 0x03, 0, 0, 0, 18 }, { 0x1a, 0, 0x3f, 0, 192 },
		{ 0x5a, 0, 0x3f, 0, 0, 0, 0, 1, 0 }, { 0x25 }, { 0x9e, 0x10, [13] = 32 },
		{ 0x28, [8] = 1 }, { 0x28, [8] = 127 }, { 0x88, [13] = 8 }, { 0xa0, [9] = 64 },
		{ 0x35 }, { 0x4d, 0, 0x40, [8] = 64 }, { 0x43, [8] = 64 }, { 0x85, 4 << 1, 0x0e, [6] = 1, [14] = 0xec } };
	uint64_t range[2] = { 0, 1 << 20 };
	struct hd_geometry geometry;
	int fd = open(name, O_RDWR), on;
	size_t i;

	if (fd < 0)
		fd = open(name, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		err(1, "%s", name);
	for (i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		attempt(fd, plain[i], buffer);
	attempt(fd, HDIO_GETGEO, &geometry);
	attempt(fd, BLKDISCARD, range);
	attempt(fd, BLKZEROOUT, range);
	attempt(fd, BLKSECDISCARD, range);
	range[1] = 512;
	attempt(fd, BLKZEROOUT, range);
	attempt(fd, BLKRASET, (void *)100);
	for (on = 1; on >= 0; on--)
		attempt(fd, BLKROSET, &on);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		size_t length = commands[i][0] >> 5 == 0 ? 6 : commands[i][0] >> 5 <= 2 ? 10 :
			commands[i][0] >> 5 == 4 ? 16 : 12;

		scsi(fd, commands[i], length, 512 * 127, SG_DXFER_FROM_DEV);
		scsi(fd, commands[i], length, 96, SG_DXFER_FROM_DEV);
	}
	close(fd);
}

static void mapped(const char *name, size_t megabytes)
{
	size_t size = megabytes << 20, i, at;
	int fd = open(name, O_RDWR), direct = open(name, O_RDONLY | O_DIRECT);
	uint32_t *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

	if (fd < 0 || direct < 0 || p == MAP_FAILED)
		err(1, "%s", name);
	/* Pages in no order, some of them in part, the other part as it was. */
	for (i = 0; i < size / 4096; i++)
		memset(p + i * 7919 % (size / 4096) * 1024, 0x11, 4096);
	for (i = 0; i < size / 4096; i++)
		p[i * 1024 + i % 1024] = i;
	if (msync(p, size / 2, MS_SYNC) || munmap(p, size) || fsync(fd))
		err(1, "%s: sync", name);
	for (at = 0; at < size; at += sizeof(buffer)) {
		if (pread(direct, buffer, sizeof(buffer), at) != sizeof(buffer))
			err(1, "%s: read", name);
		for (i = 0; i < sizeof(buffer) / 4; i++) {
			size_t page = (at + i * 4) / 4096;
			uint32_t want = i % 1024 == page % 1024 ? page : 0x11111111;

			if (((uint32_t *)buffer)[i] != want)
				errx(1, "%s: %#x at %zu, not %#x", name, ((uint32_t *)buffer)[i], at + i * 4, want);
		}
	}
	worked = 1;
	close(fd);
	close(direct);
}

static void net(const char *name)
{
	static const unsigned int get[] = { ETHTOOL_GSET, ETHTOOL_GDRVINFO, ETHTOOL_GWOL, ETHTOOL_GMSGLVL,
		ETHTOOL_GLINK, ETHTOOL_GCOALESCE, ETHTOOL_GRINGPARAM, ETHTOOL_GPAUSEPARAM, ETHTOOL_GRXCSUM,
		ETHTOOL_GTXCSUM, ETHTOOL_GSG, ETHTOOL_GSTRINGS, ETHTOOL_GTSO, ETHTOOL_GUFO, ETHTOOL_GGSO,
		ETHTOOL_GFLAGS, ETHTOOL_GPFLAGS, ETHTOOL_GRXFH, ETHTOOL_GGRO, ETHTOOL_GRXRINGS,
		ETHTOOL_GRXCLSRLCNT, ETHTOOL_GSSET_INFO, ETHTOOL_GRXFHINDIR, ETHTOOL_GFEATURES,
		ETHTOOL_GCHANNELS, ETHTOOL_GET_DUMP_FLAG, ETHTOOL_GET_TS_INFO, ETHTOOL_GMODULEINFO,
		ETHTOOL_GEEE, ETHTOOL_GRSSH, ETHTOOL_GTUNABLE, ETHTOOL_GPHYSTATS, ETHTOOL_GLINKSETTINGS,
		ETHTOOL_PHY_GTUNABLE, ETHTOOL_GFECPARAM, ETHTOOL_GPERMADDR, ETHTOOL_GEEPROM, ETHTOOL_GREGS,
		ETHTOOL_NWAY_RST, ETHTOOL_PHYS_ID };
	struct hwtstamp_config stamp = { .tx_type = HWTSTAMP_TX_ON, .rx_filter = HWTSTAMP_FILTER_ALL };
	int s = socket(AF_INET, SOCK_DGRAM, 0), i, reg;
	struct ifreq r;
	size_t j;

#define REQUEST() (memset(&r, 0, sizeof(r)), strncpy(r.ifr_name, name, IFNAMSIZ - 1))
	for (i = 0x8910; i <= 0x8970; i++) {
		/* Gets are odd numbers, but for the oldest; two sets are, too. */
		if (i == SIOCSIFLINK || i == SIOCSIFNAME || i == SIOCSIFTXQLEN || (i >= 0x8914 && !(i & 1)))
			continue;
		REQUEST();
		attempt(s, i, &r);
	}
	REQUEST();
	attempt(s, SIOCGMIIPHY, &r);
	for (reg = 0; reg < 32; reg++) {
		REQUEST();
		memcpy(&r.ifr_data, &(struct mii_ioctl_data){ .reg_num = reg }, sizeof(struct mii_ioctl_data));
		attempt(s, SIOCGMIIREG, &r);
	}
	for (i = 0; i < 16; i++) {
		REQUEST();
		r.ifr_data = (void *)buffer;
		attempt(s, SIOCDEVPRIVATE + i, &r);
	}
	REQUEST();
	r.ifr_data = (void *)&stamp;
	attempt(s, SIOCSHWTSTAMP, &r);
	attempt(s, SIOCGHWTSTAMP, &r);
	for (j = 0; j < sizeof(get) / sizeof(get[0]); j++) {
		REQUEST();
		memset(buffer, 0, sizeof(buffer));
		*(unsigned int *)buffer = get[j];
		if (get[j] == ETHTOOL_GEEPROM)
			((struct ethtool_eeprom *)buffer)->len = 64;
		if (get[j] == ETHTOOL_GREGS)
			((struct ethtool_regs *)buffer)->len = 4096;
		if (get[j] == ETHTOOL_PHYS_ID)
			((struct ethtool_value *)buffer)->data = 1;
		r.ifr_data = (void *)buffer;
		attempt(s, SIOCETHTOOL, &r);
	}
	close(s);
}

static void chars(const char *name, char **types)
{
	int fd = open(name, O_RDWR | O_NONBLOCK), nr, direction, size;
	static const int sizes[] = { 0, 4, 8, 16, 32, 64, 128, 256, 1024, 4096 };

	if (fd < 0)
		fd = open(name, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		err(1, "%s", name);
	for (; *types; types++)
		for (nr = 0; nr < 256; nr++)
			for (direction = 0; direction < 4; direction++)
				for (size = 0; size < 10; size++) {
					memset(buffer, 0, 4096);
					attempt(fd, _IOC(direction, **types, nr, sizes[size]), buffer);
				}
	close(fd);
}

static void swap(size_t megabytes)
{
	size_t pages = megabytes << 8, i, round;
	uint64_t *p = mmap(NULL, pages << 12, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED)
		err(1, "mmap");
	/* Of some pages each word differs, of most all are alike; every 64th is noise. */
	for (round = 0; round < 3; round++) {
		for (i = 0; i < pages; i++) {
			uint64_t *q = p + (i << 9), noise = i * 2654435761u + round;
			int j;

			for (j = 0; j < 512; j++) {
				noise = noise * 6364136223846793005u + 1442695040888963407u;
				q[j] = i % 64 == 0 ? noise : i % 3 ? i + round : i + round + j % 50;
			}
		}
		for (i = round * 7919; i < pages + round * 7919; i++) {
			size_t k = i % pages;
			uint64_t *q = p + (k << 9), noise = k * 2654435761u + round;
			int j;

			for (j = 0; j < 512; j++) {
				noise = noise * 6364136223846793005u + 1442695040888963407u;
				if (q[j] != (k % 64 == 0 ? noise : k % 3 ? k + round : k + round + j % 50))
					errx(1, "page %zu is not what it was", k);
			}
		}
		/* Some are given back, and so are their slots. */
		for (i = round; i < pages; i += 5)
			madvise(p + (i << 9), 4096, MADV_DONTNEED);
	}
	worked = 1;
}

static void bytes(const char *name, size_t count)
{
	int fd = open(name, O_RDONLY), seen[256] = { 0 };
	ssize_t n, i;

	if (fd < 0)
		err(1, "%s", name);
	for (; count; count -= n) {
		n = read(fd, buffer, count < sizeof(buffer) ? count : sizeof(buffer));
		if (n <= 0)
			err(1, "%s: read", name);
		for (i = 0; i < n; i++)
			worked += !seen[buffer[i]]++;
	}
	if (worked < 2)
		errx(1, "%s: all bytes are alike", name);
	close(fd);
}

static int tap(const char *name, int offloads)
{
	struct ifreq r = { .ifr_flags = IFF_TAP | IFF_NO_PI | (offloads ? IFF_VNET_HDR : 0) };
	int fd = open("/dev/net/tun", O_RDWR | O_NONBLOCK);

	strncpy(r.ifr_name, name, IFNAMSIZ - 1);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &r))
		err(1, "tap %s", name);
	if (offloads && ioctl(fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4 | TUN_F_TSO6))
		err(1, "offloads of %s", name);
	return fd;
}

static void wire(const char *a, const char *b, int offloads)
{
	struct pollfd p[2] = { { .fd = tap(a, offloads), .events = POLLIN },
			       { .fd = tap(b, offloads), .events = POLLIN } };
	int i;

	for (;;) {
		if (poll(p, 2, -1) < 0)
			err(1, "poll");
		for (i = 0; i < 2; i++) {
			static unsigned char frame[70000];
			ssize_t n;

			if (!p[i].revents)
				continue;
			n = read(p[i].fd, frame, sizeof(frame));
			/* An interface that is down takes none. */
			if (n > 0 && write(p[!i].fd, frame, n) != n && errno != EIO && errno != EAGAIN)
				err(1, "%zd bytes to %s", n, i ? a : b);
		}
	}
}

static void watch(const char *name)
{
	struct watchdog_info info;
	int fd = open(name, O_RDWR), limit = 20, i;

	if (fd < 0)
		err(1, "%s", name);
	attempt(fd, WDIOC_GETSUPPORT, &info);
	attempt(fd, WDIOC_SETTIMEOUT, &limit);
	attempt(fd, WDIOC_GETTIMEOUT, &limit);
	if (limit != 20)
		errx(1, "%s: time limit is %d", name, limit);
	attempt(fd, WDIOC_GETSTATUS, &i);
	attempt(fd, WDIOC_GETBOOTSTATUS, &i);
	attempt(fd, WDIOC_GETTIMELEFT, &i);
	for (i = 0; i < 20; i++) {
		usleep(20000);
		if (i & 1 ? write(fd, "", 1) != 1 : ioctl(fd, WDIOC_KEEPALIVE, 0))
			err(1, "%s: pat", name);
	}
	i = WDIOS_DISABLECARD;
	attempt(fd, WDIOC_SETOPTIONS, &i);
	if (write(fd, "V", 1) != 1)
		err(1, "%s: stop", name);
	close(fd);
}

static void events(const char *name, int count)
{
	int fd = open(name, O_RDWR), limit = 300;
	struct input_event e;
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (fd < 0)
		err(1, "%s", name);
	attempt(fd, EVIOCGVERSION, buffer);
	attempt(fd, EVIOCGID, buffer);
	attempt(fd, EVIOCGREP, buffer);
	attempt(fd, EVIOCGNAME(256), buffer);
	attempt(fd, EVIOCGPHYS(256), buffer);
	attempt(fd, EVIOCGKEY(64), buffer);
	attempt(fd, EVIOCGBIT(EV_KEY, 96), buffer);
	attempt(fd, EVIOCGBIT(0, 32), buffer);
	attempt(fd, EVIOCGABS(0), buffer);
	attempt(fd, EVIOCGRAB, (void *)1);
	while (count > 0 && limit-- > 0) {
		if (poll(&p, 1, 100) == 1) {
			if (read(fd, &e, sizeof(e)) != sizeof(e))
				err(1, "%s: event", name);
			count -= e.type == EV_KEY || e.type == EV_REL || e.type == EV_ABS;
		}
	}
	if (count > 0)
		errx(1, "%s: %d events are missing", name, count);
	/* A light, where there is one. */
	e = (struct input_event){ .type = EV_LED, .code = LED_CAPSL, .value = 1 };
	if (write(fd, &e, sizeof(e)) != sizeof(e))
		err(1, "%s: light", name);
	close(fd);
}

static void smbus(const char *name)
{
	static const int kinds[] = { I2C_SMBUS_QUICK, I2C_SMBUS_BYTE, I2C_SMBUS_BYTE_DATA,
		I2C_SMBUS_WORD_DATA, I2C_SMBUS_BLOCK_DATA };
	int fd = open(name, O_RDWR);
	union i2c_smbus_data data;
	unsigned long functions;
	size_t i;
	long at;

	if (fd < 0)
		err(1, "%s", name);
	attempt(fd, I2C_FUNCS, &functions);
	for (at = 3; at < 0x78; at++) {
		if (ioctl(fd, I2C_SLAVE_FORCE, at))
			continue;
		for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			struct i2c_smbus_ioctl_data d = { .read_write = I2C_SMBUS_READ, .size = kinds[i], .data = &data };

			attempt(fd, I2C_SMBUS, &d);
		}
	}
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc == 3 && !strcmp(argv[1], "block"))
		block(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "net"))
		net(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "mapped"))
		mapped(argv[2], atol(argv[3]));
	else if (argc > 3 && !strcmp(argv[1], "chars"))
		chars(argv[2], argv + 3);
	else if (argc == 3 && !strcmp(argv[1], "swap"))
		swap(atol(argv[2]));
	else if (argc == 4 && !strcmp(argv[1], "bytes"))
		bytes(argv[2], atol(argv[3]));
	else if (argc == 5 && !strcmp(argv[1], "wire"))
		wire(argv[2], argv[3], atoi(argv[4]));
	else if (argc == 3 && !strcmp(argv[1], "smbus"))
		smbus(argv[2]);
	else if (argc == 3 && !strcmp(argv[1], "watch"))
		watch(argv[2]);
	else if (argc == 4 && !strcmp(argv[1], "events"))
		events(argv[2], atoi(argv[3]));
	else
		errx(2, "usage: see the source");
	if (!worked)
		errx(1, "%s: all %d ioctls were refused", argv[2], tried);
	return 0;
}
