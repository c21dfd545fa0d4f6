/* Keyframes in RTP payloads: where a group of pictures begins. */
#ifndef PL_TRAFFIC_KEYFRAME_H
#define PL_TRAFFIC_KEYFRAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pl_video { PL_VIDEO_NONE, PL_VIDEO_H264, PL_VIDEO_H265, PL_VIDEO_VP8, PL_VIDEO_VP9 };

/** Whether a payload holds the beginning of a keyframe, or the parameter sets before one: RFC 6184
 *  (H.264), 7798 (H.265), 7741 (VP8), 9628 (VP9). Any bytes may be given.
 *  @param video what the stream holds; of none there are no keyframes */
bool pl_keyframe_begins(enum pl_video video, const uint8_t *payload, size_t size);

#endif
