// SPDX-License-Identifier: GPL-2.0
/*
 * The rungs of the ladder: what is done to a driver's devices so that it
 * starts anew.  They call the driver, which may hang: each runs in a thread
 * of its own, and who waits for it goes on after a while.
 */
#include <linux/completion.h>
#include <linux/device.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/pci.h>
#include <linux/pm.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/umh.h>

#include "internal.h"

#undef MODULE_PARAM_PREFIX
#define MODULE_PARAM_PREFIX	"modbounds."

static unsigned int rung_seconds = 10;
module_param(rung_seconds, uint, 0644);
MODULE_PARM_DESC(rung_seconds, "how long a rung of the ladder may take before the next one is tried");

static char helper[128] = "/sbin/modbounds";
module_param_string(helper, helper, sizeof(helper), 0644);
MODULE_PARM_DESC(helper, "program that keeps the configuration of devices while they are gone");

/**
 * struct job - one rung, in a thread of its own
 * @users: the thread, and who waits for it
 * @done: it has ended
 * @mod: the module, held
 * @devices: its devices
 * @rung: what to do
 * @err: how it ended
 */
struct job {
	refcount_t users;
	struct completion done;
	struct module *mod;
	struct list_head devices;
	enum modbounds_rung rung;
	int err;
};

static void put(struct job *job)
{
	if (!refcount_dec_and_test(&job->users))
		return;
	modbounds_forget_devices(&job->devices);
	module_put(job->mod);
	kfree(job);
}

#ifdef CONFIG_PCI
typedef int (*pm_callback)(struct device *dev);

/*
 * The pair of callbacks around a reset.  Those of hibernation are made for
 * a device that has forgotten everything, those of sleep mostly work as well.
 */
static bool find_callbacks(const struct dev_pm_ops *pm, pm_callback *before, pm_callback *after)
{
	if (pm && pm->freeze && pm->restore) {
		*before = pm->freeze;
		*after = pm->restore;
		return true;
	}
	if (pm && pm->suspend && pm->resume) {
		*before = pm->suspend;
		*after = pm->resume;
		return true;
	}
	return false;
}

/* The bus's own way, which the driver is told of: NVMe. */
static int reset_announced(struct pci_dev *pci, const struct pci_error_handlers *handlers)
{
	int err = pci_reset_function_locked(pci);

	if (err != -ENOTTY)
		return err;
	/* It cannot be reset from outside: what the driver does will have to do. */
	handlers->reset_prepare(pci);
	handlers->reset_done(pci);
	return 0;
}

/*
 * A callback that violates before it has taken anything is left, and fails, but has done
 * nothing yet: it can be called again.  It, and not the pair of them, for what is
 * suspended already must not be suspended once more.
 */
static int call_back(pm_callback callback, struct device *dev)
{
	return callback(dev) ? callback(dev) : 0;
}

/* Around a reset that the driver is not told of: as if the machine had slept. */
static int reset_asleep(struct pci_dev *pci, const struct dev_pm_ops *pm)
{
	pm_callback before, after;
	int err;

	if (!find_callbacks(pm, &before, &after))
		return -ENODEV;
	pci->state_saved = false;
	err = call_back(before, &pci->dev);
	if (err)
		return err;
	/* A driver that has saved the state itself may have switched off bus mastering since. */
	if (!pci->state_saved)
		pci_save_state(pci);
	err = __pci_reset_function_locked(pci);
	pci_set_power_state(pci, PCI_D0);
	pci_restore_state(pci);
	if (err && err != -ENOTTY)
		return err;
	return call_back(after, &pci->dev);
}

static int reset_locked(struct modbounds_device *d)
{
	struct pci_driver *driver;

	if (!d->pci || !d->pci->driver || !d->dev->driver)
		return -ENODEV;
	driver = d->pci->driver;
	if (&d->pci->dev == d->dev && driver->err_handler && driver->err_handler->reset_prepare &&
	    driver->err_handler->reset_done)
		return reset_announced(d->pci, driver->err_handler);
	if (&d->pci->dev != d->dev)
		modbounds_settle_virtio(d->dev);
	return reset_asleep(d->pci, driver->driver.pm);
}

/* Its net_device or disk stays registered, so that whoever uses it only has to wait. */
static int reset(struct modbounds_device *d)
{
	int err;

	if (!d->pci)
		return -ENODEV;
	device_lock(&d->pci->dev);
	if (d->dev != &d->pci->dev)
		device_lock(d->dev);
	modbounds_stop_transmit(d->dev);
	err = reset_locked(d);
	modbounds_start_transmit(d->dev);
	if (d->dev != &d->pci->dev)
		device_unlock(d->dev);
	device_unlock(&d->pci->dev);
	return err;
}
#else
static int reset(struct modbounds_device *d)
{
	return -ENODEV;
}
#endif

/* The helper notes what a device is configured with, or puts it back. */
static void ask_helper(struct device *dev, char *what)
{
	char *path = kobject_get_path(&dev->kobj, GFP_KERNEL);
	char *argv[5] = { helper, "configuration", what, path, NULL };
	char *envp[3] = { "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/", NULL };

	/* Without a helper the driver comes back all the same. */
	if (path && *helper)
		call_usermodehelper(helper, argv, envp, UMH_WAIT_PROC);
	kfree(path);
}

/* What it had registered goes, and comes back under the same name. */
static int rebind(struct modbounds_device *d)
{
	int bound;

	ask_helper(d->dev, "save");
	device_release_driver(d->dev);
#ifdef CONFIG_PCI
	if (d->pci && &d->pci->dev == d->dev)
		pci_try_reset_function(d->pci);
#endif
	bound = device_attach(d->dev);
	if (bound != 1)
		return bound ?: -ENODEV;
	ask_helper(d->dev, "restore");
	return 0;
}

static int run(void *data)
{
	struct job *job = data;
	struct modbounds_device *d;

	if (list_empty(&job->devices))
		job->err = -ENODEV;
	list_for_each_entry(d, &job->devices, list) {
		job->err = job->rung == MODBOUNDS_RUNG_RESET ? reset(d) : rebind(d);
		if (job->err)
			break;
	}
	complete(&job->done);
	put(job);
	return 0;
}

/**
 * modbounds_climb - try one rung
 * @mod: the module, which the caller holds
 * @devices: what it drives
 * @rung: the rung
 *
 * Context: may sleep.
 * Return: 0 if each device was brought back; -ENODEV if there is none for which
 * the rung is made; -ETIMEDOUT if the driver does not return, the module is
 * then held until it does; or what the driver says.
 */
int modbounds_climb(struct module *mod, const struct list_head *devices,
		    enum modbounds_rung rung)
{
	struct job *job = kzalloc(sizeof(*job), GFP_KERNEL);
	struct task_struct *thread;
	int err = -ENOMEM;

	if (!job)
		return -ENOMEM;
	refcount_set(&job->users, 2);
	init_completion(&job->done);
	INIT_LIST_HEAD(&job->devices);
	job->rung = rung;
	job->mod = mod;
	__module_get(mod);
	if (modbounds_copy_devices(devices, &job->devices))
		goto fail;
	thread = kthread_run(run, job, "modbounds/%s", mod->name);
	if (IS_ERR(thread)) {
		err = PTR_ERR(thread);
		goto fail;
	}
	if (wait_for_completion_timeout(&job->done, rung_seconds * HZ))
		err = job->err;
	else
		err = -ETIMEDOUT;
	put(job);
	return err;

fail:
	put(job);	/* the thread's */
	put(job);
	return err;
}
