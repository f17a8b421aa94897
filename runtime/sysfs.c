// SPDX-License-Identifier: GPL-2.0
/*
 * /sys/kernel/modbounds/<module>/{mode,policy,state,stats} and, of its recovery,
 * {restarts,last_reason,downtime,history,restart}
 */
#include <linux/kobject.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/timekeeping.h>

#include "internal.h"

/* A set, for only members of one have uevents. */
static struct kset *root;

static struct modbounds_domain *to_domain(struct kobject *kobj)
{
	return container_of(kobj, struct modbounds_domain, kobj);
}

static ssize_t mode_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", modbounds_mode_names[to_domain(kobj)->mode]);
}

static ssize_t mode_store(struct kobject *kobj, struct kobj_attribute *attr,
			  const char *buf, size_t count)
{
	struct modbounds_domain *d = to_domain(kobj);
	int mode = modbounds_choose_mode(d->name, buf);

	if (mode < 0)
		return mode;
	mutex_lock(&modbounds_mutex);
	modbounds_set_mode(d, mode);
	mutex_unlock(&modbounds_mutex);
	return count;
}

static ssize_t policy_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", modbounds_policy_names[to_domain(kobj)->policy]);
}

static ssize_t policy_store(struct kobject *kobj, struct kobj_attribute *attr,
			    const char *buf, size_t count)
{
	struct modbounds_domain *d = to_domain(kobj);
	int policy = modbounds_choose_policy(d->name, buf);

	if (policy < 0)
		return policy;
	WRITE_ONCE(d->policy, policy);
	return count;
}

static ssize_t state_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%s\n", modbounds_state_names[to_domain(kobj)->state]);
}

static ssize_t stats_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct modbounds_domain *d = to_domain(kobj);
	struct modbounds_stats sum = { };
	int cpu;

	for_each_possible_cpu(cpu) {
		struct modbounds_stats *s = per_cpu_ptr(d->stats, cpu);

		sum.entries += s->entries;
		sum.misses += s->misses;
		sum.grants += s->grants;
		sum.revokes += s->revokes;
		sum.undecided += s->undecided;
		sum.arena_full += s->arena_full;
		sum.left += s->left;
		sum.suppressed += s->suppressed;
	}
	return sysfs_emit(buf,
			  "entries %lu\n"
			  "misses %lu\n"
			  "grants %lu\n"
			  "revokes %lu\n"
			  "undecided %lu\n"
			  "violations %ld\n"
			  "left %lu\n"
			  "suppressed %lu\n"
			  "arena_size %lu\n"
			  "arena_used %lu\n"
			  "arena_full %lu\n",
			  sum.entries, sum.misses, sum.grants, sum.revokes, sum.undecided,
			  atomic_long_read(&d->violations), sum.left, sum.suppressed, d->arena.size,
			  (unsigned long)atomic_long_read(&d->arena.pages_used) * PAGE_SIZE,
			  sum.arena_full);
}

static ssize_t restarts_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	return sysfs_emit(buf, "%u\n", READ_ONCE(to_domain(kobj)->recovery.restarts));
}

static ssize_t last_reason_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct modbounds_recovery *r = &to_domain(kobj)->recovery;
	/* pairs with modbounds_blame() */
	unsigned long ip = smp_load_acquire(&r->ip);

	if (!ip)
		return sysfs_emit(buf, "none\n");
	return sysfs_emit(buf, "%s %s in %ps\n", r->kind, r->access, (void *)ip);
}

static ssize_t downtime_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct modbounds_recovery *r = &to_domain(kobj)->recovery;
	u64 since = READ_ONCE(r->since), now = ktime_get_boottime_ns();
	u64 running = since && now > since ? now - since : 0;

	return sysfs_emit(buf, "total_ms %llu\nlast_ms %llu\n",
			  div_u64(r->down + running, NSEC_PER_MSEC),
			  div_u64(running ?: r->last_down, NSEC_PER_MSEC));
}

/* Seconds since boot, state, what was tried: a line for each change, the oldest first. */
static ssize_t history_show(struct kobject *kobj, struct kobj_attribute *attr, char *buf)
{
	struct modbounds_recovery *r = &to_domain(kobj)->recovery;
	unsigned int changes = READ_ONCE(r->changes), i;
	ssize_t len = 0;

	i = changes - min_t(unsigned int, changes, MODBOUNDS_HISTORY);
	for (; i != changes; i++) {
		const struct modbounds_change *c = &r->history[i % MODBOUNDS_HISTORY];
		u64 ms = div_u64(c->when, NSEC_PER_MSEC);
		u32 rest;

		ms = div_u64_rem(ms, MSEC_PER_SEC, &rest);
		len += sysfs_emit_at(buf, len, "%llu.%03u %s %s\n", ms, rest,
				     modbounds_state_names[c->state],
				     modbounds_rung_names[c->rung]);
	}
	return len;
}

static ssize_t restart_store(struct kobject *kobj, struct kobj_attribute *attr,
			     const char *buf, size_t count)
{
	bool yes;
	int err = kstrtobool(buf, &yes);

	if (!err && !yes)
		err = -EINVAL;
	if (!err)
		err = modbounds_restart(to_domain(kobj));
	return err ?: count;
}

static struct kobj_attribute mode_attr = __ATTR_RW_MODE(mode, 0600);
static struct kobj_attribute policy_attr = __ATTR_RW_MODE(policy, 0600);
static struct kobj_attribute state_attr = __ATTR_RO_MODE(state, 0400);
static struct kobj_attribute stats_attr = __ATTR_RO_MODE(stats, 0400);

static struct kobj_attribute restarts_attr = __ATTR_RO_MODE(restarts, 0400);
static struct kobj_attribute last_reason_attr = __ATTR_RO_MODE(last_reason, 0400);
static struct kobj_attribute downtime_attr = __ATTR_RO_MODE(downtime, 0400);
static struct kobj_attribute history_attr = __ATTR_RO_MODE(history, 0400);
static struct kobj_attribute restart_attr = __ATTR(restart, 0200, NULL, restart_store);

static struct attribute *modbounds_attrs[] = {
	&mode_attr.attr, &policy_attr.attr, &state_attr.attr, &stats_attr.attr,
	&restarts_attr.attr, &last_reason_attr.attr, &downtime_attr.attr, &history_attr.attr,
	&restart_attr.attr, NULL
};
ATTRIBUTE_GROUPS(modbounds);

/* Files are removed, and readers gone, before the domain is freed: nothing to do here. */
static void release(struct kobject *kobj)
{
}

static const struct kobj_type modbounds_ktype = {
	.release = release,
	.sysfs_ops = &kobj_sysfs_ops,
	.default_groups = modbounds_groups,
};

/**
 * modbounds_sysfs_add - show a domain
 * @d: the domain
 *
 * Context: may sleep.
 * Return: 0 or a negative error.
 */
int modbounds_sysfs_add(struct modbounds_domain *d)
{
	int err;

	if (!root)
		root = kset_create_and_add("modbounds", NULL, kernel_kobj);
	if (!root)
		return -ENOMEM;
	d->kobj.kset = root;
	err = kobject_init_and_add(&d->kobj, &modbounds_ktype, NULL, "%s", d->name);
	if (err)
		kobject_put(&d->kobj);
	return err;
}

/**
 * modbounds_sysfs_remove - hide a domain
 * @d: the domain
 *
 * Context: may sleep; waits for readers.
 */
void modbounds_sysfs_remove(struct modbounds_domain *d)
{
	kobject_del(&d->kobj);
	kobject_put(&d->kobj);
}
