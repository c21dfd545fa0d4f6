/* Words for findings (change_text.h). */
#include "harness/report/comparison/change_text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

size_t pl_change_judged(const struct pl_comparison *c)
{
    size_t count = 0;
    for (size_t i = 0; i < c->cell_count; i++)
        count += c->cells[i].judged_count;
    return count;
}

static const char *write_percent(char *text, double value)
{
    snprintf(text, PL_TEXT_FIGURE, "%.4g %%", value);
    return text;
}

static const char *write_decibels(char *text, double value)
{
    snprintf(text, PL_TEXT_FIGURE, "%.1f dB", value);
    return text;
}

const char *pl_change_value(const struct pl_metric *metric, double value, char *text)
{
    static const struct {
        const char *(*write)(char *text, double value);
        const char *unit;
    } units[] = {
        [PL_UNIT_BYTES] = {pl_text_bytes, ""},
        [PL_UNIT_BYTES_PER_SECOND] = {pl_text_bytes, "/s"},
        [PL_UNIT_BYTES_PER_MINUTE] = {pl_text_bytes, "/min"},
        [PL_UNIT_COUNT] = {pl_text_count, ""},
        [PL_UNIT_SECONDS] = {pl_text_duration, ""},
        [PL_UNIT_NANOSECONDS] = {pl_text_decimal, " ns"},
        [PL_UNIT_PERCENT] = {write_percent, ""},
        [PL_UNIT_PER_SECOND] = {pl_text_decimal, "/s"},
        [PL_UNIT_DECIBELS] = {write_decibels, ""},
        [PL_UNIT_RATIO] = {pl_text_decimal, ""},
    };
    snprintf(text, PL_TEXT_FIGURE, "-");
    if (isnan(value))
        return text;
    units[metric->unit].write(text, value);
    pl_text_add(text, PL_TEXT_FIGURE, "%s", units[metric->unit].unit);
    return text;
}

void pl_change_values(const struct pl_judged *j, char *base, char *new)
{
    pl_change_value(j->metric, j->base, base);
    pl_change_value(j->metric, j->new, new);
    if (strcmp(base, new) != 0 || j->base == j->new || isnan(j->base))
        return;
    snprintf(base, PL_TEXT_FIGURE, "%.12g", j->base);
    snprintf(new, PL_TEXT_FIGURE, "%.12g", j->new);
}

void pl_change_size(const struct pl_judged *j, char *text)
{
    text[0] = '\0';
    if (isnan(j->base) || isnan(j->new))
        return;
    if (isnan(j->ratio) && j->new != j->base) {
        snprintf(text, PL_CHANGE_TEXT, "%s%s", j->new > 0 ? "+" : "-",
                 pl_change_value(j->metric, fabs(j->new), PL_FIGURE));
    } else if (j->ratio >= 10) {
        snprintf(text, PL_CHANGE_TEXT, "x %.1f", j->ratio);
    } else if (!isnan(j->ratio) && j->ratio != 1) {
        snprintf(text, PL_CHANGE_TEXT, fabs(j->ratio - 1) < .1 ? "%+.2g %%" : "%+.0f %%",
                 100 * (j->ratio - 1));
    }
}

static void noisy_evidence(const struct pl_judged *j, char *text)
{
    bool changed = j->change == PL_CHANGE_BETTER || j->change == PL_CHANGE_WORSE;
    if (isnan(j->p)) {
        snprintf(text, PL_CHANGE_TEXT, "%s", j->why);
        return;
    }
    snprintf(text, PL_CHANGE_TEXT, "ratio %.3f (%.3f to %.3f), p %.2g%s%s", j->ratio, j->low,
             j->high, j->p, j->why[0] ? "; " : "", j->why);
    if (changed)
        pl_text_add(text, PL_CHANGE_TEXT, ", beyond %.1f %%%s", 100 * j->threshold,
                    j->advisory ? "; advisory: too noisy here for a gate" : "");
}

