/* A recorded program's heap, replayed (player.h, lanes.h). */
#ifndef PL_PIPELINES_TRACE_REPLAYED_TRACE_H
#define PL_PIPELINES_TRACE_REPLAYED_TRACE_H

#include "harness/pipelines/pipeline.h"

extern const struct pl_pipeline pl_trace;

#endif
