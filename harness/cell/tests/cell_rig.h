/* What the tests that run cells share: a scenario, its capture, and containers. */
#ifndef PL_CELL_TESTS_CELL_RIG_H
#define PL_CELL_TESTS_CELL_RIG_H

#include <sys/types.h>

#include "harness/cell/run.h"

struct cell_rig {
    struct pl_scenario scenario;
    struct pl_recording *recording;
    struct pl_containers containers;
};

/** Reads scenarios/`name`.yaml in its default tier, and takes its container away. */
void cell_rig_open(struct cell_rig *rig, const char *name);

/** No cgroup may be left, and no child. */
void cell_rig_close(struct cell_rig *rig);

/** Of a cell of one thread under the virtual clock. The rig has to outlive them. */
struct pl_cell_options cell_rig_options(struct cell_rig *rig, const char *stack);

/** Of one under the wall clock. */
struct pl_cell_options cell_rig_live_options(struct cell_rig *rig, const char *stack);

/** A child of this process that runs a program of that name, or 0. */
pid_t cell_rig_child(const char *program);

#endif
