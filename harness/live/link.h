/* What the receiving and the sending process tell each other, in the memory that they share: where
 * to send, when replay time 0 is, and what was sent. */
#ifndef PL_LIVE_LINK_H
#define PL_LIVE_LINK_H

#include <stdatomic.h>
#include <stdint.h>

#include "harness/scenario/scenario.h"

/** All zero at first. */
struct pl_live_link {
    uint32_t to; /* the receiver's address, in host order; 0: 127.0.0.1 */
    /* Of the receiver's sockets; the first is 0 until all listen. */
    _Atomic uint32_t port[PL_RECEIVER_SOCKETS_MAX];
    uint32_t sockets;          /* 0: one */
    _Atomic uint32_t source;   /* of all the sender's sockets, in host order: set before start_ns */
    _Atomic int64_t start_ns;  /* CLOCK_MONOTONIC at replay time 0; 0 until the sender is ready,
                                  unless somebody else names it */
    _Atomic uint32_t ended;    /* the receiver takes no more */
    _Atomic uint32_t done;     /* the sender sends no more */
    _Atomic uint32_t sent_all; /* likewise, and nothing is left */
    _Atomic uint64_t sent;     /* datagrams */
    _Atomic uint64_t send_errors; /* that the kernel did not take */
    _Atomic int64_t late_ns_max;  /* how late a datagram was sent, at most */
};

#endif
