/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MODBOUNDS_RECOVER_H
#define _MODBOUNDS_RECOVER_H

#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/types.h>
#include <linux/workqueue.h>

struct device;
struct module;
struct modbounds_domain;
struct pci_dev;

/* Where a domain stands in its life; see the table of transitions in recover.c. */
enum modbounds_state {
	MODBOUNDS_RUNNING,
	MODBOUNDS_QUARANTINED,	/* gates refuse */
	MODBOUNDS_RESTARTING,	/* the ladder calls its driver's own callbacks */
	MODBOUNDS_DRAINING,	/* being unloaded: its own clean-up must run */
	MODBOUNDS_DOWN,		/* gates refuse until a person says restart */
	MODBOUNDS_FAILED,	/* one of its callbacks hangs: not even a person can */
	MODBOUNDS_STATES
};

enum modbounds_rung {
	MODBOUNDS_RUNG_NONE,
	MODBOUNDS_RUNG_RESET,	/* in place, by the power management callbacks */
	MODBOUNDS_RUNG_REBIND,	/* the driver leaves its devices and probes them again */
	MODBOUNDS_RUNGS
};

extern const char *const modbounds_rung_names[MODBOUNDS_RUNGS];

#define MODBOUNDS_HISTORY	32	/* changes of state that are remembered */
#define MODBOUNDS_MAX_RESTARTS	16	/* the largest limit that can be set */

/**
 * struct modbounds_change - one change of state, for people
 * @when: time since boot, in ns
 * @state: what it became
 * @rung: what was tried to get there
 */
struct modbounds_change {
	u64 when;
	u8 state;
	u8 rung;
};

/**
 * struct modbounds_recovery - how a domain comes back after a violation
 * @poke: gets from any context to where @work can be queued
 * @work: walks the ladder
 * @devices: what the module drives, or drove when it was quarantined; the worker's
 * @rung: the last one that was tried
 * @again: the module violated while a rung was being tried
 * @asked: a person wants a restart
 * @due: the time to wait before the next one is over
 * @announced: changes that have had their uevent
 * @changes: of state, so far
 * @history: the last of them
 * @started: when the last restarts began, in ns since boot; a ring
 * @restarts: how many began
 * @since: when it was quarantined; 0: it runs
 * @back: when it last came back
 * @down: how long it was away, all in all, in ns
 * @last_down: the last time
 * @kind: what was wrong, last time
 * @access: with which access
 * @ip: and where; 0: nothing yet
 */
struct modbounds_recovery {
	struct irq_work poke;
	struct delayed_work work;
	struct list_head devices;
	enum modbounds_rung rung;
	bool again;
	bool asked;
	bool due;
	unsigned int announced;
	unsigned int changes;
	struct modbounds_change history[MODBOUNDS_HISTORY];
	u64 started[MODBOUNDS_MAX_RESTARTS];
	unsigned int restarts;
	u64 since;
	u64 back;
	u64 down;
	u64 last_down;
	const char *kind;
	const char *access;
	unsigned long ip;
};

/* recover.c */
bool modbounds_set_state(struct modbounds_domain *d, enum modbounds_state state);
void modbounds_quarantine(struct modbounds_domain *d);
void modbounds_blame(struct modbounds_domain *d, const char *kind, const char *access,
		     unsigned long ip);
bool modbounds_will_return(const struct modbounds_domain *d);
int modbounds_restart(struct modbounds_domain *d);
bool modbounds_may_restart(const struct modbounds_recovery *r, u64 now);
unsigned long modbounds_backoff(const struct modbounds_recovery *r, u64 now);
enum modbounds_rung modbounds_first_rung(const struct modbounds_recovery *r, u64 now);
void modbounds_recover_init(struct modbounds_domain *d);
void modbounds_recover_stop(struct modbounds_domain *d);

/* silence.c */

/**
 * struct modbounds_device - a device that is bound to a driver of a module
 * @list: of such
 * @dev: the device, held
 * @pci: itself, or what a virtio device is behind; NULL: neither
 * @master: it was a bus master, and is not now
 * @intx: it could raise its interrupt line, and cannot now
 */
struct modbounds_device {
	struct list_head list;
	struct device *dev;
	struct pci_dev *pci;
	bool master;
	bool intx;
};

void modbounds_find_devices(const struct module *mod, struct list_head *devices);
int modbounds_copy_devices(const struct list_head *from, struct list_head *to);
void modbounds_forget_devices(struct list_head *devices);
void modbounds_silence(struct list_head *devices);
void modbounds_unsilence(struct list_head *devices);

/* lost.c */
void modbounds_settle_virtio(struct device *dev);

/* inflight.c */
void modbounds_fail_requests(struct list_head *devices);

/* transmit.c */
#ifdef CONFIG_NET
void modbounds_stop_transmit(struct device *dev);
void modbounds_start_transmit(struct device *dev);
#else
static inline void modbounds_stop_transmit(struct device *dev) {}
static inline void modbounds_start_transmit(struct device *dev) {}
#endif

/* ladder.c */
int modbounds_climb(struct module *mod, const struct list_head *devices,
		    enum modbounds_rung rung);

#endif /* _MODBOUNDS_RECOVER_H */
