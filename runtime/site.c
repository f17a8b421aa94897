// SPDX-License-Identifier: GPL-2.0
/*
 * What the plugin left about each check of a module.
 *
 * A check that is made inline has words behind its call that lead to its site.
 * The site of one that is a mere call is found by the address of that, in a hash table.
 */
#include <linux/hash.h>
#include <linux/log2.h>
#include <linux/module.h>
#include <linux/slab.h>

#include "internal.h"

static unsigned long site_ip(const struct modbounds_site *site)
{
	return (unsigned long)&site->ip + site->ip;
}

/* Where in the table the search for a site begins. */
static __always_inline unsigned int first_slot(const struct modbounds_domain *d, unsigned long ip)
{
	return hash_32(ip, d->site_bits);
}

/*
 * Of a stack nobody records objects, so what a caller hands over in its frame
 * is known by its type alone.  Sites that keep to the type are marked, and the
 * thunks need not look further.  An argument's site has a name where others have a type.
 */
static bool keeps_to_type(const struct modbounds_site *site)
{
	return !(site->flags & MODBOUNDS_ARGUMENT) &&
	       site->origin != MODBOUNDS_ORIGIN_INT && site->base_reg == site->addr_reg &&
	       site->offset >= 0 && (u64)site->offset + site->len <= site->type_size;
}

/**
 * modbounds_sites_init - make ready what is known of a module's checks
 * @d: the module's domain, new
 *
 * Context: may sleep.
 * Return: 0 or -ENOMEM.
 */
int modbounds_sites_init(struct modbounds_domain *d)
{
	struct module *mod = d->mod;
	unsigned int i, slot, mask;

	/* At least half of it stays empty. */
	d->site_bits = order_base_2(2 * mod->num_modbounds_sites + 1);
	mask = BIT(d->site_bits) - 1;
	d->sites = modbounds_table_alloc((mask + 1) * sizeof(*d->sites));
	if (!d->sites)
		return -ENOMEM;
	for (i = 0; i < mod->num_modbounds_sites; i++) {
		struct modbounds_site *site = &mod->modbounds_sites[i];

		if (keeps_to_type(site))
			site->flags |= MODBOUNDS_TYPED;
		site->type = modbounds_type_of(site->type);
		if (!site->ip)
			continue;
		for (slot = first_slot(d, site_ip(site)); d->sites[slot]; slot = (slot + 1) & mask)
			;
		d->sites[slot] = i + 1;
	}
	return 0;
}

/**
 * modbounds_domain_at - whose code is this?
 * @ip: an address in code that is running
 *
 * Context: any.
 * Return: the domain; &modbounds_nobody: of no instrumented module.
 */
struct modbounds_domain *modbounds_domain_at(unsigned long ip)
{
	struct modbounds_domain *d = NULL;
	struct module *mod;

	preempt_disable();
	mod = __module_address(ip);
	if (mod)
		d = READ_ONCE(mod->modbounds);
	preempt_enable();
	return d ?: &modbounds_nobody;
}

/**
 * modbounds_site_at - the site of a check that is a mere call
 * @d: the domain
 * @ip: where that returns to
 *
 * Context: any.
 * Return: the site; NULL: no check of this module.
 */
const struct modbounds_site *modbounds_site_at(struct modbounds_domain *d, unsigned long ip)
{
	unsigned int slot, mask = BIT(d->site_bits) - 1;
	const struct modbounds_site *site;

	/* Sites name the last byte of the call itself. */
	for (slot = first_slot(d, ip - 1); d->sites && d->sites[slot]; slot = (slot + 1) & mask) {
		site = &d->mod->modbounds_sites[d->sites[slot] - 1];
		if (site_ip(site) == ip - 1)
			return site;
	}
	return NULL;
}

/**
 * modbounds_site_of - the same, of whatever module the code is
 * @d: the running domain; the code's own if that is another: a function without a gate may
 *	have been called by another module
 * @ip: where the check's call returns to
 *
 * Context: any.
 * Return: the site; NULL: no check of any module.
 */
const struct modbounds_site *modbounds_site_of(struct modbounds_domain **d, unsigned long ip)
{
	const struct modbounds_site *site = modbounds_site_at(*d, ip);

	if (likely(site))
		return site;
	*d = modbounds_domain_at(ip);
	return modbounds_site_at(*d, ip);
}
