/* Pools and limits that were found, for programs (sized.h). */
#include "harness/cli/sized.h"

static json_t *run_json(const struct pl_sized_stack *z, const struct pl_sized_run *run)
{
    if (!run->ended)
        return json_pack("{s:I, s:s}", "size", (json_int_t)run->size, "outcome",
                         pl_outcome_name(run->outcome));
    return json_pack("{s:I, s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I}", "size", (json_int_t)run->size,
                     "outcome", pl_outcome_name(run->outcome), "loses_nothing",
                     pl_sizing_enough(&z->sizing, run), "packets_delivered",
                     (json_int_t)run->delivered, "packets_dropped", (json_int_t)run->drops,
                     "fallback_allocations", (json_int_t)run->fallbacks, "crossfades_cut",
                     (json_int_t)run->cuts, "rss_bytes_peak", (json_int_t)run->rss_bytes_peak,
                     "live_bytes_peak", (json_int_t)run->live_bytes_peak);
}

static void set_run(json_t *object, const char *key, const struct pl_sized_stack *z,
                    const struct pl_sized_run *run)
{
    json_object_set_new(object, key, run->size ? run_json(z, run) : json_null());
}

static json_t *threshold_json(const struct pl_sized_stack *z, enum pl_sized sized)
{
    const struct pl_threshold *threshold = &z->thresholds[sized];
    bool certain = pl_threshold_is_certain(threshold);
    json_t *object = json_pack("{s:b, s:b, s:I}", "found", certain, "monotone", threshold->monotone,
                               "runs", (json_int_t)threshold->trial_count);
    if (threshold->found && !certain) {
        json_object_set_new(object, "contradicted_by",
                            json_integer((json_int_t)threshold->exception));
        return object;
    }
    if (certain)
        json_object_set_new(object, "smallest", run_json(z, &z->enough[sized]));
    set_run(object, "too_small", z, &z->too_small[sized]);
    if (z->too_large[sized].size)
        set_run(object, "too_large", z, &z->too_large[sized]);
    return object;
}

json_t *pl_sized_json(const struct pl_sized_stack *z)
{
    const struct pl_planned *p = z->sizing.planned;
    json_t *pool = threshold_json(z, PL_SIZED_POOL), *rule = json_null();
    if (pl_threshold_is_certain(&z->thresholds[PL_SIZED_POOL]))
        json_object_set_new(pool, "bytes",
                            json_integer((json_int_t)pl_sized_pool_bytes(
                                &p->scenario, z->thresholds[PL_SIZED_POOL].enough)));
    if (z->has_rule)
        rule =
            json_pack("{s:I, s:I, s:I, s:o}", "latency_ns", (json_int_t)z->pace.latency_ns,
                      "interval_ns", (json_int_t)z->pace.interval_ns, "blocks", (json_int_t)z->rule,
                      "run", z->by_rule.size ? run_json(z, &z->by_rule) : json_null());
    json_object_set_new(pool, "rule", rule);
    return json_pack("{s:s, s:s, s:s, s:f, s:o, s:o, s:o}", "scenario", p->scenario.name,
                     "allocator", z->sizing.inner, "format", pl_format_name(p->formats[0]),
                     "duration_seconds", (double)p->scenario.duration_ns / 1e9, "plain",
                     run_json(z, &z->sizing.plain), "pool", pool, "limit",
                     threshold_json(z, PL_SIZED_LIMIT));
}
