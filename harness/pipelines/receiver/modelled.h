/* What stands for the network under the virtual clock: senders whose datagrams arrive as events,
 * and the kernel's buffers of its sockets, which fill while receiving is paused. */
#ifndef PL_RECEIVER_MODELLED_H
#define PL_RECEIVER_MODELLED_H

#include "harness/pipelines/receiver/receiver_state.h"
#include "harness/traffic/sender.h"

/** Datagrams in the kernel's buffer of one socket. */
struct kernel_queue {
    struct pl_arrival *ring;
    uint32_t capacity;
    uint32_t head;
    uint32_t count;
    uint64_t bytes; /* as the kernel accounts them */
};

struct modelled;

struct source {
    struct pl_event event;
    struct pl_sender *sender;
    struct modelled *modelled;
};

struct modelled {
    struct receiver receiver;
    struct source *sources;
    struct kernel_queue kernel[PL_RECEIVER_SOCKETS_MAX];
    struct pl_event retry;
    struct pl_event tick; /* the reader's */
};

size_t modelled_arena_bytes(const struct pl_scenario *, const struct pl_recording *);

/** Puts the events into the loop: a sender each, the retry timer, the reader's tick. */
bool modelled_open(struct modelled *modelled);
uint32_t modelled_event_count(const struct pl_scenario *scenario);
void modelled_close(struct modelled *modelled, int64_t now_ns);

#endif
