/* The pipeline media on the recordings of this tree: what it holds, plays and counts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/media/media_state.h"
#include "harness/media/tests/rig.h"

#define S INT64_C(1000000000)

/* systems.md: 40 ms of a channel at 44.1 kHz are 1764 samples: 14,112 B as float64, 7,056 as
 * float32, 3,528 as 16-bit integers; a second of stereo is 50 times as much. */
static void a_second_weighs_what_theory_says(void **state)
{
    static const struct {
        enum pl_format format;
        uint64_t second;
    } cases[] = {{PL_FORMAT_F64, 705600},
                 {PL_FORMAT_F32, 352800},
                 {PL_FORMAT_S16, 176400},
                 {PL_FORMAT_S32, 352800}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "music.mp3");
        rig_must_open(&rig, &s, cases[i].format, "glibc");
        rig_run(&rig, 4 * S); /* 100 frames: 25 wait, each for 25 ticks */
        assert_int_equal(pl_sides_live(&rig.sides), cases[i].second);
        assert_int_equal(pl_sides_live_peak(&rig.sides), cases[i].second * 26 / 25);
        rig_close(&rig);
        assert_int_equal(rig.counts.received, 100);
        assert_int_equal(rig.counts.delivered, 75);
        assert_int_equal(rig.counts.held, 25);
        assert_int_equal(rig.counts.samples_delivered, 75 * 1764 * 2);
        assert_int_equal(rig.facts.held_ns, S);
        assert_int_equal(rig.facts.decode_errors, 0);
    }
}

/* A clip is decoded once, by another process, and loops: with 25 frames of it the 26th is the 1st.
 */
static void a_clip_loops(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "speech.ogg");
    s.media.decode = 0;
    rig_must_open(&rig, &s, PL_FORMAT_S16, "glibc");
    rig_run(&rig, 10 * S);
    rig_close(&rig);
    assert_int_equal(rig.counts.received, 250);
    assert_int_equal(rig.counts.delivered, 225);
}

/* A byte that changes while its frame waits is found when it is played, once. */
static void damage_is_found(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "music.mp3");
    rig_must_open(&rig, &s, PL_FORMAT_S16, "glibc");
    rig_run(&rig, 2 * S);
    struct running *running = ((struct streams *)rig.state)->stream[0];
    ((uint8_t *)line_at(running, 3)->block[1])[3527] ^= 1;
    rig_run(&rig, 4 * S);
    assert_int_equal(rig.side->counts.integrity_errors, 1);
    rig.side->counts.integrity_errors = 0;
    rig_close(&rig);
}

static long faults_so_far(void)
{
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_minflt;
}

/* The process that decodes the clip shares memory with this one; pages that a floor or a collector
 * touched beforehand cost no fault for it. A second of float64 has 172 pages. */
static void decoding_beforehand_costs_no_faults_later(void **state)
{
    (void)state;
#ifdef __SANITIZE_THREAD__
    skip(); /* its shadow faults, too */
#endif
    volatile uint8_t seen = 0;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "speech.ogg");
    s.media.decode = 0;
    rig_must_open(&rig, &s, PL_FORMAT_F64, "null:size=8MiB");
    for (size_t at = 0; at < rig.arena.capacity; at += 4096)
        rig.arena.base[at] = (uint8_t)(rig.arena.base[at] + seen);
    long before = faults_so_far();
    rig_run(&rig, 4 * S);
    long after = faults_so_far();
    rig_close(&rig);
    assert_true(after - before < 100);
}

/* What is met while the first of two clips is filled is not forgotten when the second one is. */
static void errors_in_a_clip_are_counted(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    struct pl_error error;
    struct file_bytes {
        char *data;
        size_t bytes;
    } file;
    char path[] = "/tmp/plimsoll-test-XXXXXX";
    assert_int_equal(pl_file_read("scenarios/traffic/music.mp3", PL_FILE_BYTES_MAX, &file.data,
                                  &file.bytes, &error),
                     0);
    for (size_t at = 4096; at < file.bytes; at += 200)
        file.data[at] = (char)~file.data[at];
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, file.data, file.bytes) == (ssize_t)file.bytes);
    close(fd);
    free(file.data);
    rig_scenario(&s, "speech.ogg");
    s.media.decode = 0;
    snprintf(s.media.sources[1], sizeof s.media.sources[1], "%s", s.media.sources[0]);
    snprintf(s.media.sources[0], sizeof s.media.sources[0], "%s", path);
    s.media.source_count = 2;
    rig_must_open(&rig, &s, PL_FORMAT_S16, "glibc");
    unlink(path);
    rig_close(&rig);
    assert_true(rig.facts.decode_errors > 0);
}

