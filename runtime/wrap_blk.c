// SPDX-License-Identifier: GPL-2.0
/*
 * Completions of requests.  A driver completes each that it was given once; one that is
 * not under way is somebody else's by now, or nobody's, and completing it again would
 * spoil that.  So does a driver that was shut off, as it goes: its requests have failed
 * meanwhile (inflight.c), and its device may have done them all the same.
 */
#include <linux/blk-mq.h>

#include "internal.h"

#define ENTRY MODBOUNDS_ENTRY

static bool refuses(const struct request *rq, unsigned long ip)
{
	return unlikely(blk_mq_rq_state((struct request *)rq) != MQ_RQ_IN_FLIGHT) &&
	       modbounds_refuses_call(rq, MODBOUNDS_BAD_ARGUMENT, ip);
}

static void wrap_blk_mq_complete_request(struct request *rq)
{
	if (!refuses(rq, _RET_IP_))
		blk_mq_complete_request(rq);
}

/* Refused: there is nothing left for the caller to do. */
static bool wrap_blk_mq_complete_request_remote(struct request *rq)
{
	return refuses(rq, _RET_IP_) || blk_mq_complete_request_remote(rq);
}

/* What the loader looks symbols up in; ends with an empty entry. */
const struct modbounds_wrapper modbounds_blk_wrappers[] = {
	ENTRY(blk_mq_complete_request),
	ENTRY(blk_mq_complete_request_remote),
	{ }
};
