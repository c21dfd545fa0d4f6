/* Frames held as FFmpeg's decoder made them (media_state.h). */
#include "harness/media/media_state.h"

/* The delay in the decoder's own samples: its rate is known with its first frame. */
static void note_rate(struct running *r, const AVFrame *frame)
{
    if (r->plan.video || r->rate == (uint32_t)frame->sample_rate || frame->sample_rate <= 0)
        return;
    r->rate = (uint32_t)frame->sample_rate;
    r->delay_samples = (uint64_t)r->settings->delay_ns / 1000 * r->rate / 1000000;
}

/* @return samples that it brought; 0 when its memory was refused */
static uint64_t take(struct running *r)
{
    struct pl_traffic_counts *counts = &r->side->counts;
    struct pl_media_source *source = &r->feeds[r->playing].source;
    uint64_t refused = source->refused;
    AVFrame *given = pl_media_source_next(source);
    pl_counter_add(&counts->received, 1);
    AVFrame *kept = given && r->line.count < r->line.capacity ? av_frame_alloc() : NULL;
    if (!kept) {
        bool limit = source->refused != refused;
        pl_counter_add(&counts->dropped[limit ? PL_DROP_LIMIT : PL_DROP_INVALID], 1);
        return 0;
    }
    note_rate(r, given);
    av_frame_move_ref(kept, given);
    struct pl_media_frame *frame = line_append(r, r->plan.video ? 1 : (uint64_t)kept->nb_samples);
    frame->decoded = kept;
    frame->sum = frame_sum(r, frame);
    return frame->samples;
}

void decoded_take(struct running *r)
{
    for (r->due_samples += frame_samples(r); r->given_samples < r->due_samples;) {
        uint64_t samples = take(r);
        if (!samples) {
            line_skip(r, r->due_samples - r->given_samples);
            r->due_samples = r->given_samples; /* what was refused is not made up for */
            break;
        }
        r->given_samples += samples;
    }
}
