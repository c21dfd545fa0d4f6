/* The pipeline media as it runs, with FFmpeg: for the one program that links it. */
#ifndef PL_MEDIA_RUNNING_H
#define PL_MEDIA_RUNNING_H

#include "harness/pipelines/pipeline.h"

/** @return the pipeline of a scenario, media or broadcast: plimsoll-media runs no other */
const struct pl_pipeline *pl_media_running_of(const struct pl_scenario *scenario);

/** FFmpeg's version as it names itself, e.g. "5.1.9-0+deb12u1". */
const char *pl_media_ffmpeg_version(void);

#endif
