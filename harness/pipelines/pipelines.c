/* The table of pipelines, by pipelines.def. */
#include "harness/pipelines/pipeline.h"

#define PL_PIPELINE(kind, name) extern const struct pl_pipeline pl_##name;
#include "harness/scenario/pipelines.def"
#undef PL_PIPELINE

const struct pl_pipeline *pl_pipeline_of(const struct pl_scenario *scenario)
{
    static const struct pl_pipeline *const pipelines[] = {
#define PL_PIPELINE(kind, name) [PL_PIPELINE_##kind] = &pl_##name,
#include "harness/scenario/pipelines.def"
#undef PL_PIPELINE
    };
    return pipelines[scenario->pipeline];
}
