/* Receivers of the real roc-toolkit, each with one endpoint on 127.0.0.1, set to what a scenario
 * asks of the modelled one. */
#ifndef PL_CELL_TESTS_ROC_ENDPOINTS_H
#define PL_CELL_TESTS_ROC_ENDPOINTS_H

#include <roc/context.h>
#include <roc/receiver.h>

#include "harness/scenario/scenario.h"

#define ROC_ENDPOINTS 2 /* as in the report: 2 receivers x 345 packets a second */
#define ROC_FRAME_MAX 8192

struct roc_endpoints {
    roc_context *context; /* one: its pools serve both, as the model's stack serves both senders */
    roc_receiver *receivers[ROC_ENDPOINTS];
    uint32_t ports[ROC_ENDPOINTS];
    float samples[ROC_FRAME_MAX];
    size_t frame_bytes;
};

/** Says its pools' slots on stderr, by the library's own log. @return whether all of it stands */
bool roc_endpoints_open(struct roc_endpoints *endpoints, const struct pl_scenario *asked);

/** Reads a frame of each. @return false when the library refuses */
bool roc_endpoints_read(struct roc_endpoints *endpoints);

void roc_endpoints_close(struct roc_endpoints *endpoints);

#endif
