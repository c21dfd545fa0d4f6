/* The receiver's laws: every packet delivered once and unchanged, or dropped with its reason; what
 * it holds while the reader stalls; latency, bounds and watchdogs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/pipelines/tests/rig.h"

#define S INT64_C(1000000000)
#define MS INT64_C(1000000)

static void a_steady_reader_loses_nothing(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 60 * S);
    assert_int_equal(rig.side->counts.received, 6000);
    assert_int_equal(rig_dropped(&rig), 0);
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    assert_int_equal(rig.side->counts.sessions_started, 1);
    /* In flight: the latency, 20 packets, less what the last read took. */
    uint64_t flying = rig.side->counts.received - rig.side->counts.delivered;
    assert_in_range(flying, 19, 21);
    assert_int_equal(rig.side->meter.live_bytes, flying * (696 + 2072) + 2072); /* one at hand */
    /* Samples come out in step with time: 59.8 s of them, give or take a frame. */
    assert_in_range(rig.side->counts.samples_delivered, 8000 * 598 / 10 - 160,
                    8000 * 598 / 10 + 160);
    rig_close(&rig);
    assert_int_equal(rig.counts.held, flying);
}

static void a_stalled_reader_holds_all_that_arrives(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.receiver.stalls[0] = (struct pl_span){0, 30 * S};
    s.receiver.stall_count = 1;
    rig_open_in_order(&rig, &s, 100, "glibc");
    for (int second = 1; second <= 30; second++) {
        rig_run(&rig, second * S);
        assert_int_equal(rig.side->meter.live_bytes, (uint64_t)second * 100 * (696 + 2072) + 2072);
        assert_int_equal(rig.side->counts.delivered, 0);
    }
    /* Reading again: the backlog is far beyond the bound, so its session ends, and a new one plays.
     */
    rig_run(&rig, 31 * S);
    assert_in_range(rig.side->counts.dropped[PL_DROP_SESSION], 2990, 3010);
    assert_true(rig.side->counts.delivered > 50);
    assert_int_equal(rig_dropped(&rig), rig.side->counts.dropped[PL_DROP_SESSION]);
    assert_int_equal(rig.side->counts.sessions_started, 2);
    rig_close(&rig);
}

static void without_bounds_the_backlog_is_played(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.receiver.stalls[0] = (struct pl_span){0, 5 * S};
    s.receiver.stall_count = 1;
    s.receiver.latency_bounds = false;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 20 * S);
    assert_int_equal(rig_dropped(&rig), 0);
    assert_int_equal(rig.side->counts.sessions_started, 1);
    assert_in_range(rig.side->counts.received - rig.side->counts.delivered, 499,
                    502); /* the stall's backlog */
    rig_close(&rig);
}

/* systems.md: a slab of n slots takes n * slot + 56 B, and slabs of 1, 2, 4, ... slots are made
 * only when no slot is free: for n objects held, 2^k - 1 slots with the least k that has n. */
static uint64_t slab_law(uint64_t held, uint64_t slot)
{
    uint64_t slabs = 0, slots = 0;
    while (slots < held)
        slots += UINT64_C(1) << slabs++;
    return slots * slot + slabs * 56;
}

static void the_slab_follows_its_law_for_any_number_of_packets(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    struct pl_stack_stats stats;
    rig_scenario(&s);
    s.receiver.stalls[0] = (struct pl_span){0, INT64_MAX};
    s.receiver.stall_count = 1;
    rig_open_in_order(&rig, &s, 100, "slab");
    for (uint64_t held = 1; held <= 3000; held++) {
        rig_run(&rig, (int64_t)(held - 1) * RIG_PACKET_NS + 1);
        assert_int_equal(rig.side->meter.live_bytes, held * (696 + 2072) + 2072);
        pl_stack_stats(rig.stack, &stats);
        assert_int_equal(stats.reserved_bytes, slab_law(held, 720) + slab_law(held + 1, 2096));
    }
    rig_close(&rig);
}

