#include "harness/media/source.h"

#include <errno.h>
#include <string.h>

#include "harness/media/buffers.h"

/* The largest picture that a scenario may hold. A header that claims more is refused, before
 * anybody allocates for it. */
#define PIXELS_MAX (INT64_C(8192) * 8192)

static int fail(const struct pl_media_source *s, int code, const char *what, int reason,
                struct pl_error *error)
{
    char text[AV_ERROR_MAX_STRING_SIZE] = "";
    if (reason)
        av_strerror(reason, text, sizeof text);
    return pl_error_set(error, code, "%s: %s%s%s", s->name, what, reason ? ": " : "", text);
}

static int open_decoder(struct pl_media_source *s, enum AVCodecID id, const AVCodecParameters *p,
                        struct pl_error *error)
{
    const AVCodec *codec = avcodec_find_decoder(id);
    if (!codec)
        return pl_error_set(error, -ENOSYS, "%s: this FFmpeg has no decoder of %s (tag 0x%x)",
                            s->name, avcodec_get_name(id), p ? p->codec_tag : 0);
    s->decoder = avcodec_alloc_context3(codec);
    if (!s->decoder || (p && avcodec_parameters_to_context(s->decoder, p) < 0))
        return fail(s, -ENOMEM, "no memory for a decoder", 0, error);
    if (s->format)
        s->decoder->pkt_timebase = s->format->streams[s->stream]->time_base;
    s->decoder->max_pixels = PIXELS_MAX;
    s->decoder->thread_count = 1; /* its threads would not live in the replay's time */
    s->decoder->thread_type = FF_THREAD_SLICE;
    if (s->buffers)
        pl_media_buffers_serve(s->buffers, s->decoder);
    return 0;
}

static int start_decoder(struct pl_media_source *s, struct pl_error *error)
{
    int rc = avcodec_open2(s->decoder, NULL, NULL);
    return rc < 0 ? fail(s, -EINVAL, "its decoder can't be opened", rc, error) : 0;
}

static int open_format(struct pl_media_source *s, struct pl_error *error)
{
    s->io = memory_file_open(&s->file);
    s->format = avformat_alloc_context();
    if (!s->io || !s->format)
        return fail(s, -ENOMEM, "no memory to read it", 0, error);
    s->format->pb = s->io;
    int rc = avformat_open_input(&s->format, NULL, NULL, NULL);
    if (rc < 0)
        return fail(s, -EINVAL, "no media file that FFmpeg reads", rc, error);
    rc = avformat_find_stream_info(s->format, NULL);
    if (rc < 0)
        return fail(s, -EINVAL, "its streams can't be told", rc, error);
    s->stream = av_find_best_stream(s->format, s->video ? AVMEDIA_TYPE_VIDEO : AVMEDIA_TYPE_AUDIO,
                                    -1, -1, NULL, 0);
    if (s->stream < 0)
        return fail(s, -EINVAL, s->video ? "it holds no video" : "it holds no audio", 0, error);
    return 0;
}

static int open_file(struct pl_media_source *s, struct pl_error *error)
{
    int rc = open_format(s, error);
    if (rc)
        return rc;
    const AVCodecParameters *p = s->format->streams[s->stream]->codecpar;
    rc = open_decoder(s, p->codec_id, p, error);
    return rc ? rc : start_decoder(s, error);
}

/* What the payloads of a stream hold: its static type, or what the scenario says. */
static enum AVCodecID payload_codec(const struct pl_recorded_stream *stream, const char *text,
                                    struct pl_payload *payload)
{
    static const enum AVCodecID codecs[] = {[PL_CODEC_OPAQUE] = AV_CODEC_ID_NONE,
                                            [PL_CODEC_L16] = AV_CODEC_ID_PCM_S16BE,
                                            [PL_CODEC_PCMU] = AV_CODEC_ID_PCM_MULAW,
                                            [PL_CODEC_PCMA] = AV_CODEC_ID_PCM_ALAW,
                                            [PL_CODEC_L24] = AV_CODEC_ID_PCM_S24BE};
    *payload = (struct pl_payload){(enum pl_codec)stream->codec, stream->rate, stream->channels};
    if (stream->codec == PL_CODEC_OPAQUE && strncasecmp(text, "opus/", 5) == 0) {
        *payload = (struct pl_payload){PL_CODEC_OPAQUE, 48000, 2}; /* RFC 7587: always so */
        return AV_CODEC_ID_OPUS;
    }
    if (stream->codec == PL_CODEC_OPAQUE && text[0])
        pl_payload_parse(text, payload, NULL);
    return codecs[payload->codec];
}

static int open_capture(struct pl_media_source *s, const char *text, struct pl_error *error)
{
    struct pl_payload payload = {0};
    enum AVCodecID id = AV_CODEC_ID_NONE;
    for (uint32_t i = 0; i < s->capture->stream_count && id == AV_CODEC_ID_NONE; i++) {
        s->captured_stream = i;
        id = payload_codec(&pl_recording_streams(s->capture)[i], text, &payload);
    }
    if (id == AV_CODEC_ID_NONE)
        return fail(s, -EINVAL,
                    "nothing says what its payloads hold; media.payload: opus/48000/2 or the like "
                    "would",
                    0, error);
    int rc = open_decoder(s, id, NULL, error);
    if (rc)
        return rc;
    s->decoder->sample_rate = (int)payload.rate;
    av_channel_layout_default(&s->decoder->ch_layout, (int)payload.channels);
    return start_decoder(s, error);
}

