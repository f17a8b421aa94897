// SPDX-License-Identifier: GPL-2.0
/*
 * What is known of objects by the cache that they come from.
 *
 * Some no module has business to change, although it may read them: reading grants reading,
 * and a store to one of these is refused.  But the kernel's own inline functions store to
 * them from within modules (get_cred(), dget(), inode_lock()): a site says so
 * (MODBOUNDS_HEADER).  All other objects that a module may read it may store to as well, so
 * that the first touch grants both: for these a store that asked for itself would be granted
 * by the same rule.
 *
 * And some structures come from caches of their own and from nowhere else: who takes one for
 * another of these has a stray pointer.  Only the first touch is asked, and only by a pointer
 * to the object's beginning: inside of it lie others.
 */
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "internal.h"
#include "slab.h"

/* May @d store to @len bytes at @offset of the object that begins at @start? */
typedef bool (*guard_fn)(const struct modbounds_domain *d, unsigned long start,
			 unsigned long offset, unsigned long len);

/*
 * What drivers and file systems set in the running task by themselves: journal handles, the
 * state in which it waits, flags of memory allocation, lists of requests that are put off, a
 * page that packets are made in.
 */
static const struct {
	unsigned long offset, size;
} task_fields[] = {
	{ offsetof(struct task_struct, __state), sizeof(current->__state) },
	{ offsetof(struct task_struct, saved_state), sizeof(current->saved_state) },
	{ offsetof(struct task_struct, flags), sizeof(current->flags) },
	{ offsetof(struct task_struct, journal_info), sizeof(current->journal_info) },
#ifdef CONFIG_BLOCK
	{ offsetof(struct task_struct, plug), sizeof(current->plug) },
	{ offsetof(struct task_struct, bio_list), sizeof(current->bio_list) },
#endif
	{ offsetof(struct task_struct, reclaim_state), sizeof(current->reclaim_state) },
	{ offsetof(struct task_struct, io_context), sizeof(current->io_context) },
	{ offsetof(struct task_struct, task_frag), sizeof(current->task_frag) },
};

/*
 * Credentials that nobody goes by yet have one reference, of whoever has prepared them
 * (prepare_creds()), and is to change them: a task's have two.
 */
static bool may_change_cred(const struct modbounds_domain *d, unsigned long start,
			    unsigned long offset, unsigned long len)
{
	return atomic_long_read(&((struct cred *)start)->usage) == 1;
}

static bool may_change_task(const struct modbounds_domain *d, unsigned long start,
			    unsigned long offset, unsigned long len)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(task_fields); i++)
		if (offset >= task_fields[i].offset &&
		    offset + len <= task_fields[i].offset + task_fields[i].size)
			return true;
	return false;
}

static bool is_its_file_system(const struct modbounds_domain *d, const struct super_block *sb)
{
	return sb && d->mod && READ_ONCE(sb->s_type)->owner == d->mod;
}

static bool may_change_dentry(const struct modbounds_domain *d, unsigned long start,
			      unsigned long offset, unsigned long len)
{
	return is_its_file_system(d, READ_ONCE(((struct dentry *)start)->d_sb));
}

static bool may_change_inode(const struct modbounds_domain *d, unsigned long start,
			     unsigned long offset, unsigned long len)
{
	return is_its_file_system(d, READ_ONCE(((struct inode *)start)->i_sb));
}

static bool may_change_all(const struct modbounds_domain *d, unsigned long start,
			   unsigned long offset, unsigned long len)
{
	return true;
}

