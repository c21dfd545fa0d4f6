/* Reading and choosing the curves (curves.h). */
#include "harness/report/model/curves.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/results/rss_series.h"

/* A screen shows no more across, and no more up. */
#define BUCKETS 240
#define FEWEST_BUCKETS 15
#define FINEST 4096.0
#define PEAK_NOTED 0.01 /* as in plots/chart.py: less is not seen */

/* One repetition. */
struct run {
    const json_t *cell;
    struct pl_rss_series series;
    double peak_bytes;
};

static int by_peak(const void *a, const void *b)
{
    const struct run *x = a, *y = b;
    return (x->peak_bytes > y->peak_bytes) - (x->peak_bytes < y->peak_bytes);
}

static struct pl_points rss_of(const struct run *run)
{
    return (struct pl_points){run->series.t_ns, run->series.rss_bytes, run->series.count};
}

/* What can't be read is left out; the tables say which. @return how many were read */
static size_t read_runs(const struct pl_model_row *row, const char *folder, struct run *runs)
{
    size_t count = 0;
    struct pl_error error;
    for (size_t i = 0; i < row->cell_count; i++) {
        struct run *run = &runs[count];
        *run = (struct run){.cell = row->cells[i]};
        if (pl_memory_had(pl_rss_series_read(folder, row->cells[i], &run->series, &error)))
            continue;
        struct pl_points rss = rss_of(run);
        run->peak_bytes = rss.values[pl_points_highest(&rss)];
        count++;
    }
    return count;
}

static struct pl_points make_points(size_t count)
{
    return (struct pl_points){
        .t_ns = pl_memory_take(count, sizeof(int64_t)),
        .values = pl_memory_take(count, sizeof(double)),
    };
}

static void add_point(struct pl_points *points, int64_t t_ns, double value)
{
    points->t_ns[points->count] = t_ns;
    points->values[points->count++] = value;
}

/* The lowest and highest of all repetitions at the same moments; one that was killed counts up to
 * its end. */
static void make_band(const struct run *runs, size_t count, struct pl_row_curves *c)
{
    int64_t end = 0;
    double widest = 0;
    c->band_low = make_points(BUCKETS + 1);
    c->band_high = make_points(BUCKETS + 1);
    for (size_t i = 0; i < count; i++)
        end = runs[i].series.t_ns[runs[i].series.count - 1] > end
                  ? runs[i].series.t_ns[runs[i].series.count - 1]
                  : end;
    for (int64_t k = 0; k <= BUCKETS; k++) {
        int64_t moment = (int64_t)((double)end * (double)k / BUCKETS);
        double low = INFINITY, high = -INFINITY;
        for (size_t i = 0; i < count; i++) {
            struct pl_points rss = rss_of(&runs[i]);
            if (moment > rss.t_ns[rss.count - 1])
                continue;
            double value = pl_points_at(&rss, moment);
            low = fmin(low, value);
            high = fmax(high, value);
        }
        if (low > high || (c->band_low.count && moment == c->band_low.t_ns[c->band_low.count - 1]))
            continue;
        add_point(&c->band_low, moment, low);
        add_point(&c->band_high, moment, high);
        widest = fmax(widest, high - low);
    }
    if (widest == 0) {
        pl_points_free(&c->band_low);
        pl_points_free(&c->band_high);
    }
}

static void thin_row(struct pl_row_curves *c, size_t buckets)
{
    struct pl_points *const all[] = {&c->rss, &c->live, &c->band_low, &c->band_high};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        pl_memory_had(pl_downsample(all[i], buckets, c->peak_bytes / FINEST));
}

/* Takes the columns of the repetition that is drawn. */
static void take(struct run *runs, size_t count, struct pl_row_curves *c)
{
    qsort(runs, count, sizeof *runs, by_peak);
    if (count > 1)
        make_band(runs, count, c);
    struct run *drawn = &runs[(count - 1) / 2];
    c->runs = count;
    c->cell = drawn->cell;
    c->peak_bytes = drawn->peak_bytes;
    c->live = make_points(drawn->series.count);
    memcpy(c->live.t_ns, drawn->series.t_ns, drawn->series.count * sizeof *c->live.t_ns);
    memcpy(c->live.values, drawn->series.live_bytes, drawn->series.count * sizeof *c->live.values);
    /* a foreign program's is not known */
    c->live.count = isnan(drawn->series.live_bytes[0]) ? 0 : drawn->series.count;
    c->rss = rss_of(drawn);
    drawn->series.t_ns = NULL;
    drawn->series.rss_bytes = NULL;
    thin_row(c, BUCKETS);
}

double pl_row_curves_peak_between(const struct pl_row_curves *c)
{
    const json_t *metrics = json_object_get(c->cell, "metrics");
    double peak = json_number_value(json_object_get(metrics, "rss_bytes_peak"));
    return peak >= c->peak_bytes * (1 + PEAK_NOTED) ? peak : 0;
}

static void load_row(const struct pl_model_row *row, const char *folder, struct pl_row_curves *c)
{
    struct run *runs = pl_memory_take(row->cell_count, sizeof *runs);
    size_t count = read_runs(row, folder, runs);
    if (count)
        take(runs, count, c);
    for (size_t i = 0; i < count; i++)
        pl_rss_series_free(&runs[i].series);
    free(runs);
}

static size_t count_points(const struct pl_curves *curves)
{
    size_t points = 0;
    for (const struct pl_row_curves *c = curves->rows; c < curves->rows + curves->row_count; c++)
        points += c->rss.count + c->live.count + c->band_low.count + c->band_high.count;
    return points;
}

/* Every curve gives up as much. */
static void fit(struct pl_curves *curves, size_t points_max)
{
    curves->points = count_points(curves);
    for (size_t buckets = BUCKETS / 2; curves->points > points_max && buckets >= FEWEST_BUCKETS;
         buckets /= 2) {
        for (size_t r = 0; r < curves->row_count; r++)
            thin_row(&curves->rows[r], buckets);
        curves->points = count_points(curves);
    }
}

struct pl_curves pl_curves_load(const struct pl_model *m, const char *folder, size_t points_max)
{
    struct pl_curves loaded = {.groups = pl_memory_take(m->group_count, sizeof *loaded.groups)};
    for (size_t g = 0; g < m->group_count; g++)
        loaded.row_count += m->groups[g].row_count;
    loaded.rows = pl_memory_take(loaded.row_count, sizeof *loaded.rows);
    struct pl_row_curves *next = loaded.rows;
    for (size_t g = 0; g < m->group_count; g++) {
        loaded.groups[g] = next;
        for (size_t r = 0; r < m->groups[g].row_count; r++)
            load_row(&m->groups[g].rows[r], folder, next++);
    }
    fit(&loaded, points_max);
    return loaded;
}

void pl_curves_free(struct pl_curves *curves)
{
    for (struct pl_row_curves *c = curves->rows; c < curves->rows + curves->row_count; c++) {
        pl_points_free(&c->rss);
        pl_points_free(&c->live);
        pl_points_free(&c->band_low);
        pl_points_free(&c->band_high);
    }
    free(curves->rows);
    free(curves->groups);
    *curves = (struct pl_curves){0};
}
