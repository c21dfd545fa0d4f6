/* The pipeline relay: its traits, and what of its keys must fit together. */
#include <stdio.h>
#include <string.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

#define INTERVAL_MIN_NS INT64_C(1000000)

int pl_decode_relay_stalls(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_relay_settings *r = &d->scenario->relay;
    return pl_decode_spans(d, key, value, "relay.stalls", r->stalls, PL_RELAY_STALLS_MAX,
                           &r->stall_count);
}

/* Where the key stands, or the section where its default does not fit. */
static int fail_at(struct pl_decoder *d, const char *key, const char *what)
{
    struct pl_mark mark = d->marks[pl_schema_find(key) - pl_schema];
    if (!mark.line)
        mark = d->marks[pl_schema_find("relay") - pl_schema];
    return pl_decode_fail(d, mark, "%s", what);
}

/* What asks for something that another key takes away. */
static int check_pairs(struct pl_decoder *d, const struct pl_relay_settings *r)
{
    bool tcp = r->transport == PL_RELAY_TCP;
    if (d->scenario->load.count && r->subscribers)
        return fail_at(d, "relay.subscribers",
                       "relay.subscribers and load both say how many there are; expected one");
    if (!d->scenario->load.count && !r->subscribers)
        return fail_at(d, "relay.subscribers",
                       "relay.subscribers is missing, or 0; expected 1 or more, or a load");
    if ((uint64_t)r->subscribers * d->scenario->traffic.sessions > PL_LOAD_SESSIONS_MAX)
        return fail_at(d, "relay.subscribers",
                       "relay.subscribers: more than 100000 with those of all traffic.sessions");
    if (r->loss > 0 && tcp)
        return fail_at(d, "relay.loss",
                       "relay.loss: TCP loses nothing that a relay hears of; expected "
                       "relay.transport: udp");
    if (r->loss > 0 && !r->nack_ns)
        return fail_at(d, "relay.loss",
                       "relay.loss: nothing can be asked for again; expected a "
                       "relay.nack, too");
    if (r->slow && !tcp)
        return fail_at(d, "relay.slow",
                       "over UDP no subscriber can be slow; expected relay.transport: tcp");
    if (r->stalled && !tcp && !pl_relay_has_rtcp(r))
        return fail_at(
            d, "relay.stalled",
            "over UDP a stalled subscriber only sends no RTCP; expected relay.transport: "
            "tcp, or relay.rtcp");
    if (r->gop && !r->video)
        return fail_at(d, "relay.gop",
                       "relay.gop needs keyframes; expected relay.video, such as h264");
    if (r->on_full == PL_QUEUE_DROP_TO_KEYFRAME && !r->video)
        return fail_at(d, "relay.on_full",
                       "relay.on_full: drop_to_keyframe needs keyframes; expected relay.video, "
                       "such as h264");
    return 0;
}

static int check_readers(struct pl_decoder *d, const struct pl_relay_settings *r)
{
    if (r->slow && !r->slow_bytes)
        return fail_at(d, "relay.slow", "relay.slow without relay.slow_rate; expected both");
    if (r->stalled && !r->stall_count)
        return fail_at(d, "relay.stalled", "relay.stalled without relay.stalls; expected both");
    if (r->stall_count && !r->stalled)
        return fail_at(d, "relay.stalls", "relay.stalls without relay.stalled; expected both");
    if (r->socket_max < r->socket_initial)
        return fail_at(d, "relay.socket_max",
                       "relay.socket_max is less than relay.socket_initial; expected as much or "
                       "more");
    return 0;
}

/* An interval that is there. */
static int check_interval(struct pl_decoder *d, const char *key, int64_t ns)
{
    char what[128];
    if (ns == 0 || ns >= INTERVAL_MIN_NS)
        return 0;
    snprintf(what, sizeof what, "%s is out of range; expected 1ms or more, or 0s for none", key);
    return fail_at(d, key, what);
}

/* A history that forgets what feedback is about to tell of is of no use. */
static int check_rtcp(struct pl_decoder *d, const struct pl_relay_settings *r)
{
    int rc = check_interval(d, "relay.rtcp.feedback", r->rtcp_feedback_ns);
    rc = rc ? rc : check_interval(d, "relay.rtcp.reports", r->rtcp_reports_ns);
    if (rc)
        return rc;
    if (r->rtcp_feedback_ns && r->rtcp_history_ns &&
        r->rtcp_history_ns < r->rtcp_feedback_ns + r->rtt_ns)
        return fail_at(d, "relay.rtcp.history",
                       "relay.rtcp.history is over before feedback tells of a packet; expected "
                       "relay.rtcp.feedback and relay.rtt together, or more");
    return 0;
}

static bool is_given(const struct pl_decoder *d, const char *key)
{
    return d->marks[pl_schema_find(key) - pl_schema].line != 0;
}

/* Keys that say something of another one: without it they would be without effect. It may be there
 * and ask for nothing, as a sweep has it. */
static int check_companions(struct pl_decoder *d)
{
    static const struct {
        const char *key, *of;
    } companions[] = {
        {"relay.gop_packets", "relay.gop"},
        {"relay.gop_full", "relay.gop"},
        {"relay.nack_packets", "relay.nack"},
        {"relay.stall_step", "relay.stalled"},
        {"relay.slow_rate", "relay.slow"},
        {"relay.rtcp.history", "relay.rtcp.feedback"},
        {"relay.rtcp.history_packets", "relay.rtcp.feedback"},
    };
    if (is_given(d, "relay.rtt") && !is_given(d, "relay.loss") &&
        !is_given(d, "relay.rtcp.feedback"))
        return fail_at(d, "relay.rtt",
                       "relay.rtt without relay.loss or relay.rtcp.feedback; expected one of them");
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++)
        if (is_given(d, companions[i].key) && !is_given(d, companions[i].of))
            return pl_decode_fail(d, d->marks[pl_schema_find(companions[i].key) - pl_schema],
                                  "%s without %s; expected both", companions[i].key,
                                  companions[i].of);
    return 0;
}

static int check(struct pl_decoder *d)
{
    const struct pl_relay_settings *r = &d->scenario->relay;
    int rc = check_pairs(d, r);
    rc = rc ? rc : check_readers(d, r);
    rc = rc ? rc : check_rtcp(d, r);
    return rc ? rc : check_companions(d);
}

const struct pl_pipeline_traits pl_traits_relay = {
    .name = "relay",
    .sections = (const char *const[]){"traffic", "relay", "session", "workers", NULL},
    .refused = (const char *const[]){"traffic.hostile", "traffic.churn", NULL},
    .classes =
        (const char *const[]){"packet", "buffer", "node", "session", "rtcp", "history", NULL},
    .needed = (const char *const[]){"traffic.file", "classes", NULL},
    .large = "so many publishers, subscribers and session.objects",
    .material = PL_MATERIAL_CAPTURE,
    .packets = true,
    .evicts = true,
    .workers = true,
    .restless = true,
    .live = true,
    .sessions = true,
    .threads_max = PL_THREADS_MAX,
    .files = pl_session_files,
    .check = check,
};
