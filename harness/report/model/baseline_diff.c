/* Choosing findings (baseline_diff.h). */
#include "harness/report/model/baseline_diff.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"

static bool has_changed(const struct pl_judged *j)
{
    return j->change == PL_CHANGE_WORSE || j->change == PL_CHANGE_BETTER || pl_judged_fails(j);
}

static bool is_untold(const struct pl_comparison *c, const struct pl_judged *j)
{
    bool unpaired = c->unpaired && strcmp(j->why, c->unpaired) == 0;
    return j->change == PL_CHANGE_INCONCLUSIVE && !has_changed(j) && !unpaired;
}

enum part { WORSE, BETTER, UNTOLD };

static bool is_in(const struct pl_comparison *c, const struct pl_judged *j, enum part part)
{
    bool better = j->change == PL_CHANGE_BETTER && !pl_judged_fails(j);
    if (part == UNTOLD)
        return is_untold(c, j);
    return has_changed(j) && better == (part == BETTER);
}

static void add_rows(struct pl_baseline_diff *b, enum part part)
{
    for (size_t i = 0; i < b->comparison->cell_count; i++) {
        const struct pl_compared *cell = &b->comparison->cells[i];
        for (size_t k = 0; k < cell->judged_count; k++)
            if (is_in(b->comparison, &cell->judged[k], part))
                b->rows[b->count++] = (struct pl_baseline_diff_row){cell, &cell->judged[k]};
    }
}

static void add_cells(struct pl_baseline_diff *b)
{
    for (size_t i = 0; i < b->comparison->cell_count; i++) {
        const struct pl_compared *cell = &b->comparison->cells[i];
        bool changed = cell->outcome == PL_CHANGE_WORSE || cell->outcome == PL_CHANGE_BETTER;
        for (size_t k = 0; k < cell->judged_count; k++)
            changed = changed || has_changed(&cell->judged[k]);
        if (changed)
            b->cells[b->cell_count++] = cell;
    }
}

/* How far a ratio is from 1, in either direction: 1.25 and .8 are as far. */
static double distance(double ratio)
{
    return ratio > 0 ? fmax(ratio, 1 / ratio) : 1;
}

/* The smallest of some round figures that holds all differences. One that is ten times the others
 * must not press them together: it is drawn at the end. */
static double reach_of(const struct pl_baseline_diff *b, size_t first, size_t end)
{
    static const double reaches[] = {1.05, 1.1, 1.25, 1.5, 2};
    double most = 1;
    size_t i = 0;
    for (size_t k = first; k < end; k++) {
        const struct pl_judged *j = b->rows[k].judged;
        const double ratios[] = {j->ratio, j->low, j->high};
        for (size_t r = 0; r < 3; r++)
            most = isnan(ratios[r]) ? most : fmax(most, distance(ratios[r]));
    }
    while (i + 1 < sizeof reaches / sizeof *reaches && reaches[i] < most)
        i++;
    return reaches[i];
}

struct pl_baseline_diff pl_baseline_diff_make(const struct pl_comparison *c)
{
    struct pl_baseline_diff b = {.comparison = c};
    b.rows = pl_memory_take(pl_change_judged(c), sizeof *b.rows);
    b.cells = pl_memory_take(c->cell_count, sizeof *b.cells);
    add_rows(&b, WORSE);
    add_rows(&b, BETTER);
    b.changed = b.count;
    add_rows(&b, UNTOLD);
    add_cells(&b);
    b.reach[0] = reach_of(&b, 0, b.changed);
    b.reach[1] = reach_of(&b, b.changed, b.count);
    return b;
}

void pl_baseline_diff_free(struct pl_baseline_diff *b)
{
    free(b->rows);
    free(b->cells);
    *b = (struct pl_baseline_diff){0};
}

void pl_baseline_diff_p(const struct pl_judged *j, char text[PL_CHANGE_TEXT])
{
    if (!isnan(j->p))
        snprintf(text, PL_CHANGE_TEXT, "%.2g", j->p);
    else
        snprintf(text, PL_CHANGE_TEXT, "%s", j->metric->class == PL_CLASS_D ? "exact" : "-");
}

void pl_baseline_diff_threshold(const struct pl_judged *j, char text[PL_CHANGE_TEXT])
{
    if (j->metric->class == PL_CLASS_D)
        snprintf(text, PL_CHANGE_TEXT, "any");
    else if (j->metric->class == PL_CLASS_N && !isnan(j->threshold))
        snprintf(text, PL_CHANGE_TEXT, "%.1f %%", 100 * j->threshold);
    else
        pl_change_value(j->metric, j->threshold, text); /* "-" where there is none */
}

void pl_baseline_diff_beyond(const struct pl_judged *j, char text[PL_CHANGE_TEXT])
{
    double size = j->metric->class == PL_CLASS_N ? distance(j->ratio) - 1 : fabs(j->new - j->base);
    double times = size / j->threshold; /* NaN where either is unknown */
    if (j->metric->class != PL_CLASS_D && times > 1 && isfinite(times))
        snprintf(text, PL_CHANGE_TEXT, "%.1f x", times);
    else
        snprintf(text, PL_CHANGE_TEXT, "-");
}

/* Ratios lie on a logarithmic scale, so that twice and half are as far from none. */
static double place(double ratio, double reach)
{
    return isnan(ratio) ? ratio : .5 + .5 * log(ratio) / log(reach);
}

static double within(double share)
{
    return isnan(share) ? share : fmin(fmax(share, 0), 1);
}

bool pl_baseline_diff_bar(double reach, const struct pl_judged *j, struct pl_doc_bar *bar)
{
    if (!(j->ratio > 0) || !isfinite(j->ratio))
        return false;
    double at = place(j->ratio, reach), share = (double)NAN;
    if (j->metric->class == PL_CLASS_N)
        share = j->threshold;
    else if (j->metric->class == PL_CLASS_S && j->base > 0)
        share = j->threshold / j->base;
    *bar = (struct pl_doc_bar){.at = within(at),
                               .low = within(place(j->low, reach)),
                               .high = within(place(j->high, reach)),
                               .band = within(place(1 + share, reach)) - .5,
                               .beyond = at < 0 || at > 1};
    return true;
}
