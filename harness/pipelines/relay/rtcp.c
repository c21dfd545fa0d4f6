#include "harness/pipelines/relay/rtcp.h"

#include <string.h>

#include "harness/pipelines/relay/history.h"
#include "harness/pipelines/relay/relay_packet.h"
#include "harness/pipelines/relay/socket.h"

/* Bytes on the wire (RFC 3550, 6.4 and 6.5). Each report is a compound packet and ends with the
 * sender's name: a CNAME of 96 bits in base64, 16 characters (RFC 7022, 4.2). */
#define SDES_BYTES 28
#define RR_HEAD_BYTES 8
#define RR_BLOCK_BYTES 24 /* of each stream */
#define RR_BLOCKS_MAX 31u /* a count of 5 bits */
#define SR_BYTES 28       /* without blocks: the relay gets no media from a subscriber */

/* Feedback of transport-wide congestion control
 * (draft-holmer-rmcat-transport-wide-cc-extensions-01, 3.1): a head, a status vector of 14 packets
 * in each 2 B, and 1 B of time for each packet, padded to 4 B. */
#define FEEDBACK_HEAD_BYTES 20u
#define FEEDBACK_CHUNK_PACKETS 14u

/* An RTCP packet as a program has it once it is parsed, or before it is sent. */
struct relay_rtcp_packet {
    struct relay_rtcp_packet *next; /* at its publisher */
    uint32_t publisher;
};

_Static_assert(sizeof(struct relay_rtcp_packet) <= RELAY_RTCP_PACKET_BYTES, "an rtcp's head");

static uint32_t report_bytes(uint32_t streams)
{
    uint32_t blocks = streams < RR_BLOCKS_MAX ? streams : RR_BLOCKS_MAX;
    return RR_HEAD_BYTES + blocks * RR_BLOCK_BYTES + SDES_BYTES;
}

uint32_t relay_rtcp_largest(uint32_t streams)
{
    uint32_t report = report_bytes(streams);
    return report > SR_BYTES + SDES_BYTES ? report : SR_BYTES + SDES_BYTES;
}

static uint32_t feedback_bytes(uint32_t packets)
{
    uint32_t chunks = (packets + FEEDBACK_CHUNK_PACKETS - 1) / FEEDBACK_CHUNK_PACKETS;
    return (FEEDBACK_HEAD_BYTES + 2 * chunks + packets + 3) / 4 * 4;
}

/* @return how many packets one of feedback tells of at most: a chunk begun and the padding are 5 B
 */
static uint32_t feedback_packets(uint64_t bytes)
{
    uint64_t room = bytes - FEEDBACK_HEAD_BYTES - 5;
    return (uint32_t)(room * FEEDBACK_CHUNK_PACKETS / (FEEDBACK_CHUNK_PACKETS + 2));
}

static uint64_t buffer_class_bytes(const struct relay *r, const struct pl_side *side)
{
    return side->meter.sizes[r->classes[CLASS_BUFFER]];
}

static struct relay_rtcp_packet *make(const struct relay *r, struct pl_side *side)
{
    struct relay_rtcp_packet *packet = pl_meter_acquire(&side->meter, r->classes[CLASS_RTCP]);
    if (packet)
        memset(packet, 0, side->meter.sizes[r->classes[CLASS_RTCP]]); /* as a constructor does */
    return packet;
}

static void release(const struct relay *r, struct pl_side *side, struct relay_rtcp_packet *packet)
{
    pl_meter_release(&side->meter, r->classes[CLASS_RTCP], packet);
}

/* A datagram lies in a buffer until it is parsed. @return what it is parsed into, or NULL where the
 * stack refuses the one or the other: it is lost */
static struct relay_rtcp_packet *receive(const struct relay *r, struct pl_side *side, uint32_t size)
{
    uint64_t bytes = relay_buffer_bytes(r, &side->meter, size);
    uint8_t *datagram = pl_meter_acquire_sized(&side->meter, r->classes[CLASS_BUFFER], bytes);
    if (!datagram)
        return NULL;
    memset(datagram, 0, size);
    struct relay_rtcp_packet *packet = make(r, side);
    pl_meter_release_sized(&side->meter, r->classes[CLASS_BUFFER], datagram, bytes);
    if (packet)
        pl_counter_add(&side->counts.rtcp_packets, 1);
    return packet;
}

/* What is made is written into a buffer, which the kernel copies. */
static void send(const struct relay *r, struct pl_side *side, uint32_t size)
{
    struct relay_rtcp_packet *packet = make(r, side);
    if (!packet)
        return;
    uint64_t bytes = relay_buffer_bytes(r, &side->meter, size);
    uint8_t *datagram = pl_meter_acquire_sized(&side->meter, r->classes[CLASS_BUFFER], bytes);
    if (datagram) {
        memset(datagram, 0, size);
        pl_counter_add(&side->counts.rtcp_packets, 1);
        pl_meter_release_sized(&side->meter, r->classes[CLASS_BUFFER], datagram, bytes);
    }
    release(r, side, packet);
}

/* It tells of what the peer had half a round trip ago, which was sent half a one before. Of nothing
 * no feedback is sent. */
static void feedback(struct relay *r, struct pl_side *side, const struct relay_subscriber *u,
                     int64_t now_ns)
{
    uint32_t most = feedback_packets(buffer_class_bytes(r, side)), count;
    int64_t until_ns = now_ns - r->settings->rtt_ns;
    while ((count = relay_history_told(r, u, until_ns, most))) {
        struct relay_rtcp_packet *packet = receive(r, side, feedback_bytes(count));
        if (!packet)
            return;
        relay_history_acknowledge(r, side, u, count);
        release(r, side, packet);
    }
}