static void close_reading(struct pl_media_source *s)
{
    avcodec_free_context(&s->decoder);
    avformat_close_input(&s->format);
    memory_file_close(&s->io);
}

/* A server opens each track anew, and so does this. @return whether it could */
static bool rewind_source(struct pl_media_source *s)
{
    s->drained = false;
    s->next_packet = 0;
    if (s->capture) {
        avcodec_flush_buffers(s->decoder);
        return true;
    }
    close_reading(s);
    return open_file(s, NULL) == 0;
}

static int open_reading(struct pl_media_source *s, const struct pl_media_source_options *o,
                        struct pl_error *error)
{
    if (!s->capture)
        return open_file(s, error);
    if (o->video)
        return fail(s, -EINVAL, "a capture holds no video that this suite reads", 0, error);
    return open_capture(s, o->payload, error);
}

/* @return whether there was a packet of the stream */
static bool read_captured(struct pl_media_source *s)
{
    const struct pl_recorded_stream *stream = &pl_recording_streams(s->capture)[s->captured_stream];
    while (s->next_packet < s->capture->packet_count) {
        const struct pl_recorded_packet *p = &pl_recording_packets(s->capture)[s->next_packet++];
        if (p->stream != s->captured_stream || p->payload_type != stream->payload_type ||
            p->payload_size == 0 || av_new_packet(s->packet, (int)p->payload_size))
            continue;
        memcpy(s->packet->data,
               pl_recording_datagrams(s->capture) + p->datagram_offset + p->payload_offset,
               p->payload_size);
        return true;
    }
    return false;
}

static bool read_demuxed(struct pl_media_source *s)
{
    int rc;
    while ((rc = av_read_frame(s->format, s->packet)) >= 0) {
        if (s->packet->stream_index == s->stream)
            return true;
        av_packet_unref(s->packet);
    }
    s->facts->decode_errors += rc != AVERROR_EOF;
    return false;
}

static uint64_t blocks_refused(const struct pl_media_source *s)
{
    return s->buffers ? s->buffers->refused : 0;
}

/* Not every decoder hands on why it failed: H.264's says that the packet is invalid.
 * @param refused blocks, before the call that failed */
static void note_error(struct pl_media_source *s, int rc, uint64_t refused)
{
    if (rc == AVERROR(ENOMEM) || blocks_refused(s) != refused)
        s->refused++;
    else
        s->facts->decode_errors++;
}

/* One packet into the decoder, or the word that none follows. */
static void feed_decoder(struct pl_media_source *s)
{
    if (!(s->capture ? read_captured(s) : read_demuxed(s))) {
        avcodec_send_packet(s->decoder, NULL);
        s->drained = true;
        return;
    }
    uint64_t refused = blocks_refused(s);
    int rc = avcodec_send_packet(s->decoder, s->packet);
    av_packet_unref(s->packet);
    if (rc < 0)
        note_error(s, rc, refused);
}

/* @return a frame, or NULL at the end, or when memory was refused */
static AVFrame *decode_on(struct pl_media_source *s)
{
    uint64_t refused = s->refused;
    for (;;) {
        uint64_t blocks = blocks_refused(s);
        int rc = avcodec_receive_frame(s->decoder, s->frame);
        if (rc == 0)
            return s->frame;
        if (rc == AVERROR_EOF || (s->drained && rc == AVERROR(EAGAIN)))
            return NULL;
        if (rc != AVERROR(EAGAIN))
            note_error(s, rc, blocks);
        if (s->refused != refused)
            return NULL;
        if (!s->drained)
            feed_decoder(s);
    }
}

AVFrame *pl_media_source_next(struct pl_media_source *s)
{
    uint64_t refused = s->refused;
    AVFrame *frame = s->decoder ? decode_on(s) : NULL;
    if (frame || s->refused != refused || !rewind_source(s))
        return frame;
    return decode_on(s);
}

/* In FFmpeg's own memory: what the stack refuses is no fault of the source. */
static int check_decodes(struct pl_media_source *s, const struct pl_media_source_options *o,
                         struct pl_error *error)
{
    struct pl_media_facts unread = {0}; /* counted again when it is replayed */
    s->facts = &unread;
    int rc = open_reading(s, o, error);
    if (!rc && !pl_media_source_next(s))
        rc = fail(s, -EINVAL, "nothing in it can be decoded", 0, error);
    s->facts = o->facts;
    s->drained = false;
    s->next_packet = 0;
    close_reading(s);
    return rc;
}

int pl_media_source_open(struct pl_media_source *s, const struct pl_media_source_options *o,
                         struct pl_error *error)
{
    const struct pl_material_file *file = &o->material->files[o->index];
    *s = (struct pl_media_source){.name = file->name, .video = o->video, .facts = o->facts};
    s->packet = av_packet_alloc();
    s->frame = av_frame_alloc();
    if (!s->packet || !s->frame)
        return fail(s, -ENOMEM, "out of memory", 0, error);
    if (file->is_capture)
        s->capture = pl_material_file(o->material, o->index);
    else
        s->file = (struct memory_file){pl_material_file(o->material, o->index), file->bytes, 0};
    int rc = o->known ? 0 : check_decodes(s, o, error);
    s->buffers = o->buffers;
    return rc ? rc : open_reading(s, o, error);
}

void pl_media_source_close(struct pl_media_source *s)
{
    close_reading(s);
    av_packet_free(&s->packet);
    av_frame_free(&s->frame);
}
