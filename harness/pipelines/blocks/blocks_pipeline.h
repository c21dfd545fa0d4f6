/* Short cycles of small blocks of which a few survive: what fragments a heap. */
#ifndef PL_PIPELINES_BLOCKS_BLOCKS_PIPELINE_H
#define PL_PIPELINES_BLOCKS_BLOCKS_PIPELINE_H

#include "harness/pipelines/pipeline.h"

extern const struct pl_pipeline pl_blocks;

#endif
