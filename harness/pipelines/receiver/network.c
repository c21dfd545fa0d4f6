/* The receiver's network side: a buffer and a packet for each datagram, onto an unbounded queue
 * that only a read drains. On a full pool it stops receiving and tries again by a timer, while the
 * kernel's socket buffer fills; or it drops what arrives. */
#include <string.h>

#include "harness/pipelines/receiver/state.h"
#include "harness/traffic/rtp.h"

/* What a datagram of `size` counts for against SO_RCVBUF: SKB_TRUESIZE of Linux 6.1
 * (include/linux/skbuff.h) for a buffer from kmalloc's powers of two: sk_buff 256 B, headers of
 * IP and UDP 28 B and 16 B of headroom, skb_shared_info 320 B. */
static uint64_t kernel_truesize(uint32_t size)
{
    uint64_t data = (uint64_t)size + 28 + 16 + 320, block = 512;
    while (block < data)
        block *= 2;
    return block + 256;
}

static uint32_t kernel_capacity(const struct pl_scenario *scenario)
{
    return (uint32_t)(scenario->receiver.rcvbuf_bytes / kernel_truesize(0)) + 1;
}

size_t network_arena_bytes(const struct pl_scenario *scenario)
{
    return pl_arena_cost(kernel_capacity(scenario) * sizeof(struct pl_arrival)) +
           pl_arena_cost(scenario->traffic.sessions * sizeof(struct source));
}

void packet_release(struct receiver *r, struct packet *packet)
{
    pl_meter_release(r->in.meter, r->buffer_class, packet->buffer);
    pl_meter_release(r->in.meter, r->packet_class, packet);
}

void packet_drop(struct receiver *r, struct packet *packet, enum pl_drop reason)
{
    r->in.counts->dropped[reason]++;
    packet_release(r, packet);
}

static void fill_buffer(struct packet_buffer *buffer, const struct pl_arrival *arrival)
{
    memset(buffer->head, 0, sizeof buffer->head);
    memcpy(buffer->datagram, arrival->datagram, arrival->packet->datagram_size);
    pl_rtp_rebase(buffer->datagram, arrival->wire_sequence, arrival->wire_timestamp, arrival->ssrc);
}

static void fill_packet(struct packet *packet, struct packet_buffer *buffer,
                        const struct pl_rtp *rtp, const struct pl_arrival *arrival)
{
    packet->buffer = buffer;
    packet->payload = buffer->datagram + rtp->payload_offset;
    packet->payload_size = rtp->payload_size;
    packet->ssrc = rtp->ssrc;
    packet->wire_timestamp = rtp->timestamp;
    packet->wire_sequence = rtp->sequence;
    packet->payload_type = rtp->payload_type;
    packet->arrival_ns = arrival->arrival_ns;
    packet->recorded = arrival->packet;
    packet->position = arrival->position;
    packet->source = arrival->session;
}

/* @return false when the stack refused the buffer or the packet */
static bool receive(struct receiver *r, const struct pl_arrival *arrival)
{
    struct packet_buffer *buffer = pl_meter_acquire(r->in.meter, r->buffer_class);
    if (!buffer)
        return false;
    struct packet *packet = pl_meter_acquire(r->in.meter, r->packet_class);
    if (!packet) {
        pl_meter_release(r->in.meter, r->buffer_class, buffer);
        return false;
    }
    fill_buffer(buffer, arrival);
    memset(packet, 0, r->packet_bytes);
    struct pl_rtp rtp;
    if (!pl_rtp_parse(buffer->datagram, arrival->packet->datagram_size, &rtp))
        r->in.counts->integrity_errors++; /* the recording holds RTP only: memory was overwritten */
    fill_packet(packet, buffer, &rtp, arrival);
    list_insert_after(&r->incoming, r->incoming.last, packet);
    return true;
}

static void kernel_push(struct receiver *r, const struct pl_arrival *arrival)
{
    struct kernel_queue *k = &r->kernel;
    uint64_t truesize = kernel_truesize(arrival->packet->datagram_size);
    if (k->bytes + truesize > r->settings->rcvbuf_bytes || k->count == k->capacity) {
        r->in.counts->dropped[PL_DROP_KERNEL]++;
        return;
    }
    k->ring[(k->head + k->count++) % k->capacity] = *arrival;
    k->bytes += truesize;
}

static void on_full(struct receiver *r, const struct pl_arrival *arrival, int64_t now_ns)
{
    if (r->settings->on_full == PL_ON_FULL_DROP_NEWEST) {
        r->in.counts->dropped[PL_DROP_LIMIT]++;
        return;
    }
    r->paused = true;
    r->paused_since_ns = now_ns;
    kernel_push(r, arrival); /* the datagram has not left the socket */
    pl_loop_move(r->in.loop, &r->retry, now_ns + r->settings->retry_ns);
}

static int64_t on_arrival(void *context, int64_t now_ns)
{
    struct source *source = context;
    struct receiver *r = source->receiver;
    struct pl_arrival arrival;
    pl_replay_take(&source->replay, &arrival);
    r->in.counts->received++;
    if (r->paused)
        kernel_push(r, &arrival);
    else if (!receive(r, &arrival))
        on_full(r, &arrival, now_ns);
    return pl_replay_due(&source->replay);
}

static int64_t on_retry(void *context, int64_t now_ns)
{
    struct receiver *r = context;
    struct kernel_queue *k = &r->kernel;
    while (k->count > 0) {
        const struct pl_arrival *arrival = &k->ring[k->head];
        if (!receive(r, arrival))
            return now_ns + r->settings->retry_ns;
        k->bytes -= kernel_truesize(arrival->packet->datagram_size);
        k->head = (k->head + 1) % k->capacity;
        k->count--;
    }
    r->paused = false;
    r->in.counts->paused_ns += now_ns - r->paused_since_ns;
    return PL_NEVER;
}

bool network_open(struct receiver *r)
{
    const struct pl_traffic_settings *traffic = &r->in.scenario->traffic;
    struct pl_replay_options options = {traffic->sessions, traffic->rate, r->in.seed};
    r->kernel.capacity = kernel_capacity(r->in.scenario);
    r->kernel.ring = pl_arena_take(r->in.arena, r->kernel.capacity * sizeof *r->kernel.ring);
    r->sources = pl_arena_take(r->in.arena, traffic->sessions * sizeof *r->sources);
    if (!r->kernel.ring || !r->sources)
        return false;
    for (uint32_t i = 0; i < traffic->sessions; i++) {
        struct source *source = &r->sources[i];
        source->receiver = r;
        source->event = (struct pl_event){.fire = on_arrival, .context = source};
        pl_replay_start(&source->replay, r->in.recording, &options, i);
        pl_loop_add(r->in.loop, &source->event, pl_replay_due(&source->replay));
    }
    r->retry = (struct pl_event){.fire = on_retry, .context = r};
    pl_loop_add(r->in.loop, &r->retry, PL_NEVER);
    return true;
}

void network_close(struct receiver *r, int64_t now_ns)
{
    if (r->paused)
        r->in.counts->paused_ns += now_ns - r->paused_since_ns;
    r->in.counts->held += r->kernel.count;
    for (struct packet *packet; (packet = list_take_first(&r->incoming));) {
        r->in.counts->held++;
        packet_release(r, packet);
    }
}
