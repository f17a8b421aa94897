// SPDX-License-Identifier: GPL-2.0
/* Nobody else wants them. */
#include "locks.h"

void _raw_spin_lock(void) { }
void _raw_spin_unlock(void) { }
int _raw_spin_trylock(void) { return 1; }
void mutex_lock(void) { }
int mutex_lock_interruptible(void) { return 0; }
void mutex_unlock(void) { }
void down_read(void) { }
void up_read(void) { }
void __rcu_read_lock(void) { }
void __rcu_read_unlock(void) { }
void spinlock_check(void) { }
void power_down_phy(void) { }
void block_clock(void) { }
