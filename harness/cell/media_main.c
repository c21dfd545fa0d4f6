/* plimsoll-media: plimsoll-cell with FFmpeg in the loop. */
#include "harness/cell/replay.h"
#include "harness/media/running.h"

int main(void)
{
    return pl_cell_replay(pl_media_running_of);
}
