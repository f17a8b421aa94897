// SPDX-License-Identifier: GPL-2.0
/*
 * files run DIR COUNT SEED LIST: COUNT operations on files below DIR, each of which
 * is done to a copy in memory, too; what is read must be what the copy says.  What
 * the files hold at the end goes to LIST.
 * files check DIR LIST: they still hold it.
 * files fill DIR: until there is no space, or no room for one more name; then all is removed.
 *
 * What a file system does not have it may refuse, in the way that the manual says.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/uio.h>
#include <sys/xattr.h>
#include <unistd.h>

#define FILES	12
#define LIMIT	(3u << 20)

static struct file {
	char name[64];
	unsigned char *copy;
	size_t size;
} files[FILES];

static unsigned char buffer[LIMIT] __attribute__((aligned(4096)));
static uint64_t state;

static uint32_t any(uint32_t below)
{
	state = state * 6364136223846793005u + 1442695040888963407u;
	return (state >> 33) % below;
}

/* Sizes of all magnitudes, some of them round. */
static size_t any_size(size_t limit)
{
	size_t size = 1 + any(1u << (1 + any(21)));

	if (!any(3))
		size = (size + 4095) & ~4095ul;
	return size < limit ? size : limit;
}

static void fill(unsigned char *p, size_t size)
{
	while (size--)
		*p++ = any(256);
}

/* Not there, or not for this file; anything else is an error. */
static void refused(const char *what, const struct file *f)
{
	static const int words[] = { EOPNOTSUPP, EINVAL, ENOTTY, ENOSYS, EPERM, E2BIG, ENOENT };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (errno == words[i])
			return;
	err(1, "%s %s", what, f->name);
}

static int open_file(const struct file *f, int flags)
{
	int fd = open(f->name, O_RDWR | flags, 0644);

	if (fd < 0)
		err(1, "open %s", f->name);
	return fd;
}

static void same(const struct file *f, size_t offset, const unsigned char *data, size_t size)
{
	size_t i;

	for (i = 0; i < size; i++)
		if (data[i] != f->copy[offset + i])
			errx(1, "%s: byte %zu of %zu is %#x, was written as %#x", f->name,
			     offset + i, f->size, data[i], f->copy[offset + i]);
}

static void check(const struct file *f)
{
	int fd = open_file(f, 0);
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) || (size_t)st.st_size != f->size)
		errx(1, "%s: %zu bytes, should be %zu", f->name, (size_t)st.st_size, f->size);
	n = read(fd, buffer, LIMIT);
	if (n < 0 || (size_t)n != f->size)
		err(1, "%s: read %zd of %zu", f->name, n, f->size);
	same(f, 0, buffer, f->size);
	close(fd);
}

/* The copy grows with zeros. */
static void grow(struct file *f, size_t size)
{
	if (size > f->size)
		f->size = size;
}

static void shrink(struct file *f, size_t size)
{
	memset(f->copy + size, 0, LIMIT - size);
	f->size = size;
}

static void write_some(struct file *f, int flags)
{
	size_t at = any(LIMIT), size = any_size(LIMIT - at);
	int fd;

	if (flags & O_DIRECT) {
		at &= ~4095ul;
		size = (size + 4095) & ~4095ul;
		if (at + size > LIMIT)
			return;
	}
	fd = open(f->name, O_RDWR | flags);
	if (fd < 0) {
		refused("open directly", f);
		return;
	}
	fill(buffer, size);
	if (flags & O_APPEND)
		at = f->size;
	if (at + size <= LIMIT) {
		if (pwrite(fd, buffer, size, at) != (ssize_t)size)
			err(1, "%s: write of %zu at %zu", f->name, size, at);
		memcpy(f->copy + at, buffer, size);
		grow(f, at + size);
	}
	close(fd);
}

static void write_vector(struct file *f)
{
	size_t at = any(LIMIT - (1 << 20)), sum = 0;
	struct iovec v[9];
	int fd = open_file(f, 0), i, n = 1 + any(9);

	for (i = 0; i < n; i++) {
		v[i].iov_len = any_size(1 << 16);
		v[i].iov_base = buffer + i * (1 << 17) + any(100);
		fill(v[i].iov_base, v[i].iov_len);
		memcpy(f->copy + at + sum, v[i].iov_base, v[i].iov_len);
		sum += v[i].iov_len;
	}
	if (pwritev(fd, v, n, at) != (ssize_t)sum)
		err(1, "%s: pwritev", f->name);
	grow(f, at + sum);
	if (preadv(fd, v, n, at) != (ssize_t)sum)
		err(1, "%s: preadv", f->name);
	for (sum = 0, i = 0; i < n; sum += v[i++].iov_len)
		same(f, at + sum, v[i].iov_base, v[i].iov_len);
	close(fd);
}

