#include "harness/pipelines/relay/subscriber.h"

#include <string.h>

#include "harness/pipelines/relay/changed.h"
#include "harness/pipelines/relay/history.h"
#include "harness/pipelines/relay/relay_packet.h"
#include "harness/pipelines/relay/rtcp.h"
#include "harness/pipelines/relay/socket.h"

static bool has_room(const struct pl_relay_settings *s, const struct relay_list *queue,
                     uint32_t size)
{
    return (!s->queue_packets || queue->count < s->queue_packets) &&
           (!s->queue_bytes || queue->bytes + size <= s->queue_bytes);
}

static void drop_first(struct relay *r, struct pl_side *side, struct relay_subscriber *u)
{
    relay_packet_drop(r, side, relay_list_take(r, side, &u->queue));
    relay_drop(side, PL_DROP_QUEUE, 1);
}

static void drop_late(struct relay *r, struct pl_side *side, struct relay_subscriber *u,
                      int64_t now_ns)
{
    int64_t longest_ns = r->settings->queue_ns;
    while (longest_ns && u->queue.first && now_ns - u->queue.first->since_ns > longest_ns)
        drop_first(r, side, u);
}

/* Its publisher waits until it has room again. */
static void block(struct relay *r, struct relay_subscriber *u)
{
    if (u->full)
        return;
    u->full = true;
    __atomic_fetch_add(&r->publishers[u->publisher].full, 1, __ATOMIC_RELAXED);
}

static void unblock(struct relay *r, struct relay_subscriber *u)
{
    if (!u->full)
        return;
    u->full = false;
    __atomic_fetch_sub(&r->publishers[u->publisher].full, 1, __ATOMIC_RELAXED);
}

/* Its worker clears up what is left. */
static void evict(struct pl_side *side, struct relay_subscriber *u)
{
    relay_drop(side, PL_DROP_SESSION, 1);
    pl_counter_add(&side->counts.evictions, 1);
    u->evicted = true;
}

/* The queue is full. @return whether there is room for the packet now */
static bool make_room(struct relay *r, struct pl_side *side, struct relay_subscriber *u,
                      uint32_t size)
{
    switch ((enum pl_queue_policy)r->settings->on_full) {
    case PL_QUEUE_DROP_OLDEST:
        while (u->queue.first && !has_room(r->settings, &u->queue, size))
            drop_first(r, side, u);
        return has_room(r->settings, &u->queue, size);
    case PL_QUEUE_DROP_TO_KEYFRAME:
        relay_drop(side, PL_DROP_QUEUE, relay_list_clear(r, side, &u->queue));
        u->awaits_key = true;
        return false;
    case PL_QUEUE_BLOCK:
        block(r, u);
        return false;
    default:
        return false;
    }
}

/* Takes over a reference, or drops it. */
static void append(struct relay *r, struct pl_side *side, struct relay_subscriber *u,
                   struct relay_packet *packet, int64_t now_ns)
{
    if (relay_list_append(r, side, &u->queue, packet, now_ns))
        return;
    relay_packet_drop(r, side, packet);
    relay_drop(side, PL_DROP_LIMIT, 1);
}

/* @return the packet with a reference for the queue, or NULL */
static struct relay_packet *for_queue(struct relay *r, struct pl_side *side,
                                      struct relay_packet *packet)
{
    return r->settings->delivery == PL_RELAY_SHARED ? relay_packet_hold(packet)
                                                    : relay_packet_copy(r, side, packet);
}

static void enqueue(struct relay *r, struct pl_side *side, struct relay_subscriber *u,
                    struct relay_packet *packet, int64_t now_ns)
{
    if (!has_room(r->settings, &u->queue, packet->size) && !make_room(r, side, u, packet->size)) {
        if (r->settings->on_full == PL_QUEUE_EVICT)
            evict(side, u);
        else
            relay_drop(side, PL_DROP_QUEUE, 1);
        return;
    }
    struct relay_packet *queued = for_queue(r, side, packet);
    if (queued)
        append(r, side, u, queued, now_ns);
    else
        relay_drop(side, PL_DROP_LIMIT, 1);
}

/* After a queue was emptied up to a keyframe, video goes on with one. */
static bool is_skipped(struct relay_subscriber *u, const struct relay_packet *packet)
{
    if (!u->awaits_key || !packet->video)
        return false;
    u->awaits_key = !packet->keyframe;
    return u->awaits_key;
}

/* @return whether its worker has something to do */
static bool offer(struct relay *r, uint32_t worker, struct relay_subscriber *u,
                  struct relay_packet *packet, int64_t now_ns)
{
    struct pl_side *side = relay_side(r, worker);
    if (u->evicted)
        return false;
    pl_counter_add(&side->counts.received, 1);
    if (is_skipped(u, packet)) {
        relay_drop(side, PL_DROP_QUEUE, 1);
        return false;
    }
    bool own = worker == u->worker;
    if (own && !u->queue.first && relay_socket_send(r, side, u, packet->size, now_ns)) {
        pl_counter_add(&side->counts.delivered, 1);
        relay_history_add(r, side, u, false, now_ns);
        return false;
    }
    drop_late(r, side, u, now_ns);
    enqueue(r, side, u, packet, now_ns);
    return true;
}

