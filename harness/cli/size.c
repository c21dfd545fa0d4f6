/* `plimsoll size SCENARIO`: the smallest pool and the smallest limit at which it loses nothing,
 * beside the rule of thumb. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/sizing.h"
#include "harness/pipelines/pace.h"
#include "harness/report/text.h"

#define RUNS_LIKELY 40 /* of one stack, for the progress line */

/* What was found for one stack. */
struct sized {
    struct pl_sizing sizing;
    struct pl_edge edges[2];                                   /* by enum pl_sized */
    struct pl_sized_run enough[2], too_small[2], too_large[2]; /* size 0: none */
    bool has_rule;
    struct pl_pace pace;
    uint64_t rule;
    struct pl_sized_run by_rule;
};

static uint64_t pool_bytes(const struct pl_scenario *s, uint64_t blocks)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < s->class_count; i++)
        bytes += s->classes[i].size * blocks;
    return bytes;
}

/* The runs that say where the edge is; without one, how far it goes on losing, and from where on it
 * does not even end. */
static void keep(struct sized *z, enum pl_sized sized)
{
    const struct pl_edge *edge = &z->edges[sized];
    struct pl_sized_run *small = &z->too_small[sized], *large = &z->too_large[sized];
    for (size_t i = 0; i < z->sizing.run_count; i++) {
        const struct pl_sized_run *run = &z->sizing.runs[i];
        if (run->size == edge->enough)
            z->enough[sized] = *run;
        else if (edge->found && run->size == edge->too_small)
            *small = *run;
        else if (!edge->found && run->ended && run->size > small->size)
            *small = *run;
        else if (!edge->found && !run->ended && (!large->size || run->size < large->size))
            *large = *run;
    }
}

