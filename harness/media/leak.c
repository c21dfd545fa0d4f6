/* Frames whose unref is missing on an error path (state.h): which ones it is, and where they stay.
 */
#include "harness/base/random.h"
#include "harness/media/state.h"

void leak_open(struct leak *leak, const struct running *r, struct pl_media_frame *frames)
{
    leak->frames = frames;
    leak->capacity = r->plan.leak_capacity;
    leak->random = r->in.seed;
}

/* Drawn for every frame: the same ones leak on every stack that holds them all. */
static bool fails(struct running *r)
{
    double chance = (double)(pl_random_next(&r->leak.random) >> 11) * 0x1p-53;
    return chance < r->settings->leak;
}

bool leak_inject(struct running *r, struct pl_media_frame *frame)
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
