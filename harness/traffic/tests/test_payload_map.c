/* Payload types by their numbers, by what a scenario says, and by a session description. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/traffic/payload_map.h"

static char path[] = "/tmp/plimsoll-sdp-XXXXXX";

static const char *sdp_of(const char *text)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    return path;
}

static void numbers_have_clocks(void **state)
{
    (void)state;
    struct pl_payload_map map;
    assert_int_equal(pl_payload_map_make(&map, NULL, NULL, NULL), 0);
    assert_int_equal(map.types[0].codec, PL_CODEC_PCMU);
    assert_int_equal(map.types[9].rate, 8000);
    assert_int_equal(map.types[34].rate, 90000);
    assert_int_equal(map.types[1].rate, 0);
    assert_int_equal(map.types[111].rate, 0);
    assert_int_equal(map.types[111].codec, PL_CODEC_OPAQUE);
}

static void dynamic_ones_hold_what_is_said(void **state)
{
    (void)state;
    struct pl_payload_map map;
    assert_int_equal(pl_payload_map_make(&map, "opus/48000/2", NULL, NULL), 0);
    assert_int_equal(map.types[111].rate, 48000);
    assert_int_equal(map.types[111].channels, 2);
    assert_int_equal(map.types[111].codec, PL_CODEC_OPAQUE);
    assert_int_equal(map.types[0].rate, 8000);
    assert_int_equal(pl_payload_map_make(&map, "L24/48000/2", NULL, NULL), 0);
    assert_int_equal(pl_payload_sample_bytes(&map.types[96]), 6);
}

static void a_session_description_says_it_of_each(void **state)
{
    (void)state;
    struct pl_payload_map map;
    const char *sdp = sdp_of("v=0\r\nm=audio 5004 RTP/AVP 111 0\r\na=rtpmap:111 opus/48000/2\r\n"
                             "m=video 5006 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n");
    assert_int_equal(pl_payload_map_make(&map, "L16/44100/2", sdp, NULL), 0);
    assert_int_equal(map.types[111].rate, 48000);
    assert_int_equal(map.types[96].rate, 90000);
    assert_int_equal(map.types[96].codec, PL_CODEC_OPAQUE);
    assert_int_equal(map.types[97].codec, PL_CODEC_L16);
}

static void what_is_no_description_is_refused(void **state)
{
    (void)state;
    static const struct {
        const char *text, *words;
    } cases[] = {
        {"v=0\n", "no a=rtpmap"},
        {"", "no a=rtpmap"},
        {"a=rtpmap:128 opus/48000\n", ":1: 'a=rtpmap:128 opus/48000' is not a mapping"},
        {"v=0\na=rtpmap:\n", ":2: 'a=rtpmap:' is not a mapping"},
        {"a=rtpmap:96 VP8\n", ":1: payload 'VP8' is not understood"},
        {"a=rtpmap:96VP8/90000\n", "is not a mapping"},
    };
    struct pl_payload_map map;
    struct pl_error error = {""};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(pl_payload_map_make(&map, NULL, sdp_of(cases[i].text), &error), -EINVAL);
        if (!strstr(error.text, cases[i].words))
            fail_msg("'%s' is not in: %s", cases[i].words, error.text);
    }
    assert_int_equal(pl_payload_map_make(&map, NULL, "/tmp", &error), -EINVAL);
    assert_int_equal(pl_payload_map_make(&map, NULL, "/no/such.sdp", &error), -EINVAL);
    assert_int_equal(pl_payload_map_make(&map, "opus", NULL, &error), -EINVAL);
    assert_int_equal(pl_payload_map_make(&map, "/48000", NULL, &error), -EINVAL);
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    return unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_have_clocks),
        cmocka_unit_test(dynamic_ones_hold_what_is_said),
        cmocka_unit_test(a_session_description_says_it_of_each),
        cmocka_unit_test(what_is_no_description_is_refused),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