static void read_some(struct file *f, int flags)
{
	size_t at, size;
	ssize_t n;
	int fd;

	if (f->size < 8192)
		return;
	at = any(f->size);
	size = any_size(f->size - at);
	if (flags & O_DIRECT) {
		at &= ~4095ul;
		size = (size + 4095) & ~4095ul;
	}
	fd = open(f->name, O_RDONLY | flags);
	if (fd < 0) {
		refused("open directly", f);
		return;
	}
	n = pread(fd, buffer, size, at);
	if (n <= 0)
		err(1, "%s: read of %zu at %zu", f->name, size, at);
	same(f, at, buffer, n);
	close(fd);
}

static void map_some(struct file *f)
{
	size_t at = any(LIMIT) & ~4095ul, size = any_size(LIMIT - at), i;
	int fd = open_file(f, 0);
	unsigned char *p;

	if (at + size > f->size) {
		if (ftruncate(fd, at + size))
			err(1, "%s: truncate", f->name);
		f->size = at + size;
	}
	p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
	if (p == MAP_FAILED) {
		refused("mmap", f);
	} else {
		same(f, at, p, size);
		for (i = any(4096); i < size; i += 1 + any(4096))
			p[i] = f->copy[at + i] = any(256);
		if (any(2) && msync(p, size, any(2) ? MS_SYNC : MS_ASYNC))
			err(1, "%s: msync", f->name);
		if (!any(4))
			madvise(p, size, MADV_DONTNEED);
		same(f, at, p, size);
		munmap(p, size);
	}
	close(fd);
}

static void cut(struct file *f)
{
	size_t size = any(LIMIT);

	if (truncate(f->name, size))
		err(1, "%s: truncate", f->name);
	if (size < f->size)
		shrink(f, size);
	f->size = size;
}

static void allocate(struct file *f)
{
	static const int modes[] = { 0, FALLOC_FL_KEEP_SIZE, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_ZERO_RANGE, FALLOC_FL_ZERO_RANGE | FALLOC_FL_KEEP_SIZE,
		FALLOC_FL_COLLAPSE_RANGE, FALLOC_FL_INSERT_RANGE };
	int mode = modes[any(sizeof(modes) / sizeof(modes[0]))], fd = open_file(f, 0);
	size_t at = any(LIMIT), size = any_size(LIMIT - at), end;

	if (mode & (FALLOC_FL_COLLAPSE_RANGE | FALLOC_FL_INSERT_RANGE)) {
		at &= ~4095ul;
		size = (size + 4095) & ~4095ul;
		if (at + size >= f->size || f->size + size > LIMIT) {
			close(fd);
			return;
		}
	}
	if (fallocate(fd, mode, at, size)) {
		refused("fallocate", f);
		close(fd);
		return;
	}
	end = at + size < f->size ? at + size : f->size;
	if (mode & (FALLOC_FL_PUNCH_HOLE | FALLOC_FL_ZERO_RANGE) && end > at)
		memset(f->copy + at, 0, end - at);
	if (mode == FALLOC_FL_COLLAPSE_RANGE) {
		memmove(f->copy + at, f->copy + at + size, f->size - at - size);
		shrink(f, f->size - size);
	} else if (mode == FALLOC_FL_INSERT_RANGE) {
		memmove(f->copy + at + size, f->copy + at, f->size - at);
		memset(f->copy + at, 0, size);
		f->size += size;
	} else if (!(mode & FALLOC_FL_KEEP_SIZE)) {
		grow(f, at + size);
	}
	close(fd);
}

static void copy_range(struct file *f)
{
	struct file *g = &files[any(FILES)];
	struct file_clone_range r;
	size_t at, to, size;
	off_t from_off, to_off;
	int in, out;
	ssize_t n;

	if (f == g || f->size < 4096)
		return;
	at = any(f->size);
	size = any_size(f->size - at);
	to = any(LIMIT - size);
	in = open_file(f, 0);
	out = open_file(g, 0);
	switch (any(3)) {
	case 0:
		from_off = at, to_off = to;
		n = copy_file_range(in, &from_off, out, &to_off, size, 0);
		break;
	case 1:
		from_off = at;
		lseek(out, to, SEEK_SET);
		n = sendfile(out, in, &from_off, size);
		break;
	default:
		at &= ~4095ul;
		to &= ~4095ul;
		n = size & ~4095ul;
		r = (struct file_clone_range){ in, at, n, to };
		if (!n || ioctl(out, FICLONERANGE, &r))
			n = n ? -1 : 0;
	}
	if (n < 0) {
		refused("copy", f);
	} else if (n > 0) {
		memmove(g->copy + to, f->copy + at, n);
		grow(g, to + n);
	}
	close(in);
	close(out);
}

