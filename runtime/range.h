/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Is a range known to be good, without asking the resolver?
 */
#ifndef _MODBOUNDS_RANGE_H
#define _MODBOUNDS_RANGE_H

#include <linux/mm.h>

#include "internal.h"

static __always_inline bool is_granted(const struct modbounds_domain *d, unsigned long addr,
				       size_t len, unsigned int plane)
{
	if (len > PAGE_SIZE)
		return false;
	if ((addr ^ (addr + len - 1)) < BITS_PER_LONG * MODBOUNDS_GRANULE)
		return modbounds_map_word(&d->map, addr, addr + len - 1, plane);
	return modbounds_map_all(&d->map, addr, addr + len, plane);
}

/*
 * Is all of a range in the object that @base lies in, and may it be touched?  In the arena the last
 * granule tells: those before it in the same slot are set, too.
 */
static __always_inline bool range_known(const struct modbounds_domain *d, unsigned long base,
					unsigned long addr, size_t len, unsigned int plane)
{
	unsigned long offset = base - READ_ONCE(d->base), last = addr + len - 1, slot;

	/* Never nothing: an access of no bytes passes whatever its address is. */
	if (!len || last < addr)
		return false;
	if (offset < READ_ONCE(d->size)) {
		slot = READ_ONCE(d->slots[(offset >> PAGE_SHIFT) & d->last_slot]);
		if (((addr ^ base) | (last ^ base)) & slot & ~MODBOUNDS_SLOT_SLACK)
			return ~slot == 0 && modbounds_one_object(d, base, addr, last);
		return !(slot & MODBOUNDS_SLOT_SLACK) || modbounds_map_test(&d->map, last, plane);
	}
	/* Drivers copy whole pages. */
	if (len == PAGE_SIZE && addr == base && PAGE_ALIGNED(addr) && modbounds_is_linear(addr))
		return modbounds_map_page(&d->map, addr, plane) &&
		       !folio_test_slab(virt_to_folio((void *)addr));
	return is_granted(d, addr, len, plane) && modbounds_one_object(d, base, addr, last);
}

/* On the running stack nobody knows how long an object is: the resolver lets pass what it holds. */
static __always_inline bool on_running_stack(unsigned long addr, size_t len)
{
	unsigned long sp = (unsigned long)__builtin_frame_address(0);

	return len && (addr ^ sp) < THREAD_SIZE && len <= THREAD_SIZE &&
	       ((addr + len - 1) ^ sp) < THREAD_SIZE;
}

static __always_inline bool known_ok(const struct modbounds_domain *d, const void *p, size_t len,
				     u8 flags, u8 origin)
{
	unsigned int plane = flags & MODBOUNDS_STORE ? MODBOUNDS_WRITE : MODBOUNDS_READ;
	unsigned long addr = (unsigned long)p;

	return likely(range_known(d, addr, addr, len, plane)) ||
	       (origin != MODBOUNDS_ORIGIN_INT && on_running_stack(addr, len));
}

bool modbounds_resolve_range(const void *p, size_t len, u8 flags, u8 origin, unsigned long ip);

static __always_inline bool range_ok(const void *p, size_t len, u8 flags, u8 origin,
				     unsigned long ip)
{
	return known_ok(modbounds_running_domain(), p, len, flags, origin) ||
	       modbounds_resolve_range(p, len, flags, origin, ip);
}

#endif /* _MODBOUNDS_RANGE_H */
