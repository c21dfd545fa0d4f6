/* Metrics of memory after the load fell for the last time: what a heap gives back once those who
 * left are gone, and how soon. None where no load falls, or the run ends before. */
#include "harness/measure/reached.h"
#include "harness/measure/value.h"
#include "harness/traffic/load.h"

#define NS_PER_S INT64_C(1000000000)
#define NONE SIZE_MAX

/* Of a load that begins again, the fall is one that leaves time for a look behind it. */
static int64_t fallen_ns(const struct pl_measured *m)
{
    const struct pl_load_settings *load = &m->scenario->load;
    return pl_load_fallen_ns(load, m->scenario->duration_ns - (load->every_ns ? NS_PER_S : 0));
}

/* The first sample no earlier than so long after the fall. */
static size_t sample_at(const struct pl_measured *m, int64_t after_ns)
{
    const struct pl_cell_evidence *e = m->evidence;
    int64_t fall_ns = pl_final_of(m) ? fallen_ns(m) : -1;
    for (size_t i = 0; fall_ns >= 0 && i < e->sample_count; i++)
        if (e->samples[i].t_ns >= fall_ns + after_ns)
            return i;
    return NONE;
}

static struct pl_value rss_at(const struct pl_measured *m, int64_t after_ns)
{
    size_t i = sample_at(m, after_ns);
    return i == NONE ? pl_value_none() : pl_value_integer(m->evidence->samples[i].rss_bytes);
}

/* Of the three looks, the latest that the run reached. */
static size_t latest(const struct pl_measured *m)
{
    static const int64_t after_ns[] = {60 * NS_PER_S, 10 * NS_PER_S, NS_PER_S};
    size_t found = NONE;
    for (int i = 0; found == NONE && i < 3; i++)
        found = sample_at(m, after_ns[i]);
    return found;
}

struct pl_value pl_metric_drain_rss_bytes_1s(const struct pl_measured *m)
{
    return rss_at(m, NS_PER_S);
}

struct pl_value pl_metric_drain_rss_bytes_10s(const struct pl_measured *m)
{
    return rss_at(m, 10 * NS_PER_S);
}

struct pl_value pl_metric_drain_rss_bytes_60s(const struct pl_measured *m)
{
    return rss_at(m, 60 * NS_PER_S);
}

struct pl_value pl_metric_drain_live_bytes(const struct pl_measured *m)
{
    size_t i = sample_at(m, 0);
    return i == NONE ? pl_value_none() : pl_value_integer(m->evidence->samples[i].live_bytes);
}

struct pl_value pl_metric_drain_rss_over_live(const struct pl_measured *m)
{
    size_t i = latest(m);
    if (i == NONE || !m->evidence->samples[i].live_bytes)
        return pl_value_none();
    const struct pl_sample *sample = &m->evidence->samples[i];
    return pl_value_real((double)sample->rss_bytes / (double)sample->live_bytes);
}

struct pl_value pl_metric_drain_heap_bytes(const struct pl_measured *m)
{
    size_t from = sample_at(m, 0), to = latest(m);
    return to == NONE ? pl_value_none() : pl_value_integer(pl_reached_bytes(m->evidence, from, to));
}