void relay_subscriber_offer(struct relay *r, uint32_t worker, struct relay_subscriber *u,
                            struct relay_packet *packet, int64_t now_ns)
{
    relay_lock(r, &u->lock);
    bool work = offer(r, worker, u, packet, now_ns);
    relay_unlock(r, &u->lock);
    if (work)
        relay_changed_tell(r, u, now_ns);
}

void relay_subscriber_miss(struct relay *r, uint32_t worker, struct relay_subscriber *u,
                           int64_t now_ns)
{
    relay_lock(r, &u->lock);
    relay_history_add(r, relay_side(r, worker), u, true, now_ns);
    relay_unlock(r, &u->lock);
}

/* @return whether something still waits */
static bool drain(struct relay *r, struct pl_side *side, struct relay_subscriber *u, int64_t now_ns)
{
    drop_late(r, side, u, now_ns);
    while (u->queue.first && relay_socket_send(r, side, u, u->queue.first->packet->size, now_ns)) {
        relay_packet_drop(r, side, relay_list_take(r, side, &u->queue));
        pl_counter_add(&side->counts.delivered, 1);
        relay_history_add(r, side, u, false, now_ns);
    }
    if (has_room(r->settings, &u->queue, 0))
        unblock(r, u);
    return u->queue.first != NULL;
}

bool relay_subscriber_drain(struct relay *r, struct relay_subscriber *u, int64_t now_ns)
{
    relay_lock(r, &u->lock);
    bool waits = drain(r, relay_side(r, u->worker), u, now_ns);
    relay_unlock(r, &u->lock);
    return waits;
}

/* Everything that a cache has is as new to it as a packet that arrives. */
static void give_cache(struct relay *r, struct relay_subscriber *u, const struct relay_cache *cache,
                       int64_t now_ns)
{
    for (const struct relay_node *node = cache->list.first; node; node = node->next)
        offer(r, u->worker, u, node->packet, now_ns);
}

static void enter(struct relay_publisher *p, struct relay_subscriber *u)
{
    u->place = p->subscriber_count;
    p->subscribers[p->subscriber_count++] = u;
}

static void go(struct relay_publisher *p, struct relay_subscriber *u)
{
    struct relay_subscriber *last = p->subscribers[--p->subscriber_count];
    last->place = u->place;
    p->subscribers[u->place] = last;
}

/* Whole pages of its object are touched, as a server's state is. */
static bool make_session(struct relay *r, struct pl_side *side, struct relay_subscriber *u)
{
    u->session = pl_meter_acquire(&side->meter, r->classes[CLASS_SESSION]);
    if (!u->session)
        return false;
    memset(u->session, (int)u->index, side->meter.sizes[r->classes[CLASS_SESSION]]);
    pl_counter_add(&side->counts.sessions_started, 1);
    return true;
}

/* Nobody sends to one that is refused; its publisher counts what it would have got. */
void relay_subscriber_refuse(struct relay *r, struct relay_subscriber *u, bool refused)
{
    struct relay_publisher *p = &r->publishers[u->publisher];
    if (refused && !u->refused)
        __atomic_fetch_add(&p->refused, 1, __ATOMIC_RELAXED);
    if (!refused && u->refused)
        __atomic_fetch_sub(&p->refused, 1, __ATOMIC_RELAXED);
    u->refused = refused;
}

void relay_subscriber_join(struct relay *r, struct relay_subscriber *u, int64_t now_ns)
{
    struct relay_publisher *p = &r->publishers[u->publisher];
    bool made = make_session(r, relay_side(r, u->worker), u);
    relay_subscriber_refuse(r, u, !made);
    if (!made)
        return;
    pl_session_objects_start(r->objects, u->worker, u->index, now_ns);
    relay_rtcp_join(r, u, now_ns);
    relay_lock(r, &p->lock);
    relay_lock(r, &u->lock);
    u->evicted = false;
    u->present = true;
    u->awaits_key = false;
    u->socket.updated_ns = now_ns;
    give_cache(r, u, &p->gop, now_ns);
    give_cache(r, u, &p->burst, now_ns);
    enter(p, u);
    relay_unlock(r, &u->lock);
    relay_unlock(r, &p->lock);
}

static void release_session(struct relay *r, struct pl_side *side, struct relay_subscriber *u)
{
    const uint8_t *object = u->session;
    uint64_t size = side->meter.sizes[r->classes[CLASS_SESSION]];
    if (object[0] != (uint8_t)u->index || object[size - 1] != (uint8_t)u->index)
        pl_counter_add(&side->counts.integrity_errors, 1);
    pl_meter_release(&side->meter, r->classes[CLASS_SESSION], u->session);
    u->session = NULL;
}

void relay_subscriber_leave(struct relay *r, struct relay_subscriber *u)
{
    struct relay_publisher *p = &r->publishers[u->publisher];
    struct pl_side *side = relay_side(r, u->worker);
    relay_lock(r, &p->lock);
    relay_lock(r, &u->lock);
    go(p, u);
    u->present = false;
    unblock(r, u);
    relay_drop(side, PL_DROP_SESSION, relay_list_clear(r, side, &u->queue));
    relay_socket_close(side, u);
    relay_rtcp_leave(r, u);
    release_session(r, side, u);
    relay_unlock(r, &u->lock);
    relay_unlock(r, &p->lock);
    pl_session_objects_end(r->objects, u->worker, u->index);
}
