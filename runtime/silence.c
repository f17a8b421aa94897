// SPDX-License-Identifier: GPL-2.0
/*
 * The devices of a module, and how to make them quiet: a quarantined driver's
 * device neither writes memory nor raises an interrupt that nobody handles.
 */
#include <linux/device.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "internal.h"
#include "../module/internal.h"

/* As many modules that use one another: nvme uses nvme-core, and few libraries have more users. */
#define MAX_MODULES	16

/**
 * struct search - devices of some modules
 * @mods: whose drivers are looked for
 * @n: how many modules
 * @idle: devices without a driver that they would drive
 * @devices: where they go
 */
struct search {
	const struct module *mods[MAX_MODULES];
	unsigned int n;
	bool idle;
	struct list_head *devices;
};

static bool wanted(const struct search *s, const struct device_driver *drv)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		if (drv->owner == s->mods[i])
			return true;
	return false;
}

static int could_drive(struct device_driver *drv, void *data)
{
	struct device *dev = data;

	return !drv->bus->match || drv->bus->match(dev, drv) > 0;
}

/**
 * struct offer - is there a driver for a device?
 * @s: of whose modules
 * @dev: the device
 */
struct offer {
	const struct search *s;
	struct device *dev;
};

static int suits(struct device_driver *drv, void *data)
{
	struct offer *o = data;

	return wanted(o->s, drv) && could_drive(drv, o->dev);
}

/* Drivers lie in modules, whose memory waits for RCU before it is freed. */
static bool driven(struct device *dev, const struct search *s)
{
	struct offer o = { .s = s, .dev = dev };
	const struct device_driver *drv;
	bool is;

	rcu_read_lock();
	drv = READ_ONCE(dev->driver);
	is = !s->idle && drv && wanted(s, drv);
	rcu_read_unlock();
	if (!s->idle || drv || !dev->bus)
		return is;
	return bus_for_each_drv(dev->bus, NULL, &o, suits);
}

static struct pci_dev *transport(struct device *dev)
{
	if (dev_is_pci(dev))
		return to_pci_dev(dev);
	/* What a virtio device does on the bus, its parent does. */
	if (dev->bus && !strcmp(dev->bus->name, "virtio") && dev->parent && dev_is_pci(dev->parent))
		return to_pci_dev(dev->parent);
	return NULL;
}

static int add(struct list_head *devices, struct device *dev)
{
	struct modbounds_device *found = kzalloc(sizeof(*found), GFP_KERNEL);

	if (!found)
		return -ENOMEM;
	found->dev = get_device(dev);
	found->pci = transport(dev);
	list_add_tail(&found->list, devices);
	return 0;
}

static int look_at(struct device *dev, void *data)
{
	struct search *s = data;

	/* What lies below belongs to this one. */
	if (driven(dev, s))
		return add(s->devices, dev);
	return device_for_each_child(dev, s, look_at);
}

static void look(struct search *s)
{
	/* All real ones hang below these two. */
#ifdef CONFIG_PCI
	bus_for_each_dev(&pci_bus_type, NULL, s, look_at);
#endif
	bus_for_each_dev(&platform_bus_type, NULL, s, look_at);
}

/* Who uses what a module exports: its drivers' devices stand still without it. */
static void add_users(struct search *s, const struct module *mod)
{
#ifdef CONFIG_MODULE_UNLOAD
	const struct module_use *use;

	mutex_lock(&module_mutex);
	list_for_each_entry(use, &mod->source_list, source_list)
		if (s->n < MAX_MODULES)
			s->mods[s->n++] = use->source;
	mutex_unlock(&module_mutex);
#endif
}

/**
 * modbounds_find_devices - which devices need a module?
 * @mod: the module, which is not being freed
 * @devices: an empty list, which they are added to and held by
 *
 * Those that it drives; if there are none, those whose drivers use it; if there are
 * none of these either, those that it would drive: a probe has failed.  Without memory for
 * all, some are missing.
 *
 * Context: may sleep; takes no device's lock, so that a driver that hangs
 * with one held does not matter.
 */
void modbounds_find_devices(const struct module *mod, struct list_head *devices)
{
	struct search s = { .mods = { mod }, .n = 1, .devices = devices };

	look(&s);
	if (!list_empty(devices))
		return;
	add_users(&s, mod);
	if (s.n > 1)
		look(&s);
	if (!list_empty(devices))
		return;
	s.idle = true;
	look(&s);
}

/**
 * modbounds_copy_devices - the same devices, held once more
 * @from: devices
 * @to: an empty list
 *
 * Return: 0 or -ENOMEM.
 */
int modbounds_copy_devices(const struct list_head *from, struct list_head *to)
{
	const struct modbounds_device *d;

	list_for_each_entry(d, from, list)
		if (add(to, d->dev))
			return -ENOMEM;
	return 0;
}

/**
 * modbounds_forget_devices - let go of what was found
 * @devices: the list, empty afterwards
 */
void modbounds_forget_devices(struct list_head *devices)
{
	struct modbounds_device *d, *next;

	list_for_each_entry_safe(d, next, devices, list) {
		put_device(d->dev);
		kfree(d);
	}
	INIT_LIST_HEAD(devices);
}

/**
 * modbounds_silence - devices stop
 * @devices: what modbounds_find_devices() has found
 *
 * A message-signalled interrupt is a write to memory: without bus mastering
 * there is none.  A virtio device is left alone: it forgets all requests if
 * its bus mastering goes, and its interrupt handlers are not the module's.
 *
 * Context: any that may take the PCI configuration lock.
 */
void modbounds_silence(struct list_head *devices)
{
#ifdef CONFIG_PCI
	struct modbounds_device *d;
	u16 command;

	list_for_each_entry(d, devices, list) {
		if (!d->pci || &d->pci->dev != d->dev)
			continue;
		pci_read_config_word(d->pci, PCI_COMMAND, &command);
		/* All ones: it is not there any more. */
		if (PCI_POSSIBLE_ERROR(command))
			continue;
		d->master = command & PCI_COMMAND_MASTER;
		if (d->master)
			pci_clear_master(d->pci);
		d->intx = !(command & PCI_COMMAND_INTX_DISABLE);
		if (d->intx)
			pci_intx(d->pci, 0);
	}
#endif
}

/**
 * modbounds_unsilence - devices may do again what they could
 * @devices: what modbounds_silence() was given
 *
 * Context: as modbounds_silence().
 */
void modbounds_unsilence(struct list_head *devices)
{
#ifdef CONFIG_PCI
	struct modbounds_device *d;

	list_for_each_entry(d, devices, list) {
		if (d->master)
			pci_set_master(d->pci);
		if (d->intx)
			pci_intx(d->pci, 1);
		d->master = false;
		d->intx = false;
	}
#endif
}
