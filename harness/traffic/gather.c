/* The growing arrays behind gather.h, and the table that finds a packet's stream. */
#include "harness/traffic/gather.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/rtp.h"

enum { MAX_DROPOUT = 3000, MAX_MISORDER = 100 }; /* RFC 3550 appendix A.1 */

/* Makes room for `more` items behind `count`, doubling. */
static int reserve(void **items, size_t item_size, size_t count, size_t more, size_t *capacity)
{
    if (more <= *capacity - count)
        return 0;
    size_t wanted = *capacity ? *capacity * 2 : 64;
    while (wanted - count < more)
        wanted *= 2;
    void *grown = realloc(*items, wanted * item_size);
    if (!grown)
        return -ENOMEM;
    *items = grown;
    *capacity = wanted;
    return 0;
}

/* FNV-1a (Fowler, Noll, Vo) over the SSRC and the flow. */
static size_t hash_stream(uint32_t ssrc, const struct pl_flow *flow)
{
    uint64_t hash = 0xcbf29ce484222325u ^ ssrc;
    const uint8_t *bytes = (const uint8_t *)flow;
    for (size_t i = 0; i < sizeof *flow; i++)
        hash = (hash ^ bytes[i]) * 0x100000001b3u;
    return (size_t)(hash ^ hash >> 32);
}

/* The slot where a stream is, or would be put. */
static uint32_t *find_slot(const struct pl_gathering *g, uint32_t ssrc, const struct pl_flow *flow)
{
    size_t mask = g->table_size - 1;
    for (size_t i = hash_stream(ssrc, flow) & mask;; i = (i + 1) & mask) {
        uint32_t *slot = g->table + i;
        if (*slot == 0)
            return slot;
        const struct pl_gathered_stream *stream = g->streams + *slot - 1;
        if (stream->ssrc == ssrc && memcmp(&stream->flow, flow, sizeof *flow) == 0)
            return slot;
    }
}

static int grow_table(struct pl_gathering *g)
{
    if (g->table_size >= 2 * (g->stream_count + 1))
        return 0;
    size_t size = g->table_size ? g->table_size * 2 : 64;
    uint32_t *table = calloc(size, sizeof *table);
    if (!table)
        return -ENOMEM;
    free(g->table);
    g->table = table;
    g->table_size = size;
    for (size_t i = 0; i < g->stream_count; i++)
        *find_slot(g, g->streams[i].ssrc, &g->streams[i].flow) = (uint32_t)i + 1;
    return 0;
}

static int find_or_add_stream(struct pl_gathering *g, uint32_t ssrc, const struct pl_flow *flow,
                              uint32_t *index)
{
    if (grow_table(g) != 0 || reserve((void **)&g->streams, sizeof *g->streams, g->stream_count, 1,
                                      &g->stream_capacity) != 0)
        return -ENOMEM;
    uint32_t *slot = find_slot(g, ssrc, flow);
    if (*slot == 0) {
        g->streams[g->stream_count] = (struct pl_gathered_stream){.flow = *flow, .ssrc = ssrc};
        *slot = (uint32_t)++g->stream_count;
    }
    *index = *slot - 1;
    return 0;
}

static void note_step(struct pl_gathered_stream *stream, uint16_t sequence)
{
    if (stream->packets++ > 0) {
        int16_t step = (int16_t)(uint16_t)(sequence - stream->sequence);
        stream->in_row |= step == 1;
        stream->leaps += step > MAX_DROPOUT || step < -MAX_MISORDER;
    }
    stream->sequence = sequence;
}

bool pl_gathered_plausible(const struct pl_gathered_stream *stream)
{
    return stream->in_row && stream->leaps <= (stream->packets - 1) / 2;
}

/* Lays the datagram behind the others, whole: of one that was cut, what lacks is zeros, and with
 * that it has no padding. */
static uint8_t *lay(struct pl_gathering *g, const struct pl_frame *payload)
{
    enum { PADDED = 0x20 };
    size_t size = payload->captured + payload->missing;
    if (reserve((void **)&g->bytes, 1, g->byte_count, size, &g->byte_capacity) != 0)
        return NULL;
    uint8_t *datagram = g->bytes + g->byte_count;
    memcpy(datagram, payload->data, payload->captured);
    memset(datagram + payload->captured, 0, payload->missing);
    if (payload->missing && size)
        datagram[0] &= (uint8_t)~PADDED;
    return datagram;
}

