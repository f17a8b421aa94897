// SPDX-License-Identifier: GPL-2.0
/*
 * Objects that no module has business to change, although it may read them: reading grants
 * reading, and a store to one of these is refused.  But the kernel's own inline functions
 * store to them from within modules (get_cred(), dget(), inode_lock()): a site says so
 * (MODBOUNDS_HEADER).
 *
 * All other objects that a module may read it may store to as well, so that the first touch
 * grants both: for these a store that asked for itself would be granted by the same rule.
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
 * state in which it waits, flags of memory allocation, lists of requests that are put off.
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
};

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

/* By the names of their caches. */
static const struct guard {
	const char *cache;
	guard_fn may;		/* NULL: nothing, ever */
} guards[] = {
	{ "cred" },			/* who may do what */
	{ "task_struct", may_change_task },
	{ "mm_struct" },		/* page tables and areas of processes */
	{ "signal_cache" },		/* limits, and what a group of threads shares */
	{ "sighand_cache" },		/* where signals are handled */
	{ "files_cache" },		/* who has which file open */
	{ "fs_cache" },			/* root and working directory */
	{ "nsproxy" },			/* which namespaces a task is in, and these */
	{ "pid" },
	{ "pid_namespace" },
	{ "user_namespace" },
	{ "uts_namespace" },
	{ "dentry", may_change_dentry },	/* file systems': their own only */
	{ "inode_cache", may_change_inode },
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
};

/**
 * modbounds_guard_of - are the objects of a cache guarded that is being made?
 * @name: the cache's name
 *
 * Context: any, from the first cache on.
 * Return: a number for modbounds_may_store(); 0: no.
 */
u8 modbounds_guard_of(const char *name)
{
	unsigned int i;

	/* A module's own. */
	if (modbounds_running_domain() != &modbounds_nobody)
		return 0;
	for (i = 0; i < ARRAY_SIZE(guards); i++)
		if (!strcmp(guards[i].cache, name))
			return i + 1;
	return 0;
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
	const struct guard *guard = &guards[o->guard - 1];

	return a->flags & MODBOUNDS_HEADER ||
	       (guard->may && guard->may(d, o->start, a->addr - o->start, a->len));
}
