/* What a scenario replays, read by its pipeline's kind. */
#ifndef PL_CLI_SCENARIO_RECORDING_H
#define PL_CLI_SCENARIO_RECORDING_H

#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"

/** Reads what the scenario names: a capture, or the files of a pipeline that replays no RTP.
 *  @param counts set on success; zero of what is no capture
 *  @return 0 or a negative errno, as pl_capture_read and pl_material_read */
int pl_recording_of(const struct pl_scenario *scenario, struct pl_recording **recording,
                    struct pl_capture_counts *counts, struct pl_error *error);

#endif
