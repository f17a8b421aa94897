// SPDX-License-Identifier: GPL-2.0
/*
 * fileload DIR COUNT: the life of that many files below DIR, 50 at a time in a
 * directory of their own.  Each is created, written, made durable now and then,
 * looked at, renamed, read back and compared, listed and removed.  Some grow,
 * some are read from the disk, and what is written is the same each time.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BATCH	50
#define LIMIT	(256u << 10)

static unsigned char pattern[LIMIT + BATCH], buffer[LIMIT];

/* Most are small, some large: 100 bytes to 256 KiB. */
static size_t size_of(unsigned int i)
{
	static const unsigned int sizes[] = {
		100, 1000, 4096, 700, 10000, 2500, 16384, 400, 40000, 65536,
		5000, 300, 8192, 1500, 20000, 600, 4000, 131072, 900, 12345,
	};

	return i % BATCH == BATCH - 1 ? LIMIT : sizes[i % (sizeof(sizes) / sizeof(*sizes))];
}

static void name_of(char name[160], const char *dir, const char *what, unsigned int i)
{
	snprintf(name, 160, "%s/%s-%04u.data", dir, what, i);
}

static int open_file(const char *name, int flags)
{
	int fd = open(name, flags, 0644);

	if (fd < 0)
		err(1, "open %s", name);
	return fd;
}

static void write_all(int fd, const char *name, const unsigned char *data, size_t size)
{
	size_t part;

	for (; size; data += part, size -= part) {
		part = size < 16384 ? size : 16384;
		if (write(fd, data, part) != (ssize_t)part)
			err(1, "write %s", name);
	}
}

static void create(const char *dir, unsigned int i)
{
	size_t size = size_of(i), first = i % 3 ? size : size / 2;
	char name[160];
	int fd;

	name_of(name, dir, "new", i);
	fd = open_file(name, O_CREAT | O_EXCL | O_RDWR);
	write_all(fd, name, pattern + i % BATCH, first);
	if (first < size) {
		close(fd);
		fd = open_file(name, O_WRONLY | O_APPEND);
		write_all(fd, name, pattern + i % BATCH + first, size - first);
	}
	if (i % 5 == 0 && fsync(fd))
		err(1, "fsync %s", name);
	/* What is not dirty leaves the page cache, and is read from the disk again. */
	if (i % 5 == 0 && posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED))
		errx(1, "fadvise %s", name);
	close(fd);
}

static void look_and_rename(const char *dir, unsigned int i)
{
	char name[160], to[160];
	struct stat st;

	name_of(name, dir, "new", i);
	name_of(to, dir, "a-longer-name-than-before", i);
	if (stat(name, &st) || (size_t)st.st_size != size_of(i))
		errx(1, "stat %s", name);
	if (rename(name, to))
		err(1, "rename %s", name);
}

static void read_back(const char *dir, unsigned int i)
{
	char name[160];
	ssize_t size;
	int fd;

	name_of(name, dir, "a-longer-name-than-before", i);
	fd = open_file(name, O_RDONLY);
	size = read(fd, buffer, LIMIT);
	if (size != (ssize_t)size_of(i) || memcmp(buffer, pattern + i % BATCH, size))
		errx(1, "%s: not what was written", name);
	close(fd);
}

static void list(const char *dir, unsigned int count)
{
	DIR *d = opendir(dir);
	unsigned int n = 0;

	if (!d)
		err(1, "opendir %s", dir);
	while (readdir(d))
		n++;
	closedir(d);
	if (n != count + 2)
		errx(1, "%s: %u names for %u files", dir, n, count);
}

static void batch(const char *dir, unsigned int first, unsigned int count)
{
	char name[160];
	unsigned int i;

	if (mkdir(dir, 0755))
		err(1, "mkdir %s", dir);
	for (i = first; i < first + count; i++)
		create(dir, i);
	for (i = first; i < first + count; i++)
		look_and_rename(dir, i);
	list(dir, count);
	for (i = first; i < first + count; i++)
		read_back(dir, i);
	for (i = first; i < first + count; i++) {
		name_of(name, dir, "a-longer-name-than-before", i);
		if (unlink(name))
			err(1, "unlink %s", name);
	}
	if (rmdir(dir))
		err(1, "rmdir %s", dir);
}

int main(int argc, char **argv)
{
	unsigned int count, i;
	uint32_t state = 1;
	char dir[96];
	int fd;

	if (argc != 3)
		errx(2, "usage: fileload DIR COUNT");
	for (i = 0; i < sizeof(pattern); i++) {
		state = state * 1664525 + 1013904223;
		pattern[i] = state >> 24;
	}
	count = strtoul(argv[2], NULL, 10);
	for (i = 0; i < count; i += BATCH) {
		snprintf(dir, sizeof(dir), "%s/batch-%u", argv[1], i / BATCH);
		batch(dir, i, count - i < BATCH ? count - i : BATCH);
	}
	/* So that nothing is left to be written later. */
	fd = open_file(argv[1], O_RDONLY | O_DIRECTORY);
	if (syncfs(fd))
		err(1, "syncfs");
	close(fd);
	return 0;
}