static void sync_file(struct file *f)
{
	int fd = open_file(f, 0);

	if (any(2) ? fsync(fd) : fdatasync(fd))
		err(1, "%s: fsync", f->name);
	if (!any(4))
		posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED);
	if (!any(8) && syncfs(fd))
		err(1, "%s: syncfs", f->name);
	close(fd);
}

static void move(struct file *f)
{
	struct file *g = &files[any(FILES)];
	char name[64], to[64];

	snprintf(to, sizeof(to), "d%u/n%u", any(4), any(1000000));
	if (any(3)) {
		if (rename(f->name, to))
			err(1, "rename %s", f->name);
		strcpy(f->name, to);
	} else if (f != g) {
		if (renameat2(AT_FDCWD, f->name, AT_FDCWD, g->name, RENAME_EXCHANGE)) {
			refused("exchange", f);
			return;
		}
		strcpy(name, f->name);
		strcpy(f->name, g->name);
		strcpy(g->name, name);
	}
}

/* A file of the same name anew, or another over it. */
static void replace(struct file *f)
{
	int fd;

	if (any(2) && unlink(f->name))
		err(1, "unlink %s", f->name);
	fd = open("other", O_CREAT | O_TRUNC | O_WRONLY, 0600);
	if (fd < 0 || close(fd) || rename("other", f->name))
		err(1, "rename over %s", f->name);
	shrink(f, 0);
}

static void links(struct file *f)
{
	char target[64] = "";

	if (symlink(f->name, "link"))
		refused("symlink", f);
	else if (readlink("link", target, sizeof(target) - 1) < 0 || strcmp(target, f->name) || unlink("link"))
		errx(1, "link says %s, not %s", target, f->name);
	if (link(f->name, "hard") || unlink("hard"))
		refused("link", f);
	if (mknod("pipe", S_IFIFO | 0600, 0) || unlink("pipe"))
		refused("mknod", f);
}

static void attributes(struct file *f)
{
	const struct timespec times[2] = { { .tv_sec = 1000000000 }, { .tv_sec = 1100000000 } };
	char name[32], value[3000], back[3000];
	size_t size = 1 + any(any(4) ? 100 : sizeof(value));
	struct stat st;

	snprintf(name, sizeof(name), "user.a%u", any(5));
	memset(value, any(256), sizeof(value));
	if (!setxattr(f->name, name, value, size, 0)) {
		if (getxattr(f->name, name, back, sizeof(back)) != (ssize_t)size || memcmp(value, back, size))
			errx(1, "%s: attribute is not what was set", f->name);
		if (listxattr(f->name, back, sizeof(back)) <= 0)
			err(1, "%s: list of attributes", f->name);
		if (any(2) && removexattr(f->name, name))
			err(1, "%s: remove an attribute", f->name);
	} else if (errno != ENOSPC) {
		refused("attribute", f);
	}
	if (chmod(f->name, 0600 + any(64)))
		refused("chmod", f);
	if (utimensat(AT_FDCWD, f->name, times, 0))
		err(1, "%s: time", f->name);
	if (chown(f->name, any(1000), any(1000)))
		refused("chown", f);
	if (stat(f->name, &st) || st.st_mtime != 1100000000)
		errx(1, "%s: time is not what was set", f->name);
}

static void ask(struct file *f)
{
	struct {
		struct fiemap map;
		struct fiemap_extent extents[16];
	} m = { .map = { .fm_length = ~0ull, .fm_extent_count = 16, .fm_flags = FIEMAP_FLAG_SYNC } };
	int fd = open_file(f, 0), flags;
	off_t hole = lseek(fd, 0, SEEK_HOLE);
	struct statvfs vfs;

	if (hole < 0 && f->size)
		refused("hole", f);
	if (hole >= 0 && f->size && (size_t)hole < f->size && f->copy[hole])
		errx(1, "%s: no hole at %zu", f->name, (size_t)hole);
	if (ioctl(fd, FS_IOC_FIEMAP, &m))
		refused("fiemap", f);
	if (ioctl(fd, FS_IOC_GETFLAGS, &flags))
		refused("flags", f);
	if (fstatvfs(fd, &vfs) || !vfs.f_blocks)
		err(1, "statvfs");
	if (flock(fd, LOCK_EX | LOCK_NB))
		err(1, "%s: lock", f->name);
	close(fd);
}

