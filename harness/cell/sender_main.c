/* plimsoll-sender: sends what a live cell receives, in a process of its own and outside the cell's
 * container. It finds the job in the memory that it shares with the cell. */
#include <stdio.h>

#include "harness/cell/job.h"
#include "harness/cell/record.h"
#include "harness/clock/real.h"
#include "harness/live/send.h"

int main(void)
{
    struct pl_error error;
    pl_real_init();
    struct pl_job *job = pl_job_map(PL_JOB_FD);
    if (!job) {
        fputs("plimsoll-sender is started by plimsoll run --clock wall, not by hand\n", stderr);
        return 2;
    }
    int rc = pl_live_send(&job->scenario, pl_job_recording(job), job->seed, &job->link, &error);
    if (rc)
        pl_record_failure(PL_RECORD_FD, rc, error.text);
    return rc != 0;
}
