/* plimsoll-live: one measured run under the wall clock. It reads the clock that everybody reads. */
#include "harness/cell/live.h"

int main(void)
{
    struct pl_cell cell;
    int rc = pl_cell_open(&cell);
    if (rc)
        return cell.job ? 1 : 2;
    pl_cell_clock(&cell, NULL);
    if (cell.job->tasks)
        return pl_cell_live_crew(&cell, pl_pipeline_of(&cell.job->scenario));
    bool is_trace = cell.job->scenario.pipeline == PL_PIPELINE_TRACE;
    return is_trace ? pl_cell_live_trace(&cell) : pl_cell_live_receive(&cell);
}
