// SPDX-License-Identifier: GPL-2.0
/* What follows a violation. */
#include "internal.h"

/**
 * modbounds_quarantine - refuse a module's work from now on
 * @d: its domain
 *
 * Context: any but NMI.
 */
void modbounds_quarantine(struct modbounds_domain *d)
{
	if (READ_ONCE(d->state) == MODBOUNDS_RUNNING)
		modbounds_set_state(d, MODBOUNDS_QUARANTINED);
}

/**
 * modbounds_will_return - may a quarantined module work again?
 * @d: its domain
 *
 * Context: any.
 */
bool modbounds_will_return(const struct modbounds_domain *d)
{
	return false;
}
