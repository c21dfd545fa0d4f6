/* Media where the stack refuses: what is counted, what plays on, and what it is no fault of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/media/tests/rig.h"

#define S INT64_C(1000000000)

/* The delay takes 25 frames x 2 x (3,528 + 24 B of slot); half of it is refused, counted, and no
 * crash. */
static void a_limit_drops_frames(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "music.mp3");
    rig_must_open(&rig, &s, PL_FORMAT_S16, "limited:max=90KiB/slab/glibc");
    rig_run(&rig, 4 * S);
    rig_close(&rig);
    assert_true(rig.counts.dropped[PL_DROP_LIMIT] > 0);
    assert_int_equal(rig.counts.received, 100);
}

/* Room for 12 of the 25 frames: each is played a second after it came, and makes room for another.
 * 12 come in each second. */
static void what_a_limit_lets_in_is_played_on_time(void **state)
{
    (void)state;
    static const enum pl_format formats[] = {PL_FORMAT_S16, PL_FORMAT_FFMPEG};
    for (size_t i = 0; i < 2; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "music.mp3");
        rig_must_open(&rig, &s, formats[i],
                      i ? "limited:max=112KiB/glibc" : "limited:max=84KiB/glibc");
        rig_run(&rig, 10 * S);
        rig_close(&rig);
        assert_true(rig.counts.dropped[PL_DROP_LIMIT] > 0);
        assert_true(rig.counts.delivered >= 9 * 11 && rig.counts.delivered <= 9 * 14);
        assert_true(rig.counts.held >= 11 && rig.counts.held <= 14);
    }
}

/* Room for one chunk of two: it fills for a second, is played for one in which all is refused, and
 * makes room for the next. */
static void a_chunk_is_played_though_the_next_is_refused(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "speech.ogg");
    s.media.hold = PL_HOLD_CHUNKS;
    strcpy(s.classes[0].name, "chunk");
    rig_must_open(&rig, &s, PL_FORMAT_S16, "limited:max=176400B/glibc");
    rig_run(&rig, 8 * S);
    rig_close(&rig);
    assert_int_equal(rig.counts.delivered, 4 * 25);
    assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 4 * 25);
}

static void a_limit_refuses_a_decoder(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "music.mp3");
    rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "limited:max=96KiB/glibc");
    rig_run(&rig, 4 * S);
    rig_close(&rig);
    assert_true(rig.counts.dropped[PL_DROP_LIMIT] > 0);
    assert_int_equal(rig.facts.decode_errors, 0);
}

/* A pool whose slots are too small for what the decoder makes, and a stack that refuses the first:
 * the source is as good as ever, and what is refused is counted. */
static void what_is_refused_is_no_fault_of_the_source(void **state)
{
    (void)state;
    static const char *const sources[] = {"music.mp3", "l16-stereo-44100.pcap.zst"};
    for (size_t i = 0; i < 2; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, sources[i]);
        s.class_fits = 0;
        s.classes[0].size = 64;
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "slab/glibc");
        rig_run(&rig, 4 * S);
        rig_close(&rig);
        assert_int_equal(rig.counts.received, 100);
        assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 100);
        assert_int_equal(rig.facts.decode_errors, 0);
        rig_scenario(&s, sources[i]);
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "fault:nth=1/glibc");
        rig_run(&rig, 4 * S);
        rig_close(&rig);
        assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 1);
        assert_true(rig.counts.delivered > 70);
    }
}

/* H.264's decoder calls a packet invalid for which it got no memory: a refused frame all the same.
 */
static void what_video_is_refused_is_no_error(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "clip.mp4");
    strcpy(s.media.picture, "640x360");
    strcpy(s.classes[0].name, "image");
    s.media.delay_ns = 200000000;
    s.class_fits = 0;
    s.classes[0].size = 64;
    rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "slab/glibc");
    rig_run(&rig, 4 * S);
    rig_close(&rig);
    assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 100);
    assert_int_equal(rig.facts.decode_errors, 0);
}

/* Without room for the track that begins, the one before just ends, and that is counted. */
static void a_fade_without_memory_is_cut(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "music.mp3");
    snprintf(s.media.sources[1], sizeof s.media.sources[1], "scenarios/traffic/speech.ogg");
    s.media.source_count = 2;
    s.media.track_ns = 4 * S;
    s.media.crossfade_ns = S;
    rig_must_open(&rig, &s, PL_FORMAT_S16, "limited:max=256KiB/glibc");
    rig_run(&rig, 9 * S);
    rig_close(&rig);
    assert_int_equal(rig.facts.crossfades, 2);
    assert_int_equal(rig.facts.crossfades_cut, 2);
    assert_int_equal(rig.counts.dropped[PL_DROP_LIMIT], 0);
}

/* Under a limit that leaves less of the track that ends than the fade is long, likewise. */
static void a_fade_of_refused_frames_is_cut(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "music.mp3");
    snprintf(s.media.sources[1], sizeof s.media.sources[1], "scenarios/traffic/speech.ogg");
    s.media.source_count = 2;
    s.media.track_ns = 4 * S;
    s.media.crossfade_ns = S;
    rig_must_open(&rig, &s, PL_FORMAT_S16, "limited:max=90KiB/glibc");
    rig_run(&rig, 9 * S);
    rig_close(&rig);
    assert_int_equal(rig.facts.crossfades, 2);
    assert_int_equal(rig.facts.crossfades_cut, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_limit_drops_frames),
        cmocka_unit_test(what_a_limit_lets_in_is_played_on_time),
        cmocka_unit_test(a_chunk_is_played_though_the_next_is_refused),
        cmocka_unit_test(a_limit_refuses_a_decoder),
        cmocka_unit_test(what_is_refused_is_no_fault_of_the_source),
        cmocka_unit_test(what_video_is_refused_is_no_error),
        cmocka_unit_test(a_fade_without_memory_is_cut),
        cmocka_unit_test(a_fade_of_refused_frames_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
