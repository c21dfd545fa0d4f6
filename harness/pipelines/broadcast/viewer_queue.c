/* Queues of packets to a viewer: nodes and copies in the stack's memory, and what happens when
 * there is no room (broadcast_state.h). */
#include <string.h>

#include "harness/pipelines/broadcast/broadcast_state.h"

#define DATA_STEP 61 /* bytes of a packet from one that is summed to the next */

static bool has_room(const struct client *c, const struct packet_line *line, uint64_t size)
{
    uint64_t max_bytes = c->broadcast->settings->queue_bytes;
    return (!line->max || line->count < line->max) &&
           (!max_bytes || line->bytes + size <= max_bytes);
}

static enum broadcast_class class_of(const struct client *c, const struct packet_line *line)
{
    return line == &c->video ? CLASS_TEXT : CLASS_AUDIO;
}

static void release_first(struct client *c, struct packet_line *line)
{
    struct queue_node *node = line->first;
    line->first = node->next;
    if (!line->first)
        line->last = NULL;
    line->count--;
    line->bytes -= node->size;
    broadcast_release(c->broadcast, class_of(c, line), node->data, node->size);
    broadcast_release(c->broadcast, CLASS_NODE, node, sizeof *node);
}

static bool append(struct client *c, struct packet_line *line, const uint8_t *data, uint64_t size,
                   int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    struct queue_node *node = broadcast_acquire(b, CLASS_NODE, sizeof *node, "queue node");
    uint8_t *copy = node ? broadcast_acquire(b, class_of(c, line), size, "queued packet") : NULL;
    if (!copy) {
        if (node)
            broadcast_release(b, CLASS_NODE, node, sizeof *node);
        return false;
    }
    memcpy(copy, data, size);
    *node = (struct queue_node){.data = copy,
                                .size = size,
                                .sum = broadcast_sum(data, size, DATA_STEP),
                                .queued_ns = now_ns,
                                .number = ++line->numbered,
                                .viewer = c->index};
    if (line->last)
        line->last->next = node;
    else
        line->first = node;
    line->last = node;
    line->count++;
    line->bytes += size;
    return true;
}

static void drop_oldest_until(struct client *c, struct packet_line *line, uint64_t size)
{
    for (; line->first && !has_room(c, line, size); release_first(c, line))
        broadcast_drop(c->broadcast, PL_DROP_QUEUE, 1);
}

static void evict(struct client *c)
{
    broadcast_drop(c->broadcast, PL_DROP_SESSION, 1);
    pl_counter_add(&c->broadcast->side->counts.evictions, 1);
    client_leave(c);
    c->evicted = true;
}

bool line_offer(struct client *c, struct packet_line *line, const uint8_t *data, uint64_t size,
                int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    enum pl_queue_policy policy = (enum pl_queue_policy)b->settings->on_full;
    if (policy == PL_QUEUE_DROP_OLDEST)
        drop_oldest_until(c, line, size);
    if (has_room(c, line, size)) {
        if (!append(c, line, data, size, now_ns))
            broadcast_drop(b, PL_DROP_LIMIT, 1);
        return true;
    }
    if (policy == PL_QUEUE_BLOCK && line->first)
        return false; /* an empty queue has no more room to hope for */
    if (policy == PL_QUEUE_EVICT)
        evict(c);
    else
        broadcast_drop(b, PL_DROP_QUEUE, 1);
    return true;
}

void line_send(struct client *c, struct packet_line *line)
{
    struct pl_traffic_counts *counts = &c->broadcast->side->counts;
    for (const struct queue_node *node; (node = line->first); release_first(c, line)) {
        bool whole = node->number > line->sent && node->viewer == c->index &&
                     broadcast_sum(node->data, node->size, DATA_STEP) == node->sum;
        line->sent = node->number;
        pl_counter_add(whole ? &counts->delivered : &counts->integrity_errors, 1);
        if (whole && line == &c->audio)
            pl_counter_add(&counts->samples_delivered, PL_BROADCAST_SOUND_SAMPLES);
    }
}

uint64_t line_clear(struct client *c, struct packet_line *line)
{
    uint64_t count = line->count;
    while (line->first)
        release_first(c, line);
    return count;
}