/* Many names, counted. */
static void directory(void)
{
	unsigned int i, n = 10 + any(200), seen = 0;
	struct dirent *e;
	char name[128];
	DIR *d;

	if (mkdir("many", 0755))
		err(1, "mkdir");
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "many/a name of some length, the number of which is %u", i);
		if (i % 10 ? mknod(name, S_IFREG | 0644, 0) : mkdir(name, 0700))
			err(1, "%s", name);
	}
	d = opendir("many");
	while (d && (e = readdir(d)))
		seen += e->d_name[0] != '.';
	if (seen != n)
		errx(1, "%u names, should be %u", seen, n);
	closedir(d);
	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "many/a name of some length, the number of which is %u", i);
		if (remove(name))
			err(1, "remove %s", name);
	}
	if (rmdir("many"))
		err(1, "rmdir");
}

static void operate(struct file *f)
{
	switch (any(20)) {
	case 3: write_some(f, O_APPEND); break;
	case 4: write_some(f, O_DIRECT); break;
	case 5: write_some(f, O_SYNC); break;
	case 6: write_vector(f); break;
	case 7: read_some(f, 0); break;
	case 8: read_some(f, O_DIRECT); break;
	case 9: case 10: map_some(f); break;
	case 11: cut(f); break;
	case 12: allocate(f); break;
	case 13: copy_range(f); break;
	case 14: sync_file(f); break;
	case 15: move(f); break;
	case 16: any(3) ? check(f) : replace(f); break;
	case 17: links(f); break;
	case 18: attributes(f); break;
	case 19: any(4) ? ask(f) : directory(); break;
	default: write_some(f, 0);
	}
}

static uint64_t hash(const unsigned char *p, size_t size)
{
	uint64_t h = 14695981039346656037u;

	while (size--)
		h = (h ^ *p++) * 1099511628211u;
	return h;
}

static void run(long count, const char *list)
{
	char name[16];
	FILE *out;
	int i, fd;

	for (i = 0; i < 4; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		if (mkdir(name, 0755))
			err(1, "mkdir %s", name);
	}
	for (i = 0; i < FILES; i++) {
		snprintf(files[i].name, sizeof(files[i].name), "d%d/f%d", i % 4, i);
		files[i].copy = calloc(1, LIMIT);
		fd = open_file(&files[i], O_CREAT | O_EXCL);
		close(fd);
	}
	while (count-- > 0)
		operate(&files[any(FILES)]);
	out = fopen(list, "w");
	if (!out)
		err(1, "%s", list);
	for (i = 0; i < FILES; i++) {
		check(&files[i]);
		fprintf(out, "%s %zu %llx\n", files[i].name, files[i].size,
			(unsigned long long)hash(files[i].copy, files[i].size));
	}
	if (fclose(out))
		err(1, "%s", list);
}

static void check_all(const char *list)
{
	unsigned long long h;
	int fd, count = 0;
	char name[64];
	size_t size;
	FILE *in = fopen(list, "r");

	while (in && fscanf(in, "%63s %zu %llx", name, &size, &h) == 3) {
		fd = open(name, O_RDONLY);
		if (fd < 0 || read(fd, buffer, LIMIT) != (ssize_t)size || hash(buffer, size) != h)
			err(1, "%s is not what it was", name);
		close(fd);
		count++;
	}
	if (count != FILES)
		errx(1, "%s: %d files, should be %d", list, count, FILES);
}

static void fill_up(void)
{
	int fd = open("full", O_CREAT | O_RDWR, 0600), i;
	char name[64];

	if (fd < 0)
		err(1, "full");
	/* A file system may compress. */
	fill(buffer, sizeof(buffer));
	while (write(fd, buffer, sizeof(buffer)) > 0)
		;
	if (errno != ENOSPC)
		err(1, "no more space, but not so");
	fsync(fd);
	close(fd);
	if (mkdir("full.d", 0755) && errno != ENOSPC)
		err(1, "mkdir");
	for (i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "full.d/%d", i);
		fd = creat(name, 0644);
		if (fd < 0)
			break;
		close(fd);
	}
	while (i-- > 0) {
		snprintf(name, sizeof(name), "full.d/%d", i);
		unlink(name);
	}
	rmdir("full.d");
	if (unlink("full"))
		err(1, "unlink");
	sync();
}

int main(int argc, char **argv)
{
	if (argc < 3 || chdir(argv[2]))
		errx(2, "usage: files run DIR COUNT SEED LIST | check DIR LIST | fill DIR");
	if (argc == 6 && !strcmp(argv[1], "run")) {
		state = atol(argv[4]);
		run(atol(argv[3]), argv[5]);
	} else if (argc == 4 && !strcmp(argv[1], "check")) {
		check_all(argv[3]);
	} else if (argc == 3 && !strcmp(argv[1], "fill")) {
		fill_up();
	} else {
		return 2;
	}
	return 0;
}