/* What may be RTP at all, by its first bytes: so that nothing else is copied. */
static bool may_be_rtp(const struct pl_frame *payload)
{
    return payload->captured >= PL_RTP_HEADER_MIN && payload->data[0] >> 6 == 2 &&
           payload->captured + payload->missing <= UINT16_MAX;
}

/* The same bytes of the same stream, by another interface within 10 ms: what a bridge hands on. A
 * network's own duplicates come by the same one. */
static bool is_copy(const struct pl_gathering *g, const struct pl_gathered_packet *packet)
{
    enum { LOOK_BACK = 64, WITHIN_NS = 10000000 };
    for (size_t i = g->packet_count; i > 0 && g->packet_count - i < LOOK_BACK; i--) {
        const struct pl_gathered_packet *earlier = &g->packets[i - 1];
        if (earlier->stream == packet->stream && earlier->sequence == packet->sequence &&
            earlier->interface != packet->interface && earlier->size == packet->size &&
            packet->time_ns - earlier->time_ns < WITHIN_NS &&
            earlier->time_ns - packet->time_ns < WITHIN_NS &&
            memcmp(g->bytes + earlier->offset, g->bytes + packet->offset, packet->size) == 0)
            return true;
    }
    return false;
}

static struct pl_gathered_packet describe(const struct pl_gathering *g,
                                          const struct pl_frame *payload, const struct pl_rtp *rtp,
                                          const struct pl_captured *from)
{
    return (struct pl_gathered_packet){
        .time_ns = from->time_ns,
        .record = from->record,
        .interface = from->interface,
        .waited = from->waited,
        .completed = payload->missing > 0,
        .offset = g->byte_count,
        .size = (uint32_t)(payload->captured + payload->missing),
        .payload_offset = rtp->payload_offset,
        .payload_size = rtp->payload_size,
        .timestamp = rtp->timestamp,
        .sequence = rtp->sequence,
        .payload_type = rtp->payload_type,
    };
}

static int fail_memory(const struct pl_gathering *g, struct pl_error *error)
{
    return pl_error_set(error, -ENOMEM, "out of memory after %zu RTP packets", g->packet_count);
}

int pl_gather(struct pl_gathering *g, const struct pl_flow *flow, const struct pl_frame *payload,
              const struct pl_captured *from, enum pl_gathered *taken, struct pl_error *error)
{
    struct pl_rtp rtp;
    *taken = PL_GATHERED_NOT;
    if (!may_be_rtp(payload))
        return 0;
    if (g->byte_count + payload->captured + payload->missing > UINT32_MAX)
        return pl_error_set(error, -EFBIG,
                            "it holds more than 4 GiB of RTP: narrow it with a filter");
    const uint8_t *datagram = lay(g, payload);
    if (!datagram)
        return fail_memory(g, error);
    if (!pl_rtp_parse(datagram, payload->captured + payload->missing, &rtp))
        return 0;
    struct pl_gathered_packet packet = describe(g, payload, &rtp, from);
    if (find_or_add_stream(g, rtp.ssrc, flow, &packet.stream) != 0 ||
        reserve((void **)&g->packets, sizeof *g->packets, g->packet_count, 1,
                &g->packet_capacity) != 0)
        return fail_memory(g, error);
    *taken = from->interface && is_copy(g, &packet) ? PL_GATHERED_BEFORE : PL_GATHERED;
    if (*taken == PL_GATHERED_BEFORE)
        return 0;
    g->packets[g->packet_count++] = packet;
    g->byte_count += packet.size;
    note_step(g->streams + packet.stream, rtp.sequence);
    return 0;
}

void pl_gathering_close(struct pl_gathering *gathering)
{
    free(gathering->packets);
    free(gathering->streams);
    free(gathering->bytes);
    free(gathering->table);
    *gathering = (struct pl_gathering){.packets = NULL};
}
