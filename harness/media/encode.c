#include "harness/media/encode.h"

#include <errno.h>
#include <string.h>

#include <libavutil/mem.h>

#define IO_BYTES 4096
#define BIT_RATE 128000

/* The document's examples: %mp3, %vorbis, %opus, AAC in ADTS. */
static const struct {
    const char *encoder, *muxer;
    int rate; /* Hz that it insists on; 0 for any */
} kinds[] = {
    [PL_ENCODER_MP3] = {"libmp3lame", "mp3", 0},
    [PL_ENCODER_VORBIS] = {"libvorbis", "ogg", 0},
    [PL_ENCODER_OPUS] = {"libopus", "ogg", 48000},
    [PL_ENCODER_AAC] = {"aac", "adts", 0},
};

#if LIBAVFORMAT_VERSION_MAJOR >= 61 /* FFmpeg 7.0 */
typedef const uint8_t written_byte;
#else
typedef uint8_t written_byte;
#endif

static int count_bytes(void *opaque, written_byte *data, int size)
{
    struct pl_media_facts *facts = opaque;
    (void)data;
    facts->encoded_bytes += (uint64_t)size;
    return size;
}

/* The first that it takes. @return AV_SAMPLE_FMT_NONE where it names none */
static enum AVSampleFormat sample_format_of(const AVCodec *codec)
{
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(61, 13, 100) /* FFmpeg 7.1 */
    const void *formats = NULL;
    int rc =
        avcodec_get_supported_config(NULL, codec, AV_CODEC_CONFIG_SAMPLE_FORMAT, 0, &formats, NULL);
    return rc < 0 || !formats ? AV_SAMPLE_FMT_NONE : *(const enum AVSampleFormat *)formats;
#else
    return codec->sample_fmts[0];
#endif
}

static int open_codec(struct pl_media_encoder *e, enum pl_encoder kind,
                      const struct pl_media_settings *m, struct pl_error *error)
{
    const AVCodec *codec = avcodec_find_encoder_by_name(kinds[kind].encoder);
    if (!codec)
        return pl_error_set(error, -ENOSYS, "this FFmpeg has no encoder %s", kinds[kind].encoder);
    e->codec = avcodec_alloc_context3(codec);
    if (!e->codec)
        return pl_error_set(error, -ENOMEM, "no memory for an encoder");
    e->codec->sample_fmt = sample_format_of(codec);
    e->codec->sample_rate = kinds[kind].rate ? kinds[kind].rate : (int)m->rate;
    e->codec->bit_rate = BIT_RATE;
    e->codec->thread_count = 1;
    e->codec->time_base = (AVRational){1, e->codec->sample_rate};
    av_channel_layout_default(&e->codec->ch_layout, (int)m->channels);
    int rc = avcodec_open2(e->codec, NULL, NULL);
    if (rc < 0)
        return pl_error_set(error, -EINVAL, "%s does not encode %u channels at %u Hz",
                            kinds[kind].encoder, m->channels, m->rate);
    return 0;
}

static int open_muxer(struct pl_media_encoder *e, enum pl_encoder kind, struct pl_error *error)
{
    if (avformat_alloc_output_context2(&e->format, NULL, kinds[kind].muxer, NULL) < 0)
        return pl_error_set(error, -ENOSYS, "this FFmpeg has no muxer %s", kinds[kind].muxer);
    uint8_t *buffer = av_malloc(IO_BYTES);
    e->io =
        buffer ? avio_alloc_context(buffer, IO_BYTES, 1, e->facts, NULL, count_bytes, NULL) : NULL;
    AVStream *stream = avformat_new_stream(e->format, NULL);
    if (!e->io || !stream)
        return pl_error_set(error, -ENOMEM, "no memory for a muxer");
    e->format->pb = e->io;
    stream->time_base = e->codec->time_base;
    if (avcodec_parameters_from_context(stream->codecpar, e->codec) < 0 ||
        avformat_write_header(e->format, NULL) < 0)
        return pl_error_set(error, -EINVAL, "the muxer %s takes no %s", kinds[kind].muxer,
                            kinds[kind].encoder);
    return 0;
}

