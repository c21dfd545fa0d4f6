/* What the benchmarks work on: a scenario's classes on one stack, with windows and bursts of the
 * sizes that the scenario's traffic makes. Shared by the files of the subjects. */
#ifndef PL_BENCH_SUITE_H
#define PL_BENCH_SUITE_H

#include "harness/base/arena.h"
#include "harness/bench/counting_link.h"
#include "harness/bench/shim.h"
#include "harness/cell/job.h"
#include "harness/cell/sampler.h"

/** Operations between two looks at the timer: the call costs 2 ns, an acquire 10 to 50. */
#define PL_BENCH_BATCH 64

struct suite;

/** What one benchmark is about: its context. */
struct subject {
    struct suite *suite;
    uint32_t class_index;
};

/** A benchmark's stack while it runs: opened anew for each, so that none inherits pools. */
struct run {
    struct suite *suite;
    struct pl_bench *bench;
    struct pl_stack *stack;
    struct pl_allocator *chains[PL_CLASSES_MAX];
    uint64_t operations;
};

struct suite {
    const struct pl_scenario *scenario;
    const struct pl_recording *recording;
    enum pl_format format;
    struct pl_stack_spec spec;
    struct pl_stack_spec floor; /* null */
    struct subject subjects[PL_CLASSES_MAX];
    size_t written[PL_CLASSES_MAX]; /* bytes that the receiver writes into an object */
    uint32_t packet_class, buffer_class;
    uint64_t in_flight; /* packets within the latency */
    uint64_t stalled;   /* that arrive while a reader stalls for 10 s, of 32 MiB at most */
    uint64_t burst;     /* that arrive in a second */
    void **blocks;      /* room for the largest of them, touched */
    size_t block_bytes;
    struct pl_arena arena; /* the job's, for a pipeline's state */
    bool memory;           /* the memory pass */
    struct books books;
    struct pl_sampler sampler;
    uint64_t rss_bytes_before; /* any benchmark */
    struct run shared;         /* of several threads; the first of them opens and closes it */
};

/** Sizes everything by the scenario of a job, whose arena it uses, and maps what the benchmarks
 * need besides (shared memory, so that it is no part of RssAnon). What the job asks was checked.
 *  @param memory count and weigh rather than time
 *  @return 0 or a negative errno */
int suite_open(struct suite *suite, struct pl_job *job, bool memory, struct pl_error *error);

void suite_close(struct suite *suite);

/** Opens the stack; on failure the benchmark is skipped and says why.
 *  @param spec the suite's, or its floor */
bool run_open(struct run *run, struct suite *suite, const struct pl_stack_spec *spec,
              struct pl_bench *bench);

/** The loop begins: what was acquired until now does not count. */
void run_begin(struct run *run);

/** Says how many operations were done and, in the memory pass, what they weighed; closes the
 *  stack. Everything must have been released. */
void run_close(struct run *run);

/** Skips the benchmark since a request was refused: by a limit, or for want of memory. */
void run_refused(struct run *run);

/** Acquires an object and writes what the receiver would. @return it, or NULL */
void *run_take(struct run *run, uint32_t class_index);

void run_give(struct run *run, uint32_t class_index, void *block);

/* one_class.c, windows.c, hand_over.c, receiver_benchmark.c, population.c: each registers its
 * benchmarks.
 * @return 0 or a negative errno */
int one_class_register(struct suite *suite);
int windows_register(struct suite *suite);
int hand_over_register(struct suite *suite);
int replay_register(struct suite *suite);
int population_register(struct suite *suite);

#endif
