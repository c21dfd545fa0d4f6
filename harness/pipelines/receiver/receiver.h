/* A receiver as roc-toolkit's: the network side fills packets, a reader drains them. */
#ifndef PL_PIPELINES_RECEIVER_H
#define PL_PIPELINES_RECEIVER_H

#include "harness/pipelines/pipeline.h"

extern const struct pl_pipeline pl_receiver;

#endif
