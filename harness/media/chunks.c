/* Two chunks of the delay's length, as Liquidsoap's deferred buffer: one fills while the other is
 * played (state.h). */
#include <string.h>

#include "harness/media/state.h"

static uint64_t chunk_bytes(const struct running *r)
{
    return r->plan.delay_frames * r->plan.block_bytes;
}

static void release(struct running *r, struct chunk *chunk)
{
    for (uint32_t c = 0; c < r->plan.channels && chunk->block[c]; c++)
        pl_meter_release_sized(&r->side->meter, r->plan.block_class, chunk->block[c],
                               chunk_bytes(r));
    memset(chunk->block, 0, sizeof chunk->block);
    chunk->frames = 0;
}

static bool acquire(struct running *r, struct chunk *chunk)
{
    for (uint32_t c = 0; c < r->plan.channels; c++) {
        chunk->block[c] =
            pl_meter_acquire_sized(&r->side->meter, r->plan.block_class, chunk_bytes(r));
        if (!chunk->block[c]) {
            release(r, chunk);
            return false;
        }
    }
    return true;
}

/* The blocks of one frame within a chunk. */
static struct pl_media_frame frame_of(const struct running *r, const struct chunk *chunk,
                                      uint32_t index)
{
    struct pl_media_frame frame = {0};
    for (uint32_t c = 0; c < r->plan.channels; c++)
        frame.block[c] = (char *)chunk->block[c] + index * r->plan.block_bytes;
    return frame;
}

static void swap(struct running *r)
{
    struct pl_media_frame *free_sums = r->played.sums;
    release(r, &r->played);
    r->played = r->filling;
    r->filling = (struct chunk){.sums = free_sums};
}

/* @return whether a frame was laid into the chunk that fills */
static bool fill_one(struct running *r)
{
    struct pl_traffic_counts *counts = &r->side->counts;
    pl_own_add(&counts->received, 1);
    if (!r->filling.block[0] && !acquire(r, &r->filling)) {
        pl_own_add(&counts->dropped[PL_DROP_LIMIT], 1);
        return false;
    }
    struct pl_media_frame frame = frame_of(r, &r->filling, r->filling.frames);
    if (!frame_fill(r, &r->feeds[r->playing], &frame)) {
        pl_own_add(&counts->dropped[PL_DROP_INVALID], 1);
        return false;
    }
    r->filling.sums[r->filling.frames++].sum = frame.sum;
    return true;
}

static void play_one(struct running *r, uint32_t index)
{
    struct pl_traffic_counts *counts = &r->side->counts;
    struct pl_media_frame frame = frame_of(r, &r->played, index);
    pl_own_add(&counts->integrity_errors, frame_sum(r, &frame) != r->played.sums[index].sum);
    pl_own_add(&counts->delivered, 1);
    pl_own_add(&counts->samples_delivered, (uint64_t)r->plan.frame_samples * r->plan.channels);
}

void chunks_tick(struct running *r)
{
    if (r->filling.frames == r->plan.delay_frames)
        swap(r);
    if (fill_one(r) && r->filling.frames <= r->played.frames)
        play_one(r, r->filling.frames - 1);
}

uint32_t chunks_held(const struct running *r)
{
    uint32_t left = r->filling.frames;
    if (r->played.frames > r->filling.frames)
        left += r->played.frames - r->filling.frames;
    return left;
}

void chunks_close(struct running *r)
{
    pl_own_add(&r->side->counts.held, chunks_held(r));
    release(r, &r->filling);
    release(r, &r->played);
}
