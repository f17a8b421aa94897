// SPDX-License-Identifier: GPL-2.0
/*
 * Ways to store where a module has no business.  "NAME" written to
 * /sys/module/stray/parameters/run goes one of them, after the owner was told what to watch.
 * All use the kernel's own headers.
 */
#include <linux/atomic.h>
#include <linux/bitops.h>
#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fs_struct.h>
#include <linux/hex.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/skbuff.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "owner.h"

static char *own;

/* The distance from our own memory to somebody else's, which GCC does not know. */
static long distance(void)
{
	unsigned long there = owner_object();
	long d = there - (unsigned long)own;

	owner_watch(there, 16);
	OPTIMIZER_HIDE_VAR(d);
	return d;
}

/* A number that GCC does not know. */
static size_t some(size_t n)
{
	OPTIMIZER_HIDE_VAR(n);
	return n;
}

static noinline void store(unsigned long *p)
{
	WRITE_ONCE(*p, 5);
}

/* A pointer of our own and a distance, in all forms. */
static void by_index(void) { own[distance()] = 1; }
static void by_sum(void) { *(char *)((unsigned long)own + distance()) = 1; }
static void by_mask(void) { *(char *)(((unsigned long)own + distance()) & ~7UL) = 1; }

static void by_choice(void)
{
	long d = distance();
	char *p;

	if (some(1)) {
		barrier();
		p = own + d;
	} else {
		p = own + 2 * d;
	}
	barrier();
	*p = 1;
}

/* A pointer that has left its object before it is passed on, returned, or kept. */
static noinline void *moved(long d)
{
	return own + d;
}

static char *kept;

static void by_call(void) { store((unsigned long *)(own + distance())); }
static void by_return(void) { store(moved(distance())); }
static void by_keeping(void)
{
	kept = own + distance();
	barrier();
	*READ_ONCE(kept) = 1;
}

/* One of the kernel's structures, taken for another. */
static void by_cast(void)
{
	struct sk_buff *skb = (struct sk_buff *)owner_file(offsetof(struct sk_buff, len));

	BUILD_BUG_ON(offsetofend(struct sk_buff, len) > sizeof(struct file));
	skb->len = 77;
}

static void by_atomic(void) { atomic_inc((atomic_t *)(own + distance())); }
static void by_exchange(void) { xchg((unsigned long *)(own + distance()), 5); }
static void by_number(void)
{
	unsigned long there = owner_object();

	owner_watch(there, 16);
	store((unsigned long *)there);
}

/* Functions that are handed a pointer and a length, or find the length themselves. */
static void by_memset(void) { memset(own + distance(), 0, some(16)); }
static void by_memcpy(void) { memcpy(own + distance(), own, some(16)); }
static void by_memmove(void) { memmove(own + distance(), own, some(16)); }
static void by_strscpy(void) { strscpy(own + distance(), "abc", some(4)); }
static void by_sprintf(void) { sprintf(own + distance(), "%zu", some(5)); }
static void by_snprintf(void) { snprintf(own + distance(), some(4), "%zu", some(5)); }
static void by_random(void) { get_random_bytes(own + distance(), some(8)); }
static void by_hex(void)
{
	if (hex2bin(own + distance(), "1234", some(2)))
		pr_debug("refused\n");
}

static void by_length(void)
{
	unsigned long behind;
	struct owned *p = owner_lend(&behind);

	owner_watch(behind, 16);
	get_random_bytes(p, some(72));
}

static void by_length_of_memset(void)
{
	unsigned long behind;
	struct owned *p = owner_lend(&behind);

	owner_watch(behind, 16);
	memset(p, 0, some(72));
}

static void *(*copy)(void *to, const void *from, size_t n) = memcpy;

static void by_pointer(void)
{
	unsigned long behind;
	struct owned *p = owner_lend(&behind);

	owner_watch(behind, 16);
	READ_ONCE(copy)(p, own, some(72));
}

static void by_copy_from_user(void)
{
	if (copy_from_user(own + distance(), (void __user *)current->mm->start_stack, some(8)))
		pr_debug("refused\n");
}

/* Addresses of users that are none. */
static void __user *of_kernel(void)
{
	unsigned long there = owner_object();

	owner_watch(there, 16);
	return (void __user *)there;
}

static void by_put_user(void) { (void)__put_user(5UL, (unsigned long __user *)of_kernel()); }

static void by_copy_to_user(void)
{
	if (__copy_to_user(of_kernel(), own, some(8)))
		pr_debug("refused\n");
}

static void by_clear_user(void)
{
	if (__clear_user(of_kernel(), some(8)))
		pr_debug("refused\n");
}

/* Assembly of the kernel's headers. */
static void by_clear_page(void)
{
	unsigned long there = owner_page();

	owner_watch(there, 16);
	clear_page((void *)there);
}

static void by_bit(void)
{
	unsigned long behind;
	struct owned *p = owner_lend(&behind);

	owner_watch(behind, 16);
	__set_bit(512 + 1, p->word);
}

static void by_distant_bit(void)
{
	__set_bit(8 * distance() + 1, (unsigned long *)own);
}

