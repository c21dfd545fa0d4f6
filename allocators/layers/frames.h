/* One class's pool of frames: see frame_pool.c. */
#ifndef PL_ALLOCATORS_LAYERS_FRAMES_H
#define PL_ALLOCATORS_LAYERS_FRAMES_H

#include <pthread.h>

#include "allocators/layers/pool_blocks.h"

enum { PL_SHELL_BYTES = 472 }; /* AVFrame: FFmpeg 5.1, x86-64 */

enum pl_on_empty { PL_FALL_BACK, PL_FAIL, PL_WAIT };

struct pl_frames_settings {
    enum pl_on_empty on_empty;
    bool shells; /* keeps a frame without its pixels */
    bool guide;  /* throws away the pixels of a frame that it hands out */
    uint64_t wait_ms;
    size_t frames; /* kept at most, and made beforehand */
};

struct pl_frames {
    struct pl_allocator link;
    pthread_mutex_t mutex;
    pthread_cond_t returned;
    struct pl_frames_settings settings;
    size_t object;
    size_t kept;
    size_t waiting; /* threads */
    struct pl_block_list free;
    struct pl_blocks blocks;
};

/** Opens a pool without frames. @param object bytes of a frame's pixels */
void pl_frames_open(struct pl_frames *pool, const struct pl_frames_settings *settings,
                    size_t object, struct pl_allocator *inner, struct pl_pool_counters *counters);

/** Makes its frames. @return false when the next link has no memory for all of them */
bool pl_frames_stock(struct pl_frames *pool);

/** Gives back every frame, what is handed out too. */
void pl_frames_close(struct pl_frames *pool);

#endif
