/* Pools and limits that were found, for a person (sized.h). */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/sized.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/wrap.h"
#include "harness/scenario/traits.h"

#define HEAD 7 /* columns of what stands out */

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

/* A line of which the first words stand out, and what follows hangs under the others. */
__attribute__((format(printf, 2, 3))) static void say(const char *head, const char *format, ...)
{
    char text[PL_STACK_TEXT_MAX + 512];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    size_t at = (size_t)printf("%s", head);
    pl_wrap(stdout, text, at, HEAD, pl_wrap_width(stdout, 0));
}

static void print_run(const struct pl_sized_stack *z, const char *head,
                      const struct pl_sized_run *run)
{
    char stack[PL_STACK_TEXT_MAX], loss[160], rss[PL_TEXT_FIGURE], size[PL_TEXT_FIGURE + 4] = "";
    char bytes[PL_TEXT_FIGURE];
    pl_sizing_stack(&z->sizing, run->size, stack, sizeof stack);
    write_loss(z, run, loss, sizeof loss);
    pl_text_bytes(rss, (double)run->rss_bytes_peak);
    pl_text_bytes(bytes, (double)run->size);
    if (z->sizing.sized == PL_SIZED_LIMIT)
        snprintf(size, sizeof size, " (%s)", bytes);
    say(head, "%s%s: %s; peak RSS %s", stack, size, loss, rss);
}

/* Up to where it loses something, and from where on it does not run. */
static void print_none(const struct pl_sized_stack *z, const char *head)
{
    say(head, "none is enough:");
    if (z->too_small[z->sizing.sized].size)
        print_run(z, "", &z->too_small[z->sizing.sized]);
    if (z->too_large[z->sizing.sized].size)
        print_run(z, "", &z->too_large[z->sizing.sized]);
}

static void print_rule(struct pl_sized_stack *z)
{
    char latency[32], interval[32], bytes[PL_TEXT_FIGURE], loss[160], times[64] = "";
    if (!z->has_rule) {
        say("", "rule of thumb: none, for this pipeline has no latency and interval");
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
    say("", "rule of thumb: max(2, ceil(%s / %s))%s = %" PRIu64 " (%s): %s", latency, interval,
        times, z->rule, bytes, loss);
}

static void print_edge(struct pl_sized_stack *z, enum pl_sized sized)
{
    const struct pl_threshold *threshold = &z->thresholds[sized];
    const char *head = sized == PL_SIZED_POOL ? "pool" : "limit";
    char bytes[PL_TEXT_FIGURE];
    z->sizing.sized = sized;
    if (!threshold->found) {
        print_none(z, head);
        return;
    }
    print_run(z, head, &z->enough[sized]);
    if (threshold->too_small)
        print_run(z, "", &z->too_small[sized]);
    else
        say("", "it is the least that there can be");
    if (sized == PL_SIZED_POOL) {
        pl_text_bytes(bytes,
                      (double)pl_sized_pool_bytes(&z->sizing.planned->scenario, threshold->enough));
        say("", "it holds %s", bytes);
        print_rule(z);
    }
    if (!threshold->monotone)
        say("", "not monotone: %" PRIu64 " contradicts this edge; trust neither",
            threshold->exception);
}

void pl_sized_print(struct pl_sized_stack *z)
{
    const struct pl_planned *p = z->sizing.planned;
    char duration[PL_TEXT_FIGURE], live[PL_TEXT_FIGURE], rss[PL_TEXT_FIGURE];
    pl_text_duration(duration, (double)p->scenario.duration_ns / 1e9);
    pl_text_bytes(live, (double)z->sizing.plain.live_bytes_peak);
    pl_text_bytes(rss, (double)z->sizing.plain.rss_bytes_peak);
    printf("%s, %s, %s of replay, %s without pool and limit:\n", p->scenario.name,
           pl_format_name(p->formats[0]), duration, z->sizing.inner);
    say("", "%" PRIu64 " delivered, %" PRIu64 " dropped; at most %s live, peak RSS %s",
        z->sizing.plain.delivered, z->sizing.plain.drops, live, rss);
    if (z->sizing.plain.outcome == PL_OUTCOME_GROWING)
        say("", "it grows: what follows holds for this duration alone");
    print_edge(z, PL_SIZED_POOL);
    print_edge(z, PL_SIZED_LIMIT);
    say("", "%zu runs; both sides of each edge ran twice",
        z->thresholds[0].trial_count + z->thresholds[1].trial_count + 1 + (z->by_rule.size > 0));
    putchar('\n');
}
