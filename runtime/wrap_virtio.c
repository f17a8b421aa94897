// SPDX-License-Identifier: GPL-2.0
/*
 * Requests that a virtio driver queues: the ring stops the machine for one that has
 * no name or no buffers, as one has that was read where nothing is to be read.
 */
#include <linux/virtio.h>

#include "internal.h"

#define ENTRY MODBOUNDS_ENTRY

/* @n: buffers */
#define WRAP_ADD(fn, params, args, n)				\
static int wrap_##fn params					\
{								\
	if (unlikely(!data || !(n)) &&				\
	    modbounds_refuses_call(data, MODBOUNDS_BAD_ARGUMENT, _RET_IP_)) \
		return -EINVAL;					\
	return fn args;						\
}

WRAP_ADD(virtqueue_add_sgs, (struct virtqueue *vq, struct scatterlist *sgs[], unsigned int out,
			     unsigned int in, void *data, gfp_t gfp),
	 (vq, sgs, out, in, data, gfp), out + in)
WRAP_ADD(virtqueue_add_outbuf, (struct virtqueue *vq, struct scatterlist *sg, unsigned int num,
				void *data, gfp_t gfp), (vq, sg, num, data, gfp), num)
WRAP_ADD(virtqueue_add_inbuf, (struct virtqueue *vq, struct scatterlist *sg, unsigned int num,
			       void *data, gfp_t gfp), (vq, sg, num, data, gfp), num)
WRAP_ADD(virtqueue_add_inbuf_ctx, (struct virtqueue *vq, struct scatterlist *sg, unsigned int num,
				   void *data, void *ctx, gfp_t gfp), (vq, sg, num, data, ctx, gfp),
	 num)

/* What the loader looks symbols up in; ends with an empty entry. */
const struct modbounds_wrapper modbounds_virtio_wrappers[] = {
	ENTRY(virtqueue_add_sgs),
	ENTRY(virtqueue_add_outbuf),
	ENTRY(virtqueue_add_inbuf),
	ENTRY(virtqueue_add_inbuf_ctx),
	{ }
};
