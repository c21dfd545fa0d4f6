#include "harness/base/monotonic.h"
#include "harness/cli/sizing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

#include "harness/measure/metrics.h"
#include "harness/scenario/traits.h"

void pl_sizing_stack(const struct pl_sizing *z, uint64_t size, char *text, size_t capacity)
{
    if (!size)
        snprintf(text, capacity, "%s", z->inner);
    else if (z->sized == PL_SIZED_POOL)
        snprintf(text, capacity, "frame_pool:frames=%" PRIu64 "/%s", size, z->inner);
    else
        snprintf(text, capacity, "limited:max=%" PRIu64 "B/%s", size, z->inner);
}

static void read_evidence(const struct pl_sizing *z, const struct pl_cell_evidence *e,
                          struct pl_sized_run *run)
{
    const struct pl_final *f = &e->final;
    struct pl_measured measured;
    pl_measure(&z->planned->scenario, e, &measured);
    run->outcome = measured.judgement.outcome;
    run->rss_bytes_peak = pl_metric_rss_bytes_peak(&measured).integer;
    run->ended = e->has_final && !f->at_ceiling && !e->timed_out;
    if (!run->ended)
        return;
    for (int i = 0; i < PL_DROP_COUNT; i++)
        run->drops += f->counts.dropped[i];
    bool packets = pl_traits_of(&z->planned->scenario)->packets;
    for (uint32_t i = 0; !packets && i < f->class_count; i++)
        run->drops += f->classes[i].failures;
    run->delivered = f->counts.delivered;
    run->cuts = f->media.crossfades_cut;
    run->fallbacks = f->stack.fallback_allocations;
    run->live_bytes_peak = f->live_bytes_peak;
}

static void note_sample(void *context, int64_t t_ns)
{
    pl_progress_reach(context, t_ns, pl_monotonic_ns());
}

int pl_sizing_run(struct pl_sizing *z, uint64_t size, struct pl_sized_run *run)
{
    char stack[PL_STACK_TEXT_MAX];
    const struct pl_planned *p = z->planned;
    struct pl_cell_evidence evidence;
    *run = (struct pl_sized_run){.size = size, .outcome = PL_OUTCOME_ALLOC_FAILED};
    pl_sizing_stack(z, size, stack, sizeof stack);
    struct pl_cell_options options = {
        .scenario = &p->scenario,
        .recording = p->recording,
        .stack = stack,
        .format = p->formats[0],
        .clock = PL_CLOCK_VIRTUAL,
        .threads = 1,
        .seed = p->scenario.seed,
        .containers = z->containers,
        .interrupted = z->interrupted,
        .on_sample = z->progress->shown ? note_sample : NULL,
        .context = z->progress,
    };
    pl_progress_show(z->progress, p->scenario.name, stack, p->scenario.duration_ns);
    int rc = pl_cell_run(&options, &evidence, &z->error);
    if (!rc) {
        read_evidence(z, &evidence, run);
        pl_cell_evidence_free(&evidence);
    }
    if (rc == -ENOMEM && size)
        rc = 0; /* no room for the pool: no more than that is known of it */
    pl_progress_step(z->progress, (double)p->scenario.duration_ns / 1e9);
    return rc;
}

bool pl_sizing_enough(const struct pl_sizing *z, const struct pl_sized_run *run)
{
    return run->ended && run->fallbacks == 0 && run->drops <= z->plain.drops &&
           run->delivered >= z->plain.delivered && run->cuts <= z->plain.cuts;
}

/* A pool that does not even run, where the heap alone does, has no room; a limit only takes some
 * away. */
static int try(void *context, uint64_t size, enum pl_threshold_answer *answer)
{
    struct pl_sizing *z = context;
    struct pl_sized_run run;
    int rc = pl_sizing_run(z, size, &run);
    if (rc)
        return rc;
    *answer = pl_sizing_enough(z, &run)                 ? PL_THRESHOLD_ENOUGH
              : z->sized == PL_SIZED_POOL && !run.ended ? PL_THRESHOLD_TOO_LARGE
                                                        : PL_THRESHOLD_TOO_SMALL;
    if (z->run_count < sizeof z->runs / sizeof *z->runs)
        z->runs[z->run_count++] = run;
    return 0;
}

/* A limit has to have room for an object of each class. */
static uint64_t largest_class(const struct pl_scenario *s)
{
    uint64_t largest = 1;
    for (uint32_t i = 0; i < s->class_count; i++)
        if (s->classes[i].size > largest)
            largest = s->classes[i].size;
    return largest;
}

int pl_sizing_find(struct pl_sizing *z, struct pl_threshold *threshold)
{
    struct pl_threshold_search search = {
        .least = 1, .most = PL_SIZING_POOL_MAX, .first = 1, .step = 1, .try = try, .context = z};
    z->run_count = 0;
    if (z->sized == PL_SIZED_LIMIT) {
        /* what was live at most, of all budgets together, is enough for each */
        uint64_t live = (z->plain.live_bytes_peak / PL_SIZING_STEP + 1) * PL_SIZING_STEP;
        search.least = largest_class(&z->planned->scenario);
        search.first = live > search.least ? live : search.least;
        search.most = 4 * search.first;
        search.step = PL_SIZING_STEP;
    }
    return pl_threshold_find(&search, threshold);
}
