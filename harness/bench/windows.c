/* Packets that stay for a while: a window from which the oldest goes as a new one comes, as in a
 * receiver that plays; a stack of them, taken back newest first; and a burst, taken back oldest
 * first, as when a reader comes back. Wide ones leave every thread cache. */
#include "harness/bench/suite.h"

static void give_all(struct run *run, uint32_t class_index, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++)
        run_give(run, class_index, run->suite->blocks[i]);
}

/* @return how many were got: fewer than asked for when one was refused */
static uint64_t take_all(struct run *run, uint32_t class_index, uint64_t count)
{
    uint64_t got = 0;
    while (got < count && (run->suite->blocks[got] = run_take(run, class_index)))
        got++;
    return got;
}

/* Takes one and gives back the oldest, from blocks[*oldest] on. The new one comes first: a packet
 * arrives before another is played. */
static bool move_on(struct run *run, uint32_t class_index, uint64_t width, uint64_t *oldest,
                    uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        void *block = run_take(run, class_index);
        if (!block)
            return false;
        run_give(run, class_index, run->suite->blocks[*oldest]);
        run->suite->blocks[*oldest] = block;
        *oldest = *oldest + 1 == width ? 0 : *oldest + 1;
    }
    run->operations += count;
    return true;
}

static void fifo_window(struct pl_bench *bench, void *context)
{
    const struct subject *subject = context;
    uint64_t width = (uint64_t)pl_bench_arg(bench, 0), oldest = 0;
    struct run run;
    if (!run_open(&run, subject->suite, &subject->suite->spec, bench))
        return;
    uint64_t got = take_all(&run, subject->class_index, width);
    if (got < width)
        run_refused(&run);
    run_begin(&run);
    for (uint64_t n; (n = pl_bench_next(bench, PL_BENCH_BATCH));)
        if (!move_on(&run, subject->class_index, width, &oldest, n))
            run_refused(&run);
    give_all(&run, subject->class_index, got);
    run_close(&run);
}

static void give_newest_first(struct run *run, uint32_t class_index, uint64_t count)
{
    while (count > 0)
        run_give(run, class_index, run->suite->blocks[--count]);
}

/* As many as the width at once, then all back; what is asked for at the end may be fewer. */
static void up_and_down(struct pl_bench *bench, const struct subject *subject,
                        void (*give)(struct run *, uint32_t, uint64_t))
{
    uint64_t width = (uint64_t)pl_bench_arg(bench, 0);
    struct run run;
    if (!run_open(&run, subject->suite, &subject->suite->spec, bench))
        return;
    run_begin(&run);
    for (uint64_t n; (n = pl_bench_next(bench, width));) {
        uint64_t got = take_all(&run, subject->class_index, n);
        give(&run, subject->class_index, got);
        run.operations += got;
        if (got < n)
            run_refused(&run);
    }
    run_close(&run);
}

static void lifo_window(struct pl_bench *bench, void *context)
{
    up_and_down(bench, context, give_newest_first);
}

static void burst(struct pl_bench *bench, void *context)
{
    up_and_down(bench, context, give_all);
}

int windows_register(struct suite *suite)
{
    const struct {
        const char *name;
        pl_bench_function run;
        uint64_t width;
    } windows[] = {
        {"fifo_window/packet", fifo_window, suite->in_flight},
        {"fifo_window/packet", fifo_window, suite->stalled},
        {"lifo_window/packet", lifo_window, suite->in_flight},
        {"lifo_window/packet", lifo_window, suite->stalled},
        {"burst/packet", burst, suite->burst},
    };
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof windows / sizeof *windows; i++) {
        struct pl_bench_options options = {.name = windows[i].name,
                                           .run = windows[i].run,
                                           .context = &suite->subjects[suite->packet_class],
                                           .args = {(int64_t)windows[i].width},
                                           .arg_count = 1};
        rc = pl_bench_register(&options);
    }
    return rc;
}
