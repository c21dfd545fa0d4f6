/* The rig of the pipeline's tests (rig.h). The virtual clock never goes back from one test to the
 * next; the pipeline goes by the times that its events are due. */
#include "harness/pipelines/tests/rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/traffic/rtp.h"

#define HEADER 12
#define PAYLOAD (2 * RIG_PACKET_SAMPLES)

void rig_scenario(struct pl_scenario *s)
{
    *s = (struct pl_scenario){
        .path = "rig",
        .traffic = {.sessions = 1, .rate = 1.0},
        .receiver = {.latency_ns = 200000000,
                     .latency_tolerance_ns = 200000000,
                     .latency_bounds = true,
                     .no_playback_timeout_ns = 266700000,
                     .choppy_timeout_ns = 2000000000,
                     .frame_ns = 10000000,
                     .read_speed = 1,
                     .max_sessions = 8,
                     .on_full = PL_ON_FULL_RETRY,
                     .retry_ns = 200000000,
                     .rcvbuf_bytes = 212992,
                     .sockets = 1},
        .classes = {{"packet", 696, 0}, {"packet_buffer", 2072, 0}, {"frame_buffer", 4120, 1}},
        .class_count = 3,
        .budgets = {{"packets", 0}, {"frames", 0}},
        .budget_count = 2,
    };
}

struct rig_packet *rig_in_order(uint32_t count)
{
    struct rig_packet *packets = calloc(count, sizeof *packets);
    assert_non_null(packets);
    for (uint32_t i = 0; i < count; i++)
        packets[i] = (struct rig_packet){.arrival_ns = i * RIG_PACKET_NS, .position = i};
    return packets;
}

static void lay_packet(struct pl_recording *r, uint32_t index, const struct rig_packet *packet)
{
    struct pl_recorded_packet *recorded =
        (struct pl_recorded_packet *)(void *)((char *)r + r->packets_offset) + index;
    uint8_t *datagram = (uint8_t *)r + r->datagrams_offset + (size_t)index * (HEADER + PAYLOAD);
    *recorded = (struct pl_recorded_packet){
        .arrival_ns = packet->arrival_ns,
        .position = packet->position,
        .timestamp = (uint64_t)packet->position * RIG_PACKET_SAMPLES,
        .datagram_offset = index * (HEADER + PAYLOAD),
        .datagram_size = HEADER + PAYLOAD,
        .payload_offset = HEADER,
        .payload_size = PAYLOAD,
        .payload_type = 11,
    };
    datagram[0] = 0x80;
    datagram[1] = 11;
    for (int i = 0; i < PAYLOAD; i++)
        datagram[HEADER + i] = (uint8_t)(packet->position * 7 + (uint32_t)i);
}

struct pl_recording *rig_recording(const struct rig_packet *packets, uint32_t count,
                                   int64_t duration_ns, enum pl_codec codec)
{
    uint64_t streams = sizeof(struct pl_recording);
    uint64_t at = streams + sizeof(struct pl_recorded_stream);
    uint64_t datagrams = at + count * sizeof(struct pl_recorded_packet);
    uint64_t bytes = datagrams + (uint64_t)count * (HEADER + PAYLOAD);
    struct pl_recording *r = calloc(1, bytes);
    assert_non_null(r);
    *r = (struct pl_recording){.bytes = bytes,
                               .stream_count = 1,
                               .packet_count = count,
                               .duration_ns = duration_ns,
                               .streams_offset = streams,
                               .packets_offset = at,
                               .datagrams_offset = datagrams};
    uint32_t highest = 0;
    for (uint32_t i = 0; i < count; i++) {
        lay_packet(r, i, &packets[i]);
        if (packets[i].position > highest)
            highest = packets[i].position;
    }
    *(struct pl_recorded_stream *)(void *)((char *)r + streams) = (struct pl_recorded_stream){
        .codec = codec,
        .payload_type = 11,
        .rate = codec == PL_CODEC_OPAQUE ? 0 : RIG_RATE,
        .channels = codec == PL_CODEC_OPAQUE ? 0 : 1,
        .packets = count,
        .sequence_span = highest + 1,
        .timestamp_span = (uint64_t)(highest + 1) * RIG_PACKET_SAMPLES,
        .payload_bytes = (uint64_t)count * PAYLOAD,
    };
    return r;
}

