/* A chat server as ascii-chat: clients send pictures, and each is sent all of them as one picture
 * of text, and what the others say. This is the part that needs no FFmpeg; what is sent was decoded
 * before (harness/media). */
#ifndef PL_PIPELINES_BROADCAST_H
#define PL_PIPELINES_BROADCAST_H

#include "harness/pipelines/pipeline.h"

/* 256 samples of 32-bit float, 50 times a second: the 1,024 B of ascii-chat's audio packets. */
#define PL_BROADCAST_SOUND_SAMPLES 256
#define PL_BROADCAST_SOUND_PER_S 50
#define PL_BROADCAST_SOUND_RATE (PL_BROADCAST_SOUND_SAMPLES * PL_BROADCAST_SOUND_PER_S) /* Hz */
#define PL_BROADCAST_SOUND_PACKETS 250 /* decoded, and looped: 5 s */

/** What decoding the clips keeps beside them, at most. */
#define PL_BROADCAST_DECODED_BYTES 65536

/** The plan of it; plimsoll-media opens it. */
extern const struct pl_pipeline pl_broadcast;

/** What clients send. Outlives the pipeline. */
struct pl_broadcast_clips {
    const uint8_t
        *pictures;      /* as many as the scenario says, pl_broadcast_picture_bytes each: RGB */
    const float *sound; /* PL_BROADCAST_SOUND_PACKETS packets of one channel */
};

/** Bytes of a picture's pixels. */
uint64_t pl_broadcast_picture_bytes(const struct pl_scenario *scenario);

/** Bytes of all pictures, and of the sound: what the arena has room for beside the pipeline's own
 *  state. */
uint64_t pl_broadcast_pictures_bytes(const struct pl_scenario *scenario);
uint64_t pl_broadcast_sound_bytes(void);

/** As pl_pipeline.open, on clips. @return 0; -ENOMEM when the arena is too small */
int pl_broadcast_open(const struct pl_pipeline_inputs *inputs,
                      const struct pl_broadcast_clips *clips, void **state, struct pl_error *error);

/** As pl_pipeline.close. */
void pl_broadcast_close(void *state, int64_t now_ns);

#endif
