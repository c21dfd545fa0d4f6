#include "harness/traffic/tape.h"

#include "harness/traffic/material.h"

const struct pl_tape *pl_tape_of(const struct pl_recording *recording)
{
    return pl_material_file(pl_recording_material(recording), 0);
}
