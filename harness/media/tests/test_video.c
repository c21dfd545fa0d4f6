/* Pictures as FFmpeg's decoder made them. Apart, since memcheck is no judge of them: the decoder's
 * vector code reads what nothing has written yet, and masks it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "harness/media/tests/rig.h"

#define S INT64_C(1000000000)

static void a_video_decoders_frames_lie_in_the_stack(void **state)
{
    (void)state;
    for (int pooled = 0; pooled < 2; pooled++) {
        struct pl_scenario s;
        struct rig rig;
        rig_scenario(&s, "clip.mp4");
        strcpy(s.media.picture, "640x360");
        strcpy(s.classes[0].name, "image");
        s.media.delay_ns = 200000000;
        s.media.buffer_pool = pooled;
        rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
        rig_run(&rig, 4 * S); /* through the end of the clip, twice */
        assert_true(pl_sides_live(&rig.sides) >= 5 * 640 * 360 * 3 / 2);
        if (pooled)
            assert_true(rig.side->meter.books[0].acquires < 30);
        rig_close(&rig);
        assert_int_equal(rig.counts.received, 100);
    }
}

#define BLOCKS_MAX 64
#define HELD 2 /* pictures, while they are handed on */

/* What FFmpeg's own pools took, each buffer once. */
struct own_pools {
    const uint8_t *blocks[BLOCKS_MAX];
    size_t count;
    uint64_t bytes;
};

static void meet(struct own_pools *pools, const AVBufferRef *buffer)
{
    for (size_t i = 0; i < pools->count; i++)
        if (pools->blocks[i] == buffer->data)
            return;
    assert_true(pools->count < BLOCKS_MAX);
    pools->blocks[pools->count++] = buffer->data;
    pools->bytes += buffer->size;
}

static int get_buffer(AVCodecContext *decoder, AVFrame *frame, int flags)
{
    int rc = avcodec_default_get_buffer2(decoder, frame, flags);
    for (int i = 0; rc >= 0 && i < AV_NUM_DATA_POINTERS && frame->buf[i]; i++)
        meet(decoder->opaque, frame->buf[i]);
    return rc;
}

static AVCodecContext *open_decoder(const AVStream *stream, struct own_pools *pools)
{
    AVCodecContext *decoder = avcodec_alloc_context3(NULL);
    assert_non_null(decoder);
    assert_true(avcodec_parameters_to_context(decoder, stream->codecpar) >= 0);
    decoder->opaque = pools;
    decoder->get_buffer2 = get_buffer;
    decoder->thread_count = 1;
    decoder->thread_type = FF_THREAD_SLICE; /* frames in flight would be held, too */
    assert_true(avcodec_open2(decoder, avcodec_find_decoder(stream->codecpar->codec_id), NULL) >=
                0);
    return decoder;
}

/* Each frame goes when HELD others have come. */
static void hold_frames(AVCodecContext *decoder, AVFrame *held[HELD], uint32_t *next)
{
    AVFrame *frame = av_frame_alloc();
    while (avcodec_receive_frame(decoder, frame) >= 0) {
        av_frame_free(&held[*next % HELD]);
        held[(*next)++ % HELD] = frame;
        frame = av_frame_alloc();
    }
    av_frame_free(&frame);
}

static uint64_t own_pools_bytes(const char *path)
{
    struct own_pools pools = {.count = 0};
    AVFormatContext *file = NULL;
    AVFrame *held[HELD] = {NULL};
    AVPacket *packet = av_packet_alloc();
    uint32_t next = 0;
    assert_true(avformat_open_input(&file, path, NULL, NULL) >= 0);
    assert_true(avformat_find_stream_info(file, NULL) >= 0);
    AVCodecContext *decoder = open_decoder(file->streams[0], &pools);
    while (av_read_frame(file, packet) >= 0) {
        assert_true(avcodec_send_packet(decoder, packet) >= 0);
        hold_frames(decoder, held, &next);
        av_packet_unref(packet);
    }
    assert_true(next > 2 * HELD);
    for (int i = 0; i < HELD; i++)
        av_frame_free(&held[i]);
    av_packet_free(&packet);
    avcodec_free_context(&decoder);
    avformat_close_input(&file);
    return pools.bytes;
}

/* Beside a program that decodes the same with FFmpeg's defaults, and no code of ours. */
static void pools_hold_what_ffmpegs_own_hold(void **state)
{
    (void)state;
    struct pl_scenario s;
    struct rig rig;
    rig_scenario(&s, "uhd.mp4");
    strcpy(s.media.picture, "3840x2160");
    strcpy(s.classes[0].name, "image");
    s.classes[0].size = 0;
    s.class_fits = 1;
    s.media.frame_ns = 200000000;
    s.media.delay_ns = HELD * s.media.frame_ns;
    s.media.buffer_pool = true;
    pl_scenario_fit(&s, PL_FORMAT_FFMPEG);
    rig_must_open(&rig, &s, PL_FORMAT_FFMPEG, "glibc");
    rig_run(&rig, 3 * S);
    uint64_t modelled = pl_sides_live(&rig.sides), own = own_pools_bytes(s.media.sources[0]);
    rig_close(&rig);
    assert_true(modelled > own * 99 / 100 && modelled < own * 101 / 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_video_decoders_frames_lie_in_the_stack),
        cmocka_unit_test(pools_hold_what_ffmpegs_own_hold),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
