/* plimsoll-live-media: plimsoll-live for a pipeline that FFmpeg feeds before its window. */
#include "harness/cell/live.h"
#include "harness/media/running.h"

int main(void)
{
    struct pl_cell cell;
    int rc = pl_cell_open(&cell);
    if (rc)
        return cell.job ? 1 : 2;
    pl_cell_clock(&cell, NULL);
    return pl_cell_live_crew(&cell, pl_media_running_of(&cell.job->scenario));
}
