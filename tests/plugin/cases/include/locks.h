/* SPDX-License-Identifier: GPL-2.0 */
/* Names of the kernel's: functions of another unit, and two of which nothing is left. */
void _raw_spin_lock(void);
void _raw_spin_unlock(void);
int _raw_spin_trylock(void);
void mutex_lock(void);
int mutex_lock_interruptible(void);
void mutex_unlock(void);
void down_read(void);
void up_read(void);
void __rcu_read_lock(void);
void __rcu_read_unlock(void);
void spinlock_check(void);
void power_down_phy(void);
void block_clock(void);

static inline void pagefault_disable(int *count)
{
	++*count;
	asm volatile("" ::: "memory");
}

static inline void pagefault_enable(int *count)
{
	asm volatile("" ::: "memory");
	--*count;
}
