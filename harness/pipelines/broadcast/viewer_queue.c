/* Queues of packets to a viewer: nodes and copies in the stack's memory, and what happens when
 * there is no room (broadcast_state.h). */
#include <string.h>

#include "harness/pipelines/broadcast/broadcast_state.h"

#define SENDS_PER_S 100 /* a viewer's sender wakes */
#define DATA_STEP 61    /* bytes of a packet from one that is summed to the next */

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

static void release_first(struct client *c, struct pl_side *side, struct packet_line *line)
{
    struct queue_node *node = line->first;
    line->first = node->next;
    if (!line->first)
        line->last = NULL;
    line->count--;
    line->bytes -= node->size;
    broadcast_release(c->broadcast, side, class_of(c, line), node->data, node->size);
    broadcast_release(c->broadcast, side, CLASS_NODE, node, sizeof *node);
}

static bool append(struct client *c, struct pl_side *side, struct packet_line *line,
                   const uint8_t *data, uint64_t size, int64_t now_ns)
{
    struct broadcast *b = c->broadcast;
    struct queue_node *node = broadcast_acquire(b, side, CLASS_NODE, sizeof *node, "queue node");
    uint8_t *copy =
        node ? broadcast_acquire(b, side, class_of(c, line), size, "queued packet") : NULL;
    if (!copy) {
        if (node)
            broadcast_release(b, side, CLASS_NODE, node, sizeof *node);
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

static void drop_oldest_until(struct client *c, struct pl_side *side, struct packet_line *line,
                              uint64_t size)
{
    for (; line->first && !has_room(c, line, size); release_first(c, side, line))
        broadcast_drop(side, PL_DROP_QUEUE, 1);
}

static void evict(struct client *c, struct pl_side *side)
{
    broadcast_drop(side, PL_DROP_SESSION, 1);
    pl_counter_add(&side->counts.evictions, 1);
    client_leave(c, side);
    c->evicted = true;
}

bool line_offer(struct client *c, struct pl_side *side, struct packet_line *line,
                const uint8_t *data, uint64_t size, int64_t now_ns)
{
    enum pl_queue_policy policy = (enum pl_queue_policy)c->broadcast->settings->on_full;
    if (policy == PL_QUEUE_DROP_OLDEST)
        drop_oldest_until(c, side, line, size);
    if (has_room(c, line, size)) {
        if (!append(c, side, line, data, size, now_ns))
            broadcast_drop(side, PL_DROP_LIMIT, 1);
        return true;
    }
    if (policy == PL_QUEUE_BLOCK && line->first)
        return false; /* an empty queue has no more room to hope for */
    if (policy == PL_QUEUE_EVICT)
        evict(c, side);
    else
        broadcast_drop(side, PL_DROP_QUEUE, 1);
    return true;
}

static void send_line(struct client *c, struct pl_side *side, struct packet_line *line)
{
    struct pl_traffic_counts *counts = &side->counts;
    for (const struct queue_node *node; (node = line->first); release_first(c, side, line)) {
        bool whole = node->number > line->sent && node->viewer == c->index &&
                     broadcast_sum(node->data, node->size, DATA_STEP) == node->sum;
        line->sent = node->number;
        pl_counter_add(whole ? &counts->delivered : &counts->integrity_errors, 1);
        if (whole && line == &c->audio)
            pl_counter_add(&counts->samples_delivered, PL_BROADCAST_SOUND_SAMPLES);
    }
}

static bool is_stalled(const struct client *c, int64_t now_ns)
{
    const struct pl_broadcast_settings *s = c->broadcast->settings;
    for (uint32_t i = 0; c->index < s->stalled && i < s->stall_count; i++)
        if (s->stalls[i].from_ns <= now_ns && now_ns < s->stalls[i].until_ns)
            return true;
    return false;
}

int64_t send_fire(void *context, int64_t now_ns)
{
    struct work *w = context;
    struct client *c = w->client;
    if (!is_stalled(c, now_ns)) {
        broadcast_lock(c->broadcast, &c->lock);
        send_line(c, work_side(w), &c->video);
        send_line(c, work_side(w), &c->audio);
        broadcast_unlock(c->broadcast, &c->lock);
    }
    return work_next(w, SENDS_PER_S);
}

uint64_t line_clear(struct client *c, struct pl_side *side, struct packet_line *line)
{
    uint64_t count = line->count;
    while (line->first)
        release_first(c, side, line);
    return count;
}
