// SPDX-License-Identifier: GPL-2.0
/*
 * Domains: made before the first instruction of a module runs, gone when the
 * module is unloaded and nothing of what it allocated is left.
 */
#include <linux/init.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/rculist.h>
#include <linux/string.h>
#include <linux/stringify.h>
#include <linux/vmalloc.h>

#include "internal.h"

#define CREATE_TRACE_POINTS
#include <trace/events/modbounds.h>

/* Exported, as others are, for hooks in code that may be a module: virtio, ipv6. */
DEFINE_STATIC_KEY_FALSE(modbounds_active);
EXPORT_SYMBOL_GPL(modbounds_active);

LIST_HEAD(modbounds_domains);
struct modbounds_domain *modbounds_numbered[MODBOUNDS_MANY + 1];
DEFINE_MUTEX(modbounds_mutex);		/* the list, modes, arenas */

/* Runs wherever no instrumented module does; it was never granted anything. */
struct modbounds_domain modbounds_nobody = { .name = "nobody", .number = MODBOUNDS_MANY };
EXPORT_SYMBOL_GPL(modbounds_nobody);

/* While no instrumented module is loaded all tasks run nobody, and nobody switches this. */
DEFINE_PER_CPU(struct modbounds_running, modbounds_running) = { .domain = &modbounds_nobody };
EXPORT_PER_CPU_SYMBOL_GPL(modbounds_running);

/* How often to look whether a dead module's memory is free. */
#define REAP_INTERVAL	HZ

/* What is in use after so many looks will stay: the module should have freed it. */
#define REAP_PATIENCE	10

/**
 * modbounds_task_init - a new task runs no module, whatever its parent runs
 * @tsk: the task, which has its stack
 */
void modbounds_task_init(struct task_struct *tsk)
{
	tsk->modbounds = (struct modbounds_task)MODBOUNDS_TASK_INIT;
	modbounds_mark_stack(tsk);
}

/* See modbounds_switch(). */
void __modbounds_switch(struct task_struct *prev, struct task_struct *next)
{
	prev->modbounds.running.domain = this_cpu_read(modbounds_running.domain);
	prev->modbounds.running.limit = this_cpu_read(modbounds_running.limit);
	this_cpu_write(modbounds_running.domain, next->modbounds.running.domain);
	this_cpu_write(modbounds_running.limit, next->modbounds.running.limit);
}

/**
 * modbounds_set_mode - load the bounds registers
 * @d: the domain
 * @mode: what to load
 *
 * A function that runs just now may keep the old bounds until it returns.
 *
 * Context: caller holds modbounds_mutex, or is alone with the domain.
 */
void modbounds_set_mode(struct modbounds_domain *d, enum modbounds_mode mode)
{
	struct modbounds_self self = { .domain = d, .slots = &modbounds_one_slot };
	unsigned int i;

	switch (mode) {
	case MODBOUNDS_TRUSTED:
		self.size = ~0UL;
		break;
	case MODBOUNDS_BOUNDED:
		self.base = modbounds_arena_first(&d->arena);
		self.size = modbounds_arena_room(&d->arena);
		if (self.size) {
			self.slots = &d->arena.slots[MODBOUNDS_GUARD / PAGE_SIZE];
			self.last_slot = (d->arena.size >> PAGE_SHIFT) - 1;
		}
		break;
	default:
		break;
	}
	d->mode = mode;
	modbounds_set_gap(d, mode == MODBOUNDS_PRECISE);
	/* What is freed from here on can be touched no more. */
	if (mode == MODBOUNDS_PRECISE && d->arena.size)
		modbounds_expect_frees(d, d->arena.base, d->arena.size);
	/* Never a mixture that is wider than both. */
	WRITE_ONCE(d->size, 0);
	smp_wmb();	/* nothing passes while the base changes */
	WRITE_ONCE(d->last_slot, 0);
	smp_wmb();	/* in any table the first slot can be looked up */
	WRITE_ONCE(d->slots, self.slots);
	smp_wmb();	/* in the new table all can */
	WRITE_ONCE(d->last_slot, self.last_slot);
	WRITE_ONCE(d->base, self.base);
	smp_wmb();	/* the size is that of the new base */
	WRITE_ONCE(d->size, self.size);
	for (i = 0; d->mod && i < d->mod->num_modbounds_self; i++) {
		struct modbounds_self *s = &d->mod->modbounds_self[i];

		WRITE_ONCE(s->size, 0);
		smp_wmb();	/* as above */
		WRITE_ONCE(s->last_slot, 0);
		smp_wmb();	/* as above */
		WRITE_ONCE(s->slots, self.slots);
		smp_wmb();	/* as above */
		WRITE_ONCE(s->last_slot, self.last_slot);
		WRITE_ONCE(s->base, self.base);
		WRITE_ONCE(s->domain, self.domain);
		smp_wmb();	/* as above */
		WRITE_ONCE(s->size, self.size);
	}
}

