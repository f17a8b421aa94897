// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that a disk's driver had under way when it was shut off for good: its completion
 * interrupts are refused, so nobody would ever end them, and whoever waits for one
 * would wait for ever, with the disk open and the module in use.  They fail.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/device.h>
#include <linux/module.h>
#include <linux/pci.h>

#include "internal.h"

#ifdef CONFIG_BLOCK
static bool fail(struct request *rq, void *data)
{
	unsigned int *failed = data;

	/* What is complete already ends by itself. */
	if (blk_mq_rq_state(rq) == MQ_RQ_IN_FLIGHT) {
		blk_mq_end_request(rq, BLK_STS_IOERR);
		(*failed)++;
	}
	return true;
}

/*
 * Disks whose requests the driver itself is given.  Those of SCSI hosts are
 * the SCSI layer's, which has time limits of its own.
 */
static int fail_disks(struct device *dev, void *data)
{
	const struct device_driver *drv = data;
	struct request_queue *q;
	unsigned int failed = 0;

	if (dev->class != &block_class || dev->type != &disk_type)
		return device_for_each_child(dev, data, fail_disks);
	q = dev_to_disk(dev)->queue;
	if (!queue_is_mq(q) || !within_module((unsigned long)q->mq_ops, drv->owner))
		return 0;
	/* Who is in the driver still comes out first. */
	blk_mq_quiesce_queue(q);
	blk_mq_tagset_busy_iter(q->tag_set, fail, &failed);
	blk_mq_unquiesce_queue(q);
	if (failed)
		pr_info("%s: %u requests under way have failed\n", dev_name(dev), failed);
	return 0;
}

/**
 * modbounds_fail_requests - nobody will end what is under way
 * @devices: which are silent, and whose driver does not come back by itself
 *
 * Not those of virtio devices: they are not silent, and may still write to what a request
 * points to.
 *
 * Context: may sleep.  A device that is being probed or removed is left alone: its
 * driver is at it, and may hang.
 */
void modbounds_fail_requests(struct list_head *devices)
{
	struct modbounds_device *d;

	list_for_each_entry(d, devices, list) {
		if (!d->pci || &d->pci->dev != d->dev || !device_trylock(d->dev))
			continue;
		if (d->dev->driver && d->dev->driver->owner)
			device_for_each_child(d->dev, d->dev->driver, fail_disks);
		device_unlock(d->dev);
	}
}
#else
void modbounds_fail_requests(struct list_head *devices)
{
}
#endif /* CONFIG_BLOCK */
