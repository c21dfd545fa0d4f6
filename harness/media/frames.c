/* Frames in blocks of the stack, the line in which they wait, and those that leak out of it
 * (media_state.h). */
#include <string.h>

#include <libavutil/imgutils.h>

#include "harness/base/random.h"
#include "harness/media/media_state.h"

struct pl_media_frame *line_at(const struct running *r, uint32_t place)
{
    return &r->line.frames[(r->line.head + place) % r->line.capacity];
}

uint64_t frame_samples(const struct running *r)
{
    if (r->in.format == PL_FORMAT_FFMPEG && !r->plan.video) /* in the decoder's own samples */
        return (uint64_t)r->settings->frame_ns / 1000 * r->rate / 1000000;
    return r->plan.video ? 1 : r->plan.frame_samples;
}

struct pl_media_frame *line_append(struct running *r, uint64_t samples)
{
    struct pl_media_frame *frame = line_at(r, r->line.count++);
    *frame = (struct pl_media_frame){.samples = samples, .at = r->line.now};
    r->line.samples += samples;
    r->line.now += samples;
    return frame;
}

void line_cut(struct running *r, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        uint64_t samples = line_at(r, --r->line.count)->samples;
        r->line.samples -= samples;
        r->line.now -= samples;
    }
}

void line_skip(struct running *r, uint64_t samples)
{
    r->line.now += samples;
}

void frame_release(struct running *r, struct pl_media_frame *frame)
{
    AVFrame *decoded = frame->decoded;
    for (uint32_t c = 0; c < r->plan.channels && frame->block[c]; c++)
        pl_meter_release_sized(&r->side->meter, r->plan.block_class, frame->block[c],
                               r->plan.block_bytes);
    av_frame_free(&decoded);
    memset(frame->block, 0, sizeof frame->block);
    frame->decoded = NULL;
}

bool frame_acquire(struct running *r, struct pl_media_frame *frame)
{
    for (uint32_t c = 0; c < r->plan.channels; c++) {
        frame->block[c] =
            pl_meter_acquire_sized(&r->side->meter, r->plan.block_class, r->plan.block_bytes);
        if (!frame->block[c]) {
            frame_release(r, frame);
            return false;
        }
    }
    return true;
}

/* Sums of whole words, which compilers add by the vector; a tail of less than a word is left out.
 */
static uint64_t sum_words(const void *block, uint64_t bytes)
{
    uint64_t sum = 0;
    const uint64_t *words = block;
    for (uint64_t i = 0; i < bytes / sizeof *words; i++)
        sum += words[i];
    return sum;
}

/* The first plane's rows; what pads them belongs to the decoder. */
static uint64_t sum_picture(const AVFrame *frame)
{
    uint64_t sum = 0;
    int bytes = av_image_get_linesize((enum AVPixelFormat)frame->format, frame->width, 0);
    for (int y = 0; bytes > 0 && y < frame->height; y++)
        sum += sum_words(frame->data[0] + (ptrdiff_t)y * frame->linesize[0], (uint64_t)bytes);
    return sum;
}

static uint64_t sum_decoded(const AVFrame *frame)
{
    uint64_t sum = 0;
    if (frame->height)
        return sum_picture(frame);
    int planes = av_sample_fmt_is_planar((enum AVSampleFormat)frame->format)
                     ? frame->ch_layout.nb_channels
                     : 1;
    uint64_t bytes = (uint64_t)av_get_bytes_per_sample((enum AVSampleFormat)frame->format) *
                     (uint64_t)frame->nb_samples *
                     (uint64_t)(planes > 1 ? 1 : frame->ch_layout.nb_channels);
    for (int i = 0; i < planes; i++)
        sum += sum_words(frame->extended_data[i], bytes);
    return sum;
}

uint64_t frame_sum(const struct running *r, const struct pl_media_frame *frame)
{
    if (frame->decoded)
        return sum_decoded(frame->decoded);
    uint64_t sum = 0;
    for (uint32_t c = 0; c < r->plan.channels; c++)
        sum += sum_words(frame->block[c], r->plan.block_bytes);
    return sum;
}

bool frame_fill(struct running *r, struct pl_media_feed *feed, struct pl_media_frame *frame)
{
    if (!pl_media_feed_fill(feed, frame->block))
        return false;
    frame->sum = frame_sum(r, frame);
    return true;
}

AVFrame *frame_shell(struct running *r, const struct pl_media_frame *frame)
{
    if (frame->decoded)
        return frame->decoded;
    for (uint32_t c = 0; c < r->plan.channels; c++)
        r->shell->data[c] = frame->block[c];
    r->shell->nb_samples = (int)r->plan.frame_samples;
    return r->shell;
}

void leak_open(struct leak *leak, const struct running *r, struct pl_media_frame *frames)
{
    leak->frames = frames;
    leak->capacity = r->plan.leak_capacity;
    leak->random = r->in.seed;
}

/* Drawn for every frame: the same ones leak on every stack that holds them all. */
static bool fails(struct running *r)
{
    double chance = pl_random_unit(&r->leak.random);
    return chance < r->settings->leak;
}

/* Whether the frame, which is due, takes the error path on which its unref is missing: then it is
 * the leak's, and stays live. */
static bool leak_inject(struct running *r, struct pl_media_frame *frame)
{
    struct leak *leak = &r->leak;
    if (!leak->capacity || !fails(r) || leak->count == leak->capacity)
        return false;
    leak->frames[leak->count++] = *frame;
    leak->samples += frame->samples;
    r->in.media->frames_leaked++;
    return true;
}

void leak_close(struct running *r)
{
    struct leak *leak = &r->leak;
    pl_counter_add(&r->side->counts.held, leak->count);
    while (leak->count) {
        struct pl_media_frame *frame = &leak->frames[--leak->count];
        pl_counter_add(&r->side->counts.integrity_errors, frame_sum(r, frame) != frame->sum);
        frame_release(r, frame);
    }
}

/* Plays a frame and releases it. */
static void hand_on(struct running *r, struct pl_media_frame *frame)
{
    struct pl_traffic_counts *counts = &r->side->counts;
    pl_counter_add(&counts->integrity_errors, frame_sum(r, frame) != frame->sum);
    if (r->encoder.codec)
        pl_counter_add(&counts->integrity_errors,
                       pl_media_encode(&r->encoder, frame_shell(r, frame)) < 0);
    pl_counter_add(&counts->delivered, 1);
    if (!r->plan.video)
        pl_counter_add(&counts->samples_delivered, frame->samples * r->plan.channels);
    frame_release(r, frame);
}

void line_play(struct running *r)
{
    struct pl_media_frame *frame = line_at(r, 0);
    if (!leak_inject(r, frame))
        hand_on(r, frame);
    r->line.samples -= frame->samples;
    r->line.head = (r->line.head + 1) % r->line.capacity;
    r->line.count--;
}

void line_close(struct running *r)
{
    while (r->line.count) {
        pl_counter_add(&r->side->counts.held, 1);
        frame_release(r, line_at(r, r->line.count - 1));
        line_cut(r, 1);
    }
}