static void take_feedback(struct relay *r, struct relay_subscriber *u, int64_t now_ns)
{
    if (relay_socket_stalls(r->settings, u->index, now_ns))
        return;
    relay_lock(r, &u->lock);
    feedback(r, relay_side(r, u->worker), u, now_ns);
    relay_unlock(r, &u->lock);
}

/* A receiver report is its publisher's to read, which adapts to it, on whichever worker that is, as
 * Licode's RtcpForwarder hands it on. */
static void take_report(struct relay *r, struct pl_side *side, const struct relay_subscriber *u)
{
    struct relay_publisher *p = &r->publishers[u->publisher];
    struct relay_rtcp_packet *report =
        receive(r, side, report_bytes(r->in.recording->stream_count));
    if (!report)
        return;
    report->publisher = u->publisher;
    relay_lock(r, &p->lock);
    report->next = p->reports;
    p->reports = report;
    relay_unlock(r, &p->lock);
}

/* The relay does not know who is stalled, and sends its own reports all the same: one of each
 * stream. */
static void exchange_reports(struct relay *r, struct relay_subscriber *u, int64_t now_ns)
{
    struct pl_side *side = relay_side(r, u->worker);
    if (!relay_socket_stalls(r->settings, u->index, now_ns))
        take_report(r, side, u);
    for (uint32_t i = 0; i < r->in.recording->stream_count; i++)
        send(r, side, SR_BYTES + SDES_BYTES);
}

void relay_rtcp_read_reports(struct relay_publisher *p, struct pl_side *side)
{
    for (struct relay_rtcp_packet *report; (report = p->reports);) {
        p->reports = report->next;
        if (&p->relay->publishers[report->publisher] != p)
            pl_counter_add(&side->counts.integrity_errors, 1);
        release(p->relay, side, report);
    }
}

static int64_t interval_ns(const struct pl_relay_settings *s, enum relay_rounds rounds)
{
    return rounds == RELAY_FEEDBACK ? s->rtcp_feedback_ns : s->rtcp_reports_ns;
}

size_t relay_rtcp_arena_bytes(const struct pl_relay_settings *s, size_t subscribers)
{
    size_t bytes =
        s->rtcp_feedback_ns ? pl_arena_cost(subscribers * sizeof(struct relay_history)) : 0;
    for (int i = 0; i < RELAY_ROUNDS; i++)
        if (interval_ns(s, (enum relay_rounds)i))
            bytes += pl_arena_cost(subscribers * sizeof(struct timeline_place));
    return bytes;
}

bool relay_rtcp_open(struct relay *r)
{
    if (r->settings->rtcp_feedback_ns) {
        r->histories = pl_arena_take(r->in.arena, r->subscriber_count * sizeof *r->histories);
        if (!r->histories)
            return false;
    }
    for (int i = 0; i < RELAY_ROUNDS; i++) {
        if (!interval_ns(r->settings, (enum relay_rounds)i))
            continue;
        r->rounds[i] =
            pl_arena_take(r->in.arena, r->subscriber_count * sizeof(struct timeline_place));
        if (!r->rounds[i])
            return false;
    }
    return true;
}

void relay_rtcp_join(struct relay *r, const struct relay_subscriber *u, int64_t now_ns)
{
    for (int i = 0; i < RELAY_ROUNDS; i++)
        if (r->rounds[i])
            timeline_put(&r->pumps[u->worker].rounds[i], r->rounds[i], u->index,
                         now_ns + interval_ns(r->settings, (enum relay_rounds)i));
}

void relay_rtcp_leave(struct relay *r, const struct relay_subscriber *u)
{
    for (int i = 0; i < RELAY_ROUNDS; i++)
        if (r->rounds[i])
            timeline_take(&r->pumps[u->worker].rounds[i], r->rounds[i], u->index);
    relay_history_clear(r, relay_side(r, u->worker), u);
}

static void work_rounds(struct relay_pump *pump, enum relay_rounds rounds, int64_t now_ns)
{
    struct relay *r = pump->relay;
    struct timeline *timeline = &pump->rounds[rounds];
    struct timeline_place *places = r->rounds[rounds];
    while (timeline->first && places[timeline->first - 1].due_ns <= now_ns) {
        uint32_t index = timeline->first - 1;
        int64_t due_ns = places[index].due_ns;
        if (rounds == RELAY_FEEDBACK)
            take_feedback(r, &r->subscribers[index], now_ns);
        else
            exchange_reports(r, &r->subscribers[index], now_ns);
        timeline_take(timeline, places, index);
        timeline_put(timeline, places, index, due_ns + interval_ns(r->settings, rounds));
    }
}

void relay_rtcp_work(struct relay_pump *pump, int64_t now_ns)
{
    for (int i = 0; i < RELAY_ROUNDS; i++)
        if (pump->relay->rounds[i])
            work_rounds(pump, (enum relay_rounds)i, now_ns);
}

int64_t relay_rtcp_due(const struct relay_pump *pump)
{
    int64_t due_ns = PL_NEVER;
    for (int i = 0; i < RELAY_ROUNDS; i++) {
        uint32_t first = pump->rounds[i].first;
        if (first && pump->relay->rounds[i][first - 1].due_ns < due_ns)
            due_ns = pump->relay->rounds[i][first - 1].due_ns;
    }
    return due_ns;
}
