/* The recording that is committed is what the scenarios take it for. */
#include <stdlib.h>

#include "harness/traffic/recording.h"
#include "harness/traffic/tests/cmocka_all.h"

static void is_l16_stereo_at_its_real_pace(void **state)
{
    (void)state;
    struct pl_recording *recording;
    struct pl_capture_counts counts;
    struct pl_error error;
    if (pl_capture_read(PL_SOURCE_DIR "/scenarios/traffic/l16-stereo-44100.pcap.zst", NULL,
                        &recording, &counts, &error) != 0)
        fail_msg("%s", error.text);
    const struct pl_recorded_stream *stream = pl_recording_streams(recording);
    assert_int_equal(recording->stream_count, 1);
    assert_int_equal(recording->packet_count, 4096);
    assert_int_equal(counts.frames, 4096);
    assert_int_equal(counts.bytes_cut, 0);
    assert_int_equal(stream->codec, PL_CODEC_L16);
    assert_int_equal(stream->rate, 44100);
    assert_int_equal(stream->channels, 2);
    assert_int_equal(stream->sequence_span, 4096);
    assert_int_equal(stream->timestamp_span, 4096 * 128);
    assert_int_equal(stream->payload_bytes, 4096 * 512);
    /* Not last - first + a mean gap: a day of such loops would drift against the samples. */
    assert_int_equal(recording->duration_ns, INT64_C(4096) * 128 * 1000000000 / 44100);
    free(recording);
}

/* Gaps as a sound card would leave them, not lumps: no tenth of a second brings 40 packets or 30.
 */
static void arrivals_are_even(void **state)
{
    (void)state;
    struct pl_recording *recording;
    struct pl_error error;
    assert_int_equal(pl_capture_read(PL_SOURCE_DIR "/scenarios/traffic/l16-stereo-44100.pcap.zst",
                                     NULL, &recording, NULL, &error),
                     0);
    const struct pl_recorded_packet *packets = pl_recording_packets(recording);
    for (uint32_t i = 0; i + 40 < recording->packet_count; i++) {
        assert_true(packets[i + 40].arrival_ns - packets[i].arrival_ns > 100000000);
        assert_true(packets[i + 30].arrival_ns - packets[i].arrival_ns < 100000000);
    }
    free(recording);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_l16_stereo_at_its_real_pace),
        cmocka_unit_test(arrivals_are_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
