/* Streams beside each other, decoders that deliver in bursts, and frames that leak. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "harness/media/tests/rig.h"

#define MS INT64_C(1000000)
#define S (1000 * MS)
#define PICTURE_BYTES UINT64_C(345600) /* 640 x 360 as yuv420p */

/* Pictures of 40 ms; a delay of 120 ms is three of them. */
static void pictures(struct pl_scenario *s, uint32_t decode)
{
    rig_scenario(s, "clip.mp4");
    strcpy(s->media.picture, "640x360");
    strcpy(s->classes[0].name, "image");
    s->media.decode = decode;
    s->media.clip_ns = 400 * MS;
    s->media.delay_ns = 120 * MS;
    s->duration_ns = 10 * S;
}

/* At most `live` pictures at a time, and `held` at the end of `ns`. */
static void holds(const struct pl_scenario *s, int64_t ns, uint64_t live, uint64_t held)
{
    struct rig rig;
    rig_must_open(&rig, s, PL_FORMAT_YUV420P, "glibc");
    rig_run(&rig, ns);
    assert_int_equal(pl_sides_live_peak(&rig.sides), live * PICTURE_BYTES);
    assert_int_equal(pl_sides_live(&rig.sides), held * PICTURE_BYTES);
    rig_close(&rig);
    assert_int_equal(rig.counts.held, held);
    assert_int_equal(rig.facts.held_ns, held * 40 * MS);
}

static void streams_hold_frames_of_their_own(void **state)
{
    (void)state;
    struct pl_scenario s;
    for (uint32_t decode = 0; decode < 2; decode++) {
        pictures(&s, decode);
        s.media.streams = 5;
        holds(&s, 4 * S, 5 * 3 + 1, 5 * 3); /* one stream at a time is between the two */
    }
}

/* Of every stream 100 frames come in 4 s, but those that begin later end later: all within the
 * first 40 ms. */
static void each_stream_is_whole(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    pictures(&s, 0);
    s.media.streams = PL_MEDIA_STREAMS_MAX;
    rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "glibc");
    rig_run(&rig, 4 * S);
    rig_close(&rig);
    assert_int_equal(rig.counts.received, 100 * PL_MEDIA_STREAMS_MAX);
    assert_int_equal(rig.counts.delivered, (100 - 3) * PL_MEDIA_STREAMS_MAX);
}

/* 4 streams of a burst of 2 in 80 ms: one begins every 20 ms. */
static void streams_are_spread_over_a_burst(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    pictures(&s, 0);
    s.media.streams = 4;
    s.media.burst = 2;
    rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "glibc");
    for (int64_t begun = 1; begun <= 4; begun++) {
        rig_run(&rig, (begun - 1) * 20 * MS + 1);
        assert_int_equal(rig.side->counts.received, 2 * begun);
    }
    rig_close(&rig);
}

/* A stream that decodes by itself has a decoder of its own, whose frames lie in the stack, too:
 * three streams hold three times what one does. */
static void live_streams_have_decoders_of_their_own(void **state)
{
    (void)state;
    uint64_t live[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct pl_scenario s;
        struct rig rig;
        pictures(&s, 1);
        s.media.streams = i ? 3 : 1;
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
        rig_run(&rig, 4 * S); /* through the end of the clip, twice */
        live[i] = pl_sides_live(&rig.sides);
        rig_close(&rig);
        assert_int_equal(rig.counts.received, i ? 300 : 100);
    }
    assert_int_equal(live[1], 3 * live[0]);
}

/* The stack's own. */
static void streams_share_a_pool(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    struct pl_stack_stats stats;
    pictures(&s, 0);
    s.media.streams = 3;
    for (uint32_t frames = 9; frames <= 10; frames++) {
        rig_must_open(&rig, &s, PL_FORMAT_YUV420P,
                      frames == 9 ? "frame_pool:frames=9/glibc" : "frame_pool:frames=10/glibc");
        rig_run(&rig, 4 * S);
        pl_stack_stats(rig.stack, &stats);
        rig_close(&rig);
        assert_int_equal(stats.fallback_allocations > 0, frames == 9);
    }
}

/* FFmpeg's pools are a decoder's and a plane's: three streams need three times what one does. */
static void decoders_share_no_pool(void **state)
{
    (void)state;
    uint64_t acquires[2];
    for (int i = 0; i < 2; i++) {
        struct pl_scenario s;
        struct rig rig;
        pictures(&s, 1);
        s.media.streams = i ? 3 : 1;
        s.media.buffer_pool = true;
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
        rig_run(&rig, 4 * S);
        acquires[i] = rig.side->meter.books[0].acquires;
        rig_close(&rig);
    }
    assert_int_equal(acquires[0] % 3, 0);
    assert_in_range(acquires[0], 1, 3 * 20);
    assert_int_equal(acquires[1], 3 * acquires[0]);
}

/* The delay and one that comes before another goes: with a burst, as many. */
static void a_burst_comes_at_once_and_is_played_evenly(void **state)
{
    (void)state;
    static const uint32_t bursts[] = {1, 2, 6, 50};
    for (size_t i = 0; i < sizeof bursts / sizeof *bursts; i++) {
        struct pl_scenario s;
        struct rig rig;
        uint32_t burst = bursts[i];
        pictures(&s, 0);
        s.media.burst = burst;
        /* 200 frames fill every burst; of the first ones to come next, none is there. */
        holds(&s, 8 * S, 3 + burst, 3 + (burst - 200 % burst) % burst);
        rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "glibc");
        for (int64_t tick = 0; tick < 120; tick++) {
            rig_run(&rig, tick * 40 * MS + 1);
            assert_int_equal(rig.side->counts.delivered, tick < 3 ? 0 : tick - 2);
        }
        rig_close(&rig);
    }
}

