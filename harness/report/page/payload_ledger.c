/* Who allocated what, for the page: the last report of a cell's ledger (payload.h). The whole
 * stands in results.json and as text in ledger/. */
#include "harness/report/page/payload.h"
#include "harness/results/document.h"

#define SITES_MOST 24
#define LIVE_MOST 10

static json_t *pick_each(const json_t *array, size_t most, const char *const *keys, size_t count)
{
    json_t *picked = json_array();
    for (size_t i = 0; i < json_array_size(array) && i < most; i++)
        json_array_append_new(picked, pl_payload_pick(json_array_get(array, i), keys, count));
    return picked;
}

json_t *pl_payload_ledger(const json_t *ledger)
{
    static const char *const whole[] = {"t_seconds", "reason", "at_rest",         "corruptions",
                                        "totals",    "ages",   "suspected_leaks", "stuck"};
    static const char *const site[] = {"site",           "allocated_bytes",
                                       "freed_bytes",    "current_bytes",
                                       "peak_bytes",     "allocated_blocks",
                                       "live_blocks",    "churn_bytes_per_second",
                                       "oldest_seconds", "chain"};
    static const char *const size[] = {"above_bytes",      "up_to_bytes",   "allocated_bytes",
                                       "allocated_blocks", "current_bytes", "live_blocks"};
    static const char *const live[] = {"live_blocks", "size_bytes", "site"};
    const json_t *reports = json_object_get(ledger, "reports");
    size_t count = json_array_size(reports);
    const json_t *last = count ? json_array_get(reports, count - 1) : NULL;
    if (!json_is_object(last))
        return json_null();
    const json_t *sites = json_object_get(last, "sites");
    json_t *made = pl_payload_pick(last, whole, PL_PAYLOAD_COUNT(whole));
    json_object_set_new(made, "sites", pick_each(sites, SITES_MOST, site, PL_PAYLOAD_COUNT(site)));
    json_object_set_new(made, "site_count", json_integer((json_int_t)json_array_size(sites)));
    json_object_set_new(
        made, "size_classes",
        pick_each(json_object_get(last, "size_classes"), 64, size, PL_PAYLOAD_COUNT(size)));
    json_object_set_new(
        made, "live",
        pick_each(json_object_get(last, "live"), LIVE_MOST, live, PL_PAYLOAD_COUNT(live)));
    json_object_set_new(made, "reports", json_integer((json_int_t)count));
    return made;
}
