/* Google Benchmark for C: all that the suite needs of it, and the only way to it. The other side is
 * shim.cc, the one C++ file of the tree.
 *
 * Nothing thrown passes through here. Not thread-safe, but for what a benchmark's threads call. */
#ifndef PL_BENCH_SHIM_H
#define PL_BENCH_SHIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
#define PL_BENCH_NOEXCEPT noexcept
extern "C" {
#else
#define PL_BENCH_NOEXCEPT
#endif

#define PL_BENCH_ARGS_MAX 4

/** A benchmark while it runs, in one of its threads. */
struct pl_bench;

/** Runs a benchmark: sets up, works off what pl_bench_next gives until that is 0, tidies up. Called
 *  several times, with more operations each time, and from each of its threads. */
typedef void (*pl_bench_function)(struct pl_bench *bench, void *context);

struct pl_bench_options {
    const char *name; /* copied; "subject/what" */
    pl_bench_function run;
    void *context;
    int64_t args[PL_BENCH_ARGS_MAX]; /* they become part of its name: "subject/what/138" */
    size_t arg_count;
    int threads;       /* that run it at once; 0 and 1: one */
    bool process_time; /* its CPU time is that of all threads of the process, not of those that run
                          it alone */
};

/** @return 0, -EINVAL (no name, no function, too many args), -ENOMEM */
int pl_bench_register(const struct pl_bench_options *options) PL_BENCH_NOEXCEPT;

/** How many operations to do before it is asked again. The first call starts the timer, the one
 *  that gives 0 stops it; at both the threads of a benchmark wait for each other. Asked for several
 * at once, the call (2 ns) does not weigh on each.
 *  @param most 1 or more @return 1 to most, or 0 when all are done or one was skipped */
uint64_t pl_bench_next(struct pl_bench *bench, uint64_t most) PL_BENCH_NOEXCEPT;

/** @return how many operations pl_bench_next will give in all, to each thread, if none is skipped
 */
uint64_t pl_bench_total(const struct pl_bench *bench) PL_BENCH_NOEXCEPT;

/** @return args[index], below arg_count */
int64_t pl_bench_arg(const struct pl_bench *bench, size_t index) PL_BENCH_NOEXCEPT;

/** @return which of the threads that run it this is, from 0 */
int pl_bench_thread(const struct pl_bench *bench) PL_BENCH_NOEXCEPT;

/** Stops and starts the timer in between; the two together cost about 1 us. */
void pl_bench_pause(struct pl_bench *bench) PL_BENCH_NOEXCEPT;
void pl_bench_resume(struct pl_bench *bench) PL_BENCH_NOEXCEPT;

/** What was done in all, after the loop: becomes items_per_second and bytes_per_second.
 *  @return 0, -ERANGE beyond INT64_MAX, -ENOMEM */
int pl_bench_items(struct pl_bench *bench, uint64_t items) PL_BENCH_NOEXCEPT;
int pl_bench_bytes(struct pl_bench *bench, uint64_t bytes) PL_BENCH_NOEXCEPT;

/** A figure of its own; the last value of a name counts, and threads' values add up.
 *  @return 0; -EINVAL for NaN and infinities, which Google Benchmark would write as they are, and
 *  JSON has neither; -ENOMEM */
int pl_bench_counter(struct pl_bench *bench, const char *name, double value) PL_BENCH_NOEXCEPT;

/** Gives up: its entry then says why and has no figures. pl_bench_next gives 0 from now on.
 *  @return 0 or -ENOMEM */
int pl_bench_skip(struct pl_bench *bench, const char *why) PL_BENCH_NOEXCEPT;

/** Adds to the `context` of the JSON. A key may be set once in a process.
 *  @return 0 or -ENOMEM */
int pl_bench_context(const char *key, const char *value) PL_BENCH_NOEXCEPT;

/** What a benchmark took, from its start to its end. */
struct pl_bench_memory {
    uint64_t acquires;        /* num_allocs */
    uint64_t acquired_bytes;  /* total_allocated_bytes */
    uint64_t live_bytes_peak; /* max_bytes_used */
    int64_t live_bytes_grown; /* net_heap_growth */
};

struct pl_bench_memory_hooks {
    void (*start)(void *context);
    void (*stop)(void *context, struct pl_bench_memory *memory);
    void *context;
};

/** Has each benchmark run once more after it was timed, 16 operations at most between start and
 *  stop (Google Benchmark 1.7.1, benchmark_runner.cc). @param hooks copied; NULL for no longer
 *  @return 0 or -ENOMEM */
int pl_bench_watch_memory(const struct pl_bench_memory_hooks *hooks) PL_BENCH_NOEXCEPT;

/** Reads Google Benchmark's own options and runs what they choose. What it can't read it says
 *  itself, on stderr; some of that ends the process.
 *  @param argv NULL at the end; its own options are taken out of it
 *  @param ran how many benchmarks were chosen, set on success
 *  @return 0; -EINVAL for options that it does not know; -ENOTSUP for memory with repetitions: its
 *  1.7.1 then reads what it has freed (mended in 1.9.2); -EALREADY for a second run in a process,
 *  for which 1.7.1 has freed its reporter; -ENOMEM; -EIO for anything else */
int pl_bench_run(int argc, char **argv, size_t *ran) PL_BENCH_NOEXCEPT;

/** Forgets all that were registered. */
void pl_bench_clear(void) PL_BENCH_NOEXCEPT;

#ifdef __cplusplus
}
#endif

#endif
