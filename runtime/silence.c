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

/**
 * struct search - devices of one module
 * @mod: the module
 * @devices: where they go
 */
struct search {
	const struct module *mod;
	struct list_head *devices;
};

/* Drivers lie in modules, whose memory waits for RCU before it is freed. */
static bool driven_by(struct device *dev, const struct module *mod)
{
	const struct device_driver *drv;
	bool is;

	rcu_read_lock();
	drv = READ_ONCE(dev->driver);
	is = drv && drv->owner == mod;
	rcu_read_unlock();
	return is;
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
	if (driven_by(dev, s->mod))
		return add(s->devices, dev);
	return device_for_each_child(dev, s, look_at);
}

/**
 * modbounds_find_devices - which devices does a module drive?
 * @mod: the module; only compared, never looked into
 * @devices: an empty list, which they are added to and held by
 *
 * Without memory for all, some are missing.
 *
 * Context: may sleep; takes no device's lock, so that a driver that hangs
 * with one held does not matter.
 */
void modbounds_find_devices(const struct module *mod, struct list_head *devices)
{
	struct search s = { .mod = mod, .devices = devices };

	/* All real ones hang below these two. */
#ifdef CONFIG_PCI
	bus_for_each_dev(&pci_bus_type, NULL, &s, look_at);
#endif
	bus_for_each_dev(&platform_bus_type, NULL, &s, look_at);
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