static void reordered_packets_come_out_in_order(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    struct rig_packet *packets = rig_in_order(100);
    for (uint32_t i = 10; i + 5 < 100; i += 10) { /* five packets backwards */
        for (uint32_t k = 0; k < 5; k++)
            packets[i + k].position = i + 4 - k;
    }
    rig_open(&rig, &s, rig_recording(packets, 100, S, PL_CODEC_L16), "glibc");
    free(packets);
    rig_run(&rig, 10 * S);
    assert_int_equal(rig_dropped(&rig), 0);
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    assert_true(rig.side->counts.delivered > 970);
    rig_close(&rig);
}

static void a_duplicate_is_dropped_as_one(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    struct rig_packet *packets = rig_in_order(100);
    packets[51].position = 50; /* 51 is lost, 50 comes twice */
    rig_open(&rig, &s, rig_recording(packets, 100, S, PL_CODEC_L16), "glibc");
    free(packets);
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_DUPLICATE], 10);
    assert_int_equal(rig_dropped(&rig), 10);
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    rig_close(&rig);
}

static void a_packet_after_its_time_is_late(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    struct rig_packet *packets = rig_in_order(100);
    packets[80].position = 30; /* half a second after it was due */
    packets[30].position = 80;
    rig_open(&rig, &s, rig_recording(packets, 100, S, PL_CODEC_L16), "glibc");
    free(packets);
    rig_run(&rig, S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_LATE], 1);
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    rig_close(&rig);
}

/* The sender is silent for half of every second: longer than the no-playback timeout. */
static void silence_ends_a_session(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    struct rig_packet *packets = rig_in_order(50);
    rig_open(&rig, &s, rig_recording(packets, 50, S, PL_CODEC_L16), "glibc");
    free(packets);
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->counts.sessions_started, 10);
    rig_close(&rig);
}

/* Every tenth packet is missing: no frame-long silence, but never whole for 2 s. */
static void choppy_playback_ends_a_session(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    struct rig_packet packets[90];
    uint32_t count = 0;
    for (uint32_t i = 0; i < 100; i++)
        if (i % 10 != 9)
            packets[count++] = (struct rig_packet){i * RIG_PACKET_NS, i};
    rig_open(&rig, &s, rig_recording(packets, count, S, PL_CODEC_L16), "glibc");
    rig_run(&rig, 10 * S);
    /* 0.2 s to gather, 2.1 s of windows of 300 ms that are broken: a session lasts about 2.3 s. */
    assert_in_range(rig.side->counts.sessions_started, 4, 5);
    rig_close(&rig);
}

/* Half of what comes is read: within bounds the sessions start anew and memory stays flat; without
 * them it grows by the other half. */
static void a_slow_reader_falls_behind(void **state)
{
    (void)state;
    for (int bounds = 0; bounds <= 1; bounds++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s);
        s.receiver.read_speed = 0.5;
        s.receiver.latency_bounds = bounds;
        rig_open_in_order(&rig, &s, 100, "glibc");
        rig_run(&rig, 100 * S);
        uint64_t held = rig.side->meter.live_bytes / (696 + 2072);
        if (bounds)
            assert_in_range(held, 0, 41); /* latency and tolerance */
        else
            assert_in_range(held, 5000, 5030);
        assert_int_equal(rig.side->counts.integrity_errors, 0);
        rig_close(&rig);
    }
}

static void a_stall_ends_on_time(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.receiver.stalls[0] = (struct pl_span){0, S};
    s.receiver.stall_count = 1;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, S);
    assert_int_equal(rig.side->counts.sessions_started, 0);
    rig_run(&rig, S + 1); /* the read that is due when the stall ends */
    assert_int_equal(rig.side->counts.sessions_started, 1);
    rig_close(&rig);
}

/* 7.3 ms are 58.4 samples: what is left over of a frame must not be lost, or the latency grows. */
static void frames_of_any_length_keep_in_step(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.receiver.frame_ns = 7300000;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 120 * S);
    assert_int_equal(rig_dropped(&rig), 0);
    assert_in_range(rig.side->counts.samples_delivered, 8000 * 1197 / 10, 8000 * 1199 / 10);
    rig_close(&rig);
}

