#include "harness/pipelines/relay/cache.h"

#include "harness/pipelines/relay/relay_packet.h"

/* What the stack refuses is not kept. */
static void keep(const struct relay *r, struct pl_side *side, struct relay_cache *cache,
                 struct relay_packet *packet, int64_t now_ns)
{
    struct relay_packet *kept =
        cache->copies ? relay_packet_copy(r, side, packet) : relay_packet_hold(packet);
    if (kept && !relay_list_append(r, side, &cache->list, kept, now_ns))
        relay_packet_drop(r, side, kept);
}

static void drop_first(const struct relay *r, struct pl_side *side, struct relay_cache *cache)
{
    relay_packet_drop(r, side, relay_list_take(r, side, &cache->list));
}

/* Full with one more. */
static void bound_gop(const struct relay *r, struct pl_side *side, struct relay_cache *cache)
{
    const struct pl_relay_settings *s = r->settings;
    if (!s->gop_packets || cache->list.count < s->gop_packets)
        return;
    if (s->gop_full == PL_RELAY_FULL_EMPTY)
        relay_list_clear(r, side, &cache->list);
    else
        drop_first(r, side, cache);
}

/* Parameter sets and slices of one keyframe have one timestamp. */
static bool begins_group(struct relay_publisher *p, const struct relay_packet *packet)
{
    uint64_t timestamp = packet->recorded->timestamp;
    bool begins = packet->keyframe && (!p->has_key || timestamp != p->key_timestamp);
    p->has_key |= packet->keyframe;
    if (begins)
        p->key_timestamp = timestamp;
    return begins;
}

static void keep_gop(struct relay_publisher *p, struct pl_side *side, struct relay_packet *packet,
                     int64_t now_ns)
{
    const struct relay *r = p->relay;
    struct relay_cache *const caches[] = {&p->gop, &p->second_gop};
    bool begins = begins_group(p, packet);
    for (uint32_t i = 0; p->has_key && i < r->settings->gop; i++) {
        if (begins)
            relay_list_clear(r, side, &caches[i]->list);
        bound_gop(r, side, caches[i]);
        keep(r, side, caches[i], packet, now_ns);
    }
}

static void keep_nack(struct relay_publisher *p, struct pl_side *side, struct relay_packet *packet,
                      int64_t now_ns)
{
    const struct pl_relay_settings *s = p->relay->settings;
    struct relay_list *list = &p->nack.list;
    keep(p->relay, side, &p->nack, packet, now_ns);
    while (list->first && (now_ns - list->first->since_ns > s->nack_ns ||
                           (s->nack_packets && list->count > s->nack_packets)))
        drop_first(p->relay, side, &p->nack);
}

static void keep_burst(struct relay_publisher *p, struct pl_side *side, struct relay_packet *packet,
                       int64_t now_ns)
{
    struct relay_list *list = &p->burst.list;
    keep(p->relay, side, &p->burst, packet, now_ns);
    while (list->bytes > p->relay->settings->burst_bytes)
        drop_first(p->relay, side, &p->burst);
}

void relay_caches_keep(struct relay_publisher *p, struct relay_packet *packet, int64_t now_ns)
{
    const struct pl_relay_settings *s = p->relay->settings;
    struct pl_side *side = relay_side(p->relay, p->task.worker);
    if (s->gop)
        keep_gop(p, side, packet, now_ns);
    if (s->nack_ns)
        keep_nack(p, side, packet, now_ns);
    if (s->burst_bytes)
        keep_burst(p, side, packet, now_ns);
}

const struct relay_packet *relay_cache_find(const struct relay_cache *cache, uint32_t stream,
                                            uint64_t position)
{
    for (const struct relay_node *node = cache->list.first; node; node = node->next)
        if (node->packet->position == position && node->packet->stream == stream)
            return node->packet;
    return NULL;
}

void relay_caches_clear(struct relay_publisher *p, struct pl_side *side)
{
    relay_list_clear(p->relay, side, &p->gop.list);
    relay_list_clear(p->relay, side, &p->second_gop.list);
    relay_list_clear(p->relay, side, &p->nack.list);
    relay_list_clear(p->relay, side, &p->burst.list);
}