/* Rounding to 16 bits errs by half a step of 2^-15 at most. Decoders of MP3 and Vorbis make
 * float32, which float32 and float64 hold exactly. */
static void round_trips_are_as_exact_as_the_format(void **state)
{
    (void)state;
    static const struct {
        enum pl_format format;
        double error_max, error_min;
    } cases[] = {{PL_FORMAT_F64, 0, 0},
                 {PL_FORMAT_F32, 0, 0},
                 {PL_FORMAT_S32, 0x1p-31, 0},
                 {PL_FORMAT_S16, 0x1p-16, 0x1p-18}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "music.mp3");
        rig_must_open(&rig, &s, cases[i].format, "glibc");
        rig_close(&rig);
        assert_true(rig.facts.compared > 80000);
        assert_true(rig.facts.signal > 0);
        assert_true(rig.facts.error_max <= cases[i].error_max);
        assert_true(rig.facts.error_max >= cases[i].error_min);
        assert_true((rig.facts.noise > 0) == (rig.facts.error_max > 0));
    }
}

/* MP3 has frames of 1152 samples: two planes of 4,608 B and what FFmpeg pads, in blocks of the
 * stack. */
static void a_decoders_frames_lie_in_the_stack(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "music.mp3");
    rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
    rig_run(&rig, 4 * S);
    uint64_t acquires = rig.side->meter.books[0].acquires;
    assert_true(pl_sides_live(&rig.sides) >= 2 * 38 * 4608);
    assert_true(pl_sides_live(&rig.sides) <= 2 * 42 * (4608 + 256));
    rig_close(&rig);
    assert_int_equal(acquires, 2 * rig.counts.received); /* opening took nothing of the stack */
    assert_true(rig.counts.held >= 38 && rig.counts.held <= 40);
}

/* AVBufferPool takes a block for each frame that is held at once, and never again. */
static void a_buffer_pool_acquires_no_more_than_is_held(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "music.mp3");
    s.media.buffer_pool = true;
    rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
    rig_run(&rig, 8 * S);
    assert_true(rig.side->meter.books[0].acquires <= 2 * 44);
    rig_close(&rig);
    assert_true(rig.counts.delivered > 250);
}

/* A chunk of one second a channel: two once the first is played. */
static void chunks_hold_twice_the_delay(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "speech.ogg");
    s.media.hold = PL_HOLD_CHUNKS;
    strcpy(s.classes[0].name, "chunk");
    rig_must_open(&rig, &s, PL_FORMAT_S16, "glibc");
    rig_run(&rig, S);
    assert_int_equal(pl_sides_live(&rig.sides), 176400);
    rig_run(&rig, 4 * S);
    assert_int_equal(pl_sides_live_peak(&rig.sides), 2 * 176400);
    assert_int_equal(rig.side->meter.books[0].acquires, 2 * 4);
    rig_close(&rig);
    assert_int_equal(rig.counts.delivered, 75);
    assert_int_equal(rig.facts.held_ns, S);
}

/* Tracks of 4 s that overlap for 1 s: the second begins at 4 s, the third at 4 + 3 s. */
static void tracks_fade_into_each_other(void **state)
{
    (void)state;
    static const enum pl_format formats[] = {PL_FORMAT_F64, PL_FORMAT_F32, PL_FORMAT_S16};
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "music.mp3");
        snprintf(s.media.sources[1], sizeof s.media.sources[1], "scenarios/traffic/speech.ogg");
        s.media.source_count = 2;
        s.media.track_ns = 4 * S;
        s.media.crossfade_ns = S;
        rig_must_open(&rig, &s, formats[i], "glibc");
        rig_run(&rig, 4 * S - 1);
        assert_int_equal(rig.facts.crossfades, 1);
        rig_run(&rig, 7 * S - 1);
        assert_int_equal(rig.facts.crossfades, 2);
        rig_run(&rig, 12 * S);
        rig_close(&rig);
        assert_int_equal(rig.facts.crossfades_cut, 0);
        assert_int_equal(rig.counts.received, 300); /* what is faded in takes no time of its own */
    }
}

/* Frames of no whole number of samples, fades and tracks of no whole number of frames: the fade is
 * as long as the frames that are in it. */