/* A late copy of what was played, after its session has ended: it is not played again. */
static void what_was_played_stays_played(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    struct rig_packet packets[51];
    for (uint32_t i = 0; i < 50; i++)
        packets[i] = (struct rig_packet){i * RIG_PACKET_NS, i};
    packets[50] = (struct rig_packet){995 * MS, 49};
    rig_open(&rig, &s, rig_recording(packets, 51, S, PL_CODEC_L16), "glibc");
    rig_run(&rig, 10 * S);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_LATE],
                     9); /* the tenth's read is yet to come */
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    rig_close(&rig);
}

/* Two packets, then nothing: too little to play, and no reason to keep a session. */
static void a_sender_that_dies_at_once_keeps_no_session(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    const struct rig_packet packets[] = {{0, 0}, {RIG_PACKET_NS, 1}};
    rig_open(&rig, &s, rig_recording(packets, 2, 3600 * S, PL_CODEC_L16), "glibc");
    rig_run(&rig, 450 * MS);
    assert_int_equal(rig_dropped(&rig), 0);
    rig_run(&rig, 500 * MS);
    assert_int_equal(rig.side->counts.dropped[PL_DROP_SESSION], 2);
    rig_close(&rig);
}

static void an_opaque_payload_is_carried(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    struct rig_packet *packets = rig_in_order(100);
    rig_open(&rig, &s, rig_recording(packets, 100, S, PL_CODEC_OPAQUE), "glibc");
    free(packets);
    rig_run(&rig, 10 * S);
    assert_int_equal(rig_dropped(&rig), 0);
    assert_int_equal(rig.side->counts.samples_delivered, 0);
    assert_in_range(rig.side->counts.delivered, 978, 981);
    assert_int_equal(rig.side->meter.books[2].acquires, 0); /* no frames */
    rig_close(&rig);
}

/* By the clock of its timestamps, or of its arrivals where that is not known: a reader at half the
 * pace leaves half unread. */
static void an_opaque_payload_is_paced_as_any_other(void **state)
{
    (void)state;
    for (int known = 0; known < 2; known++)
        for (int speed = 1; speed <= 2; speed++) {
            struct pl_scenario s;
            struct rig rig;
            rig_scenario(&s);
            s.receiver.read_speed = 1.0 / speed;
            s.receiver.latency_bounds = false;
            struct rig_packet *packets = rig_in_order(100);
            struct pl_recording *recording = rig_recording(packets, 100, S, PL_CODEC_OPAQUE);
            struct pl_recorded_stream *stream =
                (struct pl_recorded_stream *)(void *)((char *)recording +
                                                      recording->streams_offset);
            stream->rate = known ? 8000 : 0;
            rig_open(&rig, &s, recording, "glibc");
            free(packets);
            rig_run(&rig, 20 * S);
            assert_int_equal(rig_dropped(&rig), 0);
            assert_in_range(rig.side->counts.delivered, 2000 / speed - 25, 2000 / speed);
            rig_close(&rig);
        }
}

/* Its watchdogs and bounds hold, too. */
static void an_opaque_session_ends_where_it_is_behind(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.receiver.read_speed = 0.5;
    struct rig_packet *packets = rig_in_order(100);
    rig_open(&rig, &s, rig_recording(packets, 100, S, PL_CODEC_OPAQUE), "glibc");
    free(packets);
    rig_run(&rig, 20 * S);
    assert_true(rig.side->counts.sessions_started > 5);
    assert_true(rig.side->counts.dropped[PL_DROP_SESSION] > 500);
    rig_close(&rig);
}

/* More senders than sessions: the first ones are served, the others' packets dropped. */
static void sessions_are_bounded(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.traffic.sessions = 12;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 5 * S);
    assert_int_equal(rig.side->counts.sessions_started, 8);
    assert_in_range(rig.side->counts.dropped[PL_DROP_SESSION], 4 * 498, 4 * 500);
    assert_true(rig.side->counts.delivered > 8 * 470);
    rig_close(&rig);
}

