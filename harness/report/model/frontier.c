/* Placing a group's stacks about their frontier (frontier.h). */
#include "harness/report/model/frontier.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/stats/pareto.h"

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

static void place_swept(struct pl_frontier *f)
{
    double *x = pl_memory_take(2 * f->count, sizeof *x), *y = x + f->count;
    bool *best = pl_memory_take(f->count, sizeof *best);
    for (size_t i = 0; i < f->count; i++) {
        const struct pl_frontier_point *p = &f->points[i];
        x[i] = p->sweep ? p->cpu_percent : (double)NAN;
        y[i] = p->rss_bytes;
    }
    pl_memory_had(pl_pareto(x, y, f->count, best));
    for (size_t i = 0; i < f->count; i++)
        if (f->points[i].sweep && f->points[i].place != PL_FRONTIER_LEFT_OUT)
            f->points[i].place = best[i] ? PL_FRONTIER_ON : PL_FRONTIER_BEHIND;
    free(x);
    free(best);
}

static void place_others(struct pl_frontier *f)
{
    const struct pl_frontier_point **on = pl_memory_take(f->count, sizeof *on);
    size_t count = 0;
    for (size_t i = 0; i < f->count; i++)
        if (f->points[i].place == PL_FRONTIER_ON)
            on[count++] = &f->points[i];
    if (count)
        qsort(on, count, sizeof *on, by_cpu);
    for (size_t i = 0; i < f->count; i++) {
        struct pl_frontier_point *p = &f->points[i];
        f->left_out += p->place == PL_FRONTIER_LEFT_OUT;
        if (p->place == PL_FRONTIER_BESIDE && is_ahead(on, count, p))
            p->place = PL_FRONTIER_AHEAD;
    }
    free(on);
}

static bool has_sweep(const struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++)
        if (json_object_get(g->rows[i].cells[0], "sweep"))
            return true;
    return false;
}

struct pl_frontier pl_frontier_make(const struct pl_model_group *g)
{
    struct pl_frontier f = {0};
    if (!has_sweep(g))
        return f;
    f.points = pl_memory_take(g->row_count, sizeof *f.points);
    for (size_t i = 0; i < g->row_count; i++)
        if (!pl_model_is_null(&g->rows[i]))
            read_point(&g->rows[i], &f.points[f.count++]);
    place_swept(&f);
    place_others(&f);
    return f;
}