/* By the names of their caches. */
static const struct kind {
	const char *cache;
	const char *type;	/* the structure, or NULL: others begin with the same one */
	guard_fn may;		/* NULL: nothing, ever */
} kinds[] = {
	{ "cred", "cred", may_change_cred },	/* who may do what */
	{ "task_struct", "task_struct", may_change_task },
	{ "mm_struct", "mm_struct" },		/* page tables and areas of processes */
	{ "signal_cache", "signal_struct" },	/* limits, and what a group of threads shares */
	{ "sighand_cache", "sighand_struct" },	/* where signals are handled */
	{ "files_cache", "files_struct" },	/* who has which file open */
	{ "fs_cache", "fs_struct" },		/* root and working directory */
	{ "nsproxy", "nsproxy" },		/* which namespaces a task is in, and these */
	{ "pid", "pid" },
	{ "pid_namespace", "pid_namespace" },
	{ "user_namespace", "user_namespace" },
	{ "uts_namespace", "uts_namespace" },
	{ "dentry", "dentry", may_change_dentry },	/* file systems': their own only */
	{ "inode_cache", "inode", may_change_inode },
	/*
	 * What file systems allocate their inodes from, where these are not checked modules;
	 * but not if other modules help with them (fat, nfs).
	 */
	{ "shmem_inode_cache" },
	{ "proc_inode_cache" },
	{ "hugetlbfs_inode_cache" },
	{ "mqueue_inode_cache" },
	{ "rpc_inode_cache" },
	{ "ext2_inode_cache" },
	{ "ext4_inode_cache" },
	{ "xfs_inode" },
	{ "btrfs_inode" },
	{ "f2fs_inode_cache" },
	{ "exfat_inode_cache" },
	{ "isofs_inode_cache" },
	{ "udf_inode_cache" },
	{ "squashfs_inode_cache" },
	{ "erofs_inode" },
	{ "cifs_inode_cache" },
	{ "ceph_inode_info" },
	{ "fuse_inode" },
	{ "ovl_inode" },
	{ "v9fs_inode_cache" },
	/* What drivers do change. */
	{ "filp", "file", may_change_all },
	{ "vm_area_struct", "vm_area_struct", may_change_all },
	{ "skbuff_head_cache", "sk_buff", may_change_all },
	{ "skbuff_fclone_cache", "sk_buff", may_change_all },
	{ "sock_inode_cache", "socket", may_change_all },
	{ "TCP", "tcp_sock", may_change_all },
	{ "TCPv6", "tcp_sock", may_change_all },
	{ "UDP", "udp_sock", may_change_all },
	{ "UDPv6", "udp_sock", may_change_all },
	{ "ip_dst_cache", "rtable", may_change_all },
	{ "ip6_dst_cache", "rt6_info", may_change_all },
	{ "net_namespace", "net", may_change_all },
	{ "buffer_head", "buffer_head", may_change_all },
	{ "request_queue", "request_queue", may_change_all },
	{ "bdev_cache", "block_device", may_change_all },
	{ "blkdev_ioc", "io_context", may_change_all },
	{ "kernfs_node_cache", "kernfs_node", may_change_all },
	{ "radix_tree_node", "xa_node", may_change_all },
	{ "anon_vma", "anon_vma", may_change_all },
};

/**
 * modbounds_type_of - the number of a structure that comes from a cache of its own
 * @hash: of its name, as sites have it
 *
 * Context: any.
 * Return: a number to compare with that of a cache; 0: it may come from anywhere.
 */
u32 modbounds_type_of(u32 hash)
{
	unsigned int i;

	/* Of several caches with that structure, the first. */
	for (i = 0; hash && i < ARRAY_SIZE(kinds); i++)
		if (kinds[i].type && modbounds_type_hash(kinds[i].type) == hash)
			return i + 1;
	return 0;
}

/**
 * modbounds_know_cache - find out about the objects of a cache that is being made
 * @name: the cache's name
 * @guard: filled in: a number for modbounds_may_store(); 0: they may be stored to
 * @type: filled in: the number of their structure; 0: it is not known
 *
 * Context: any, from the first cache on.
 * Return: whether something is known: it may not be merged with others then.
 */
bool modbounds_know_cache(const char *name, u8 *guard, u8 *type)
{
	unsigned int i;

	*guard = 0;
	*type = 0;
	/* A module's own. */
	if (modbounds_running_domain() != &modbounds_nobody)
		return false;
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		if (strcmp(kinds[i].cache, name))
			continue;
		if (kinds[i].may != may_change_all)
			*guard = i + 1;
		if (kinds[i].type)
			*type = modbounds_type_of(modbounds_type_hash(kinds[i].type));
		return true;
	}
	return false;
}

/**
 * modbounds_may_store - is a store to a guarded object what the module has business with?
 * @d: the domain
 * @o: the object; its guard is not 0
 * @a: the access, a store that stays inside of it
 *
 * Context: any but NMI.
 */
bool modbounds_may_store(const struct modbounds_domain *d, const struct modbounds_object *o,
			 const struct modbounds_access *a)
{
	const struct kind *kind = &kinds[o->guard - 1];

	return a->flags & MODBOUNDS_HEADER ||
	       (kind->may && kind->may(d, o->start, a->addr - o->start, a->len));
}
