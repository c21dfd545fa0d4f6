/* Steps from one change in a sender's life to the next. */
#include "harness/traffic/ssrc_timeline.h"

bool pl_ssrc_timeline_any(const struct pl_traffic_settings *traffic)
{
    return traffic->churn_count > 0 || traffic->outage_count > 0 || traffic->load.count > 0;
}

/* A new identity lasts a churn time, or to the next outage. */
static void begin(struct pl_ssrc_timeline *timeline, int64_t from_ns)
{
    bool for_good = timeline->churn_ns > INT64_MAX - from_ns;
    timeline->until_ns = for_good ? INT64_MAX : from_ns + timeline->churn_ns;
    if (timeline->outages_left > 0 && timeline->outages->from_ns < timeline->until_ns)
        timeline->until_ns = timeline->outages->from_ns;
}

void pl_ssrc_timeline_start(struct pl_ssrc_timeline *timeline,
                            const struct pl_traffic_settings *traffic, uint32_t sender,
                            struct pl_away away)
{
    *timeline = (struct pl_ssrc_timeline){
        .outages = away.spans,
        .outages_left = away.count,
        .churn_ns = INT64_MAX,
    };
    if (traffic->churn_count > 0)
        timeline->churn_ns = traffic->churn_ns[sender % traffic->churn_count];
    begin(timeline, 0);
}

static void end_outage(struct pl_ssrc_timeline *timeline)
{
    timeline->out = false;
    timeline->outages++;
    timeline->outages_left--;
}

/* At `until_ns`. An identity that an outage ends has its successor when the outage is over. */
static void step(struct pl_ssrc_timeline *timeline)
{
    int64_t at_ns = timeline->until_ns;
    if (timeline->out) {
        end_outage(timeline);
    } else if (timeline->outages_left > 0 && timeline->outages->from_ns <= at_ns) {
        timeline->out = true;
        timeline->until_ns = timeline->outages->until_ns;
        return;
    }
    timeline->epoch++;
    begin(timeline, at_ns);
}

void pl_ssrc_timeline_move(struct pl_ssrc_timeline *timeline, int64_t now_ns)
{
    while (now_ns >= timeline->until_ns)
        step(timeline);
}
