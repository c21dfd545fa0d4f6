/* plimsoll-media: plimsoll-cell with FFmpeg in the loop. With --version it says which FFmpeg it is
 * linked with, for the results. */
#include <stdio.h>
#include <string.h>

#include "harness/cell/virtual_run.h"
#include "harness/media/running.h"

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--version") == 0)
        return puts(pl_media_ffmpeg_version()) < 0;
    return pl_cell_replay(pl_media_running_of);
}
