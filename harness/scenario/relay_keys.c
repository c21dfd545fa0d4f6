/* The pipeline relay: its traits, and what of its keys must fit together. */
#include <string.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

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
    if ((r->slow || r->stalled) && !tcp)
        return fail_at(d, r->slow ? "relay.slow" : "relay.stalled",
                       "over UDP no subscriber can be slow or stalled; expected relay.transport: "
                       "tcp");
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
        {"relay.gop_packets", "relay.gop"},    {"relay.gop_full", "relay.gop"},
        {"relay.nack_packets", "relay.nack"},  {"relay.rtt", "relay.loss"},
        {"relay.stall_step", "relay.stalled"}, {"relay.slow_rate", "relay.slow"},
    };
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
    return rc ? rc : check_companions(d);
}

const struct pl_pipeline_traits pl_traits_relay = {
    .name = "relay",
    .sections = (const char *const[]){"traffic", "relay", "session", "workers", NULL},
    .refused = (const char *const[]){"traffic.hostile", "traffic.churn", NULL},
    .classes = (const char *const[]){"packet", "buffer", "node", "session", NULL},
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
