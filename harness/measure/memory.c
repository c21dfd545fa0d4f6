/* Metrics of memory. */
#include "harness/measure/value.h"

struct pl_value pl_metric_rss_bytes_peak(const struct pl_measured *m)
{
    const struct pl_cell_evidence *e = m->evidence;
    uint64_t peak = e->has_final ? e->final.rss_bytes_peak : 0;
    for (size_t i = 0; i < e->sample_count; i++)
        if (e->samples[i].rss_bytes > peak)
            peak = e->samples[i].rss_bytes;
    return e->sample_count ? pl_value_integer(peak) : pl_value_none();
}

static double rss_of(const struct pl_sample *sample)
{
    return (double)sample->rss_bytes;
}

static double reserved_of(const struct pl_sample *sample)
{
    return (double)sample->reserved_bytes;
}

/* The trapezoid rule over the samples; a killed cell's mean would be of another stretch of time. */
static struct pl_value mean_of(const struct pl_measured *m, double of(const struct pl_sample *))
{
    const struct pl_cell_evidence *e = m->evidence;
    double area = 0;
    if (!pl_final_of(m) || e->sample_count < 2)
        return pl_value_none();
    for (size_t i = 1; i < e->sample_count; i++) {
        const struct pl_sample *a = &e->samples[i - 1], *b = &e->samples[i];
        area += (of(a) + of(b)) / 2 * (double)(b->t_ns - a->t_ns);
    }
    double span = (double)(e->samples[e->sample_count - 1].t_ns - e->samples[0].t_ns);
    return pl_value_real(area / span); /* none where no time passed */
}

struct pl_value pl_metric_rss_bytes_mean(const struct pl_measured *m)
{
    return mean_of(m, rss_of);
}

struct pl_value pl_metric_gc_reserved_bytes_mean(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final && final->stack.collected ? mean_of(m, reserved_of) : pl_value_none();
}

struct pl_value pl_metric_rss_bytes_end(const struct pl_measured *m)
{
    const struct pl_cell_evidence *e = m->evidence;
    return e->has_final && e->sample_count
               ? pl_value_integer(e->samples[e->sample_count - 1].rss_bytes)
               : pl_value_none();
}

struct pl_value pl_metric_rss_growth_bytes_per_minute(const struct pl_measured *m)
{
    return pl_value_real(m->growth.by_steps ? m->growth.window_rate : m->growth.slope);
}

struct pl_value pl_metric_rss_growth_bytes_per_minute_low(const struct pl_measured *m)
{
    return m->growth.by_steps ? pl_value_none() : pl_value_real(m->growth.slope_low);
}

struct pl_value pl_metric_rss_growth_bytes_per_minute_high(const struct pl_measured *m)
{
    return m->growth.by_steps ? pl_value_none() : pl_value_real(m->growth.slope_high);
}

struct pl_value pl_metric_rss_plateau_seconds(const struct pl_measured *m)
{
    return m->judgement.outcome == PL_OUTCOME_BOUNDED ? pl_value_real(m->growth.plateau_seconds)
                                                      : pl_value_none();
}

struct pl_value pl_metric_live_bytes_peak(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final ? pl_value_integer(final->live_bytes_peak) : pl_value_none();
}

struct pl_value pl_metric_reserved_bytes_peak(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    if (!final)
        return pl_value_none();
    return pl_value_integer(final->stack.pooled ? final->stack.reserved_bytes_peak
                                                : final->live_bytes_peak);
}

struct pl_value pl_metric_rss_over_live(const struct pl_measured *m)
{
    double live = pl_value_double(pl_metric_live_bytes_peak(m));
    return pl_value_real(live > 0 ? pl_value_double(pl_metric_rss_bytes_peak(m)) / live
                                  : (double)NAN);
}

struct pl_value pl_metric_faults_minor(const struct pl_measured *m)
{
    const struct pl_final *final = pl_final_of(m);
    return final ? pl_value_integer(final->faults_minor) : pl_value_none();
}

struct pl_value pl_metric_container_bytes_peak(const struct pl_measured *m)
{
    const struct pl_container_evidence *kernel = &m->evidence->kernel;
    return kernel->known && kernel->peak_bytes ? pl_value_integer(kernel->peak_bytes)
                                               : pl_value_none();
}

/* Where a process of several was killed, the others may have gone on. */
struct pl_value pl_metric_time_to_oom_seconds(const struct pl_measured *m)
{
    const struct pl_cell_evidence *e = m->evidence;
    size_t alive = e->sample_count;
    if (m->judgement.outcome != PL_OUTCOME_OOM_KILLED || !e->sample_count)
        return pl_value_none();
    while (e->trees && alive > 1 && e->trees[alive - 1].charged.oom_kills)
        alive--;
    return pl_value_real((double)e->samples[alive - 1].t_ns / 1e9);
}