/* libswresample goes straight to what the encoder takes, packed or planar. */
static int open_conversion(struct pl_media_encoder *e, struct pl_error *error)
{
    int channels = e->codec->ch_layout.nb_channels;
    e->resampler = (struct pl_media_resampler){.to_format = e->codec->sample_fmt,
                                               .to_rate = e->codec->sample_rate,
                                               .to_channels = channels,
                                               .facts = e->facts};
    int samples = e->codec->frame_size ? e->codec->frame_size : 1024;
    e->fifo = av_audio_fifo_alloc(e->codec->sample_fmt, channels, 4 * samples);
    e->converted = av_frame_alloc();
    e->frame = av_frame_alloc();
    e->packet = av_packet_alloc();
    if (!e->fifo || !e->converted || !e->frame || !e->packet)
        return pl_error_set(error, -ENOMEM, "no memory for an encoder");
    return 0;
}

int pl_media_encoder_open(struct pl_media_encoder *e, enum pl_encoder kind,
                          const struct pl_media_settings *m, struct pl_media_facts *facts,
                          struct pl_error *error)
{
    *e = (struct pl_media_encoder){.facts = facts};
    int rc = open_codec(e, kind, m, error);
    if (!rc)
        rc = open_muxer(e, kind, error);
    return rc ? rc : open_conversion(e, error);
}

static int get_frame(const struct pl_media_encoder *e, AVFrame *frame, int samples)
{
    frame->format = e->codec->sample_fmt;
    frame->sample_rate = e->codec->sample_rate;
    frame->nb_samples = samples;
    int rc = av_channel_layout_copy(&frame->ch_layout, &e->codec->ch_layout);
    return rc < 0 ? rc : av_frame_get_buffer(frame, 0);
}

static int write_packets(struct pl_media_encoder *e)
{
    int rc;
    while ((rc = avcodec_receive_packet(e->codec, e->packet)) == 0) {
        av_packet_rescale_ts(e->packet, e->codec->time_base, e->format->streams[0]->time_base);
        rc = av_write_frame(e->format, e->packet);
        av_packet_unref(e->packet);
        if (rc < 0)
            return rc;
    }
    return rc == AVERROR(EAGAIN) || rc == AVERROR_EOF ? 0 : rc;
}

static int encode_some(struct pl_media_encoder *e, int samples)
{
    int rc = get_frame(e, e->frame, samples);
    if (rc >= 0)
        rc = av_audio_fifo_read(e->fifo, (void **)e->frame->extended_data, samples);
    e->frame->pts = e->pts;
    e->pts += samples;
    if (rc >= 0)
        rc = avcodec_send_frame(e->codec, e->frame);
    av_frame_unref(e->frame);
    return rc < 0 ? rc : write_packets(e);
}

int pl_media_encode(struct pl_media_encoder *e, AVFrame *frame)
{
    int room = pl_media_resampled_max(&e->resampler, frame->nb_samples, frame->sample_rate);
    int rc = get_frame(e, e->converted, room);
    if (rc >= 0)
        rc = pl_media_resample(&e->resampler, frame, e->converted->extended_data, room);
    if (rc > 0)
        rc = av_audio_fifo_write(e->fifo, (void **)e->converted->extended_data, rc);
    av_frame_unref(e->converted);
    int wanted = e->codec->frame_size ? e->codec->frame_size : 1024;
    while (rc >= 0 && av_audio_fifo_size(e->fifo) >= wanted)
        rc = encode_some(e, wanted);
    return rc < 0 ? rc : 0;
}

/* What it still holds, so that the file would be whole. */
static void flush(struct pl_media_encoder *e)
{
    if (avcodec_send_frame(e->codec, NULL) == 0 && write_packets(e) == 0)
        av_write_trailer(e->format);
}

void pl_media_encoder_close(struct pl_media_encoder *e)
{
    if (e->packet) /* it was opened to the end */
        flush(e);
    if (e->fifo)
        av_audio_fifo_free(e->fifo);
    pl_media_resampler_close(&e->resampler);
    av_frame_free(&e->converted);
    av_frame_free(&e->frame);
    av_packet_free(&e->packet);
    avcodec_free_context(&e->codec);
    if (e->io)
        av_freep(&e->io->buffer);
    avio_context_free(&e->io);
    avformat_free_context(e->format);
    e->format = NULL;
}
