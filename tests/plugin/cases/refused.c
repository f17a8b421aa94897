// SPDX-License-Identifier: GPL-2.0
/*
 * What gates return when the domain is quarantined: an error of the type, the
 * packet freed, the poll function taken off its list; the body does not run.
 *
 * expect: int=-5 long=-5 unsigned=0 bool=0 pointer=0 void=0 ran=0 irq=0 blk=10 tx=0 poll=0 structure=0 float=0
 * log: ^drop_skb 1
 * log: ^drop_napi 1
 */
#include "../rt.h"

typedef unsigned char blk_status_t;
typedef enum irqreturn { IRQ_NONE, IRQ_HANDLED } irqreturn_t;
typedef enum netdev_tx { NETDEV_TX_OK, NETDEV_TX_BUSY = 0x10 } netdev_tx_t;
struct sk_buff { int x; };
struct napi_struct { int x; };
struct big { long v[6]; };

static int ran;

int f_int(void) { ran++; return 1; }
long f_long(void) { ran++; return 1; }
unsigned int f_unsigned(void) { ran++; return 1; }
_Bool f_bool(void) { ran++; return 1; }
void *f_pointer(void) { ran++; return &ran; }
void f_void(void) { ran++; }
irqreturn_t f_irq(int irq, void *data) { ran++; return IRQ_HANDLED; }
blk_status_t f_blk(void) { ran++; return 1; }
netdev_tx_t f_tx(struct sk_buff *skb, void *dev) { ran++; return NETDEV_TX_BUSY; }
int f_poll(struct napi_struct *napi, int budget) { ran++; return budget; }
struct big f_structure(void) { struct big b = { { 1, 2, 3 } }; ran++; return b; }
double f_float(void) { ran++; return 1; }

int (*volatile p_int)(void) = f_int;
long (*volatile p_long)(void) = f_long;
unsigned int (*volatile p_unsigned)(void) = f_unsigned;
_Bool (*volatile p_bool)(void) = f_bool;
void *(*volatile p_pointer)(void) = f_pointer;
void (*volatile p_void)(void) = f_void;
irqreturn_t (*volatile p_irq)(int, void *) = f_irq;
blk_status_t (*volatile p_blk)(void) = f_blk;
netdev_tx_t (*volatile p_tx)(struct sk_buff *, void *) = f_tx;
int (*volatile p_poll)(struct napi_struct *, int) = f_poll;
struct big (*volatile p_structure)(void) = f_structure;
double (*volatile p_float)(void) = f_float;

void test(void)
{
	rt_refuse = 1;
	rt_note("int", p_int());
	rt_note("long", p_long());
	rt_note("unsigned", p_unsigned());
	rt_note("bool", p_bool());
	rt_note("pointer", (long)p_pointer());
	p_void();
	rt_note("void", 0);
	rt_note("irq", p_irq(1, &ran));
	rt_note("blk", p_blk());
	rt_note("tx", p_tx((struct sk_buff *)&ran, &ran));
	rt_note("poll", p_poll((struct napi_struct *)&ran, 64));
	rt_note("structure", p_structure().v[1]);
	rt_note("float", p_float());
	rt_note("ran", ran);
	rt_refuse = 0;
}