/* Reading an object is no right to change it. */
static void to_credentials(void)
{
	const struct cred *cred = current_cred();
	unsigned long there = (unsigned long)&cred->securebits;

	owner_watch(there, sizeof(cred->securebits));
	if (READ_ONCE(cred->usage.counter) > 0)
		WRITE_ONCE(*(unsigned int *)&cred->securebits, 77);
}

static void to_task(void)
{
	struct task_struct *task = current->group_leader;

	owner_watch((unsigned long)&task->personality, sizeof(task->personality));
	WRITE_ONCE(task->personality, READ_ONCE(task->personality) + 1);
}

static void to_running_task(void)
{
	owner_watch((unsigned long)&current->personality, sizeof(current->personality));
	WRITE_ONCE(current->personality, 77);
}

static void to_memory_map(void)
{
	struct mm_struct *mm = current->mm;

	owner_watch((unsigned long)&mm->start_code, sizeof(long));
	WRITE_ONCE(mm->start_code, READ_ONCE(mm->start_code) + 1);
}

/* A stack by its address in the linear mapping. */
static void to_stack(void)
{
	unsigned long *there = owner_stack();

	owner_watch((unsigned long)there, 16);
	store(there);
}

static void to_inode(void)
{
	struct inode *inode = d_inode(current->fs->root.dentry);

	owner_watch((unsigned long)&inode->i_uid, sizeof(inode->i_uid));
	WRITE_ONCE(inode->i_uid, KUIDT_INIT(__kuid_val(inode->i_uid) + 1));
}

static void to_dentry(void)
{
	struct dentry *dentry = current->fs->root.dentry;

	owner_watch((unsigned long)&dentry->d_time, sizeof(dentry->d_time));
	WRITE_ONCE(dentry->d_time, READ_ONCE(dentry->d_time) + 1);
}

static void to_module(void)
{
	struct module *mod = THIS_MODULE;

	OPTIMIZER_HIDE_VAR(mod);
	owner_watch((unsigned long)&mod->modbounds, sizeof(mod->modbounds));
	WRITE_ONCE(mod->modbounds, NULL);
}

/* These are right, and nothing is to be reported of them. */
static void right_credentials(void)
{
	put_cred(get_cred(current_cred()));
	put_task_struct(get_task_struct(current));
}

static void right_task(void)
{
	void *was = current->journal_info;

	current->journal_info = own;
	current->journal_info = was;
	set_current_state(TASK_UNINTERRUPTIBLE);
	__set_current_state(TASK_RUNNING);
	memalloc_noio_restore(memalloc_noio_save());
}

static void right_inode(void)
{
	struct inode *inode = d_inode(current->fs->root.dentry);

	inode_lock_shared(inode);
	inode_unlock_shared(inode);
	dput(dget(current->fs->root.dentry));
}

static void right_ranges(void)
{
	char local[16];

	memset(own + some(128), 0, some(0));
	memset(own + some(32), 0, some(32));
	memset(local + some(8), 0, some(8));
	snprintf(own + some(128), some(0), "%zu", some(5));
	__set_bit(511, (unsigned long *)own);
	memcpy(own, local, some(16));
}

static void print(const char *fmt, ...)
{
	unsigned long there;
	va_list args;

	va_start(args, fmt);
	there = va_arg(args, unsigned long);
	va_end(args);
	store((unsigned long *)there);
}

#define WAY(name) { #name, name }

static const struct {
	const char *name;
	void (*go)(void);
} ways[] = {
	WAY(by_index), WAY(by_sum), WAY(by_mask), WAY(by_choice), WAY(by_atomic),
	WAY(by_exchange), WAY(by_number),
	WAY(by_call), WAY(by_return), WAY(by_keeping), WAY(by_cast),
	WAY(by_memset), WAY(by_memcpy), WAY(by_memmove), WAY(by_strscpy),
	WAY(by_sprintf), WAY(by_snprintf), WAY(by_random), WAY(by_hex),
	WAY(by_length), WAY(by_length_of_memset), WAY(by_pointer), WAY(by_copy_from_user),
	WAY(by_put_user), WAY(by_copy_to_user), WAY(by_clear_user),
	WAY(by_clear_page), WAY(by_bit), WAY(by_distant_bit),
	WAY(to_credentials), WAY(to_task), WAY(to_running_task), WAY(to_memory_map), WAY(to_stack),
	WAY(to_inode), WAY(to_dentry), WAY(to_module),
	WAY(right_credentials), WAY(right_task), WAY(right_inode), WAY(right_ranges),
};

static int run_set(const char *val, const struct kernel_param *kp)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (sysfs_streq(val, ways[i].name)) {
			ways[i].go();
			return 0;
		}
	return -EINVAL;
}

static const struct kernel_param_ops run_ops = { .set = run_set };
module_param_cb(run, &run_ops, NULL, 0200);

static int __init stray_init(void)
{
	own = kzalloc(128, GFP_KERNEL);
	if (!own)
		return -ENOMEM;
	owner_set_printer(print);
	return 0;
}
module_init(stray_init);

static void __exit stray_exit(void)
{
	kfree(own);
}
module_exit(stray_exit);

MODULE_DESCRIPTION("Stores where it has no business, in all ways");
MODULE_LICENSE("GPL");
