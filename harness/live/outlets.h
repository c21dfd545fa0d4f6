/* The sending sockets: one for each stream of each sender, a new one when its sender becomes
 * another. All of them send from one address of 127.0.0.0/8, drawn for this run: whatever else
 * comes to the receiver's port was sent by another program, which would have to ask for that
 * address. */
#ifndef PL_LIVE_OUTLETS_H
#define PL_LIVE_OUTLETS_H

#include <netinet/in.h>
#include <stdint.h>

#include "allocators/base/error.h"
#include "harness/live/link.h"
#include "harness/traffic/replay.h"

struct outlet {
    int fd;        /* -1 until it is needed */
    uint32_t port; /* of the replay, that it stands for */
};

struct outlets {
    struct outlet *each;
    uint32_t count;
    uint32_t identities;     /* that a stream can send in by turns */
    struct sockaddr_in from; /* an address of this run alone, so that the receiver knows its own */
    struct sockaddr_in to[PL_RECEIVER_SOCKETS_MAX];
    uint32_t to_count; /* session i sends to i % to_count */
};

/** @param link where the receiver listens
 *  @param streams of all senders
 *  @param identities how many identities one after another of a stream still send by turns, 1 or
 * more: what is reordered comes after its sender has become another
 *  @return 0, or a negative errno when the process may not have so many sockets, or loopback has no
 *   address but 127.0.0.1 */
int outlets_open(struct outlets *outlets, uint32_t streams, uint32_t identities,
                 const struct pl_live_link *link, struct pl_error *error);

/** @return the socket that sends this datagram, or a negative errno */
int outlets_of(struct outlets *outlets, const struct pl_arrival *arrival);

void outlets_close(struct outlets *outlets);

#endif
