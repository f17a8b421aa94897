// SPDX-License-Identifier: GPL-2.0
/*
 * What becomes of a module after a violation: its states, who may restart it
 * how often, and the worker that walks the ladder.  What the rungs do is in
 * ladder.c.
 */
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/rcupdate.h>
#include <linux/reboot.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include <trace/events/modbounds.h>

#include "internal.h"
#include "../rcu/rcu.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX	"modbounds."

const char *const modbounds_state_names[] = {
	"running", "quarantined", "restarting", "draining", "down", "failed"
};

const char *const modbounds_rung_names[] = { "none", "reset", "rebind" };

static unsigned int restarts = 5;

static unsigned int window_seconds = 30 * 60;
module_param(window_seconds, uint, 0644);
MODULE_PARM_DESC(window_seconds, "restarts longer ago than this are forgotten");

static int set_restarts(const char *word, const struct kernel_param *kp)
{
	return param_set_uint_minmax(word, kp, 0, MODBOUNDS_MAX_RESTARTS);
}

static const struct kernel_param_ops restarts_ops = {
	.set = set_restarts,
	.get = param_get_uint,
};
module_param_cb(restarts, &restarts_ops, &restarts, 0644);
MODULE_PARM_DESC(restarts, "how often a module is restarted within window_seconds, at most 16");

/* A module that violates this soon after a restart was not helped by it. */
#define HELPED_AFTER	(10ULL * NSEC_PER_SEC)

/* Before the second restart in the window, and twice as long before each that follows. */
#define BACKOFF		(HZ / 10)
#define MAX_BACKOFF	(10 * HZ)

/* How often to look whether a module that violated in its init has come to its end. */
#define INIT_INTERVAL	(HZ / 20)

#define TO(state)	BIT(MODBOUNDS_##state)

/* Where a domain can go from each state, and whether its gates refuse there. */
static const struct {
	unsigned long to;
	bool refuse;
} states[MODBOUNDS_STATES] = {
	[MODBOUNDS_RUNNING] = { TO(QUARANTINED) | TO(DRAINING), false },
	[MODBOUNDS_QUARANTINED] = { TO(RESTARTING) | TO(DOWN) | TO(DRAINING), true },
	/*
	 * The gates are open: what the ladder calls must run, and it is what
	 * the kernel may hand the driver only once it is back (probe, open).
	 */
	[MODBOUNDS_RESTARTING] = { TO(RUNNING) | TO(DOWN) | TO(FAILED), false },
	[MODBOUNDS_DOWN] = { TO(RESTARTING) | TO(DRAINING), true },
	[MODBOUNDS_FAILED] = { TO(DRAINING), true },
	/* The module is gone once this has ended. */
	[MODBOUNDS_DRAINING] = { 0, false },
};

/* Changes of state; held for a few instructions, in any context but NMI. */
static DEFINE_RAW_SPINLOCK(state_lock);

static void remember(struct modbounds_domain *d, enum modbounds_state state, u64 now)
{
	struct modbounds_recovery *r = &d->recovery;

	r->history[r->changes % MODBOUNDS_HISTORY] = (struct modbounds_change){
		.when = now, .state = state, .rung = r->rung,
	};
	WRITE_ONCE(r->changes, r->changes + 1);
	if (state == MODBOUNDS_QUARANTINED) {
		r->since = now;
	} else if (state == MODBOUNDS_RUNNING && r->since) {
		r->last_down = now - r->since;
		r->down += r->last_down;
		r->since = 0;
		r->back = now;
	}
}

/**
 * modbounds_set_state - open or close the gates of a domain
 * @d: the domain
 * @state: where it goes
 *
 * Context: any but NMI.
 * Return: false if it cannot go there from where it is.
 */
bool modbounds_set_state(struct modbounds_domain *d, enum modbounds_state state)
{
	u64 now = ktime_get_boottime_ns();
	unsigned long flags;
	bool may;

	raw_spin_lock_irqsave(&state_lock, flags);
	may = states[d->state].to & BIT(state);
	/* It is not back if it violated on its way. */
	if (state == MODBOUNDS_RUNNING && d->recovery.again)
		may = false;
	if (may) {
		WRITE_ONCE(d->state, state);
		WRITE_ONCE(d->refuse, states[state].refuse);
		remember(d, state, now);
		trace_state(d->name, modbounds_state_names[state]);
	}
	raw_spin_unlock_irqrestore(&state_lock, flags);
	return may;
}

