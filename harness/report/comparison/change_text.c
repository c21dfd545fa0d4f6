/* Words for findings (change_text.h). */
#include "harness/report/comparison/change_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void with_unit(char *text, const char *unit)
{
    size_t used = strlen(text);
    snprintf(text + used, PL_TEXT_FIGURE - used, "%s", unit);
}

void pl_change_value(const struct pl_metric *metric, double value, char *text)
{
    if (isnan(value)) {
        snprintf(text, PL_TEXT_FIGURE, "-");
        return;
    }
    switch (metric->unit) {
    case PL_UNIT_BYTES:
        pl_text_bytes(text, value);
        return;
    case PL_UNIT_BYTES_PER_SECOND:
        pl_text_bytes(text, value);
        with_unit(text, "/s");
        return;
    case PL_UNIT_BYTES_PER_MINUTE:
        pl_text_bytes(text, value);
        with_unit(text, "/min");
        return;
    case PL_UNIT_COUNT:
        pl_text_count(text, value);
        return;
    case PL_UNIT_SECONDS:
        pl_text_duration(text, value);
        return;
    case PL_UNIT_NANOSECONDS:
        pl_text_decimal(text, value);
        with_unit(text, " ns");
        return;
    case PL_UNIT_PERCENT:
        snprintf(text, PL_TEXT_FIGURE, "%.4g %%", value);
        return;
    case PL_UNIT_PER_SECOND:
        pl_text_decimal(text, value);
        with_unit(text, "/s");
        return;
    case PL_UNIT_DECIBELS:
        snprintf(text, PL_TEXT_FIGURE, "%.1f dB", value);
        return;
    case PL_UNIT_RATIO:
        pl_text_decimal(text, value);
        return;
    }
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
        char value[PL_TEXT_FIGURE];
        pl_change_value(j->metric, fabs(j->new), value);
        snprintf(text, PL_CHANGE_TEXT, "%s%s", j->new > 0 ? "+" : "-", value);
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
    if (changed) {
        size_t used = strlen(text);
        snprintf(text + used, PL_CHANGE_TEXT - used, ", beyond %.1f %%%s", 100 * j->threshold,
                 j->advisory ? "; advisory: too noisy here for a gate" : "");
    }
}

void pl_change_evidence(const struct pl_judged *j, char *text)
{
    char band[PL_TEXT_FIGURE];
    if (j->change == PL_CHANGE_NOT_COMPARABLE || isnan(j->threshold)) {
        snprintf(text, PL_CHANGE_TEXT, "%s", j->why);
    } else if (j->metric->class == PL_CLASS_D) {
        snprintf(text, PL_CHANGE_TEXT, "exact%s%s", j->why[0] ? "; " : "", j->why);
    } else if (j->metric->class == PL_CLASS_N) {
        noisy_evidence(j, text);
    } else {
        pl_change_value(j->metric, j->threshold, band);
        snprintf(text, PL_CHANGE_TEXT, "%s %s", isnan(j->p) ? "band" : "beyond", band);
        if (!isnan(j->p)) {
            size_t used = strlen(text);
            snprintf(text + used, PL_CHANGE_TEXT - used, ", p %.2g", j->p);
        }
        if (j->why[0]) {
            size_t used = strlen(text);
            snprintf(text + used, PL_CHANGE_TEXT - used, "; %s", j->why);
        }
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
    size_t used = strlen(text);
    snprintf(text + used, capacity - used, ": %s %s -> %s (%s%s%s)", j->metric->name, base, new,
             size, size[0] && why[0] ? "; " : "", why);
}

static void tell_cell(const struct pl_compared *cell, void (*take)(void *context, const char *line),
                      void *context)
{
    char line[1024];
    pl_cell_name_text(&cell->match->name, line, sizeof line);
    size_t used = strlen(line);
    if (cell->outcome == PL_CHANGE_WORSE) {
        snprintf(line + used, sizeof line - used, ": outcome %s", cell->outcome_why);
        take(context, line);
    } else if (cell->missing) {
        snprintf(line + used, sizeof line - used, ": base has it, new has not");
        take(context, line);
    }
}

void pl_change_reasons(const struct pl_comparison *c, void (*take)(void *context, const char *line),
                       void *context)
{
    char line[1024];
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        tell_cell(cell, take, context);
        for (size_t k = 0; k < cell->judged_count; k++) {
            if (!pl_judged_fails(&cell->judged[k]))
                continue;
            pl_change_line(cell->match, &cell->judged[k], line, sizeof line);
            take(context, line);
        }
    }
}

void pl_change_advisory(const struct pl_comparison *c,
                        void (*take)(void *context, const char *line), void *context)
{
    char line[1024];
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++) {
            const struct pl_judged *j = &c->cells[i].judged[k];
            if (j->change != PL_CHANGE_WORSE || !j->advisory)
                continue;
            pl_change_line(c->cells[i].match, j, line, sizeof line);
            take(context, line);
        }
}

void pl_change_counts(const struct pl_comparison *c, char *text, size_t capacity)
{
    static const enum pl_change order[] = {PL_CHANGE_WORSE, PL_CHANGE_BETTER, PL_CHANGE_SAME,
                                           PL_CHANGE_INCONCLUSIVE, PL_CHANGE_NOT_COMPARABLE};
    size_t used = 0;
    for (size_t i = 0; i < sizeof order / sizeof *order && used < capacity; i++)
        used += (size_t)snprintf(text + used, capacity - used, "%s%zu %s", i ? ", " : "",
                                 c->counts[order[i]], pl_change_name(order[i]));
    if (c->advisory && used < capacity)
        used += (size_t)snprintf(text + used, capacity - used, ", %zu advisory", c->advisory);
    if (c->missing && used < capacity)
        used += (size_t)snprintf(text + used, capacity - used, ", %zu missing in new", c->missing);
    if (c->nondeterministic && used < capacity)
        snprintf(text + used, capacity - used, ", %zu faults of the suite", c->nondeterministic);
}

/* Whether an earlier cell has the same change. */
static bool was_told(const struct pl_comparison *c, size_t cell, const char *line)
{
    char earlier[PL_HEAP_CHANGE_TEXT];
    for (size_t i = 0; i < cell; i++) {
        const struct pl_heap_change *heap = &c->cells[i].match->heap;
        if (!heap->heap)
            continue;
        pl_heap_change_text(heap, earlier, sizeof earlier);
        if (strcmp(earlier, line) == 0)
            return true;
    }
    return false;
}

void pl_change_heaps(const struct pl_comparison *c,
                     void (*take)(void *context, const struct pl_heap_change *heap,
                                  const char *line),
                     void *context)
{
    char line[PL_HEAP_CHANGE_TEXT];
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_heap_change *heap = &c->cells[i].match->heap;
        if (!heap->heap)
            continue;
        pl_heap_change_text(heap, line, sizeof line);
        if (!was_told(c, i, line))
            take(context, heap, line);
    }
}
