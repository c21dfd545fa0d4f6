/* What comes out of a crossfade: one track's samples going down while the other's come up. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/media/crossfade.h"

#define FRAME 1764
#define FRAMES 25 /* one second at 44.1 kHz */

static AVFrame *frame_of(float value)
{
    AVFrame *frame = av_frame_alloc();
    assert_non_null(frame);
    frame->format = AV_SAMPLE_FMT_FLTP;
    frame->sample_rate = 44100;
    frame->nb_samples = FRAME;
    av_channel_layout_default(&frame->ch_layout, 2);
    assert_true(av_frame_get_buffer(frame, 0) >= 0);
    for (int c = 0; c < 2; c++)
        for (int i = 0; i < FRAME; i++)
            ((float *)(void *)frame->extended_data[c])[i] = value;
    return frame;
}

static void give(struct pl_media_crossfade *fade, int track, float value)
{
    AVFrame *frame = frame_of(value);
    for (int i = 0; i < FRAMES; i++)
        assert_int_equal(pl_media_crossfade_give(fade, track, frame), 0);
    av_frame_free(&frame);
}

/* 0.5 goes down in a straight line over the second while -0.25 comes up. */
static void the_mix_is_a_line_between_the_tracks(void **state)
{
    (void)state;
    const struct pl_media_settings m = {
        .rate = 44100, .channels = 2, .frame_ns = 40000000, .crossfade_ns = INT64_C(1000000000)};
    struct pl_media_crossfade fade;
    assert_int_equal(pl_media_crossfade_check(NULL), 0);
    assert_int_equal(pl_media_crossfade_open(&fade, &m, AV_SAMPLE_FMT_FLTP, FRAME), 0);
    give(&fade, 0, 0.5f);
    assert_int_equal(pl_media_crossfade_turn(&fade), 0);
    give(&fade, 1, -0.25f);
    for (int i = 0; i < FRAMES; i++) {
        AVFrame *mixed = pl_media_crossfade_take(&fade);
        assert_non_null(mixed);
        assert_int_equal(mixed->nb_samples, FRAME);
        double done = (double)i / FRAMES, expected = 0.5 * (1 - done) - 0.25 * done;
        for (int c = 0; c < 2; c++)
            assert_true(fabs(((float *)(void *)mixed->extended_data[c])[0] - expected) < 1e-3);
    }
    assert_null(pl_media_crossfade_take(&fade));
    pl_media_crossfade_close(&fade);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_mix_is_a_line_between_the_tracks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