void rig_open(struct rig *rig, const struct pl_scenario *scenario, struct pl_recording *recording,
              const char *stack)
{
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    *rig = (struct rig){.scenario = *scenario, .recording = recording};
    const struct pl_scenario *s = &rig->scenario;
    pl_real_init();
    if (pl_stack_parse(stack, &spec, &error) ||
        pl_stack_open(&spec, s->classes, s->class_count, s->budgets, s->budget_count, &rig->stack,
                      &error))
        fail_msg("%s", error.text);
    rig->pipeline = pl_pipeline_of(s);
    if (rig->pipeline->check(s, recording, PL_FORMAT_S16, &error))
        fail_msg("%s", error.text);
    rig->arena.capacity = rig->pipeline->arena_bytes(s, recording, PL_FORMAT_S16) +
                          pl_sides_arena_bytes(1) + pl_background_arena_bytes(s) +
                          pl_crew_arena_bytes(1, RIG_EVENTS_MAX);
    rig->arena.base = aligned_alloc(PL_ARENA_ALIGN, pl_arena_cost(rig->arena.capacity));
    assert_non_null(rig->arena.base);
    memset(rig->arena.base, 0, rig->arena.capacity);
    assert_true(pl_replayed_events(s) <= RIG_EVENTS_MAX);
    pl_loop_init(&rig->loop, rig->heap, RIG_EVENTS_MAX);
    assert_true(pl_sides_open(&rig->sides, 1, rig->stack, s, 1, &rig->arena));
    rig->side = pl_sides_network(&rig->sides);
    assert_true(
        pl_crew_open(&rig->crew, &s->workers, 1, RIG_EVENTS_MAX, &rig->loop, 1, &rig->arena));
    struct pl_pipeline_inputs inputs = {.scenario = s,
                                        .recording = recording,
                                        .stack = &spec,
                                        .format = PL_FORMAT_S16,
                                        .seed = 1,
                                        .sides = &rig->sides,
                                        .loop = &rig->loop,
                                        .crew = &rig->crew,
                                        .arena = &rig->arena};
    assert_int_equal(rig->pipeline->open(&inputs, &rig->state, &error), 0);
    assert_int_equal(pl_background_open(&inputs, &rig->background, &error), 0);
    assert_true(rig->loop.added <= rig->pipeline->event_count(s) + pl_background_events(s));
}

void rig_open_in_order(struct rig *rig, const struct pl_scenario *s, uint32_t count,
                       const char *stack)
{
    struct rig_packet *packets = rig_in_order(count);
    rig_open(rig, s, rig_recording(packets, count, count * RIG_PACKET_NS, PL_CODEC_L16), stack);
    free(packets);
}

void rig_run(struct rig *rig, int64_t ns)
{
    pl_loop_run(&rig->loop, ns);
    rig->now_ns = ns;
}

uint64_t rig_dropped(const struct rig *rig)
{
    uint64_t dropped = 0;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        dropped += rig->side->counts.dropped[i];
    return dropped;
}

void rig_close(struct rig *rig)
{
    pl_background_close(rig->background);
    rig->pipeline->close(rig->state, rig->now_ns);
    assert_int_equal(rig->side->counts.received,
                     rig->side->counts.delivered + rig_dropped(rig) + rig->side->counts.held);
    assert_int_equal(rig->side->meter.live_bytes, 0);
    rig->counts = rig->side->counts;
    pl_stack_close(rig->stack);
    free(rig->arena.base);
    free(rig->recording);
}
