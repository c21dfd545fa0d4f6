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

/* Of a cut datagram, the CSRCs, the extension or the padding may be missing: what counts is whether
 * its fixed header would begin a stream, so that the cut is reported instead of passed over. */
static bool parse(const struct pl_frame *payload, struct pl_rtp *rtp)
{
    if (payload->missing == 0)
        return pl_rtp_parse(payload->data, payload->captured, rtp);
    uint8_t fixed[PL_RTP_HEADER_MIN];
    if (payload->captured < sizeof fixed)
        return false;
    memcpy(fixed, payload->data, sizeof fixed);
    fixed[0] &= 0xc0;
    return pl_rtp_parse(fixed, sizeof fixed, rtp);
}

static int add_packet(struct pl_gathering *g, const struct pl_frame *payload,
                      const struct pl_rtp *rtp, const struct pl_gathered_packet *head)
{
    if (reserve((void **)&g->packets, sizeof *g->packets, g->packet_count, 1,
                &g->packet_capacity) != 0 ||
        reserve((void **)&g->bytes, 1, g->byte_count, payload->captured, &g->byte_capacity) != 0)
        return -ENOMEM;
    struct pl_gathered_packet packet = *head;
    packet.offset = g->byte_count;
    packet.size = (uint32_t)payload->captured;
    packet.missing = (uint32_t)payload->missing;
    packet.payload_offset = rtp->payload_offset;
    packet.payload_size = rtp->payload_size;
    packet.timestamp = rtp->timestamp;
    packet.sequence = rtp->sequence;
    packet.payload_type = rtp->payload_type;
    g->packets[g->packet_count++] = packet;
    memcpy(g->bytes + g->byte_count, payload->data, payload->captured);
    g->byte_count += payload->captured;
    return 0;
}

int pl_gather(struct pl_gathering *gathering, const struct pl_udp *udp, int64_t time_ns,
              uint64_t record, bool *taken, struct pl_error *error)
{
    struct pl_rtp rtp;
    *taken = parse(&udp->payload, &rtp);
    if (!*taken)
        return 0;
    if (gathering->byte_count + udp->payload.captured > UINT32_MAX)
        return pl_error_set(error, -EFBIG,
                            "it holds more than 4 GiB of RTP: narrow it with a filter");
    struct pl_gathered_packet head = {.time_ns = time_ns, .record = record};
    if (find_or_add_stream(gathering, rtp.ssrc, &udp->flow, &head.stream) != 0 ||
        add_packet(gathering, &udp->payload, &rtp, &head) != 0)
        return pl_error_set(error, -ENOMEM, "out of memory after %zu RTP packets",
                            gathering->packet_count);
    note_step(gathering->streams + head.stream, rtp.sequence);
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
