/* The table of pipelines, in the order of enum pl_pipeline_kind. */
#include "harness/pipelines/blocks/pipeline.h"
#include "harness/pipelines/broadcast/broadcast.h"
#include "harness/pipelines/media/media.h"
#include "harness/pipelines/pipeline.h"
#include "harness/pipelines/receiver/receiver.h"

const struct pl_pipeline *pl_pipeline_of(const struct pl_scenario *scenario)
{
    static const struct pl_pipeline *const pipelines[] = {
        [PL_PIPELINE_RECEIVER] = &pl_receiver,
        [PL_PIPELINE_MEDIA] = &pl_media,
        [PL_PIPELINE_BLOCKS] = &pl_blocks,
        [PL_PIPELINE_BROADCAST] = &pl_broadcast,
    };
    return pipelines[scenario->pipeline];
}