static bool grant_area(struct modbounds_domain *d, void *base, size_t size, bool write)
{
	unsigned long start = (unsigned long)base;

	return !size || !modbounds_grant(d, start, start + size, write);
}

/* The module's own image: its data, and the rest for reading. */
static int grant_image(struct modbounds_domain *d)
{
	struct module *mod = d->mod;
	unsigned int i;

	for_each_mod_mem_type(type) {
		bool write = type == MOD_DATA || type == MOD_INIT_DATA ||
			     type == MOD_RO_AFTER_INIT;

		if (!grant_area(d, mod->mem[type].base, mod->mem[type].size, write))
			return -ENOMEM;
	}
#ifdef CONFIG_SMP
	for_each_possible_cpu(i)
		if (!grant_area(d, per_cpu_ptr(mod->percpu, i), mod->percpu_size, true))
			return -ENOMEM;
#endif
	/* All but the loader's record of the module, and the bounds registers. */
	modbounds_map_clear(&d->map, (unsigned long)mod, (unsigned long)(mod + 1), MODBOUNDS_WRITE);
	for (i = 0; i < mod->num_modbounds_self; i++)
		modbounds_map_clear(&d->map, (unsigned long)&mod->modbounds_self[i],
				    (unsigned long)&mod->modbounds_self[i + 1],
				    MODBOUNDS_WRITE);
	return 0;
}

static void free_domain(struct modbounds_domain *d)
{
	modbounds_arena_destroy(&d->arena);
	modbounds_map_destroy(&d->map);
	free_percpu(d->packets);
	free_percpu(d->stats);
	modbounds_sink_destroy(d);
	vfree(d->reported);
	vfree(d->own_calls);
	vfree(d->sites);
	vfree(d->leaks);
	vfree(d);
}

/* No more come: the sum can only be too large. */
static bool has_senders(const struct modbounds_domain *d)
{
	unsigned long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(d->stats, cpu)->senders);
	return sum;
}

static void reap(struct work_struct *work)
{
	struct modbounds_domain *d = container_of(to_delayed_work(work),
						  struct modbounds_domain, reap);

	modbounds_free_all(d);
	if (has_senders(d) || !modbounds_caches_destroy(d) || atomic_read(&d->own_caches) ||
	    atomic_long_read(&d->arena.pages_used)) {
		if (++d->reaped == REAP_PATIENCE)
			modbounds_report_leaks(d);
		if (d->reaped >= REAP_PATIENCE)
			modbounds_arena_give_back(&d->arena);
		schedule_delayed_work(&d->reap, REAP_INTERVAL);
		return;
	}
	free_domain(d);
	static_branch_dec(&modbounds_active);
}

/*
 * Before it is granted anything.  Pages may still say the number of one that is gone:
 * then this one is asked for what it was not granted, no more.
 */
static void add_to_list(struct modbounds_domain *d)
{
	for (d->number = 1; d->number < MODBOUNDS_MANY; d->number++)
		if (!modbounds_numbered[d->number]) {
			WRITE_ONCE(modbounds_numbered[d->number], d);
			break;
		}
	list_add_tail_rcu(&d->list, &modbounds_domains);
}

static void remove_from_list(struct modbounds_domain *d)
{
	if (d->number < MODBOUNDS_MANY)
		WRITE_ONCE(modbounds_numbered[d->number], NULL);
	list_del_rcu(&d->list);
}

/**
 * modbounds_domain_create - make a domain
 * @name: the module's name
 * @mod: the module, loaded but not yet run; NULL in tests
 *
 * Context: may sleep.
 * Return: the domain, or an ERR_PTR.
 */
