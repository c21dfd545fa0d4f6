/* Makes recordings through the capture reader, as a scenario gets them. */
#include "harness/traffic/tests/made.h"

#include <stdlib.h>
#include <string.h>

#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

struct pl_recording *made_of(const struct made_packet *packets, uint32_t count)
{
    struct craft_file file = {.link = 1};
    struct craft_frame frame = {.link = 1};
    craft_begin(&file);
    for (uint32_t i = 0; i < count; i++) {
        struct craft_rtp rtp = {.sequence = packets[i].sequence,
                                .timestamp = packets[i].timestamp,
                                .ssrc = packets[i].ssrc,
                                .type = packets[i].type,
                                .payload = packets[i].payload};
        craft_rtp_record(&file, 1000000000 + packets[i].at_ns, &frame, &rtp);
    }
    return must_read(&file, NULL, NULL);
}

static struct made_packet audio(uint64_t at_ns, uint32_t place)
{
    return (struct made_packet){.at_ns = at_ns,
                                .ssrc = 1,
                                .sequence = (uint16_t)(65530 + place),
                                .timestamp = 0xffffff00u + 128 * place,
                                .type = 10,
                                .payload = 512};
}

static struct made_packet video(uint64_t at_ns, uint32_t place)
{
    return (struct made_packet){.at_ns = at_ns,
                                .ssrc = 2,
                                .sequence = (uint16_t)(100 + place),
                                .timestamp = 7000 + 3000 * (place / 3),
                                .type = 96,
                                .payload = 100 + place};
}

struct pl_recording *made_recording(void)
{
    struct made_packet packets[64];
    uint32_t place = 0;
    for (uint32_t i = 0; i < 64; i++) {
        uint64_t at_ns = i * 1450000 + i % 5 * 10000;
        packets[i] = i % 2 ? video(at_ns, i / 2) : audio(at_ns, place++);
        if (i == 20)
            place -= 1; /* twice */
        if (i == 30)
            place += 3; /* a gap */
    }
    struct made_packet kept = packets[40];
    packets[40] = audio(packets[40].at_ns, 0);
    packets[40].sequence = packets[42].sequence;
    packets[40].timestamp = packets[42].timestamp;
    packets[42].sequence = kept.sequence;
    packets[42].timestamp = kept.timestamp;
    return made_of(packets, 64);
}

struct pl_recording *made_plain(uint32_t count)
{
    struct made_packet *packets = calloc(count, sizeof *packets);
    assert_non_null(packets);
    for (uint32_t i = 0; i < count; i++)
        packets[i] = audio(i * 2902000ull, i);
    struct pl_recording *recording = made_of(packets, count);
    free(packets);
    return recording;
}

struct pl_arena made_arena(size_t bytes)
{
    struct pl_arena arena = {.capacity = pl_arena_cost(bytes)};
    arena.base = aligned_alloc(PL_ARENA_ALIGN, arena.capacity);
    assert_non_null(arena.base);
    memset(arena.base, 0, arena.capacity);
    return arena;
}

struct pl_traffic_settings made_settings(uint32_t sessions)
{
    return (struct pl_traffic_settings){
        .sessions = sessions,
        .rate = 1,
        .faults = {.burst_leave = 1, .burst_loss = 1, .reorder_delay_ns = 15000000},
    };
}

struct made_senders made_senders(const struct pl_traffic_settings *traffic,
                                 const struct pl_recording *recording, uint64_t seed)
{
    struct made_senders made = {
        .arena = made_arena(pl_senders_arena_bytes(traffic, recording, INT64_MAX))};
    made.senders = pl_senders_open(traffic, recording, seed, INT64_MAX, &made.arena);
    assert_non_null(made.senders);
    assert_int_equal(made.arena.used, made.arena.capacity);
    return made;
}

void made_senders_close(struct made_senders *made)
{
    free(made->arena.base);
}

void assert_arrivals_equal(const struct pl_arrival *expected, const struct pl_arrival *got)
{
    assert_int_equal(expected->arrival_ns, got->arrival_ns);
    assert_ptr_equal(expected->packet, got->packet);
    assert_ptr_equal(expected->datagram, got->datagram);
    assert_int_equal(expected->datagram_size, got->datagram_size);
    assert_int_equal(expected->rebased, got->rebased);
    assert_int_equal(expected->position, got->position);
    assert_int_equal(expected->timestamp, got->timestamp);
    assert_int_equal(expected->session, got->session);
    assert_int_equal(expected->epoch, got->epoch);
    assert_int_equal(expected->port, got->port);
    assert_int_equal(expected->ssrc, got->ssrc);
    assert_int_equal(expected->wire_sequence, got->wire_sequence);
    assert_int_equal(expected->wire_timestamp, got->wire_timestamp);
}
