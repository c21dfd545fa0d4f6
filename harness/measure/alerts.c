/* Metrics of alerts. A killed cell has them, too: they tell how long before its end it was known.
 */
#include "harness/measure/value.h"

struct pl_value pl_metric_alerts_raised(const struct pl_measured *m)
{
    return m->scenario->alert_count ? pl_value_integer(m->evidence->alerted.raised)
                                    : pl_value_none();
}

struct pl_value pl_metric_time_to_alert_seconds(const struct pl_measured *m)
{
    const struct pl_alert_log *alerted = &m->evidence->alerted;
    return alerted->count ? pl_value_real((double)alerted->list[0].t_ns / 1e9) : pl_value_none();
}
