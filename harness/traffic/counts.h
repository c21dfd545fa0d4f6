/* What became of each packet. A pipeline keeps these books; at any time
 * received = delivered + all dropped + held. */
#ifndef PL_TRAFFIC_COUNTS_H
#define PL_TRAFFIC_COUNTS_H

#include <stdint.h>

enum pl_drop {
    PL_DROP_LIMIT,     /* an acquire was refused */
    PL_DROP_LATE,      /* its time to be played had passed */
    PL_DROP_DUPLICATE, /* its sequence number was there already */
    PL_DROP_SESSION,   /* its session was ended, or could not be made */
    PL_DROP_QUEUE,     /* a bounded queue was full */
    PL_DROP_KERNEL,    /* the socket's buffer was full while receiving was paused */
    PL_DROP_COUNT
};

struct pl_traffic_counts {
    uint64_t received;  /* arrived at the host */
    uint64_t delivered; /* handed to the reader, once and unchanged */
    uint64_t dropped[PL_DROP_COUNT];
    uint64_t held;              /* at the end, neither delivered nor dropped */
    uint64_t samples_delivered; /* of all channels; silence not counted */
    uint64_t sessions_started;
    uint64_t integrity_errors; /* packets changed, doubled or out of order on delivery */
    int64_t paused_ns;         /* of replay, receiving stopped by a full pool */
};

#endif
