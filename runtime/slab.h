/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _MODBOUNDS_SLAB_H
#define _MODBOUNDS_SLAB_H

#include "../../mm/slab.h"

/**
 * modbounds_slab_object - the bounds of a slab object, free or not
 * @slab: its slab
 * @addr: an address in the slab
 * @start: filled in: its first byte
 * @end: filled in: behind its last byte
 *
 * Context: any.
 * Return: false if @addr is not in an object: padding, or behind the last one.
 */
static __always_inline bool modbounds_slab_object(const struct slab *slab, unsigned long addr,
						  unsigned long *start, unsigned long *end)
{
	struct kmem_cache *s = READ_ONCE(slab->slab_cache);
	unsigned long first = (unsigned long)slab_address(slab), object;
	unsigned int index;

	if (!s)
		return false;
	index = reciprocal_divide(addr - first, s->reciprocal_size);
	object = first + index * s->size + s->red_left_pad;
	if (index >= slab->objects || addr - object >= s->object_size)
		return false;
	*start = object;
	*end = object + s->object_size;
	return true;
}

#endif /* _MODBOUNDS_SLAB_H */