static void odd_lengths_fade_as_well(void **state)
{
    (void)state;
    static const int64_t cases[][2] = {{37000000, S}, {1000000, S / 10}, {40000000, 1010000000}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "music.mp3");
        snprintf(s.media.sources[1], sizeof s.media.sources[1], "scenarios/traffic/speech.ogg");
        s.media.source_count = 2;
        s.media.frame_ns = cases[i][0];
        s.media.crossfade_ns = cases[i][1];
        s.media.delay_ns = 2 * S;
        s.media.track_ns = 4 * S + 1000000;
        rig_must_open(&rig, &s, PL_FORMAT_S16, "glibc");
        rig_run(&rig, 9 * S);
        rig_close(&rig);
        assert_true(rig.facts.crossfades >= 2);
        assert_int_equal(rig.facts.crossfades_cut, 0);
    }
}

/* Every encoder of the document's examples, in each format. */
static void every_encoder_takes_every_format(void **state)
{
    (void)state;
    static const enum pl_format formats[] = {PL_FORMAT_F64, PL_FORMAT_F32, PL_FORMAT_S16,
                                             PL_FORMAT_S32, PL_FORMAT_FFMPEG};
    for (uint32_t encoder = PL_ENCODER_MP3; encoder <= PL_ENCODER_AAC; encoder++)
        for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
            struct pl_scenario s;
            struct rig rig;
            rig_scenario(&s, "talk.m4a");
            s.media.encoder = encoder;
            rig_must_open(&rig, &s, formats[i], "glibc");
            rig_run(&rig, 4 * S);
            rig_close(&rig);
            /* 3 s at 128 kbit/s, 48,000 B, and some for the muxer */
            if (rig.facts.encoded_bytes < 36000 || rig.facts.encoded_bytes > 60000)
                fail_msg("encoder %u, %s: %llu B", encoder, pl_format_name(formats[i]),
                         (unsigned long long)rig.facts.encoded_bytes);
        }
}

/* An RTP capture: Opus by the word of the scenario, L16 by its static payload type. */
static void captures_are_decoded(void **state)
{
    (void)state;
    static const struct {
        const char *source, *payload;
    } cases[] = {{"opus-stereo-48000.pcap.zst", "opus/48000/2"}, {"l16-stereo-44100.pcap.zst", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, cases[i].source);
        snprintf(s.media.payload, sizeof s.media.payload, "%s", cases[i].payload);
        rig_must_open(&rig, &s, PL_FORMAT_S16, "glibc");
        rig_run(&rig, 15 * S); /* longer than either: it begins anew */
        rig_close(&rig);
        assert_int_equal(rig.counts.received, 375);
        assert_int_equal(rig.counts.delivered, 350);
        assert_int_equal(rig.facts.decode_errors, 0);
        assert_true(rig.facts.signal > 0);
    }
}

/* systems.md: a 720p picture is 1,382,400 B as yuv420p. */
static void pictures_weigh_what_theory_says(void **state)
{
    (void)state;
    static const struct {
        enum pl_format format;
        uint64_t bytes;
        double error_max;
    } cases[] = {{PL_FORMAT_YUV420P, 1382400, 0},
                 {PL_FORMAT_YUV422P, 1843200, 0.1},
                 {PL_FORMAT_RGB24, 2764800, 1},
                 {PL_FORMAT_RGBA, 3686400, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "clip.mp4");
        strcpy(s.media.picture, "1280x720");
        strcpy(s.classes[0].name, "image");
        s.media.clip_ns = s.media.delay_ns = 200000000;
        s.media.decode = i % 2;
        rig_must_open(&rig, &s, cases[i].format, "glibc");
        rig_run(&rig, S);
        assert_int_equal(pl_sides_live(&rig.sides), 5 * cases[i].bytes);
        rig_close(&rig);
        assert_int_equal(rig.counts.received, 25);
        assert_true(rig.facts.error_max <= cases[i].error_max);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_second_weighs_what_theory_says),
        cmocka_unit_test(a_clip_loops),
        cmocka_unit_test(damage_is_found),
        cmocka_unit_test(errors_in_a_clip_are_counted),
        cmocka_unit_test(decoding_beforehand_costs_no_faults_later),
        cmocka_unit_test(round_trips_are_as_exact_as_the_format),
        cmocka_unit_test(a_decoders_frames_lie_in_the_stack),
        cmocka_unit_test(a_buffer_pool_acquires_no_more_than_is_held),
        cmocka_unit_test(chunks_hold_twice_the_delay),
        cmocka_unit_test(tracks_fade_into_each_other),
        cmocka_unit_test(odd_lengths_fade_as_well),
        cmocka_unit_test(every_encoder_takes_every_format),
        cmocka_unit_test(captures_are_decoded),
        cmocka_unit_test(pictures_weigh_what_theory_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
