/* Metrics of memory between cycles of work: what a heap keeps when next to nothing is asked of it.
 * A trough is the last sample before a cycle begins anew; those of the run's second half count. */
#include <stdlib.h>

#include "harness/measure/reached.h"
#include "harness/measure/value.h"

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* @param count at least 1 */
static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    return (values[(count - 1) / 2] + values[count / 2]) / 2;
}

/* Whether a sample is the last of its cycle, and that cycle ends in the second half. */
static bool is_trough(const struct pl_measured *m, size_t i)
{
    const struct pl_cell_evidence *e = m->evidence;
    int64_t cycle_ns, idle_ns;
    pl_traits_of(m->scenario)->cycle(m->scenario, &cycle_ns, &idle_ns);
    int64_t t_ns = e->samples[i].t_ns, cycle = t_ns / cycle_ns;
    return i + 1 < e->sample_count && e->samples[i + 1].t_ns / cycle_ns > cycle &&
           t_ns % cycle_ns >= cycle_ns - idle_ns && 2 * (cycle + 1) * cycle_ns > e->final.t_ns;
}

typedef uint64_t figure_of(const struct pl_measured *m, size_t sample);

static uint64_t rss_of(const struct pl_measured *m, size_t i)
{
    return m->evidence->samples[i].rss_bytes;
}

static uint64_t live_of(const struct pl_measured *m, size_t i)
{
    return m->evidence->samples[i].live_bytes;
}

/* What reached the heap since the last sample before the idle part. */
static uint64_t idle_of(const struct pl_measured *m, size_t i)
{
    const struct pl_cell_evidence *e = m->evidence;
    int64_t cycle_ns, idle_ns;
    size_t from = i;
    pl_traits_of(m->scenario)->cycle(m->scenario, &cycle_ns, &idle_ns);
    while (from > 0 && e->samples[from].t_ns % cycle_ns > cycle_ns - idle_ns)
        from--;
    return pl_reached_bytes(e, from, i);
}

/* NaN where there is none: a pipeline without cycles, a cell that did not reach its end. */
static double median_trough(const struct pl_measured *m, figure_of *figure)
{
    const struct pl_cell_evidence *e = m->evidence;
    bool has = pl_traits_of(m->scenario)->cycle && pl_final_of(m);
    double *values = has ? malloc(e->sample_count * sizeof *values) : NULL;
    size_t count = 0;
    for (size_t i = 0; values && i < e->sample_count; i++)
        if (is_trough(m, i))
            values[count++] = (double)figure(m, i);
    double middle = count ? median(values, count) : (double)NAN;
    free(values);
    return middle;
}

struct pl_value pl_metric_rss_bytes_trough(const struct pl_measured *m)
{
    return pl_value_real(median_trough(m, rss_of));
}

struct pl_value pl_metric_live_bytes_trough(const struct pl_measured *m)
{
    return pl_value_real(median_trough(m, live_of));
}

struct pl_value pl_metric_idle_heap_bytes(const struct pl_measured *m)
{
    return pl_value_real(median_trough(m, idle_of));
}

struct pl_value pl_metric_rss_trough_over_live(const struct pl_measured *m)
{
    double live = median_trough(m, live_of);
    return pl_value_real(live > 0 ? median_trough(m, rss_of) / live : (double)NAN);
}