/* Likewise of what a decoder makes, in frames of its own length. */
static void a_burst_of_samples_is_played_evenly(void **state)
{
    (void)state;
    uint64_t delivered[2], peak[2];
    for (uint32_t i = 0; i < 2; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "music.mp3");
        s.media.burst = i ? 25 : 1;
        s.duration_ns = 8 * S;
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
        rig_run(&rig, 5 * S + 500 * MS);
        delivered[i] = rig.side->counts.delivered;
        peak[i] = pl_sides_live_peak(&rig.sides);
        rig_close(&rig);
    }
    assert_true(delivered[1] + 1 >= delivered[0] && delivered[1] <= delivered[0] + 1);
    assert_true(peak[1] > peak[0] * 18 / 10 && peak[1] < peak[0] * 21 / 10); /* 2 s instead of 1 */
}

/* A burst that is refused in part loses that part, and the rest keeps its time. */
static void a_limit_cuts_a_burst(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    pictures(&s, 0);
    s.media.burst = 10;
    rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "limited:max=2073600B/glibc"); /* 6 pictures */
    rig_run(&rig, 8 * S);
    rig_close(&rig);
    assert_int_equal(rig.counts.received, 200);
    assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 20 * 4);
}

/* 1000 frames are due in 40 s and 3 more, of which a twentieth leaks: 50, and 7 the spread. */
static void a_share_leaks(void **state)
{
    (void)state;
    uint64_t leaked[2];
    for (int i = 0; i < 2; i++) {
        struct pl_scenario s;
        struct rig rig;
        pictures(&s, 0);
        s.media.leak = 0.05;
        s.duration_ns = 41 * S;
        rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "glibc");
        rig_run(&rig, 1003 * 40 * MS);
        assert_int_equal(pl_sides_live(&rig.sides), (rig.facts.frames_leaked + 3) * PICTURE_BYTES);
        assert_int_equal(rig.side->counts.delivered, 1000 - rig.facts.frames_leaked);
        rig_close(&rig); /* balances, and nothing is live any more */
        leaked[i] = rig.facts.frames_leaked;
        assert_int_equal(rig.counts.held, leaked[i] + 3);
        assert_int_equal(rig.facts.held_ns, (leaked[i] + 3) * 40 * MS);
        assert_true(leaked[i] >= 50 - 28 && leaked[i] <= 50 + 28);
    }
    assert_int_equal(leaked[0], leaked[1]); /* the seed's */
}

/* Two streams that err at the same frames would always lose an even number. */
static void streams_leak_frames_of_their_own(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    bool odd = false;
    pictures(&s, 0);
    s.media.leak = 0.3;
    s.media.streams = 2;
    rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "glibc");
    for (int64_t tick = 0; tick < 100; tick++) {
        rig_run(&rig, tick * 40 * MS + 30 * MS); /* both have had their turn */
        odd |= rig.facts.frames_leaked % 2 == 1;
    }
    rig_close(&rig);
    assert_true(odd);
}

static void all_leak_or_none(void **state)
{
    (void)state;
    for (int all = 0; all < 2; all++) {
        struct pl_scenario s;
        struct rig rig;
        pictures(&s, 0);
        s.media.leak = all;
        s.media.burst = 5;
        rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "glibc");
        rig_run(&rig, s.duration_ns);
        assert_int_equal(rig.facts.frames_leaked, all ? 247 : 0);
        rig_close(&rig);
        assert_int_equal(rig.counts.delivered, all ? 0 : 247);
    }
}

/* What leaks is there for good: behind a limit nothing else comes in, and all of it is counted. */
static void a_limit_fills_up_with_leaks(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    pictures(&s, 0);
    s.media.leak = 0.5;
    rig_must_open(&rig, &s, PL_FORMAT_YUV420P, "limited:max=6912000B/glibc"); /* 20 pictures */
    rig_run(&rig, s.duration_ns);
    assert_int_equal(rig.facts.frames_leaked, 20);
    rig_close(&rig);
    assert_true(rig.counts.dropped[PL_DROP_LIMIT] > 150);
}

/* Of a decoder's own frames, too, whose pool outlives them. */
static void decoded_frames_leak(void **state)
{
    (void)state;
    for (int pooled = 0; pooled < 2; pooled++) {
        struct pl_scenario s;
        struct rig rig;
        pictures(&s, 1);
        s.media.leak = 0.2;
        s.media.streams = 2;
        s.media.buffer_pool = pooled;
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
        rig_run(&rig, 4 * S);
        assert_true(rig.facts.frames_leaked > 20);
        rig_close(&rig);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(streams_hold_frames_of_their_own),
        cmocka_unit_test(each_stream_is_whole),
        cmocka_unit_test(streams_are_spread_over_a_burst),
        cmocka_unit_test(live_streams_have_decoders_of_their_own),
        cmocka_unit_test(streams_share_a_pool),
        cmocka_unit_test(decoders_share_no_pool),
        cmocka_unit_test(a_burst_comes_at_once_and_is_played_evenly),
        cmocka_unit_test(a_burst_of_samples_is_played_evenly),
        cmocka_unit_test(a_limit_cuts_a_burst),
        cmocka_unit_test(a_share_leaks),
        cmocka_unit_test(streams_leak_frames_of_their_own),
        cmocka_unit_test(all_leak_or_none),
        cmocka_unit_test(a_limit_fills_up_with_leaks),
        cmocka_unit_test(decoded_frames_leak),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