static int find(struct sized *z)
{
    int rc = 0;
    for (int sized = PL_SIZED_POOL; !rc && sized <= PL_SIZED_LIMIT; sized++) {
        z->sizing.sized = (enum pl_sized)sized;
        rc = pl_sizing_find(&z->sizing, &z->edges[sized]);
        if (!rc)
            keep(z, (enum pl_sized)sized);
    }
    z->sizing.sized = PL_SIZED_POOL;
    if (!rc && z->has_rule && z->rule <= PL_SIZING_POOL_MAX)
        rc = pl_sizing_run(&z->sizing, z->rule, &z->by_rule);
    return rc;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void add_loss(char *text, size_t capacity, uint64_t count, const char *what, const char *how)
{
    size_t used = strlen(text);
    if (count)
        snprintf(text + used, capacity - used, "%s%" PRIu64 " %s%s%s", used ? ", " : "", count,
                 what, plural(count), how);
}

/* "200 fallbacks, 3 packets lost" */
static void write_loss(const struct sized *z, const struct pl_sized_run *run, char *text,
                       size_t capacity)
{
    const struct pl_sized_run *plain = &z->sizing.plain;
    bool packets = z->sizing.planned->scenario.pipeline != PL_PIPELINE_BLOCKS;
    uint64_t lost = run->drops > plain->drops           ? run->drops - plain->drops
                    : plain->delivered > run->delivered ? plain->delivered - run->delivered
                                                        : 0;
    text[0] = '\0';
    if (pl_sizing_enough(&z->sizing, run)) {
        snprintf(text, capacity, "loses nothing");
        return;
    }
    if (!run->ended) {
        snprintf(text, capacity, "ends early: %s", pl_outcome_name(run->outcome));
        return;
    }
    add_loss(text, capacity, run->fallbacks, "fallback", "");
    add_loss(text, capacity, lost, packets ? "packet" : "block", " lost");
    if (run->cuts > plain->cuts)
        add_loss(text, capacity, run->cuts - plain->cuts, "crossfade", " cut");
}

static void print_run(const struct sized *z, const char *head, const struct pl_sized_run *run)
{
    char stack[PL_STACK_TEXT_MAX], loss[160], rss[PL_TEXT_FIGURE], size[PL_TEXT_FIGURE + 4] = "";
    char bytes[PL_TEXT_FIGURE];
    pl_sizing_stack(&z->sizing, run->size, stack, sizeof stack);
    write_loss(z, run, loss, sizeof loss);
    pl_text_bytes(rss, (double)run->rss_bytes_peak);
    pl_text_bytes(bytes, (double)run->size);
    if (z->sizing.sized == PL_SIZED_LIMIT)
        snprintf(size, sizeof size, " (%s)", bytes);
    printf("%-6s %s%s: %s; peak RSS %s\n", head, stack, size, loss, rss);
}

/* Up to where it loses something, and from where on it does not run. */
static void print_none(const struct sized *z, const char *head)
{
    printf("%-6s none is enough:\n", head);
    if (z->too_small[z->sizing.sized].size)
        print_run(z, "", &z->too_small[z->sizing.sized]);
    if (z->too_large[z->sizing.sized].size)
        print_run(z, "", &z->too_large[z->sizing.sized]);
}

static void print_rule(struct sized *z)
{
    char latency[32], interval[32], bytes[PL_TEXT_FIGURE], loss[160], times[64] = "";
    if (!z->has_rule) {
        printf("       rule of thumb: none, for this pipeline has no latency and interval\n");
        return;
    }
    pl_time_format(z->pace.latency_ns / 1000 * 1000, latency, sizeof latency);
    pl_time_format(z->pace.interval_ns / 1000 * 1000, interval, sizeof interval);
    pl_text_bytes(bytes, (double)pool_bytes(&z->sizing.planned->scenario, z->rule));
    if (z->by_rule.size)
        write_loss(z, &z->by_rule, loss, sizeof loss);
    else
        snprintf(loss, sizeof loss, "not run, a pool has at most %d of each class",
                 PL_SIZING_POOL_MAX);
    if (z->pace.streams * z->pace.blocks > 1)
        snprintf(times, sizeof times, " x %u", z->pace.streams * z->pace.blocks);
    printf("       rule of thumb: max(2, ceil(%s / %s))%s = %" PRIu64 " (%s): %s\n", latency,
           interval, times, z->rule, bytes, loss);
}

static void print_edge(struct sized *z, enum pl_sized sized)
{
    const struct pl_edge *edge = &z->edges[sized];
    const char *head = sized == PL_SIZED_POOL ? "pool" : "limit";
    char bytes[PL_TEXT_FIGURE];
    z->sizing.sized = sized;
    if (!edge->found) {
        print_none(z, head);
        return;
    }
    print_run(z, head, &z->enough[sized]);
    if (edge->too_small)
        print_run(z, "", &z->too_small[sized]);
    else
        printf("       it is the least that there can be\n");
    if (sized == PL_SIZED_POOL) {
        pl_text_bytes(bytes, (double)pool_bytes(&z->sizing.planned->scenario, edge->enough));
        printf("       it holds %s\n", bytes);
        print_rule(z);
    }
    if (!edge->monotone)
        printf("       not monotone: %" PRIu64 " contradicts this edge; trust neither\n",
               edge->exception);
}

static void print(struct sized *z)
{
    const struct pl_planned *p = z->sizing.planned;
    char duration[PL_TEXT_FIGURE], live[PL_TEXT_FIGURE], rss[PL_TEXT_FIGURE];
    pl_text_duration(duration, (double)p->scenario.duration_ns / 1e9);
    pl_text_bytes(live, (double)z->sizing.plain.live_bytes_peak);
    pl_text_bytes(rss, (double)z->sizing.plain.rss_bytes_peak);
    printf("%s, %s, %s of replay, %s without pool and limit:\n"
           "       %" PRIu64 " delivered, %" PRIu64 " dropped; at most %s live, peak RSS %s\n",
           p->scenario.name, pl_format_name(p->formats[0]), duration, z->sizing.inner,
           z->sizing.plain.delivered, z->sizing.plain.drops, live, rss);
    if (z->sizing.plain.outcome == PL_OUTCOME_GROWING)
        printf("       it grows: what follows holds for this duration alone\n");
    print_edge(z, PL_SIZED_POOL);
    print_edge(z, PL_SIZED_LIMIT);
    printf("       %zu runs; both sides of each edge ran twice\n\n",
           z->edges[0].trial_count + z->edges[1].trial_count + 1 + (z->by_rule.size > 0));
}

static json_t *run_json(const struct sized *z, const struct pl_sized_run *run)
{
    if (!run->ended)
        return json_pack("{s:I, s:s}", "size", (json_int_t)run->size, "outcome",
                         pl_outcome_name(run->outcome));
    return json_pack("{s:I, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "size", (json_int_t)run->size,
                     "outcome", pl_outcome_name(run->outcome), "loses_nothing",
                     pl_sizing_enough(&z->sizing, run), "packets_delivered",
                     (json_int_t)run->delivered, "packets_dropped", (json_int_t)run->drops,
                     "fallback_allocations", (json_int_t)run->fallbacks, "crossfades_cut",
                     (json_int_t)run->cuts, "rss_bytes_peak", (json_int_t)run->rss_bytes_peak,
                     "live_bytes_peak", (json_int_t)run->live_bytes_peak);
}

static void set_run(json_t *object, const char *key, const struct sized *z,
                    const struct pl_sized_run *run)
{
    json_object_set_new(object, key, run->size ? run_json(z, run) : json_null());
}

static json_t *edge_json(const struct sized *z, enum pl_sized sized)
{
    const struct pl_edge *edge = &z->edges[sized];
    json_t *object = json_pack("{s:b, s:b, s:I}", "found", edge->found, "monotone", edge->monotone,
                               "runs", (json_int_t)edge->trial_count);
    if (edge->found)
        json_object_set_new(object, "smallest", run_json(z, &z->enough[sized]));
    set_run(object, "too_small", z, &z->too_small[sized]);
    if (z->too_large[sized].size)
        set_run(object, "too_large", z, &z->too_large[sized]);
    return object;
}

static json_t *sized_json(const struct sized *z)
{
    const struct pl_planned *p = z->sizing.planned;
    json_t *pool = edge_json(z, PL_SIZED_POOL), *rule = json_null();
    if (z->edges[PL_SIZED_POOL].found)
        json_object_set_new(
            pool, "bytes",
            json_integer((json_int_t)pool_bytes(&p->scenario, z->edges[PL_SIZED_POOL].enough)));
    if (z->has_rule)
        rule =
            json_pack("{s:I, s:I, s:I, s:o}", "latency_ns", (json_int_t)z->pace.latency_ns,
                      "interval_ns", (json_int_t)z->pace.interval_ns, "blocks", (json_int_t)z->rule,
                      "run", z->by_rule.size ? run_json(z, &z->by_rule) : json_null());
    json_object_set_new(pool, "rule", rule);
    return json_pack("{s:s, s:s, s:s, s:f, s:o, s:o, s:o}", "scenario", p->scenario.name,
                     "allocator", z->sizing.inner, "format", pl_format_name(p->formats[0]),
                     "duration_seconds", (double)p->scenario.duration_ns / 1e9, "plain",
                     run_json(z, &z->sizing.plain), "pool", pool, "limit",
                     edge_json(z, PL_SIZED_LIMIT));
}

static int fail(int rc, const struct pl_error *error)
{
    if (rc == -EINTR)
        return PL_EXIT_INTERRUPTED;
    return pl_cli_fail(rc == -EINVAL ? PL_EXIT_USAGE : PL_EXIT_MACHINE, error);
}

/* @return an exit code */
static int size_stack(struct sized *z)
{
    struct pl_sizing *s = &z->sizing;
    int rc = pl_sizing_run(s, 0, &s->plain);
    if (rc)
        return fail(rc, &s->error);
    if (!s->plain.ended) {
        fprintf(stderr,
                "plimsoll: %s sinks with %s and nothing else (%s): there is no size that is "
                "enough; a shorter --set duration or container=none would be right\n",
                s->planned->scenario.name, s->inner, pl_outcome_name(s->plain.outcome));
        return PL_EXIT_UNEXPECTED;
    }
    rc = find(z);
    if (rc)
        return fail(rc, &s->error);
    bool certain = true;
    for (int i = 0; i < 2; i++)
        certain &= z->edges[i].found && z->edges[i].monotone;
    return certain ? PL_EXIT_OK : PL_EXIT_UNEXPECTED;
}

/* Its layers have to fit below a pool and a limit. */
static int check_inner(const struct pl_scenario *s, const char *inner)
{
    static const char *const around[] = {"frame_pool:frames=1/", "limited:max=1GiB/"};
    char text[PL_STACK_TEXT_MAX];
    struct pl_stack_spec spec;
    struct pl_error error;
    for (size_t i = 0; i < 2; i++) {
        snprintf(text, sizeof text, "%s%s", around[i], inner);
        if (pl_stack_parse(text, &spec, &error) ||
            pl_stack_check(&spec, s->classes, s->class_count, s->budgets, s->budget_count, &error))
            return pl_cli_fail(PL_EXIT_USAGE, &error);
    }
    return PL_EXIT_OK;
}

static int size_all(const struct pl_planned *p, bool as_json)
{
    static struct sized z; /* too large for a stack */
    struct pl_containers containers;
    struct pl_progress progress;
    json_t *all = json_array();
    int code = PL_EXIT_OK;
    const volatile sig_atomic_t *interrupted = pl_interrupt_catch();
    pl_containers_open(&containers);
    for (size_t i = 0; i < p->stack_count && (code == PL_EXIT_OK || code == PL_EXIT_UNEXPECTED);
         i++) {
        z = (struct sized){.sizing = {.planned = p,
                                      .inner = p->stacks[i],
                                      .containers = &containers,
                                      .progress = &progress,
                                      .interrupted = interrupted}};
        z.has_rule = pl_pace_of(&p->scenario, p->recording, &z.pace);
        z.rule = z.has_rule ? pl_pace_rule(&z.pace) : 0;
        pl_progress_start(&progress, RUNS_LIKELY, 0, false);
        int own = size_stack(&z);
        pl_progress_clear(&progress);
        bool complete = own == PL_EXIT_OK || (own == PL_EXIT_UNEXPECTED && z.sizing.plain.ended);
        if (complete && as_json)
            json_array_append_new(all, sized_json(&z));
        else if (complete)
            print(&z);
        code = own == PL_EXIT_OK ? code : own;
    }
    pl_containers_close(&containers);
    if (as_json) {
        json_dumpf(all, stdout, JSON_INDENT(1));
        putchar('\n');
    }
    json_decref(all);
    return code;
}

static int check_arguments(const struct pl_arguments *a)
{
    if (a->scenario_count != 1)
        return pl_cli_usage("size takes one scenario; `plimsoll list scenarios` names them");
    if (a->clock == PL_CLOCK_WALL)
        return pl_cli_usage("size replays each size: --clock virtual would be right");
    if (a->out)
        return pl_cli_usage(
            "size prints what it finds and writes no folder: no --out would be right");
    if (a->formats && strchr(a->formats, ','))
        return pl_cli_usage("size takes one format, not %s", a->formats);
    if (a->instrument_count || a->repeat)
        return pl_cli_usage(
            "size takes neither --instrument nor --repeat: a replay counts exactly");
    return PL_EXIT_OK;
}

int pl_cli_size(int argc, char **argv)
{
    struct pl_arguments a;
    struct pl_plan plan = {0};
    int code = pl_arguments_read(argc, argv, &a);
    if (code == PL_EXIT_OK)
        code = check_arguments(&a);
    if (code == PL_EXIT_OK && !a.allocators)
        a.allocators = "glibc";
    if (code == PL_EXIT_OK)
        code = pl_plan_make(&a, &plan);
    if (code == PL_EXIT_OK && plan.planned[0].format_count > 1)
        plan.planned[0].format_count = 1;
    for (size_t i = 0; code == PL_EXIT_OK && i < plan.planned[0].stack_count; i++)
        code = check_inner(&plan.planned[0].scenario, plan.planned[0].stacks[i]);
    if (code == PL_EXIT_OK)
        code = size_all(&plan.planned[0], a.json);
    pl_plan_free(&plan);
    pl_arguments_free(&a);
    return code;
}