void pl_change_evidence(const struct pl_judged *j, char *text)
{
    const char *parted = j->why[0] ? "; " : "";
    if (j->change == PL_CHANGE_NOT_COMPARABLE || isnan(j->threshold)) {
        snprintf(text, PL_CHANGE_TEXT, "%s", j->why);
    } else if (j->metric->class == PL_CLASS_D) {
        snprintf(text, PL_CHANGE_TEXT, "exact%s%s", parted, j->why);
    } else if (j->metric->class == PL_CLASS_N) {
        noisy_evidence(j, text);
    } else {
        snprintf(text, PL_CHANGE_TEXT, "%s %s", isnan(j->p) ? "band" : "beyond",
                 pl_change_value(j->metric, j->threshold, PL_FIGURE));
        if (!isnan(j->p))
            pl_text_add(text, PL_CHANGE_TEXT, ", p %.2g", j->p);
        pl_text_add(text, PL_CHANGE_TEXT, "%s%s", parted, j->why);
    }
}

void pl_change_line(const struct pl_match *m, const struct pl_judged *j, char *text,
                    size_t capacity)
{
    char base[PL_TEXT_FIGURE], new[PL_TEXT_FIGURE], size[PL_CHANGE_TEXT], why[PL_CHANGE_TEXT];
    pl_change_values(j, base, new);
    pl_change_size(j, size);
    pl_change_evidence(j, why);
    pl_cell_name_text(&m->name, text, capacity);
    pl_text_add(text, capacity, ": %s %s -> %s (%s%s%s)", j->metric->name, base, new, size,
                size[0] && why[0] ? "; " : "", why);
}

typedef void (*taker)(void *context, const char *line);

static void tell_cell(const struct pl_compared *cell, taker take, void *context)
{
    char line[1024];
    if (cell->outcome != PL_CHANGE_WORSE && !cell->missing)
        return;
    pl_cell_name_text(&cell->match->name, line, sizeof line);
    if (cell->outcome == PL_CHANGE_WORSE)
        pl_text_add(line, sizeof line, ": outcome %s", cell->outcome_why);
    else
        pl_text_add(line, sizeof line, ": base has it, new has not");
    take(context, line);
}

static void tell_metrics(const struct pl_compared *cell, bool (*wanted)(const struct pl_judged *),
                         taker take, void *context)
{
    char line[1024];
    for (size_t k = 0; k < cell->judged_count; k++)
        if (wanted(&cell->judged[k])) {
            pl_change_line(cell->match, &cell->judged[k], line, sizeof line);
            take(context, line);
        }
}

void pl_change_reasons(const struct pl_comparison *c, taker take, void *context)
{
    for (size_t i = 0; i < c->cell_count; i++) {
        tell_cell(&c->cells[i], take, context);
        tell_metrics(&c->cells[i], pl_judged_fails, take, context);
    }
}

static bool is_worse_at_most(const struct pl_judged *j)
{
    return j->change == PL_CHANGE_WORSE && j->advisory;
}

void pl_change_advisory(const struct pl_comparison *c, taker take, void *context)
{
    for (size_t i = 0; i < c->cell_count; i++)
        tell_metrics(&c->cells[i], is_worse_at_most, take, context);
}

void pl_change_counts(const struct pl_comparison *c, char *text, size_t capacity)
{
    static const enum pl_change order[] = {PL_CHANGE_WORSE, PL_CHANGE_BETTER, PL_CHANGE_SAME,
                                           PL_CHANGE_INCONCLUSIVE, PL_CHANGE_NOT_COMPARABLE};
    const struct {
        size_t count;
        const char *what;
    } others[] = {{c->advisory, "advisory"},
                  {c->missing, "missing in new"},
                  {c->nondeterministic, "faults of the suite"}};
    text[0] = '\0';
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        pl_text_add(text, capacity, "%s%zu %s", i ? ", " : "", c->counts[order[i]],
                    pl_change_name(order[i]));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (others[i].count)
            pl_text_add(text, capacity, ", %zu %s", others[i].count, others[i].what);
}

const struct pl_heap_change *pl_change_heap(const struct pl_comparison *c, size_t cell,
                                            char line[PL_HEAP_CHANGE_TEXT])
{
    char earlier[PL_HEAP_CHANGE_TEXT];
    const struct pl_heap_change *heap = &c->cells[cell].match->heap;
    if (!heap->heap)
        return NULL;
    pl_heap_change_text(heap, line, PL_HEAP_CHANGE_TEXT);
    for (size_t i = 0; i < cell; i++)
        if (c->cells[i].match->heap.heap) {
            pl_heap_change_text(&c->cells[i].match->heap, earlier, sizeof earlier);
            if (strcmp(earlier, line) == 0)
                return NULL;
        }
    return heap;
}