/**
 * modbounds_blame - note what a module did, for people
 * @d: its domain
 * @kind: what is wrong
 * @access: what it tried
 * @ip: where
 *
 * Context: any.
 */
void modbounds_blame(struct modbounds_domain *d, const char *kind, const char *access,
		     unsigned long ip)
{
	struct modbounds_recovery *r = &d->recovery;

	WRITE_ONCE(r->kind, kind);
	WRITE_ONCE(r->access, access);
	/* who sees where, sees what */
	smp_store_release(&r->ip, ip);
}

/**
 * modbounds_quarantine - a module may not go on: close its gates, begin to recover it
 * @d: its domain
 *
 * Called for each violation; only the first has work to do.
 *
 * Context: any but NMI.
 */
void modbounds_quarantine(struct modbounds_domain *d)
{
	/* The ladder looks at this before it says that the module is back. */
	if (READ_ONCE(d->state) == MODBOUNDS_RESTARTING)
		WRITE_ONCE(d->recovery.again, true);
	if (READ_ONCE(d->state) == MODBOUNDS_RUNNING &&
	    modbounds_set_state(d, MODBOUNDS_QUARANTINED))
		irq_work_queue(&d->recovery.poke);
}

static u64 window(void)
{
	return (u64)READ_ONCE(window_seconds) * NSEC_PER_SEC;
}

/* How many restarts began within the window. */
static unsigned int recent(const struct modbounds_recovery *r, u64 now)
{
	unsigned int i, n = 0, known;

	known = min_t(unsigned int, READ_ONCE(r->restarts), MODBOUNDS_MAX_RESTARTS);
	for (i = 0; i < known; i++) {
		u64 started = READ_ONCE(r->started[i]);

		/* 0: a person has made us forget it */
		n += started && now - started < window();
	}
	return n;
}

/**
 * modbounds_may_restart - is the limit not yet reached?
 * @r: what is known of earlier restarts
 * @now: ns since boot
 *
 * Context: any.
 * Return: whether there may be one more.
 */
bool modbounds_may_restart(const struct modbounds_recovery *r, u64 now)
{
	return recent(r, now) < READ_ONCE(restarts);
}

/**
 * modbounds_backoff - how long to wait before the next restart
 * @r: what is known of earlier restarts
 * @now: ns since boot
 *
 * Return: jiffies, 0 for the first one in the window.
 */
unsigned long modbounds_backoff(const struct modbounds_recovery *r, u64 now)
{
	unsigned int n = recent(r, now);

	return n ? min(BACKOFF << (n - 1), MAX_BACKOFF) : 0;
}

/**
 * modbounds_first_rung - where to begin
 * @r: what is known of earlier restarts
 * @now: ns since boot
 *
 * Return: the rung: the gentlest, or that above the one that has not helped.
 */
enum modbounds_rung modbounds_first_rung(const struct modbounds_recovery *r, u64 now)
{
	if (r->rung == MODBOUNDS_RUNG_NONE || now - r->back >= HELPED_AFTER)
		return MODBOUNDS_RUNG_RESET;
	return MODBOUNDS_RUNG_REBIND;
}

/**
 * modbounds_will_return - may a quarantined module come back without a person?
 * @d: its domain
 *
 * Who holds work for a module meanwhile asks again from time to time: the
 * answer becomes false when the last attempt has failed.
 *
 * Context: any.
 * Return: true while it may.
 */
bool modbounds_will_return(const struct modbounds_domain *d)
{
	switch (READ_ONCE(d->state)) {
	case MODBOUNDS_RESTARTING:
		return true;
	case MODBOUNDS_QUARANTINED:
		return READ_ONCE(d->recovery.asked) ||
		       (READ_ONCE(d->policy) == MODBOUNDS_RESTART &&
			modbounds_may_restart(&d->recovery, ktime_get_boottime_ns()));
	default:
		return false;
	}
}

/*
 * WEDGED says what is under way, or what a person can do: none, reset, rebind,
 * unload, unknown.  Udev's rules know most of these words from graphics drivers.
 */
static const char *wedged(const struct modbounds_change *c)
{
	switch (c->state) {
	case MODBOUNDS_RUNNING:
		return "none";
	case MODBOUNDS_RESTARTING:
		return modbounds_rung_names[c->rung];
	case MODBOUNDS_FAILED:
		return "unknown";
	case MODBOUNDS_DRAINING:
		return "unload";
	default:
		return "rebind";
	}
}

