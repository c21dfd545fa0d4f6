/* Placing a group's stacks about their frontier (frontier.h). */
#include "harness/report/model/frontier.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/stats/pareto.h"

/* The null heap is what the harness itself costs, and its memory means nothing. */
static bool is_shown(const struct pl_model_row *row)
{
    return strcmp(row->stack, "null") != 0;
}

static bool has_end(const struct pl_model_row *row)
{
    return row->outcome == PL_OUTCOME_BOUNDED || row->outcome == PL_OUTCOME_GROWING;
}

static void read_point(const struct pl_model_row *row, struct pl_frontier_point *point)
{
    const struct pl_summary *cpu = &row->metrics[PL_MODEL_cpu_percent_of_realtime];
    const struct pl_summary *rss = &row->metrics[PL_MODEL_rss_bytes_peak];
    bool whole = has_end(row) && cpu->count && rss->count;
    *point = (struct pl_frontier_point){
        .row = row,
        .sweep = json_object_get(row->cells[0], "sweep"),
        .cpu_percent = whole ? cpu->median : (double)NAN,
        .rss_bytes = whole ? rss->median : (double)NAN,
        .place = whole ? PL_FRONTIER_BESIDE : PL_FRONTIER_LEFT_OUT,
    };
}

static int by_cpu(const void *a, const void *b)
{
    const struct pl_frontier_point *x = *(const struct pl_frontier_point *const *)a;
    const struct pl_frontier_point *y = *(const struct pl_frontier_point *const *)b;
    return (x->cpu_percent > y->cpu_percent) - (x->cpu_percent < y->cpu_percent);
}

/* A stack that is not swept is ahead when no swept one is as good as it in both figures. If any is,
 * one on the frontier is; there the dearer one holds less, so the last that is no dearer tells. */
static bool is_ahead(const struct pl_frontier_point *const *on, size_t count,
                     const struct pl_frontier_point *point)
{
    size_t low = 0;
    while (low < count) {
        size_t middle = low + (count - low) / 2;
        if (on[middle]->cpu_percent <= point->cpu_percent)
            low = middle + 1;
        else
            count = middle;
    }
    return low == 0 || on[low - 1]->rss_bytes > point->rss_bytes;
}

static int place_swept(struct pl_frontier *f)
{
    double *x = malloc(2 * f->count * sizeof *x), *y = x + f->count;
    bool *best = malloc(f->count * sizeof *best);
    for (size_t i = 0; x && best && i < f->count; i++) {
        const struct pl_frontier_point *p = &f->points[i];
        x[i] = p->sweep ? p->cpu_percent : (double)NAN;
        y[i] = p->rss_bytes;
    }
    int rc = x && best ? pl_pareto(x, y, f->count, best) : -ENOMEM;
    for (size_t i = 0; !rc && i < f->count; i++)
        if (f->points[i].sweep && f->points[i].place != PL_FRONTIER_LEFT_OUT)
            f->points[i].place = best[i] ? PL_FRONTIER_ON : PL_FRONTIER_BEHIND;
    free(x);
    free(best);
    return rc;
}

static int place_others(struct pl_frontier *f)
{
    const struct pl_frontier_point **on = malloc((f->count + 1) * sizeof *on);
    size_t count = 0;
    if (!on)
        return -ENOMEM;
    for (size_t i = 0; i < f->count; i++)
        if (f->points[i].place == PL_FRONTIER_ON)
            on[count++] = &f->points[i];
    qsort(on, count, sizeof *on, by_cpu);
    for (size_t i = 0; i < f->count; i++) {
        struct pl_frontier_point *p = &f->points[i];
        f->left_out += p->place == PL_FRONTIER_LEFT_OUT;
        if (p->place == PL_FRONTIER_BESIDE && is_ahead(on, count, p))
            p->place = PL_FRONTIER_AHEAD;
    }
    free(on);
    return 0;
}

static bool has_sweep(const struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (json_object_get(g->rows[i].cells[0], "sweep"))
            return true;
    return false;
}

int pl_frontier_make(const struct pl_model_group *g, struct pl_frontier *frontier)
{
    struct pl_frontier f = {0};
    *frontier = f;
    if (!has_sweep(g))
        return 0;
    f.points = calloc(g->row_count, sizeof *f.points);
    if (!f.points)
        return -ENOMEM;
    for (size_t i = 0; i < g->row_count; i++)
        if (is_shown(&g->rows[i]))
            read_point(&g->rows[i], &f.points[f.count++]);
    int rc = place_swept(&f);
    if (!rc)
        rc = place_others(&f);
    if (rc)
        pl_frontier_free(&f);
    *frontier = f;
    return rc;
}

void pl_frontier_free(struct pl_frontier *f)
{
    free(f->points);
    *f = (struct pl_frontier){0};
}
