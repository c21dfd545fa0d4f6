/* What the clients of a broadcast send: pictures and sound that were decoded before. */
#ifndef PL_PIPELINES_BROADCAST_CLIPS_H
#define PL_PIPELINES_BROADCAST_CLIPS_H

#include <stdint.h>

/* 256 samples of 32-bit float, 50 times a second: the 1,024 B of ascii-chat's audio packets. */
#define PL_BROADCAST_SOUND_SAMPLES 256
#define PL_BROADCAST_SOUND_PER_S 50
#define PL_BROADCAST_SOUND_RATE (PL_BROADCAST_SOUND_SAMPLES * PL_BROADCAST_SOUND_PER_S) /* Hz */
#define PL_BROADCAST_SOUND_PACKETS 250 /* decoded, and looped: 5 s */

/** What clients send. Outlives the pipeline. */
struct pl_broadcast_clips {
    const uint8_t
        *pictures;      /* as many as the scenario says, pl_broadcast_picture_bytes each: RGB */
    const float *sound; /* PL_BROADCAST_SOUND_PACKETS packets of one channel */
};

#endif
