/* Acquire, write, release: one object at a time of each class, alone and from two threads at once.
 * No heap's thread cache is ever left: the fastest that a stack can be, not what a server sees. */
#include <stdio.h>

#include "harness/bench/suite.h"

static bool churn(struct run *run, uint32_t class_index, uint64_t count)
{
    for (uint64_t i = 0; i < count; i++) {
        void *block = run_take(run, class_index);
        if (!block)
            return false;
        run_give(run, class_index, block);
    }
    run->operations += count;
    return true;
}

static void loop(struct run *run, uint32_t class_index)
{
    for (uint64_t n; (n = pl_bench_next(run->bench, PL_BENCH_BATCH));)
        if (!churn(run, class_index, n))
            run_refused(run);
}

static void alone(struct pl_bench *bench, void *context)
{
    const struct subject *subject = context;
    struct run run;
    if (!run_open(&run, subject->suite, &subject->suite->spec, bench))
        return;
    run_begin(&run);
    loop(&run, subject->class_index);
    run_close(&run);
}

/* The first thread opens and closes the stack for all: before the loop and behind it the threads
 * wait for each other. */
static void together(struct pl_bench *bench, void *context)
{
    const struct subject *subject = context;
    struct run *shared = &subject->suite->shared, run;
    bool first = pl_bench_thread(bench) == 0;
    if (pl_stack_one_thread(&subject->suite->spec)) {
        pl_bench_skip(bench, "this stack serves one thread at a time");
        return;
    }
    if (first && run_open(shared, subject->suite, &subject->suite->spec, bench))
        run_begin(shared);
    uint64_t n = pl_bench_next(bench, PL_BENCH_BATCH);
    run = *shared;
    run.bench = bench;
    for (; n; n = pl_bench_next(bench, PL_BENCH_BATCH))
        if (!run.stack || !churn(&run, subject->class_index, n))
            run_refused(&run);
    if (first && run.stack)
        run_close(&run);
    else
        pl_bench_items(bench, run.operations);
}

int one_class_register(struct suite *suite)
{
    char name[sizeof "acquire_release/" + PL_NAME_MAX];
    int rc = 0;
    for (uint32_t i = 0; !rc && i < suite->scenario->class_count; i++) {
        struct pl_bench_options options = {
            .name = name, .run = alone, .context = &suite->subjects[i]};
        snprintf(name, sizeof name, "acquire_release/%s", suite->scenario->classes[i].name);
        rc = pl_bench_register(&options);
        options.run = together;
        options.threads = 2;
        if (!rc && i == suite->packet_class)
            rc = pl_bench_register(&options);
    }
    return rc;
}
