/* What virtual time hides: work between two samples that took more CPU time than was replayed. A
 * server in real time would have been late by so much, with what that means for its packets. */
#include "harness/measure/value.h"
#include "harness/traffic/tape.h"

#define NS_PER_S 1e9

/* Threads that could have worked at once, on as many processors. */
static double threads_of(const struct pl_measured *m)
{
    if (pl_traits_of(m->scenario)->material != PL_MATERIAL_TAPE || !m->evidence->recording)
        return m->evidence->threads;
    return (double)m->scenario->trace.copies * pl_tape_of(m->evidence->recording)->lanes;
}

struct overrun {
    double total_ns;
    double longest_ns;
};

/* A stretch goes on over neighbouring samples; between two that kept up, none is seen. */
static struct overrun find(const struct pl_measured *m)
{
    const struct pl_cell_evidence *e = m->evidence;
    double threads = threads_of(m), stretch_ns = 0;
    struct overrun o = {0};
    for (size_t i = 1; i < e->sample_count; i++) {
        const struct pl_sample *now = &e->samples[i], *before = now - 1;
        double late_ns =
            (double)(now->cpu_ns - before->cpu_ns) / threads - (double)(now->t_ns - before->t_ns);
        stretch_ns = late_ns > 0 ? stretch_ns + late_ns : 0;
        o.total_ns += late_ns > 0 ? late_ns : 0;
        o.longest_ns = stretch_ns > o.longest_ns ? stretch_ns : o.longest_ns;
    }
    return o;
}

/* Of a cell that the kernel killed, too: what came before that is in its samples. */
static bool is_told(const struct pl_measured *m)
{
    return m->evidence->in_virtual_time && m->evidence->sample_count > 1;
}

struct pl_value pl_metric_realtime_overrun_seconds(const struct pl_measured *m)
{
    return is_told(m) ? pl_value_real(find(m).total_ns / NS_PER_S) : pl_value_none();
}

struct pl_value pl_metric_realtime_overrun_seconds_max(const struct pl_measured *m)
{
    return is_told(m) ? pl_value_real(find(m).longest_ns / NS_PER_S) : pl_value_none();
}