struct modbounds_domain *modbounds_domain_create(const char *name, struct module *mod)
{
	struct modbounds_domain *d = modbounds_table_alloc(sizeof(*d));
	struct modbounds_options o = modbounds_options(name);
	int err = -ENOMEM;

	if (!d)
		return ERR_PTR(-ENOMEM);
	strscpy(d->name, name);
	d->mod = mod;
	d->policy = o.policy;
	modbounds_recover_init(d);
	INIT_DELAYED_WORK(&d->reap, reap);
	INIT_LIST_HEAD(&d->list);

	mutex_lock(&modbounds_mutex);
	if (!static_key_enabled(&modbounds_active))
		modbounds_forget_marks();
	/* Frees must be seen from the first grant on. */
	static_branch_inc(&modbounds_active);
	d->stats = alloc_percpu(struct modbounds_stats);
	d->packets = alloc_percpu(struct modbounds_packets);
	if (!d->stats || !d->packets || modbounds_sink_create(d) || modbounds_map_init(&d->map))
		goto fail;
	if (mod) {
		unsigned int sites = mod->num_modbounds_sites;

		d->reported = modbounds_table_alloc(BITS_TO_LONGS(sites + 1) * sizeof(long));
		d->own_calls = modbounds_table_alloc(BITS_TO_LONGS(2 * sites + 1) * sizeof(long));
		if (!d->reported || !d->own_calls)
			goto fail;
		if (modbounds_sites_init(d))
			goto fail;
	}
	add_to_list(d);
	err = modbounds_arena_create(&d->arena);
	modbounds_freed_init(d);
	if (!err)
		err = modbounds_caches_create(d);
	if (!err && mod)
		err = grant_image(d);
	if (!err)
		err = modbounds_sysfs_add(d);
	if (err) {
		remove_from_list(d);
		synchronize_rcu();
		goto fail_caches;
	}
	modbounds_set_mode(d, o.mode);
	trace_state(d->name, modbounds_state_names[d->state]);
	mutex_unlock(&modbounds_mutex);
	return d;

fail_caches:
	modbounds_caches_destroy(d);
fail:
	free_domain(d);
	static_branch_dec(&modbounds_active);
	mutex_unlock(&modbounds_mutex);
	return ERR_PTR(err);
}

/**
 * modbounds_domain_destroy - the module is gone
 * @d: its domain
 *
 * No code of the module can run any more.  Memory that it has allocated and
 * others still hold keeps the arena for as long.
 *
 * Context: may sleep.
 */
void modbounds_domain_destroy(struct modbounds_domain *d)
{
	trace_state(d->name, "unloaded");
	modbounds_recover_stop(d);
	modbounds_sysfs_remove(d);
	mutex_lock(&modbounds_mutex);
	remove_from_list(d);
	WRITE_ONCE(d->mod, NULL);
	mutex_unlock(&modbounds_mutex);
	synchronize_rcu();
	reap(&d->reap.work);
}

/**
 * modbounds_check_modinfo - refuse what speaks another dialect, or none where it must
 * @name: the module's name
 * @abi: what its .modinfo says of modbounds; NULL: not instrumented
 *
 * Return: 0; -ENOEXEC or -EPERM, which fail the load.
 */
int modbounds_check_modinfo(const char *name, const char *abi)
{
	if (!abi && modbounds_require) {
		pr_err("%s is not instrumented, and modbounds.require is set: build it with MODBOUNDS=y\n",
		       name);
		return -EPERM;
	}
	if (!abi || !strcmp(abi, __stringify(MODBOUNDS_ABI)))
		return 0;
	pr_err("%s was instrumented for ABI %s, this kernel has %d: rebuild it with this kernel's plugin\n",
	       name, abi, MODBOUNDS_ABI);
	return -ENOEXEC;
}

/**
 * modbounds_module_load - give an instrumented module its domain
 * @mod: relocated, none of its code has run
 *
 * Context: may sleep.
 * Return: 0 or a negative error, which fails the load.
 */
