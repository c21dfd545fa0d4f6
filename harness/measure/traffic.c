/* Metrics of traffic: what became of each packet. */
#include "harness/measure/value.h"

/* Of a pipeline that has packets. */
static const struct pl_final *packets_of(const struct pl_measured *m)
{
    return pl_traits_of(m->scenario)->packets ? pl_books_of(m) : NULL;
}

static struct pl_value count(const struct pl_measured *m, size_t offset)
{
    const struct pl_final *final = packets_of(m);
    if (!final)
        return pl_value_none();
    return pl_value_integer(
        *(const uint64_t *)(const void *)((const char *)&final->counts + offset));
}

static struct pl_value dropped(const struct pl_measured *m, enum pl_drop reason)
{
    const struct pl_final *final = packets_of(m);
    return final ? pl_value_integer(final->counts.dropped[reason]) : pl_value_none();
}

struct pl_value pl_metric_packets_received(const struct pl_measured *m)
{
    return count(m, offsetof(struct pl_traffic_counts, received));
}

struct pl_value pl_metric_packets_delivered(const struct pl_measured *m)
{
    return count(m, offsetof(struct pl_traffic_counts, delivered));
}

struct pl_value pl_metric_packets_dropped(const struct pl_measured *m)
{
    const struct pl_final *final = packets_of(m);
    uint64_t total = 0;
    for (int i = 0; final && i < PL_DROP_COUNT; i++)
        total += final->counts.dropped[i];
    return final ? pl_value_integer(total) : pl_value_none();
}

struct pl_value pl_metric_packets_dropped_limit(const struct pl_measured *m)
{
    return dropped(m, PL_DROP_LIMIT);
}

struct pl_value pl_metric_packets_dropped_late(const struct pl_measured *m)
{
    return dropped(m, PL_DROP_LATE);
}

struct pl_value pl_metric_packets_dropped_duplicate(const struct pl_measured *m)
{
    return dropped(m, PL_DROP_DUPLICATE);
}

struct pl_value pl_metric_packets_dropped_session(const struct pl_measured *m)
{
    return dropped(m, PL_DROP_SESSION);
}

struct pl_value pl_metric_packets_dropped_queue(const struct pl_measured *m)
{
    return dropped(m, PL_DROP_QUEUE);
}

struct pl_value pl_metric_packets_dropped_kernel(const struct pl_measured *m)
{
    return dropped(m, PL_DROP_KERNEL);
}

struct pl_value pl_metric_packets_dropped_invalid(const struct pl_measured *m)
{
    return dropped(m, PL_DROP_INVALID);
}

struct pl_value pl_metric_packets_foreign(const struct pl_measured *m)
{
    const struct pl_final *final = packets_of(m);
    return final && final->is_live ? pl_value_integer(final->counts.foreign) : pl_value_none();
}

struct pl_value pl_metric_packets_held(const struct pl_measured *m)
{
    return count(m, offsetof(struct pl_traffic_counts, held));
}

struct pl_value pl_metric_samples_delivered(const struct pl_measured *m)
{
    return count(m, offsetof(struct pl_traffic_counts, samples_delivered));
}

struct pl_value pl_metric_sessions_started(const struct pl_measured *m)
{
    return count(m, offsetof(struct pl_traffic_counts, sessions_started));
}

struct pl_value pl_metric_clients_evicted(const struct pl_measured *m)
{
    if (!pl_traits_of(m->scenario)->evicts)
        return pl_value_none();
    return count(m, offsetof(struct pl_traffic_counts, evictions));
}

struct pl_value pl_metric_paused_seconds(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final ? pl_value_real((double) final->counts.paused_ns / 1e9) : pl_value_none();
}

/* Of what happens after stalls: none where none has ended. */
static struct pl_value after_stalls(const struct pl_measured *m, size_t offset)
{
    struct pl_value ns = count(m, offset);
    if (ns.kind == PL_VALUE_NONE || pl_books_of(m)->counts.recoveries == 0)
        return pl_value_none();
    return pl_value_real((double)ns.integer / 1e9);
}

struct pl_value pl_metric_recovery_seconds(const struct pl_measured *m)
{
    return after_stalls(m, offsetof(struct pl_traffic_counts, recovery_ns));
}

struct pl_value pl_metric_audio_lost_seconds(const struct pl_measured *m)
{
    return after_stalls(m, offsetof(struct pl_traffic_counts, audio_lost_ns));
}

struct pl_value pl_metric_integrity_errors(const struct pl_measured *m)
{
    const struct pl_final *books = pl_books_of(m);
    return books ? pl_value_integer(pl_integrity_errors_of(books)) : pl_value_none();
}

/* None where no RTCP goes on. */
struct pl_value pl_metric_rtcp_packets(const struct pl_measured *m)
{
    if (!pl_relay_has_rtcp(&m->scenario->relay))
        return pl_value_none();
    return count(m, offsetof(struct pl_traffic_counts, rtcp_packets));
}

struct pl_value pl_metric_rtcp_history_expired(const struct pl_measured *m)
{
    if (!m->scenario->relay.rtcp_feedback_ns)
        return pl_value_none();
    return count(m, offsetof(struct pl_traffic_counts, rtcp_history_expired));
}

struct pl_value pl_metric_packets_retransmitted(const struct pl_measured *m)
{
    const struct pl_final *final = pl_books_of(m);
    return final && final->counts.retransmitted ? pl_value_integer(final->counts.retransmitted)
                                                : pl_value_none();
}
