/* Looking at alerts (alert_watch.h). No malloc: it runs within what is measured. */
#include "harness/cell/alert_watch.h"

#include "harness/scenario/alert.h"

/* Of all threads; while they go on, the releases may be read before an acquire is. */
static uint64_t live_blocks(const struct pl_sides *sides, int32_t class_index)
{
    uint64_t live = 0;
    for (uint32_t i = 0; i < sides->count; i++) {
        const struct pl_class_books *books = &sides->side[i]->meter.books[class_index];
        live += pl_counter_read(&books->acquires) - pl_counter_read(&books->releases);
    }
    return live <= INT64_MAX ? live : 0;
}

static uint64_t value_of(const struct pl_alert_watch *a, const struct pl_alert *alert,
                         const struct pl_sample *sample, const struct pl_stack_stats *stats)
{
    switch (alert->quantity) {
    case PL_ALERT_RSS:
        return sample->rss_bytes;
    case PL_ALERT_LIVE:
        return sample->live_bytes;
    case PL_ALERT_RESERVED:
        return sample->reserved_bytes;
    case PL_ALERT_DROPPED:
        return sample->packets_dropped;
    case PL_ALERT_FALLBACKS:
        return stats->fallback_allocations;
    default:
        return live_blocks(a->sides, alert->class_index);
    }
}

void pl_alert_watch_look(struct pl_alert_watch *a, const struct pl_sample *sample,
                         const struct pl_stack_stats *stats)
{
    for (uint32_t i = 0; i < a->scenario->alert_count; i++) {
        const struct pl_alert *alert = &a->scenario->alerts[i];
        uint64_t value = value_of(a, alert, sample, stats);
        bool holds = pl_alert_holds(alert, value);
        if (holds && !a->raised[i]) {
            struct pl_alert_record record = {.kind = PL_RECORD_ALERT,
                                             .size = sizeof record,
                                             .t_ns = sample->t_ns,
                                             .value = value,
                                             .index = i};
            pl_record_write(a->record_fd, &record, sizeof record);
        }
        a->raised[i] = holds;
    }
}
