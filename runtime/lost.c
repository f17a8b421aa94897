// SPDX-License-Identifier: GPL-2.0
/*
 * What is under way between a virtio driver and its device when the driver violates.
 * Some of it is done, and nobody has listened when that was said; some has never
 * reached the device, for the driver believes to have queued it and has not.  A disk's
 * driver waits for all of it before it suspends, so without this it would for ever.
 */
#include <linux/blk-mq.h>
#include <linux/blkdev.h>
#include <linux/delay.h>
#include <linux/device.h>
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/virtio.h>
#include <linux/virtio_ring.h>

#include "internal.h"

#if IS_BUILTIN(CONFIG_VIRTIO)
/* A device that is not done by then has lost more than its driver. */
#define PATIENCE	(2 * HZ)

static void tell_again(struct virtio_device *virtio)
{
	struct virtqueue *queue;
	unsigned long flags;

	list_for_each_entry(queue, &virtio->vqs, list) {
		local_bh_disable();
		/* As in an interrupt. */
		local_irq_save(flags);
		vring_interrupt(0, queue);
		local_irq_restore(flags);
		local_bh_enable();
	}
}

#ifdef CONFIG_BLOCK
static bool rings_empty(struct virtio_device *virtio)
{
	struct virtqueue *queue;

	list_for_each_entry(queue, &virtio->vqs, list)
		if (READ_ONCE(queue->num_free) != virtqueue_get_vring_size(queue))
			return false;
	return true;
}

static bool requeue(struct request *rq, void *data)
{
	/* What is complete already ends by itself. */
	if (blk_mq_rq_state(rq) == MQ_RQ_IN_FLIGHT)
		blk_mq_requeue_request(rq, false);
	return true;
}

/* Its driver's rings hold requests of this disk, and nothing else. */
static int settle_disk(struct device *dev, void *data)
{
	struct virtio_device *virtio = data;
	unsigned long end = jiffies + PATIENCE;
	struct request_queue *q;

	if (dev->class != &block_class || dev->type != &disk_type)
		return 0;
	q = dev_to_disk(dev)->queue;
	/* Nothing is being queued from here on: what is in flight is in a ring, or lost. */
	blk_mq_quiesce_queue(q);
	tell_again(virtio);
	while (!rings_empty(virtio) && time_before(jiffies, end))
		usleep_range(500, 1000);
	if (rings_empty(virtio)) {
		/*
		 * Who has emptied a ring did so with interrupts off, and says that the
		 * request is complete before they are on again.
		 */
		synchronize_rcu();
		blk_mq_tagset_busy_iter(q->tag_set, requeue, NULL);
	}
	blk_mq_unquiesce_queue(q);
	blk_mq_kick_requeue_list(q);
	return 0;
}
#endif /* CONFIG_BLOCK */

/**
 * modbounds_settle_virtio - end what is under way, before a virtio device is reset
 * @dev: the device, bound to a driver whose gates are open
 *
 * Context: may sleep; the device's lock is held.
 */
void modbounds_settle_virtio(struct device *dev)
{
	struct virtio_device *virtio = dev_to_virtio(dev);

	tell_again(virtio);
#ifdef CONFIG_BLOCK
	device_for_each_child(dev, virtio, settle_disk);
#endif
}
#else
void modbounds_settle_virtio(struct device *dev)
{
}
#endif /* CONFIG_VIRTIO */
