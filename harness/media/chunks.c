/* Two chunks of the delay's length, as Liquidsoap's deferred buffer: one fills while the other is
 * played (media_state.h). */
#include <string.h>

#include "harness/media/media_state.h"

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
    chunk->frames = chunk->played = 0;
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
    r->played = r->filling;
    r->filling = (struct chunk){.sums = free_sums};
}

static void fill_one(struct running *r)
{
    struct pl_traffic_counts *counts = &r->side->counts;
    pl_counter_add(&counts->received, 1);
    if (!r->filling.block[0] && !acquire(r, &r->filling)) {
        pl_counter_add(&counts->dropped[PL_DROP_LIMIT], 1);
        return;
    }
    struct pl_media_frame frame = frame_of(r, &r->filling, r->filling.frames);
    if (!frame_fill(r, &r->feeds[r->playing], &frame)) {
        pl_counter_add(&counts->dropped[PL_DROP_INVALID], 1);
        return;
    }
    r->filling.sums[r->filling.frames++].sum = frame.sum;
}

static void play_one(struct running *r)
{
    uint32_t index = r->played.played++;
    struct pl_traffic_counts *counts = &r->side->counts;
    struct pl_media_frame frame = frame_of(r, &r->played, index);
    pl_counter_add(&counts->integrity_errors, frame_sum(r, &frame) != r->played.sums[index].sum);
    pl_counter_add(&counts->delivered, 1);
    pl_counter_add(&counts->samples_delivered, (uint64_t)r->plan.frame_samples * r->plan.channels);
}

/* What is played goes on whether or not the other chunk could be filled, and then makes room for
 * it: it takes as long to play as the other takes to fill at least, so that a swap finds it over.
 */
void chunks_tick(struct running *r)
{
    if (r->played.played == r->played.frames)
        release(r, &r->played);
    if (r->filling.frames == r->plan.delay_frames)
        swap(r);
    fill_one(r);
    if (r->played.played < r->played.frames)
        play_one(r);
}

uint32_t chunks_held(const struct running *r)
{
    return r->filling.frames + r->played.frames - r->played.played;
}

void chunks_close(struct running *r)
{
    pl_counter_add(&r->side->counts.held, chunks_held(r));
    release(r, &r->filling);
    release(r, &r->played);
}
