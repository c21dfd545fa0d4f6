/* The pipeline broadcast as it runs: what its clients send is decoded here. */
#ifndef PL_MEDIA_BROADCAST_CLIPS_H
#define PL_MEDIA_BROADCAST_CLIPS_H

#include "harness/pipelines/pipeline.h"

/** harness/pipelines/broadcast with FFmpeg before its window. */
extern const struct pl_pipeline pl_media_broadcast;

#endif
