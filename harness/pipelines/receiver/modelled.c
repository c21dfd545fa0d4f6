/* The network under the virtual clock (modelled.h). */
#include "harness/pipelines/receiver/modelled.h"

#include <string.h>

#include "harness/traffic/rtp.h"

enum { AT_A_TIME = 32 }; /* libuv 1.44, uv__udp_recvmsg: then the next socket has its turn */

/* What a datagram of `size` counts for against SO_RCVBUF: SKB_TRUESIZE of Linux 6.3 and later
 * (include/linux/skbuff.h): sk_buff 256 B, and a head with the headers of IP and UDP 28 B, 16 B of
 * headroom and skb_shared_info 320 B, from a cache of 576 B or kmalloc's powers of two; beyond
 * 64 KiB the data lies in pages. Read off SO_MEMINFO for 0 to 65,507 B under 6.18. */
static uint64_t kernel_truesize(uint32_t size)
{
    uint64_t data = (uint64_t)size + 28 + 16 + 320, head = 576;
    if (data > 65536)
        return size + head + 256;
    while (head < data)
        head = head == 576 ? 1024 : 2 * head;
    return head + 256;
}

/* An empty socket takes one datagram, whatever its size. */
static uint32_t kernel_capacity(const struct pl_scenario *scenario)
{
    return (uint32_t)(scenario->receiver.rcvbuf_bytes / kernel_truesize(0)) + 1;
}

size_t modelled_arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording)
{
    return pl_arena_cost(sizeof(struct modelled)) +
           s->receiver.sockets * pl_arena_cost(kernel_capacity(s) * sizeof(struct pl_arrival)) +
           pl_arena_cost(pl_sender_count(&s->traffic) * sizeof(struct source)) +
           pl_senders_arena_bytes(&s->traffic, recording, s->duration_ns);
}

uint32_t modelled_event_count(const struct pl_scenario *s)
{
    return pl_sender_count(&s->traffic) + 2;
}

/* What the kernel copies into the buffer, and the header that the sender wrote. */
static void copy_datagram(const struct receiver *r, const struct pl_arrival *arrival)
{
    size_t size =
        arrival->datagram_size < r->datagram_bytes ? arrival->datagram_size : r->datagram_bytes;
    memcpy(r->hand->datagram, arrival->datagram, size);
    if (arrival->rebased)
        pl_rtp_rebase(r->hand->datagram, arrival->wire_sequence, arrival->wire_timestamp,
                      arrival->ssrc);
}

/* @return false when the datagram waits, `kept` for the buffer at hand, else for a place in it */
static bool receive(struct receiver *r, const struct pl_arrival *arrival, bool *kept)
{
    *kept = false;
    if (!intake_buffer(r))
        return intake_loses(r);
    *kept = true;
    copy_datagram(r, arrival);
    struct datagram datagram = {
        .size = arrival->datagram_size,
        .port = arrival->port,
        .arrival_ns = arrival->arrival_ns,
        .truth = {arrival->packet, arrival->position, arrival->session, arrival->epoch},
    };
    return intake_datagram(r, &datagram);
}

static void kernel_push(struct modelled *m, const struct pl_arrival *arrival)
{
    struct kernel_queue *k = &m->kernel[arrival->session % m->receiver.settings->sockets];
    uint64_t truesize = kernel_truesize(arrival->datagram_size);
    if (k->count > 0 && k->bytes + truesize > m->receiver.settings->rcvbuf_bytes) {
        pl_counter_add(&m->receiver.network->counts.dropped[PL_DROP_KERNEL], 1);
        return;
    }
    k->ring[(k->head + k->count++) % k->capacity] = *arrival;
    k->bytes += truesize;
}

/* Spinning costs a core, which no model shows; what it finds it finds as soon as it is there. */
static void pause(struct modelled *m, int64_t now_ns)
{
    struct receiver *r = &m->receiver;
    bool spins = r->settings->on_full == PL_ON_FULL_SPIN;
    intake_pause(r, now_ns);
    pl_loop_move(r->in.loop, &m->retry, spins ? PL_NEVER : now_ns + r->settings->retry_ns);
}

/* libuv asks for the next buffer as soon as it has handed one on, and finds the socket empty only
 * then: a buffer is at hand all the time, and a pool is found full before the datagram comes. */
static bool ready(struct receiver *r)
{
    return intake_buffer(r) || !intake_waits(r);
}

