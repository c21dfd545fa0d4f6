/* Keyframes, by payloads made from the RFCs' figures, and in our own recording. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "harness/traffic/keyframe.h"
#include "harness/traffic/recording.h"

#define BYTES(...) (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__})

static const struct {
    enum pl_video video;
    const uint8_t *payload;
    size_t size;
    bool begins;
} cases[] = {
    {PL_VIDEO_H264, BYTES(0x65, 0x88), true},                       /* IDR slice */
    {PL_VIDEO_H264, BYTES(0x67, 0x42), true},                       /* SPS */
    {PL_VIDEO_H264, BYTES(0x41, 0x9a), false},                      /* another slice */
    {PL_VIDEO_H264, BYTES(0x68, 0xce), false},                      /* PPS */
    {PL_VIDEO_H264, BYTES(0x7c, 0x85, 1), true},                    /* FU-A, the start of an IDR */
    {PL_VIDEO_H264, BYTES(0x7c, 0x05, 1), false},                   /* its middle */
    {PL_VIDEO_H264, BYTES(0x7c, 0x81, 1), false},                   /* of another slice */
    {PL_VIDEO_H264, BYTES(0x78, 0, 2, 0x68, 1, 0, 1, 0x65), true},  /* STAP-A: PPS, IDR */
    {PL_VIDEO_H264, BYTES(0x78, 0, 2, 0x68, 1, 0, 1, 0x41), false}, /* PPS, slice */
    {PL_VIDEO_H264, BYTES(0x78, 0xff, 0xff, 0x41), false},          /* longer than it is */
    {PL_VIDEO_H264, BYTES(0x78), false},
    {PL_VIDEO_H264, BYTES(0x7c), false},
    {PL_VIDEO_H265, BYTES(0x26, 0x01, 0xaf), true},  /* IDR_W_RADL, type 19 */
    {PL_VIDEO_H265, BYTES(0x40, 0x01, 0x0c), true},  /* VPS */
    {PL_VIDEO_H265, BYTES(0x02, 0x01, 0xd0), false}, /* TRAIL_R */
    {PL_VIDEO_H265, BYTES(0x62, 0x01, 0x93), true},  /* FU, the start of type 19 */
    {PL_VIDEO_H265, BYTES(0x62, 0x01, 0x13), false}, /* its middle */
    {PL_VIDEO_H265, BYTES(0x60, 0x01, 0, 2, 0x44, 1, 0, 2, 0x26, 1), true}, /* AP: PPS, IDR */
    {PL_VIDEO_H265, BYTES(0x26), false},
    {PL_VIDEO_VP8, BYTES(0x10, 0x10), true},                      /* S, partition 0, P is 0 */
    {PL_VIDEO_VP8, BYTES(0x10, 0x11), false},                     /* an interframe */
    {PL_VIDEO_VP8, BYTES(0x00, 0x10), false},                     /* not the first of its frame */
    {PL_VIDEO_VP8, BYTES(0x11, 0x10), false},                     /* partition 1 */
    {PL_VIDEO_VP8, BYTES(0x90, 0x80, 0x91, 0x22, 0x10), true},    /* a number of 15 bits */
    {PL_VIDEO_VP8, BYTES(0x90, 0xe0, 0x11, 3, 0x20, 0x10), true}, /* I, L, T: 7 bits, 1 B, 1 B */
    {PL_VIDEO_VP8, BYTES(0x90, 0x80, 0x91), false},
    {PL_VIDEO_VP9, BYTES(0x08, 1), true},                /* B, and not P */
    {PL_VIDEO_VP9, BYTES(0x48, 1), false},               /* predicted */
    {PL_VIDEO_VP9, BYTES(0x00, 1), false},               /* not the beginning */
    {PL_VIDEO_VP9, BYTES(0xa8, 0x81, 0x22, 0x00), true}, /* I of 15 bits, L: layer 0 */
    {PL_VIDEO_VP9, BYTES(0xa8, 0x01, 0x02), false},      /* layer 1 */
    {PL_VIDEO_NONE, BYTES(0x65, 0x88), false},
};

static void keyframes_are_known_by_their_first_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (pl_keyframe_begins(cases[i].video, cases[i].payload, cases[i].size) != cases[i].begins)
            fail_msg("case %zu", i);
    for (int video = 0; video <= PL_VIDEO_VP9; video++)
        assert_false(pl_keyframe_begins((enum pl_video)video, cases[0].payload, 0));
}

/* 10 s with a keyframe every 50 pictures, 25 a second: 6, each of several packets that begin one
 * (parameter sets, and the first slice). */
static void our_recording_has_one_every_two_seconds(void **state)
{
    (void)state;
    struct pl_recording *r;
    struct pl_capture_counts counts;
    struct pl_error error;
    const struct pl_capture_options options = {.payload = "H264/90000"};
    assert_int_equal(pl_capture_read(PL_SOURCE_DIR "/scenarios/traffic/h264-640x360.pcap.zst",
                                     &options, &r, &counts, &error),
                     0);
    const struct pl_recorded_packet *packets = pl_recording_packets(r);
    uint64_t last = UINT64_MAX;
    int keyframes = 0;
    for (uint32_t i = 0; i < r->packet_count; i++) {
        const uint8_t *payload =
            pl_recording_datagrams(r) + packets[i].datagram_offset + packets[i].payload_offset;
        if (!pl_keyframe_begins(PL_VIDEO_H264, payload, packets[i].payload_size) ||
            packets[i].timestamp == last)
            continue;
        assert_int_equal(packets[i].timestamp, (uint64_t)keyframes++ * 180000);
        last = packets[i].timestamp;
    }
    assert_int_equal(keyframes, 6);
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keyframes_are_known_by_their_first_bytes),
        cmocka_unit_test(our_recording_has_one_every_two_seconds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
