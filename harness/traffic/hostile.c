/* Makes hostile datagrams once, and then only picks among them. */
#include "harness/traffic/hostile.h"

#include "harness/base/random.h"
#include "harness/traffic/rtp.h"

enum {
    ORDINARY_MAX = 1500, /* bytes: what Ethernet carries, and so what receivers expect at most */
    GIANT = 65507,       /* 65,535 - 20 of IPv4 - 8 of UDP */
    PAYLOAD_MAX = ORDINARY_MAX - PL_RTP_HEADER_MIN
};

/* One datagram in the making. */
struct making {
    uint64_t state;
    uint8_t *bytes; /* ORDINARY_MAX of them, or GIANT */
    uint32_t size;
    uint32_t number; /* among those of its kind */
    uint8_t payload_type;
};

static uint32_t below(struct making *m, uint32_t bound)
{
    return (uint32_t)(pl_random_next(&m->state) % bound);
}

/* Byte by byte: the same on machines of either byte order. */
static void fill(struct making *m, uint32_t size)
{
    uint64_t random = 0;
    m->size = size;
    for (uint32_t i = 0; i < size; i++) {
        if (i % 8 == 0)
            random = pl_random_next(&m->state);
        m->bytes[i] = (uint8_t)(random >> 8 * (i % 8));
    }
}

/* Random behind a header whose first octet is given (RFC 3550 section 5.1). */
static void fill_rtp(struct making *m, uint8_t first, uint32_t size)
{
    fill(m, size);
    m->bytes[0] = first;
    m->bytes[1] = (uint8_t)((m->bytes[1] & 0x80) | m->payload_type);
}

/* The shortest and the longest among them. */
static void make_noise(struct making *m)
{
    fill(m, m->number < 2 ? m->number * ORDINARY_MAX : below(m, ORDINARY_MAX + 1));
}

static void make_version(struct making *m)
{
    static const uint8_t versions[] = {0x00, 0x40, 0xc0};
    fill_rtp(m, versions[m->number % 3], PL_RTP_HEADER_MIN + below(m, PAYLOAD_MAX + 1));
}

static void make_giant(struct making *m)
{
    fill(m, GIANT);
}

static void make_session(struct making *m)
{
    fill_rtp(m, 0x80, PL_RTP_HEADER_MIN + below(m, PAYLOAD_MAX + 1));
}

static void make_excess_csrcs(struct making *m)
{
    uint32_t csrcs = 1 + below(m, 15);
    fill_rtp(m, (uint8_t)(0x80 | csrcs), PL_RTP_HEADER_MIN + below(m, 4 * csrcs));
}

static void make_excess_extension(struct making *m)
{
    uint32_t behind = below(m, PAYLOAD_MAX - 3); /* what there is behind the extension's header */
    uint32_t fitting = behind / 4, words = fitting + 1 + below(m, UINT16_MAX - fitting);
    fill_rtp(m, 0x90, PL_RTP_HEADER_MIN + 4 + behind);
    m->bytes[PL_RTP_HEADER_MIN + 2] = (uint8_t)(words >> 8);
    m->bytes[PL_RTP_HEADER_MIN + 3] = (uint8_t)words;
}

/* Padding counts itself, so none is as wrong as too much. */
static void make_excess_padding(struct making *m)
{
    uint32_t payload = 1 + below(m, 254);
    bool none = m->number / 3 % 2;
    fill_rtp(m, 0xa0, PL_RTP_HEADER_MIN + payload);
    m->bytes[m->size - 1] = (uint8_t)(none ? 0 : payload + 1 + below(m, 255 - payload));
}

static void make_lengths(struct making *m)
{
    static void (*const makes[])(struct making *) = {make_excess_csrcs, make_excess_extension,
                                                     make_excess_padding};
    makes[m->number % 3](m);
}

/* Again until it is what it should be: chance makes RTP of noise now and then. */
static struct pl_hostile_datagram make(struct making *m, enum pl_hostile_kind kind)
{
    static void (*const makes[PL_HOSTILE_KINDS])(struct making *) = {
        [PL_HOSTILE_NOISE] = make_noise,      [PL_HOSTILE_VERSION] = make_version,
        [PL_HOSTILE_LENGTHS] = make_lengths,  [PL_HOSTILE_GIANT] = make_giant,
        [PL_HOSTILE_SESSIONS] = make_session,
    };
    struct pl_rtp rtp;
    do
        makes[kind](m);
    while (pl_rtp_parse(m->bytes, m->size, &rtp) != (kind == PL_HOSTILE_SESSIONS));
    return (struct pl_hostile_datagram){m->bytes, m->size};
}

static uint32_t count_of(enum pl_hostile_kind kind)
{
    return kind == PL_HOSTILE_GIANT ? 1 : PL_HOSTILE_EACH;
}

size_t pl_hostile_arena_bytes(void)
{
    return pl_arena_cost((PL_HOSTILE_KINDS - 1) * PL_HOSTILE_EACH * ORDINARY_MAX + GIANT);
}

bool pl_hostile_open(struct pl_hostile *hostile, const struct pl_recording *recording,
                     uint32_t rate, uint32_t sessions, uint64_t seed, struct pl_arena *arena)
{
    uint8_t *bytes = pl_arena_take(arena, pl_hostile_arena_bytes());
    if (!bytes)
        return false;
    struct making m = {.state = seed};
    m.state = pl_random_next(&m.state) + sessions; /* its place among the senders' */
    m.payload_type = (uint8_t)pl_recording_streams(recording)->payload_type;
    *hostile = (struct pl_hostile){.seed = seed, .rate = rate, .session = sessions};
    for (enum pl_hostile_kind kind = 0; kind < PL_HOSTILE_KINDS; kind++)
        for (m.number = 0; m.number < count_of(kind); m.number++) {
            m.bytes = bytes;
            hostile->pool[kind][m.number] = make(&m, kind);
            bytes += kind == PL_HOSTILE_GIANT ? GIANT : ORDINARY_MAX;
        }
    hostile->choices = m.state;
    return true;
}

int64_t pl_hostile_due(const struct pl_hostile *hostile)
{
    const uint64_t second = 1000000000;
    return (int64_t)(hostile->sent / hostile->rate * second +
                     hostile->sent % hostile->rate * second / hostile->rate);
}

/* Of the upper half of all identities, from its first on. */
static void name_session(struct pl_hostile *hostile, struct pl_arrival *arrival)
{
    uint32_t index = PL_IDENTITIES | hostile->sessions++ % PL_IDENTITIES;
    struct pl_identity identity = pl_identity_of(hostile->seed, index);
    arrival->rebased = true;
    arrival->ssrc = identity.ssrc;
    arrival->wire_sequence = identity.sequence;
    arrival->wire_timestamp = identity.timestamp;
}

void pl_hostile_take(struct pl_hostile *hostile, struct pl_arrival *arrival)
{
    enum pl_hostile_kind kind = pl_random_next(&hostile->choices) % PL_HOSTILE_KINDS;
    uint32_t which = (uint32_t)(pl_random_next(&hostile->choices) % count_of(kind));
    const struct pl_hostile_datagram *datagram = &hostile->pool[kind][which];
    *arrival = (struct pl_arrival){
        .arrival_ns = pl_hostile_due(hostile),
        .datagram = datagram->bytes,
        .datagram_size = datagram->size,
        .session = hostile->session,
        .port = PL_IDENTITIES,
    };
    if (kind == PL_HOSTILE_SESSIONS)
        name_session(hostile, arrival);
    hostile->sent++;
}
