/* The pipeline receiver: its traits, and a load of its senders. */
#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

#define SENDERS_MAX 65536 /* as of traffic.sessions */

static int fail_at(struct pl_decoder *d, const char *key, const char *what)
{
    return pl_decode_fail(d, d->marks[pl_schema_find(key) - pl_schema], "%s", what);
}

/* A load says how many senders there are, each a copy of the recording. */
static int check(struct pl_decoder *d)
{
    struct pl_scenario *s = d->scenario;
    s->traffic.load = s->load;
    if (!s->load.count)
        return 0;
    if (d->seen[pl_schema_find("traffic.sessions") - pl_schema])
        return fail_at(d, "traffic.sessions",
                       "traffic.sessions and load both say how many there are; expected one");
    if (s->clock != PL_CLOCK_VIRTUAL)
        return fail_at(d, "clock",
                       "clock: senders come and go by a load in virtual time; expected virtual");
    if (s->receiver.stall_count)
        return fail_at(d, "receiver.stalls",
                       "receiver.stalls: what senders that went do not send would count as lost; "
                       "expected no load beside them");
    if (pl_load_most(&s->load) > SENDERS_MAX)
        return fail_at(d, "load", "load: more than 65536 senders of a receiver");
    s->traffic.sessions = pl_load_most(&s->load);
    return 0;
}

const struct pl_pipeline_traits pl_traits_receiver = {
    .name = "receiver",
    .sections = (const char *const[]){"traffic", "receiver", "session", NULL},
    .classes = (const char *const[]){"packet", "packet_buffer", "frame_buffer", NULL},
    .needed = (const char *const[]){"traffic.file", "classes", NULL},
    .large = "so many sessions with these faults and objects",
    .material = PL_MATERIAL_CAPTURE,
    .live = true,
    .packets = true,
    .benchmarks = true,
    .threads_max = 2,
    .sockets = true,
    .sessions = true,
    .files = pl_session_files,
    .check = check,
};