/* A uevent for each change since the last time; some may be lost if there were many at once. */
static void announce(struct modbounds_domain *d)
{
	struct modbounds_recovery *r = &d->recovery;
	unsigned int changes = READ_ONCE(r->changes);
	char state[32], way[32], module[16 + MODULE_NAME_LEN];
	char *env[4] = { module, state, way, NULL };

	snprintf(module, sizeof(module), "MODULE=%s", d->name);
	if (changes - r->announced > MODBOUNDS_HISTORY)
		r->announced = changes - MODBOUNDS_HISTORY;
	for (; r->announced != changes; r->announced++) {
		const struct modbounds_change *c = &r->history[r->announced % MODBOUNDS_HISTORY];

		snprintf(state, sizeof(state), "STATE=%s", modbounds_state_names[c->state]);
		snprintf(way, sizeof(way), "WEDGED=%s", wedged(c));
		kobject_uevent_env(&d->kobj, KOBJ_CHANGE, env);
	}
}

static bool go(struct modbounds_domain *d, enum modbounds_state state)
{
	bool done = modbounds_set_state(d, state);

	announce(d);
	return done;
}

/*
 * One rung.  What violates once in a callback may not do so the second time, and whoever
 * uses the device keeps it only if it is reset in place: that is tried twice.
 */
static int climb(struct modbounds_domain *d, struct module *mod, enum modbounds_rung rung)
{
	struct modbounds_recovery *r = &d->recovery;
	int err;

	r->rung = rung;
	WRITE_ONCE(r->again, false);
	err = modbounds_climb(mod, &r->devices, rung);
	if (err || rung != MODBOUNDS_RUNG_RESET || !READ_ONCE(r->again))
		return err;
	WRITE_ONCE(r->again, false);
	return modbounds_climb(mod, &r->devices, rung);
}

/* One restart: rung after rung, until one helps. */
static void walk(struct modbounds_domain *d, struct module *mod)
{
	struct modbounds_recovery *r = &d->recovery;
	u64 now = ktime_get_boottime_ns();
	enum modbounds_rung rung = modbounds_first_rung(r, now);
	int err = -ENODEV;

	r->started[r->restarts % MODBOUNDS_MAX_RESTARTS] = now;
	WRITE_ONCE(r->restarts, r->restarts + 1);
	r->rung = rung;
	WRITE_ONCE(r->again, false);
	if (!go(d, MODBOUNDS_RESTARTING))
		return;
	modbounds_expect_interrupts(d);
	modbounds_unsilence(&r->devices);
	for (; rung < MODBOUNDS_RUNGS; rung++) {
		err = climb(d, mod, rung);
		if (!err && go(d, MODBOUNDS_RUNNING)) {
			pr_info("%s: runs again after %s, was away for %llu ms\n", d->name,
				modbounds_rung_names[rung], div_u64(r->last_down, NSEC_PER_MSEC));
			modbounds_forget_devices(&r->devices);
			return;
		}
		pr_info("%s: %s did not help: %s\n", d->name, modbounds_rung_names[rung],
			err == -ETIMEDOUT ? "it hangs" : err == -ENODEV ? "no device for that" :
			err ? "a callback failed" : "it violated again");
	}
	modbounds_silence(&r->devices);
	modbounds_unmask_lines(d);
	go(d, err == -ETIMEDOUT ? MODBOUNDS_FAILED : MODBOUNDS_DOWN);
	pr_err("%s: %s\n", d->name, err == -ETIMEDOUT ?
	       "failed: a callback of its driver does not return" :
	       "down: write 1 to its file restart to try once more");
}

/* Take the module for the time of a restart: it cannot be unloaded meanwhile. */
static struct module *take(struct modbounds_domain *d)
{
	struct module *mod;

	mutex_lock(&modbounds_mutex);
	mod = d->mod;
	if (mod && (mod->state != MODULE_STATE_LIVE || !try_module_get(mod)))
		mod = NULL;
	mutex_unlock(&modbounds_mutex);
	return mod;
}

/* Its gates refuse: nothing is to be expected of its devices, so they may do nothing. */
static void silence(struct modbounds_domain *d, struct module *mod)
{
	struct modbounds_recovery *r = &d->recovery;

	if (!list_empty(&r->devices))
		return;
	modbounds_find_devices(mod, &r->devices);
	modbounds_silence(&r->devices);
	modbounds_unmask_lines(d);
}

