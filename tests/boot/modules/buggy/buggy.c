// SPDX-License-Identifier: GPL-2.0
/*
 * The culprit: a driver with one bug of each kind, behind /dev/buggy.
 * "KIND ADDRESS" written to it commits the bug against that address.
 */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define WORDS 16

static unsigned long *buffer;

/* A pointer made from a number, as from a register of a device gone wrong. */
static noinline void stray_write(unsigned long addr)
{
	*(unsigned long *)addr = 0;
}

static noinline unsigned long stray_read(unsigned long addr)
{
	return READ_ONCE(*(unsigned long *)addr);
}

/* A pointer of our own, and an index that nobody checked. */
static noinline void overflow_write(unsigned long addr)
{
	buffer[(addr - (unsigned long)buffer) / sizeof(*buffer)] = 0;
}

/* The kernel made to write on our behalf. */
static noinline void stray_memset(unsigned long addr)
{
	memset((void *)addr, 0, WORDS * sizeof(long));
}

static noinline void use_after_free(unsigned long addr)
{
	unsigned long **p = kmalloc(256, GFP_KERNEL);

	if (!p)
		return;
	p[1] = (unsigned long *)addr;
	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	p[1] = NULL;
}

/* An object of the kernel's, and beyond its end: struct file is not that long. */
static noinline void beyond_read(struct file *file)
{
	READ_ONCE(((unsigned long *)file)[512]);
}

/* The kernel made to write beyond that end. */
static noinline void beyond_memset(struct file *file, size_t len)
{
	memset(file, 0, len);
	barrier();	/* no tail call: this function is to be found guilty */
}

/* The kernel's own code. */
static noinline void text_write(void)
{
	unsigned long *text = (unsigned long *)&misc_register;

	OPTIMIZER_HIDE_VAR(text);
	*text = 0;
}

/* Not where an object begins, and what is free already. */
static noinline void inner_free(void)
{
	char *p = (char *)buffer;

	OPTIMIZER_HIDE_VAR(p);
	kfree(p + 8);
	barrier();
}

static noinline void double_free(void)
{
	void *p = kmalloc(64, GFP_KERNEL);
	void *again = p;

	OPTIMIZER_HIDE_VAR(again);
	kfree(p);
	kfree(again);
	barrier();
}

/* Nobody frees it. */
static noinline void leak(void)
{
	void *p = kmalloc(200, GFP_KERNEL);

	OPTIMIZER_HIDE_VAR(p);
	barrier();	/* called, not jumped to: this function is the allocation site */
}

/* The kernel made to use what is no object. */
static noinline void bad_call(unsigned long addr)
{
	complete((struct completion *)addr);
	barrier();
}

static DEFINE_MUTEX(zero_mutex);

/*
 * The zero of a load that was contained, handed on as if it was a pointer; with a mutex held,
 * or it would not come to that.
 */
static noinline void zero_call(unsigned long addr)
{
	struct completion **p = (struct completion **)addr;

	OPTIMIZER_HIDE_VAR(p);
	mutex_lock(&zero_mutex);
	complete(*p);
	mutex_unlock(&zero_mutex);
}

/* No bug: everything that the culprit may do. */
static noinline void behave(unsigned long addr)
{
	int i;

	for (i = 0; i < WORDS; i++)
		buffer[i] += addr;
}

static ssize_t buggy_write(struct file *file, const char __user *from, size_t count, loff_t *pos)
{
	unsigned long addr;
	char text[64], kind[16];

	if (count >= sizeof(text))
		return -EINVAL;
	if (copy_from_user(text, from, count))
		return -EFAULT;
	text[count] = 0;
	if (sscanf(text, "%15s %lu", kind, &addr) != 2)
		return -EINVAL;
	if (!strcmp(kind, "stray"))
		stray_write(addr);
	else if (!strcmp(kind, "read"))
		pr_info("buggy: read %lx\n", stray_read(addr));
	else if (!strcmp(kind, "overflow"))
		overflow_write(addr);
	else if (!strcmp(kind, "memset"))
		stray_memset(addr);
	else if (!strcmp(kind, "uaf"))
		use_after_free(addr);
	else if (!strcmp(kind, "beyond"))
		beyond_read(file);
	else if (!strcmp(kind, "range"))
		beyond_memset(file, addr);
	else if (!strcmp(kind, "text"))
		text_write();
	else if (!strcmp(kind, "inner"))
		inner_free();
	else if (!strcmp(kind, "double"))
		double_free();
	else if (!strcmp(kind, "call"))
		bad_call(addr);
	else if (!strcmp(kind, "zero"))
		zero_call(addr);
	else if (!strcmp(kind, "leak"))
		leak();
	else if (!strcmp(kind, "none"))
		behave(addr);
	else
		return -EINVAL;
	return count;
}

static const struct file_operations buggy_fops = {
	.owner = THIS_MODULE,
	.write = buggy_write,
};

static struct miscdevice buggy_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "buggy",
	.fops = &buggy_fops,
};

static int __init buggy_init(void)
{
	int err;

	buffer = kcalloc(WORDS, sizeof(*buffer), GFP_KERNEL);
	if (!buffer)
		return -ENOMEM;
	err = misc_register(&buggy_dev);
	if (err)
		kfree(buffer);
	return err;
}
module_init(buggy_init);

static void __exit buggy_exit(void)
{
	misc_deregister(&buggy_dev);
	kfree(buffer);
}
module_exit(buggy_exit);

MODULE_DESCRIPTION("modbounds: a driver with a bug of each kind");
MODULE_LICENSE("GPL");
