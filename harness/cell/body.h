/* What a measured process does under either clock: opens its job's stack, sides and sampler, marks
 * where the measured window begins and ends, and reports. It calls no malloc but that under test.
 */
#ifndef PL_CELL_BODY_H
#define PL_CELL_BODY_H

#include <sys/resource.h>

#include "harness/cell/job.h"
#include "harness/cell/ledger_sampling.h"
#include "harness/cell/sampler.h"
#include "harness/cell/trim.h"
#include "harness/pipelines/pipeline.h"

struct pl_cell {
    struct pl_job *job;
    struct pl_arena arena;
    struct pl_stack_spec spec;
    struct pl_stack *stack;
    struct pl_sides sides;
    struct pl_crew crew; /* of workers; none of a pipeline without */
    struct pl_sampler sampler;
    struct pl_cell_ledger ledger;
    struct pl_cell_trim trim;
    bool takes_turns; /* no thread is at work while a sample is taken: under the virtual clock */
    struct rusage usage_start;
    int64_t real_start_ns;
    uint64_t rss_bytes_before;
    struct pl_media_facts media;
    struct pl_final final;
};

/** Maps the job and opens everything but the pipeline.
 *  @return 0, or a negative errno that was told to the controller, if there is one */
int pl_cell_open(struct pl_cell *cell);

/** Opens the crew of a pipeline that has workers, one a side, before pl_cell_inputs.
 *  @param loop NULL under the wall clock @return 0 or -ENOMEM */
int pl_cell_open_crew(struct pl_cell *cell, struct pl_loop *loop, struct pl_error *error);

/** What the pipeline is opened on. @param loop NULL under the wall clock */
struct pl_pipeline_inputs pl_cell_inputs(struct pl_cell *cell, struct pl_loop *loop);

/** Tells the controller why the cell can't run. @return the process's exit code */
int pl_cell_fail(int code, const char *text);

/** The window begins: everything is open and touched, nothing has arrived. */
void pl_cell_begin(struct pl_cell *cell);

/** Where blocks have their ages from. @param virtual_ns the replay's time; NULL: that of the latest
 *  sample, since threads go on while it is taken */
void pl_cell_clock(struct pl_cell *cell, const int64_t *virtual_ns);

/** Trims the heap where that is due. To be called before each sample. */
void pl_cell_trim(struct pl_cell *cell, int64_t t_ns);

/** Takes one sample, of the ledger, too. */
void pl_cell_sample(struct pl_cell *cell, int64_t t_ns);

/** The window ends, `t_ns` of replay after it began. */
void pl_cell_end(struct pl_cell *cell, int64_t t_ns);

/** The latencies of the window, and the ledger at its end; every thread is at rest. */
void pl_cell_settle(struct pl_cell *cell);

/** Reports, the pipeline being closed, and closes the stack. */
void pl_cell_finish(struct pl_cell *cell);

#endif
