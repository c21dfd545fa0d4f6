/* The keys of media: what they hold, which sizes follow, and what does not fit together. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "harness/scenario/scenario.h"

static const char base[] = "name: t\n"
                           "title: t\n"
                           "pipeline: media\n"
                           "media:\n"
                           "  sources: [a.mp3, /b.ogg]\n"
                           "  delay: 1m\n"
                           "%s"
                           "classes: {%s}\n"
                           "duration: 10m\n"
                           "formats: [%s]\n"
                           "allocators: [glibc]\n"
                           "expect: [{stacks: all, formats: [s16, f64], outcome: bounded}]\n";

static int parse(const char *more, const char *classes, const char *formats, struct pl_scenario *s,
                 struct pl_error *error)
{
    char text[1024];
    snprintf(text, sizeof text, base, more, classes, formats);
    return pl_scenario_parse(text, strlen(text), "dir/t.yaml", PL_TIER_DEFAULT, NULL, 0, s, error);
}

static void keys_are_read(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct pl_error error = {""};
    if (parse("  decode: live\n  track: 30s\n  crossfade: 5s\n  encoder: opus\n",
              "samples: {size: fit}", "f64, s16", &s, &error))
        fail_msg("%s", error.text);
    assert_int_equal(s.media.source_count, 2);
    assert_string_equal(s.media.sources[0], "dir/a.mp3"); /* beside the scenario */
    assert_string_equal(s.media.sources[1], "/b.ogg");
    assert_int_equal(s.media.decode, 1);
    assert_int_equal(s.media.encoder, PL_ENCODER_OPUS);
    assert_int_equal(s.media.streams, 1);
    assert_int_equal(s.media.burst, 1);
    assert_true(s.media.leak == 0);
    assert_int_equal(s.media.crossfade_ns, INT64_C(5000000000));
    assert_string_equal(s.expectations[0].formats, "s16,f64");
    assert_int_equal(s.classes[0].size, 14112); /* of the largest format */
}

static void frames_are_many_come_together_and_leak(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct pl_error error = {""};
    if (parse("  streams: 64\n  burst: 250\n  leak: 12.5%\n", "samples: {size: fit}", "s16, f64",
              &s, &error))
        fail_msg("%s", error.text);
    assert_int_equal(s.media.streams, 64);
    assert_int_equal(s.media.burst, 250);
    assert_true(s.media.leak == 0.125);
}

/* systems.md: 1764 samples in 40 ms of 44.1 kHz; a 720p picture as yuv420p is 1,382,400 B. */
static void classes_fit_their_format(void **state)
{
    (void)state;
    static const struct {
        const char *more, *class;
        enum pl_format format;
        uint64_t size;
    } cases[] = {
        {"", "samples", PL_FORMAT_F64, 14112},
        {"", "samples", PL_FORMAT_F32, 7056},
        {"", "samples", PL_FORMAT_S16, 3528},
        {"  hold: chunks\n", "chunk", PL_FORMAT_S16, 60 * 88200},
        {"  picture: 1280x720\n", "image", PL_FORMAT_YUV420P, 1382400},
        {"  picture: 1280x720\n", "image", PL_FORMAT_RGBA, 3686400},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        char class[64];
        snprintf(class, sizeof class, "%s: {size: fit}", cases[i].class);
        if (parse(cases[i].more, class, pl_format_name(cases[i].format), &s, &error))
            fail_msg("%s", error.text);
        pl_scenario_fit(&s, cases[i].format);
        assert_int_equal(s.classes[0].size, cases[i].size);
    }
}

static void what_does_not_fit_gets_one_line(void **state)
{
    (void)state;
    static const struct {
        const char *more, *classes, *formats, *message;
    } cases[] = {
        {"  crossfade: 5s\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:14: media.crossfade alone; expected media.track and two media.sources with "
         "it"},
        {"  track: 8s\n  crossfade: 5s\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:10: media.track is too short; expected twice its crossfade or more"},
        {"  picture: 1281x720\n", "image: {size: fit}", "rgba",
         "dir/t.yaml:7:12: media.picture is not a size; expected WIDTHxHEIGHT, 16 to 8192 pixels, "
         "even"},
        {"  picture: 1280x720\n  encoder: mp3\n", "image: {size: fit}", "rgba",
         "dir/t.yaml:7:12: media.picture: media.encoder, crossfade and hold: chunks are for audio"},
        {"  hold: chunks\n  encoder: mp3\n", "chunk: {size: fit}", "s16",
         "dir/t.yaml:7:9: media.hold: chunks are played as they are: no encoder, no crossfade"},
        {"", "packet: {size: fit}", "s16",
         "dir/t.yaml:7:11: unknown class of the pipeline media: packet; expected samples, chunk, "
         "image"},
        {"", "samples: {size: fit}", "s16, s16",
         "dir/t.yaml:9:11: formats: s16 is named twice; expected once"},
        {"traffic: {file: x}\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:11: 'traffic' is a key of the pipeline receiver, not of media"},
        {"  hold: chunks\n  burst: 2\n", "chunk: {size: fit}", "s16",
         "dir/t.yaml:7:9: media.hold: chunks hold no frames: media.burst and leak need hold: "
         "frames"},
        {"  hold: chunks\n  leak: 1%\n", "chunk: {size: fit}", "s16",
         "dir/t.yaml:7:9: media.hold: chunks hold no frames: media.burst and leak need hold: "
         "frames"},
        {"  track: 30s\n  crossfade: 5s\n  burst: 2\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:9:10: media.burst: a crossfade takes its frames one by one; expected 1"},
        {"  streams: 0\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:12: media.streams is out of range; expected 1 to 64"},
        {"  streams: 65\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:12: media.streams is out of range; expected 1 to 64"},
        {"  burst: 0\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:10: media.burst is out of range; expected 1 to 250"},
        {"  burst: 251\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:10: media.burst is out of range; expected 1 to 250"},
        {"  leak: 200%\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:9: media.leak: '200%' is not a share; expected 0% to 100%"},
        {"  leak: 1\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:9: media.leak: '1' is not a share; expected 0% to 100%"},
        {"threads: 2\n", "samples: {size: fit}", "s16",
         "dir/t.yaml:7:10: threads: the pipeline media has one thread"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pl_scenario s;
        struct pl_error error = {""};
        assert_int_equal(parse(cases[i].more, cases[i].classes, cases[i].formats, &s, &error),
                         -EINVAL);
        assert_string_equal(error.text, cases[i].message);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keys_are_read),
        cmocka_unit_test(frames_are_many_come_together_and_leak),
        cmocka_unit_test(classes_fit_their_format),
        cmocka_unit_test(what_does_not_fit_gets_one_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