int modbounds_module_load(struct module *mod)
{
	struct modbounds_domain *d;

	if (!mod->num_modbounds_self)
		return 0;
	d = modbounds_domain_create(mod->name, mod);
	if (IS_ERR(d)) {
		pr_err("%s: no domain: error %ld\n", mod->name, PTR_ERR(d));
		return PTR_ERR(d);
	}
	mod->modbounds = d;
	pr_info("%s: %s, policy %s, arena of %lu KiB\n", d->name,
		modbounds_mode_names[d->mode], modbounds_policy_names[d->policy],
		d->arena.size / 1024);
	return 0;
}

/**
 * modbounds_module_going - a module is about to be told to clean up
 * @mod: the module
 *
 * A quarantined module's gates open once more, its accesses are checked and
 * contained as ever: were its clean-up not to run, the kernel would keep
 * pointers to code that is gone.  Nor do they close if it violates in its clean-up: this
 * may wait for what its device and its work items have yet to do.
 */
void modbounds_module_going(struct module *mod)
{
	if (mod->modbounds)
		modbounds_set_state(mod->modbounds, MODBOUNDS_DRAINING);
}

/**
 * modbounds_module_unload - take a module's domain away
 * @mod: the module; none of its code can run any more, or ever has
 *
 * Context: may sleep.
 */
void modbounds_module_unload(struct module *mod)
{
	struct modbounds_domain *d = mod->modbounds;

	if (!d)
		return;
	mod->modbounds = NULL;
	modbounds_domain_destroy(d);
}

/* See modbounds_alloc_begin_owner().  Return: the domain, or NULL. */
struct modbounds_domain *__modbounds_owner(const void *p)
{
	struct modbounds_domain *d = NULL;
	struct module *mod;

	preempt_disable();
	mod = __module_address((unsigned long)p);
	if (mod)
		d = mod->modbounds;
	preempt_enable();
	return d;
}

static void *find_wrapper(const struct modbounds_wrapper *w, const char *name)
{
	for (; w->name; w++)
		if (!strcmp(w->name, name))
			return w->fn;
	return NULL;
}

/**
 * modbounds_symbol - what an undefined symbol of a module stands for
 * @mod: the module
 * @name: the symbol
 * @value: what it resolves to in other modules
 *
 * Kernel functions that allocate are replaced, in instrumented modules, by
 * ones that do so from the module's arena, and others by what knows more of the module.
 *
 * Return: @value or a wrapper's address.
 */
unsigned long modbounds_symbol(struct module *mod, const char *name, unsigned long value)
{
	void *fn;

	if (!mod->num_modbounds_self)
		return value;
	fn = find_wrapper(modbounds_alloc_wrappers, name);
	if (!fn)
		fn = find_wrapper(modbounds_free_wrappers, name);
	if (!fn)
		fn = find_wrapper(modbounds_pool_wrappers, name);
	if (!fn)
		fn = find_wrapper(modbounds_mem_wrappers, name);
#ifdef CONFIG_NET
	if (!fn)
		fn = find_wrapper(modbounds_net_wrappers, name);
#endif
#ifdef CONFIG_BLOCK
	if (!fn)
		fn = find_wrapper(modbounds_blk_wrappers, name);
#endif
#if IS_BUILTIN(CONFIG_VIRTIO)
	if (!fn)
		fn = find_wrapper(modbounds_virtio_wrappers, name);
#endif
	return fn ? (unsigned long)fn : value;
}

/* The last that is heard of a module while its symbols are there. */
static int module_gone(struct notifier_block *nb, unsigned long state, void *mod)
{
	struct modbounds_domain *d = ((struct module *)mod)->modbounds;

	if (state == MODULE_STATE_GOING && d) {
		modbounds_free_all(d);
		modbounds_leaks_remember(d);
	}
	return NOTIFY_DONE;
}

static struct notifier_block module_nb = { .notifier_call = module_gone };

static int __init modbounds_init(void)
{
	modbounds_nobody.stats = alloc_percpu(struct modbounds_stats);
	if (!modbounds_nobody.stats || modbounds_seclude_init() ||
	    modbounds_map_init(&modbounds_nobody.map) || modbounds_grant_init() ||
	    modbounds_object_init())
		panic("modbounds: no memory at boot");
	modbounds_arena_init();
	return modbounds_blame_init() ?: register_module_notifier(&module_nb);
}
core_initcall(modbounds_init);
