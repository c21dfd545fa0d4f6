/* Latency and interval of a pipeline (hold_time.h). */
#include "harness/pipelines/hold_time.h"

#include "harness/pipelines/pipeline.h"

bool pl_pace_of(const struct pl_scenario *s, const struct pl_recording *recording,
                struct pl_pace *pace)
{
    const struct pl_pipeline *pipeline = pl_pipeline_of(s);
    return pipeline->pace && pipeline->pace(s, recording, pace);
}

uint64_t pl_pace_rule(const struct pl_pace *pace)
{
    int64_t held = (pace->latency_ns + pace->interval_ns - 1) / pace->interval_ns;
    return (uint64_t)(held < 2 ? 2 : held) * pace->streams * pace->blocks;
}
