// SPDX-License-Identifier: GPL-2.0
/*
 * No packet is handed to a network driver while its device is reset.
 *
 * Its suspend callback is made for a machine whose processes are frozen: virtio_net, for
 * one, stops its queues and then polls once more, which wakes them, and so its
 * rings are freed while a packet is being put into one.  Here processes run, so
 * what stops is the layer above, as when the link is lost: packets are dropped, and
 * who sent them sends them again.
 */
#include <linux/device.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/net_namespace.h>
#include <net/sch_generic.h>

#include "internal.h"

static void with_cards(struct device *dev, void (*what)(struct net_device *card))
{
	struct net_device *card;
	struct net *net;

	rtnl_lock();
	down_read(&net_rwsem);
	for_each_net(net)
		for_each_netdev(net, card)
			if (card->dev.parent == dev && netif_running(card))
				what(card);
	up_read(&net_rwsem);
	rtnl_unlock();
}

/**
 * modbounds_stop_transmit - the network cards of a device are given no packets
 * @dev: the device
 *
 * Context: may sleep.  When it returns, nobody is in a function that transmits.
 */
void modbounds_stop_transmit(struct device *dev)
{
	with_cards(dev, dev_deactivate);
}

/**
 * modbounds_start_transmit - and now they are again
 * @dev: the device
 *
 * A card whose link is not up yet is given packets when it is.
 *
 * Context: may sleep.
 */
void modbounds_start_transmit(struct device *dev)
{
	with_cards(dev, dev_activate);
}
