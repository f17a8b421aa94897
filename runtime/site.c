// SPDX-License-Identifier: GPL-2.0
/*
 * What the plugin left about each check of a module.
 *
 * A check that is made inline has words behind its call that lead to its site.
 * One that is a mere call is found by the address of that.
 */
#include <linux/bsearch.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/sort.h>

#include "internal.h"

static unsigned long site_ip(const struct modbounds_site *site)
{
	return (unsigned long)&site->ip + site->ip;
}

static int compare_sites(const void *a, const void *b)
{
	unsigned long x = site_ip(*(const struct modbounds_site **)a);
	unsigned long y = site_ip(*(const struct modbounds_site **)b);

	return x < y ? -1 : x > y;
}

static int compare_ip(const void *key, const void *elt)
{
	unsigned long ip = (unsigned long)key, x = site_ip(*(const struct modbounds_site **)elt);

	return ip < x ? -1 : ip > x;
}

/*
 * Of a stack nobody records objects, so what a caller hands over in its frame
 * is known by its type alone.  Sites that keep to the type are marked, and the
 * thunks need not look further.
 */
static bool keeps_to_type(const struct modbounds_site *site)
{
	return site->origin != MODBOUNDS_ORIGIN_INT && site->base_reg == site->addr_reg &&
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
	unsigned int i;

	d->sites = kvcalloc(mod->num_modbounds_sites, sizeof(*d->sites), GFP_KERNEL);
	if (!d->sites && mod->num_modbounds_sites)
		return -ENOMEM;
	for (i = 0; i < mod->num_modbounds_sites; i++) {
		struct modbounds_site *site = &mod->modbounds_sites[i];

		if (keeps_to_type(site))
			site->flags |= MODBOUNDS_TYPED;
		if (site->ip)
			d->sites[d->num_sites++] = site;
	}
	sort(d->sites, d->num_sites, sizeof(*d->sites), compare_sites, NULL);
	return 0;
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
	/* Sites name a byte of the call itself. */
	const struct modbounds_site **site = bsearch((void *)(ip - 1), d->sites, d->num_sites,
						     sizeof(*d->sites), compare_ip);

	return site ? *site : NULL;
}
