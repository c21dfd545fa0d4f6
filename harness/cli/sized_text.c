/* Pools and limits that were found, for a person (sized.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/sized.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"
#include "harness/scenario/traits.h"

uint64_t pl_sized_pool_bytes(const struct pl_scenario *s, uint64_t blocks)
{
    uint64_t bytes = 0;
    for (uint32_t i = 0; i < s->class_count; i++)
        bytes += s->classes[i].size * blocks;
    return bytes;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

static void add_loss(char *text, size_t capacity, uint64_t count, const char *what, const char *how)
{
    if (count)
        pl_text_add(text, capacity, "%s%" PRIu64 " %s%s%s", text[0] ? ", " : "", count, what,
                    plural(count), how);
}

/* "200 fallbacks, 3 packets lost" */
static void write_loss(const struct pl_sized_stack *z, const struct pl_sized_run *run, char *text,
                       size_t capacity)
{
    const struct pl_sized_run *plain = &z->sizing.plain;
    bool packets = pl_traits_of(&z->sizing.planned->scenario)->packets;
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

/* No row where there is no such run. */
static void add_run(struct pl_doc *doc, struct pl_sized_stack *z, enum pl_sized sized,
                    const char *what, const struct pl_sized_run *run)
{
    char stack[PL_STACK_TEXT_MAX], loss[160], rss[PL_TEXT_FIGURE], bytes[PL_TEXT_FIGURE];
    const struct pl_scenario *s = &z->sizing.planned->scenario;
    if (!run->size)
        return;
    z->sizing.sized = sized;
    pl_sizing_stack(&z->sizing, run->size, stack, sizeof stack);
    write_loss(z, run, loss, sizeof loss);
    pl_text_bytes(rss, (double)run->rss_bytes_peak);
    pl_text_bytes(bytes, sized == PL_SIZED_POOL ? (double)pl_sized_pool_bytes(s, run->size)
                                                : (double)run->size);
    pl_doc_row_texts(doc, (const char *const[]){what, stack, bytes, rss, loss});
}

/* Both sides of what was found; of what was not, up to where it loses something, and from where on
 * it does not run. */
static void add_edge(struct pl_doc *doc, struct pl_sized_stack *z, enum pl_sized sized,
                     const char *const what[3])
{
    if (z->thresholds[sized].found && !z->thresholds[sized].monotone)
        return; /* there is no edge */
    if (z->thresholds[sized].found)
        add_run(doc, z, sized, what[0], &z->enough[sized]);
    if (!z->thresholds[sized].found || z->thresholds[sized].too_small)
        add_run(doc, z, sized, what[1], &z->too_small[sized]);
    if (!z->thresholds[sized].found)
        add_run(doc, z, sized, what[2], &z->too_large[sized]);
}

static void say_rule(struct pl_doc *doc, const struct pl_sized_stack *z)
{
    char latency[32], interval[32], bytes[PL_TEXT_FIGURE], loss[160], times[64] = "";
    if (!z->has_rule) {
        pl_doc_say(doc, "Rule of thumb: none, for this pipeline has no latency and interval.");
        return;
    }
    pl_time_format(z->pace.latency_ns / 1000 * 1000, latency, sizeof latency);
    pl_time_format(z->pace.interval_ns / 1000 * 1000, interval, sizeof interval);
    pl_text_bytes(bytes, (double)pl_sized_pool_bytes(&z->sizing.planned->scenario, z->rule));
    if (z->by_rule.size)
        write_loss(z, &z->by_rule, loss, sizeof loss);
    else
        snprintf(loss, sizeof loss, "not run, a pool has at most %d of each class",
                 PL_SIZING_POOL_MAX);
    if (z->pace.streams * z->pace.blocks > 1)
        snprintf(times, sizeof times, " x %u", z->pace.streams * z->pace.blocks);
    pl_doc_say(doc, "Rule of thumb for the pool: max(2, ceil(%s / %s))%s = %" PRIu64 " (%s): %s.",
               latency, interval, times, z->rule, bytes, loss);
}

static void say_found(struct pl_doc *doc, const struct pl_sized_stack *z, enum pl_sized sized)
{
    const struct pl_threshold *threshold = &z->thresholds[sized];
    const char *name = sized == PL_SIZED_POOL ? "pool" : "limit";
    if (!threshold->found)
        pl_doc_say(doc, "No %s is enough.", name);
    else if (!threshold->monotone)
        pl_doc_say(doc,
                   "No smallest %s: %" PRIu64 " is enough, and %" PRIu64
                   " contradicts that it is the edge.",
                   name, threshold->enough, threshold->exception);
    else if (!threshold->too_small)
        pl_doc_say(doc, "That %s is the least that there can be.", name);
}

static void say_plain(struct pl_doc *doc, const struct pl_sized_stack *z)
{
    const struct pl_planned *p = z->sizing.planned;
    char duration[PL_TEXT_FIGURE], live[PL_TEXT_FIGURE], rss[PL_TEXT_FIGURE];
    pl_text_duration(duration, (double)p->scenario.duration_ns / 1e9);
    pl_text_bytes(live, (double)z->sizing.plain.live_bytes_peak);
    pl_text_bytes(rss, (double)z->sizing.plain.rss_bytes_peak);
    pl_doc_say(doc,
               "%s, %s, %s of replay; %s without pool and limit: %" PRIu64 " delivered, %" PRIu64
               " dropped; at most %s live, peak RSS %s.",
               p->scenario.name, pl_format_name(p->formats[0]), duration, z->sizing.inner,
               z->sizing.plain.delivered, z->sizing.plain.drops, live, rss);
    if (z->sizing.plain.outcome == PL_OUTCOME_GROWING)
        pl_doc_say(doc, "It grows: what follows holds for this duration alone.");
}

static void write_sized(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {{.head = "smallest"},
                                                   {.head = "stack"},
                                                   {.head = "holds", .figure = true},
                                                   {.head = "peak RSS", .figure = true},
                                                   {.head = "result"}};
    struct pl_sized_stack z = *(const struct pl_sized_stack *)context;
    say_plain(doc, &z);
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "%s", "");
    add_edge(doc, &z, PL_SIZED_POOL, (const char *const[]){"pool", "less", "more"});
    add_edge(doc, &z, PL_SIZED_LIMIT, (const char *const[]){"limit", "less", "more"});
    pl_doc_table_end(doc);
    for (int sized = PL_SIZED_POOL; sized <= PL_SIZED_LIMIT; sized++)
        say_found(doc, &z, (enum pl_sized)sized);
    say_rule(doc, &z);
    pl_doc_note(doc, "%zu runs; both sides of each edge ran twice",
                z.thresholds[0].trial_count + z.thresholds[1].trial_count + 1 +
                    (z.by_rule.size > 0));
}

void pl_sized_print(const struct pl_sized_stack *z)
{
    pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_sized, z);
    putchar('\n'); /* the next stack's follows */
}