/* What is to be done about a domain whose gates are closed. */
static void decide(struct modbounds_domain *d, struct module *mod)
{
	struct modbounds_recovery *r = &d->recovery;
	enum modbounds_policy policy = READ_ONCE(d->policy);
	u64 now = ktime_get_boottime_ns();
	bool asked = READ_ONCE(r->asked);
	unsigned long wait;

	if (!asked && policy == MODBOUNDS_REBOOT) {
		pr_emerg("%s: policy reboot\n", d->name);
		orderly_reboot();
		return;
	}
	if (!asked && !modbounds_may_restart(r, now)) {
		pr_err("%s: down after %u restarts within %u s\n", d->name, recent(r, now),
		       window_seconds);
		go(d, MODBOUNDS_DOWN);
		return;
	}
	wait = asked || r->due ? 0 : modbounds_backoff(r, now);
	if (wait) {
		r->due = true;
		queue_delayed_work(system_unbound_wq, &r->work, wait);
		return;
	}
	r->due = false;
	walk(d, mod);
	WRITE_ONCE(r->asked, false);
}

static void recover(struct work_struct *work)
{
	struct modbounds_recovery *r = container_of(to_delayed_work(work),
						    struct modbounds_recovery, work);
	struct modbounds_domain *d = container_of(r, struct modbounds_domain, recovery);
	enum modbounds_state state = READ_ONCE(d->state);
	enum modbounds_policy policy = READ_ONCE(d->policy);
	struct module *mod = READ_ONCE(d->mod);

	announce(d);
	if (state != MODBOUNDS_QUARANTINED &&
	    !(state == MODBOUNDS_DOWN && READ_ONCE(r->asked)))
		return;
	if (!mod)
		return;
	/* A failing init does not look at references, so it is waited for. */
	if (READ_ONCE(mod->state) == MODULE_STATE_COMING) {
		queue_delayed_work(system_unbound_wq, &r->work, INIT_INTERVAL);
		return;
	}
	/*
	 * To silence its devices the module need not be taken, and must not: rmmod would find it
	 * in use.  Its domain, and with it this worker, ends before the module's memory does.
	 *
	 * What a driver does on its way down and up waits for one grace period after the other,
	 * and somebody waits for the driver: as for a machine that goes to sleep.
	 */
	rcu_async_hurry();
	rcu_expedite_gp();
	silence(d, mod);
	if (READ_ONCE(r->asked) || policy == MODBOUNDS_RESTART || policy == MODBOUNDS_REBOOT) {
		mod = take(d);
		if (mod) {
			decide(d, mod);
			module_put(mod);
		}
	}
	state = READ_ONCE(d->state);
	if (state == MODBOUNDS_DOWN ||
	    (state == MODBOUNDS_QUARANTINED && !modbounds_will_return(d)))
		modbounds_fail_requests(&r->devices);
	rcu_unexpedite_gp();
	rcu_async_relax();
}

/* From wherever the violation was to where work can be queued. */
static void poke(struct irq_work *work)
{
	struct modbounds_recovery *r = container_of(work, struct modbounds_recovery, poke);

	queue_delayed_work(system_unbound_wq, &r->work, 0);
}

/**
 * modbounds_restart - a person wants a module back
 * @d: its domain
 *
 * Earlier restarts are forgotten.
 *
 * Return: 0; -EBUSY if it is not down, or cannot come back.
 */
int modbounds_restart(struct modbounds_domain *d)
{
	struct modbounds_recovery *r = &d->recovery;
	enum modbounds_state state = READ_ONCE(d->state);

	if (state != MODBOUNDS_QUARANTINED && state != MODBOUNDS_DOWN)
		return -EBUSY;
	memset(r->started, 0, sizeof(r->started));
	WRITE_ONCE(r->asked, true);
	mod_delayed_work(system_unbound_wq, &r->work, 0);
	return 0;
}

/**
 * modbounds_recover_init - a new domain
 * @d: the domain
 */
void modbounds_recover_init(struct modbounds_domain *d)
{
	init_irq_work(&d->recovery.poke, poke);
	INIT_DELAYED_WORK(&d->recovery.work, recover);
	INIT_LIST_HEAD(&d->recovery.devices);
}

/**
 * modbounds_recover_stop - a domain whose module is gone is recovered no more
 * @d: the domain
 *
 * Context: may sleep.
 */
void modbounds_recover_stop(struct modbounds_domain *d)
{
	irq_work_sync(&d->recovery.poke);
	cancel_delayed_work_sync(&d->recovery.work);
	modbounds_forget_devices(&d->recovery.devices);
}
