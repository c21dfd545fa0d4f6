/* A chat server as ascii-chat: clients send pictures, and each is sent all of them as one picture
 * of text, and what the others say. This is the part that needs no FFmpeg; what is sent was decoded
 * before (harness/media). */
#ifndef PL_PIPELINES_BROADCAST_H
#define PL_PIPELINES_BROADCAST_H

#include "harness/pipelines/broadcast/clips.h"
#include "harness/pipelines/pipeline.h"

/** What decoding the clips keeps beside them, at most. */
#define PL_BROADCAST_DECODED_BYTES 65536

/** The plan of it; plimsoll-media and plimsoll-live-media open it. */
extern const struct pl_pipeline pl_broadcast;

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
