/* Metrics of CPU and latency: noisy, and withheld where corruption was found. */
#include "harness/measure/value.h"

struct pl_value pl_metric_cpu_ns_per_packet(const struct pl_measured *m)
{
    const struct pl_final *final = pl_timings_of(m);
    if (!final || final->counts.received == 0)
        return pl_value_none();
    return pl_value_real((double) final->cpu_ns / (double) final->counts.received);
}

struct pl_value pl_metric_cpu_percent_of_realtime(const struct pl_measured *m)
{
    const struct pl_final *final = pl_timings_of(m);
    return final && final->t_ns > 0
               ? pl_value_real(100.0 * (double) final->cpu_ns / (double) final->t_ns)
               : pl_value_none();
}

static struct pl_value latency(const struct pl_measured *m, size_t offset)
{
    const struct pl_final *final = pl_timings_of(m);
    if (!final || final->acquires_timed == 0)
        return pl_value_none();
    return pl_value_integer(*(const uint64_t *)(const void *)((const char *) final + offset));
}

struct pl_value pl_metric_acquire_ns_p50(const struct pl_measured *m)
{
    return latency(m, offsetof(struct pl_final, acquire_ns_p50));
}

struct pl_value pl_metric_acquire_ns_p99(const struct pl_measured *m)
{
    return latency(m, offsetof(struct pl_final, acquire_ns_p99));
}

struct pl_value pl_metric_acquire_ns_p999(const struct pl_measured *m)
{
    return latency(m, offsetof(struct pl_final, acquire_ns_p999));
}

struct pl_value pl_metric_acquire_ns_max(const struct pl_measured *m)
{
    return latency(m, offsetof(struct pl_final, acquire_ns_max));
}
