/* The pipeline media as it runs, with FFmpeg: for the one program that links it. */
#ifndef PL_MEDIA_RUNNING_H
#define PL_MEDIA_RUNNING_H

#include "harness/pipelines/pipeline.h"

/** @return the pipeline, whatever the scenario: plimsoll-media runs no other */
const struct pl_pipeline *pl_media_running_of(const struct pl_scenario *scenario);

#endif
