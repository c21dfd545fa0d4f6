/* The sampler inside a cell: it reads RSS and the books and writes one record to the pipe. No
 * stdio, no malloc. */
#ifndef PL_CELL_SAMPLER_H
#define PL_CELL_SAMPLER_H

#include <stdbool.h>

#include "harness/cell/alert_watch.h"
#include "harness/cell/record.h"
#include "harness/pipelines/sides.h"

struct pl_sampler {
    const struct pl_stack *stack;
    const struct pl_sides *sides;
    struct pl_alert_watch alerts;
    uint64_t ceiling_bytes; /* 0 for none */
    bool at_ceiling;        /* the run has to end */
    int statm_fd;
    int record_fd;
    int64_t cpu_start_ns;
    int64_t own_cpu_ns;   /* spent on sampling: no part of what is measured */
    int64_t clock_cpu_ns; /* of it, what reading the thread's clock takes: half of the read before a
                             sample and half of the one behind it lie outside what they measure */
    uint64_t page_bytes;
};

/** Opens /proc/self/statm once: a pread of it costs 0.5 us, with open and close 2.4 us.
 *  @return 0 or a negative errno */
int pl_sampler_open(struct pl_sampler *sampler);

/** Takes one sample now. */
void pl_sampler_sample(struct pl_sampler *sampler, int64_t now_ns);

/** Private resident and shared resident bytes of this process; 0 where /proc can't be read. */
void pl_sampler_resident(const struct pl_sampler *sampler, uint64_t *anonymous, uint64_t *shared);

/** Resets VmHWM (man 5 proc, clear_refs), so that the window has its own peak. */
void pl_sampler_reset_peak(void);

/** VmPeak, in bytes: the most address space that this process ever had. */
uint64_t pl_sampler_space(void);

/** VmHWM less what is shared now, in bytes: the window's peak of RssAnon. */
uint64_t pl_sampler_peak(const struct pl_sampler *sampler);

#endif
