/* When a datagram is to be sent: by absolute deadlines, so that nothing drifts; and when the sender
 * was held up, behind each other with half of their gaps, so that it catches up at twice the pace
 * without a burst that was not recorded. Plain arithmetic, in ns of any one clock. */
#ifndef PL_LIVE_SEND_PACE_H
#define PL_LIVE_SEND_PACE_H

#include <stdint.h>

struct pl_send_pace {
    int64_t due_ns;  /* of the datagram before */
    int64_t sent_ns; /* when it was sent */
};

/** @return when to send a datagram that is due at `due_ns` */
static inline int64_t pl_send_pace_next(const struct pl_send_pace *pace, int64_t due_ns)
{
    int64_t behind_ns = pace->sent_ns + (due_ns - pace->due_ns) / 2;
    return due_ns > behind_ns ? due_ns : behind_ns;
}

static inline void pl_send_pace_sent(struct pl_send_pace *pace, int64_t due_ns, int64_t sent_ns)
{
    *pace = (struct pl_send_pace){due_ns, sent_ns};
}

#endif
