/* plimsoll-cell: one measured run under the virtual clock, in a process of its own, started by the
 * controller with the heap preloaded. */
#include "harness/cell/replay.h"

int main(void)
{
    return pl_cell_replay(pl_pipeline_of);
}