static int64_t on_arrival(void *context, int64_t now_ns)
{
    struct source *source = context;
    struct modelled *m = source->modelled;
    struct receiver *r = &m->receiver;
    struct pl_arrival arrival;
    bool kept;
    pl_sender_take(source->sender, &arrival);
    pl_counter_add(&r->network->counts.received, 1);
    if (r->paused) {
        kernel_push(m, &arrival);
        return pl_sender_due(source->sender);
    }
    bool taken = receive(r, &arrival, &kept);
    if (!taken && !kept)
        kernel_push(m, &arrival); /* it has not left the socket */
    if (!taken || !ready(r))
        pause(m, now_ns);
    return pl_sender_due(source->sender);
}

/* @return whether so many at most were taken */
static bool take_from(struct receiver *r, struct kernel_queue *k, int most)
{
    bool kept = false, taken = true;
    for (int i = 0; taken && k->count > 0 && i < most; i++) {
        const struct pl_arrival *arrival = &k->ring[k->head];
        taken = receive(r, arrival, &kept);
        if (!taken && !kept)
            break;
        k->bytes -= kernel_truesize(arrival->datagram_size);
        k->head = (k->head + 1) % k->capacity;
        k->count--;
    }
    return taken;
}

static uint32_t waiting(const struct modelled *m)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < m->receiver.settings->sockets; i++)
        count += m->kernel[i].count;
    return count;
}

/* @return whether all that waited was taken, and there is room for more */
static bool take_waiting(struct modelled *m)
{
    struct receiver *r = &m->receiver;
    bool taken = intake_again(r);
    while (taken && waiting(m))
        for (uint32_t i = 0; taken && i < r->settings->sockets; i++)
            taken = take_from(r, &m->kernel[i], AT_A_TIME);
    return taken && ready(r);
}

static int64_t on_retry(void *context, int64_t now_ns)
{
    struct modelled *m = context;
    struct receiver *r = &m->receiver;
    bool spins = r->settings->on_full == PL_ON_FULL_SPIN;
    if (!take_waiting(m))
        return spins ? PL_NEVER : now_ns + r->settings->retry_ns;
    intake_resume(r, now_ns);
    return PL_NEVER;
}

static int64_t on_tick(void *context, int64_t now_ns)
{
    struct modelled *m = context;
    struct receiver *r = &m->receiver;
    int64_t next_ns = reader_tick(r, now_ns);
    if (r->paused && r->settings->on_full == PL_ON_FULL_SPIN)
        pl_loop_move(r->in.loop, &m->retry, m->tick.due_ns); /* when the read was done */
    return next_ns;
}

static void pass(struct receiver *r, int64_t ns)
{
    struct modelled *m =
        (struct modelled *)(void *)((char *)r - offsetof(struct modelled, receiver));
    pl_loop_pass(r->in.loop, &m->tick, ns);
}

static bool open_sources(struct modelled *m)
{
    const struct pl_pipeline_inputs *in = &m->receiver.in;
    uint32_t count = pl_sender_count(&in->scenario->traffic);
    struct pl_sender *senders = pl_senders_open(&in->scenario->traffic, in->recording, in->seed,
                                                in->scenario->duration_ns, in->arena);
    m->sources = pl_arena_take(in->arena, count * sizeof *m->sources);
    if (!senders || !m->sources)
        return false;
    for (uint32_t i = 0; i < count; i++) {
        struct source *source = &m->sources[i];
        source->modelled = m;
        source->sender = pl_sender_at(senders, i);
        source->event = (struct pl_event){.fire = on_arrival, .context = source};
        pl_loop_add(in->loop, &source->event, pl_sender_due(source->sender));
    }
    return true;
}

bool modelled_open(struct modelled *m)
{
    const struct pl_pipeline_inputs *in = &m->receiver.in;
    for (uint32_t i = 0; i < in->scenario->receiver.sockets; i++) {
        struct kernel_queue *k = &m->kernel[i];
        k->capacity = kernel_capacity(in->scenario);
        if (!(k->ring = pl_arena_take(in->arena, k->capacity * sizeof *k->ring)))
            return false;
    }
    if (!open_sources(m))
        return false;
    m->receiver.pass = pass;
    m->retry = (struct pl_event){.fire = on_retry, .context = m};
    pl_loop_add(in->loop, &m->retry, PL_NEVER);
    m->tick = (struct pl_event){.fire = on_tick, .context = m, .thread = in->sides->count - 1};
    pl_loop_add(in->loop, &m->tick, m->receiver.tick_ns);
    return true;
}

void modelled_close(struct modelled *m, int64_t now_ns)
{
    pl_counter_add(&m->receiver.network->counts.held, waiting(m));
    receiver_close(&m->receiver, now_ns);
}
