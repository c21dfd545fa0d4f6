/* One run of a benchmark on a stack of its own (suite.h). */
#include <string.h>

#include "harness/bench/suite.h"

static void link_chains(struct run *run)
{
    struct suite *suite = run->suite;
    for (uint32_t i = 0; i < suite->scenario->class_count; i++) {
        run->chains[i] = pl_stack_class(run->stack, i);
        if (suite->memory)
            run->chains[i] = books_link(&suite->books, i, run->chains[i]);
    }
}

bool run_open(struct run *run, struct suite *suite, const struct pl_stack_spec *spec,
              struct pl_bench *bench)
{
    const struct pl_scenario *s = suite->scenario;
    struct pl_error error;
    *run = (struct run){.suite = suite, .bench = bench};
    if (pl_stack_open(spec, s->classes, s->class_count, s->budgets, s->budget_count, &run->stack,
                      &error)) {
        pl_bench_skip(bench, error.text);
        return false;
    }
    link_chains(run);
    return true;
}

void run_begin(struct run *run)
{
    if (run->suite->memory)
        books_begin(&run->suite->books);
}

static void weigh(struct run *run)
{
    const struct suite *suite = run->suite;
    uint64_t after, shared;
    pl_sampler_resident(&suite->sampler, &after, &shared);
    pl_bench_counter(run->bench, "rss_bytes_before", (double)suite->rss_bytes_before);
    pl_bench_counter(run->bench, "rss_bytes_peak", (double)pl_sampler_peak(&suite->sampler));
    pl_bench_counter(run->bench, "rss_bytes_after", (double)after);
}

void run_close(struct run *run)
{
    struct pl_stack_stats stats;
    if (run->suite->memory)
        weigh(run);
    pl_bench_items(run->bench, run->operations);
    pl_stack_stats(run->stack, &stats);
    if (stats.corruptions) /* its timings would mean nothing */
        pl_bench_skip(run->bench, "the stack found broken or foreign blocks");
    pl_stack_close(run->stack);
}

void run_refused(struct run *run)
{
    pl_bench_skip(run->bench, "the stack refused a request: its limit or its memory is too small "
                              "for this benchmark");
}

void *run_take(struct run *run, uint32_t class_index)
{
    void *block =
        pl_acquire(run->chains[class_index], run->suite->scenario->classes[class_index].size);
    if (__builtin_expect(block != NULL, 1))
        memset(block, 0x5a, run->suite->written[class_index]);
    return block;
}

void run_give(struct run *run, uint32_t class_index, void *block)
{
    pl_release(run->chains[class_index], block, run->suite->scenario->classes[class_index].size);
}