/* The check that everything else relies on: a changed byte in a held packet is found. */
static void corruption_is_found(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 100 * MS);
    uint8_t *recorded = (uint8_t *)rig.recording + rig.recording->datagrams_offset;
    recorded[12 + 5] ^= 1; /* of packet 0, which is held now and was copied before */
    rig_run(&rig, S);
    assert_int_equal(rig.side->counts.integrity_errors, 1);
    recorded[12 + 5] ^= 1;
    rig_close(&rig);
}

/* 100,000 packets: sequence numbers wrap, and timestamps start anywhere below their own wrap. */
static void wraps_pass_unnoticed(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 1000 * S);
    assert_int_equal(rig.side->counts.received, 100000);
    assert_int_equal(rig_dropped(&rig), 0);
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    rig_close(&rig);
}

/* 100,000 packets in one backlog: sequence numbers turn over within it, more than once. */
static void a_backlog_of_any_length_is_played_in_order(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s);
    s.receiver.stalls[0] = (struct pl_span){0, 1000 * S};
    s.receiver.stall_count = 1;
    s.receiver.latency_bounds = false;
    rig_open_in_order(&rig, &s, 100, "glibc");
    rig_run(&rig, 1000 * S);
    assert_int_equal(rig.side->counts.received, 100000);
    rig_run(&rig, 2100 * S);
    assert_int_equal(rig_dropped(&rig), 0);
    assert_int_equal(rig.side->counts.integrity_errors, 0);
    assert_int_equal(rig.side->counts.sessions_started, 1);
    assert_in_range(rig.side->counts.delivered, 109990, 110000);
    rig_close(&rig);
}

static void a_run_repeats_exactly(void **state)
{
    (void)state;
    struct pl_traffic_counts first = {0};
    for (int run = 0; run < 2; run++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s);
        s.traffic.sessions = 3;
        s.receiver.stalls[0] = (struct pl_span){2 * S, 5 * S};
        s.receiver.stall_count = 1;
        s.budgets[0].max = 1 << 20;
        s.budgets[1].max = 1 << 20;
        rig_open_in_order(&rig, &s, 100, "limited");
        rig_run(&rig, 10 * S);
        rig_close(&rig);
        if (run == 0)
            first = rig.counts;
        else
            assert_memory_equal(&first, &rig.counts, sizeof first);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_steady_reader_loses_nothing),
        cmocka_unit_test(a_stalled_reader_holds_all_that_arrives),
        cmocka_unit_test(without_bounds_the_backlog_is_played),
        cmocka_unit_test(the_slab_follows_its_law_for_any_number_of_packets),
        cmocka_unit_test(reordered_packets_come_out_in_order),
        cmocka_unit_test(a_duplicate_is_dropped_as_one),
        cmocka_unit_test(a_packet_after_its_time_is_late),
        cmocka_unit_test(silence_ends_a_session),
        cmocka_unit_test(choppy_playback_ends_a_session),
        cmocka_unit_test(a_slow_reader_falls_behind),
        cmocka_unit_test(a_stall_ends_on_time),
        cmocka_unit_test(frames_of_any_length_keep_in_step),
        cmocka_unit_test(what_was_played_stays_played),
        cmocka_unit_test(a_sender_that_dies_at_once_keeps_no_session),
        cmocka_unit_test(an_opaque_payload_is_carried),
        cmocka_unit_test(an_opaque_payload_is_paced_as_any_other),
        cmocka_unit_test(an_opaque_session_ends_where_it_is_behind),
        cmocka_unit_test(sessions_are_bounded),
        cmocka_unit_test(corruption_is_found),
        cmocka_unit_test(wraps_pass_unnoticed),
        cmocka_unit_test(a_backlog_of_any_length_is_played_in_order),
        cmocka_unit_test(a_run_repeats_exactly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
