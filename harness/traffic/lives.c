/* Steps from one change in a sender's life to the next. */
#include "harness/traffic/lives.h"

bool pl_lives_any(const struct pl_traffic_settings *traffic)
{
    return traffic->churn_count > 0 || traffic->outage_count > 0;
}

/* A new identity lasts a churn time, or to the next outage. */
static void begin(struct pl_lives *lives, int64_t from_ns)
{
    bool for_good = lives->churn_ns > INT64_MAX - from_ns;
    lives->until_ns = for_good ? INT64_MAX : from_ns + lives->churn_ns;
    if (lives->outages_left > 0 && lives->outages->from_ns < lives->until_ns)
        lives->until_ns = lives->outages->from_ns;
}

void pl_lives_start(struct pl_lives *lives, const struct pl_traffic_settings *traffic,
                    uint32_t sender)
{
    *lives = (struct pl_lives){
        .outages = traffic->outages,
        .outages_left = traffic->outage_count,
        .churn_ns = INT64_MAX,
    };
    if (traffic->churn_count > 0)
        lives->churn_ns = traffic->churn_ns[sender % traffic->churn_count];
    begin(lives, 0);
}

static void end_outage(struct pl_lives *lives)
{
    lives->out = false;
    lives->outages++;
    lives->outages_left--;
}

/* At `until_ns`. An identity that an outage ends has its successor when the outage is over. */
static void step(struct pl_lives *lives)
{
    int64_t at_ns = lives->until_ns;
    if (lives->out) {
        end_outage(lives);
    } else if (lives->outages_left > 0 && lives->outages->from_ns <= at_ns) {
        lives->out = true;
        lives->until_ns = lives->outages->until_ns;
        return;
    }
    lives->epoch++;
    begin(lives, at_ns);
}

void pl_lives_move(struct pl_lives *lives, int64_t now_ns)
{
    while (now_ns >= lives->until_ns)
        step(lives);
}
