/* What lies in the memory that the receiver acquires: packets, their buffers, frames.
 *
 * As in roc-toolkit, the objects are larger than the fields used here (systems.md: packet 696 B,
 * packet_buffer 24 + 2048 B, frame_buffer 24 + 4096 B); the whole packet is initialised, as a
 * constructor does, so that every page of it is touched. Queues are linked through the packets:
 * they take no memory of their own. */
#ifndef PL_RECEIVER_PACKET_H
#define PL_RECEIVER_PACKET_H

#include <stddef.h>
#include <stdint.h>

#include "harness/scenario/scenario.h"
#include "harness/traffic/identify.h"

/** Head of a packet_buffer, then the datagram. */
struct packet_buffer {
    uint64_t head[3];
    uint8_t datagram[];
};

/** Head of a frame_buffer, then the samples. */
struct frame_buffer {
    uint64_t timestamp; /* of its first sample, unwrapped */
    uint32_t samples;   /* of one channel */
    uint32_t channels;
    uint64_t head[1];
    uint8_t data[];
};

_Static_assert(offsetof(struct packet_buffer, datagram) == PL_RECEIVER_HEAD_BYTES,
               "what a class that fits has");
_Static_assert(offsetof(struct frame_buffer, data) == PL_RECEIVER_HEAD_BYTES,
               "what a class that fits has");

struct packet {
    struct packet *next;
    struct packet *previous;
    struct packet_buffer *buffer;
    const uint8_t *payload; /* in the buffer */
    uint32_t payload_size;  /* bytes */
    uint32_t ssrc;
    uint64_t sequence;  /* unwrapped by its session */
    uint64_t timestamp; /* unwrapped by its session, in units of the clock */
    uint32_t wire_timestamp;
    uint32_t samples; /* of one channel; 0 when it carries none */
    uint16_t wire_sequence;
    uint16_t payload_type;
    int64_t arrival_ns;
    uint32_t port; /* it came from */
    /* What it is in the recording, to check against: a real receiver has no such field. Its packet
     * is NULL where no sender of ours sent it. */
    struct pl_identified truth;
};

/** A doubly linked list, not owning. All zero is empty. */
struct packet_list {
    struct packet *first;
    struct packet *last;
    size_t count;
};

static inline void list_insert_after(struct packet_list *list, struct packet *after,
                                     struct packet *packet)
{
    packet->previous = after;
    packet->next = after ? after->next : list->first;
    if (packet->next)
        packet->next->previous = packet;
    else
        list->last = packet;
    if (after)
        after->next = packet;
    else
        list->first = packet;
    list->count++;
}

static inline struct packet *list_take_first(struct packet_list *list)
{
    struct packet *packet = list->first;
    if (!packet)
        return NULL;
    list->first = packet->next;
    if (packet->next)
        packet->next->previous = NULL;
    else
        list->last = NULL;
    list->count--;
    return packet;
}

#endif
