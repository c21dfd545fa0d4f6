#include "harness/pipelines/relay/publisher.h"

#include "harness/base/random.h"
#include "harness/pipelines/relay/cache.h"
#include "harness/pipelines/relay/relay_packet.h"
#include "harness/pipelines/relay/rtcp.h"
#include "harness/pipelines/relay/socket.h"
#include "harness/pipelines/relay/subscriber.h"

/* So many packets reach nobody. */
static void lose(struct relay_publisher *p, enum pl_drop why, uint64_t packets)
{
    struct pl_side *side = relay_side(p->relay, p->task.worker);
    pl_counter_add(&side->counts.received, packets);
    relay_drop(side, why, packets);
}

/* Somebody asks again after a round trip, unless it is stalled then. The packet counts then: as
 * sent again, or as lost. */
static void ask_again(struct relay_publisher *p, const struct relay_packet *packet,
                      const struct relay_subscriber *u, int64_t now_ns)
{
    int64_t due_ns = now_ns + p->relay->settings->rtt_ns;
    if (p->request_count == RELAY_REQUESTS_MAX ||
        relay_socket_stalls(p->relay->settings, u->index, due_ns)) {
        lose(p, PL_DROP_LATE, 1);
        return;
    }
    uint32_t at = (p->request_first + p->request_count++) % RELAY_REQUESTS_MAX;
    p->requests[at] = (struct relay_request){.due_ns = due_ns,
                                             .position = packet->position,
                                             .stream = packet->stream,
                                             .subscriber = u->index};
}

static bool is_missed(struct relay_publisher *p)
{
    double loss = p->relay->settings->loss;
    return loss > 0 && pl_random_unit(&p->random) < loss;
}

static void give(struct relay_publisher *p, struct relay_packet *packet, int64_t now_ns)
{
    for (uint32_t i = 0; i < p->subscriber_count; i++)
        if (is_missed(p)) {
            relay_subscriber_miss(p->relay, p->task.worker, p->subscribers[i], now_ns);
            ask_again(p, packet, p->subscribers[i], now_ns);
        } else {
            relay_subscriber_offer(p->relay, p->task.worker, p->subscribers[i], packet, now_ns);
        }
    lose(p, PL_DROP_SESSION, __atomic_load_n(&p->refused, __ATOMIC_RELAXED));
}

/* What is sent again is a packet of its own: RTX has another header (RFC 4588). What the cache has
 * no more comes too late. */
static void answer(struct relay_publisher *p, const struct relay_request *request, int64_t now_ns)
{
    struct relay *r = p->relay;
    struct pl_side *side = relay_side(r, p->task.worker);
    struct relay_subscriber *u = &r->subscribers[request->subscriber];
    if (u->place >= p->subscriber_count || p->subscribers[u->place] != u) {
        lose(p, PL_DROP_SESSION, 1); /* it has left */
        return;
    }
    const struct relay_packet *kept =
        relay_cache_find(&p->nack, request->stream, request->position);
    struct relay_packet *again = kept ? relay_packet_copy(r, side, kept) : NULL;
    if (!again) {
        lose(p, kept ? PL_DROP_LIMIT : PL_DROP_LATE, 1);
        return;
    }
    pl_counter_add(&side->counts.retransmitted, 1);
    relay_subscriber_offer(r, p->task.worker, u, again, now_ns);
    relay_packet_drop(r, side, again);
}

static void answer_requests(struct relay_publisher *p, int64_t now_ns)
{
    while (p->request_count && p->requests[p->request_first].due_ns <= now_ns) {
        const struct relay_request request = p->requests[p->request_first];
        p->request_first = (p->request_first + 1) % RELAY_REQUESTS_MAX;
        p->request_count--;
        answer(p, &request, now_ns);
    }
}

static void publish(struct relay_publisher *p, const struct pl_arrival *arrival, int64_t now_ns)
{
    struct pl_side *side = relay_side(p->relay, p->task.worker);
    if (__atomic_load_n(&p->full, __ATOMIC_RELAXED)) {
        lose(p, PL_DROP_KERNEL,
             p->subscriber_count); /* it is not read while a subscriber's queue is full */
        return;
    }
    struct relay_packet *packet = relay_packet_take(p->relay, side, arrival);
    if (!packet) {
        lose(p, PL_DROP_LIMIT, p->subscriber_count);
        return;
    }
    relay_caches_keep(p, packet, now_ns);
    give(p, packet, now_ns);
    relay_packet_drop(p->relay, side, packet);
}

static int64_t on_arrival(void *context, int64_t now_ns)
{
    struct relay_publisher *p = context;
    struct pl_arrival arrival;
    pl_sender_take(p->sender, &arrival);
    relay_lock(p->relay, &p->lock);
    publish(p, &arrival, now_ns);
    answer_requests(p, now_ns);
    relay_rtcp_read_reports(p, relay_side(p->relay, p->task.worker));
    relay_unlock(p->relay, &p->lock);
    return pl_sender_due(p->sender);
}

size_t relay_publisher_arena_bytes(const struct pl_relay_settings *s)
{
    return s->loss > 0 ? pl_arena_cost(RELAY_REQUESTS_MAX * sizeof(struct relay_request)) : 0;
}

bool relay_publisher_open(struct relay_publisher *p, struct relay *r, uint32_t index,
                          struct pl_sender *sender)
{
    p->relay = r;
    p->sender = sender;
    p->random = r->in.seed + index;
    p->second_gop.copies = true;
    p->task = (struct pl_task){.event = {.fire = on_arrival, .context = p},
                               .worker = pl_crew_assign(r->in.crew)};
    if (r->settings->loss > 0) {
        p->requests = pl_arena_take(r->in.arena, RELAY_REQUESTS_MAX * sizeof *p->requests);
        if (!p->requests)
            return false;
    }
    pthread_mutex_init(&p->lock, NULL);
    pl_crew_add(r->in.crew, &p->task, pl_sender_due(sender));
    return true;
}

/* What was asked for and not answered yet is held. */
void relay_publisher_close(struct relay_publisher *p)
{
    struct pl_side *side = pl_sides_network(p->relay->in.sides);
    pl_counter_add(&side->counts.received, p->request_count);
    pl_counter_add(&side->counts.held, p->request_count);
    relay_rtcp_read_reports(p, side);
    relay_caches_clear(p, side);
}
