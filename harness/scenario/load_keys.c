/* The key `load`: a curve of sessions over time. */
#include <string.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

/* One entry: a point, or how often the curve begins again. */
struct entry {
    struct pl_load_point point;
    bool has_at, has_sessions;
    int64_t every_ns;
};

static int decode_sessions(struct pl_decoder *d, struct fy_node *value, struct entry *e)
{
    int64_t sessions;
    int rc = pl_decode_integer(d, value, "load: sessions", &sessions);
    if (!rc && (sessions < 0 || sessions > PL_LOAD_SESSIONS_MAX))
        rc = pl_decode_fail(d, pl_decode_mark(value),
                            "load: sessions is out of range; expected 0 to %d",
                            PL_LOAD_SESSIONS_MAX);
    if (!rc)
        e->point.sessions = (uint32_t)sessions;
    e->has_sessions = true;
    return rc;
}

static int decode_time(struct pl_decoder *d, struct fy_node *value, const char *what, int64_t *ns)
{
    int rc = pl_decode_time(d, value, what, ns);
    if (!rc && *ns < 0)
        rc = pl_decode_fail(d, pl_decode_mark(value),
                            "%s is negative; expected a time from the "
                            "beginning of the run",
                            what);
    return rc;
}

static int decode_key(struct pl_decoder *d, struct fy_node *value, const char *key, void *context)
{
    struct entry *e = context;
    if (strcmp(key, "at") == 0) {
        e->has_at = true;
        return decode_time(d, value, "load: at", &e->point.at_ns);
    }
    if (strcmp(key, "sessions") == 0)
        return decode_sessions(d, value, e);
    if (strcmp(key, "every") == 0)
        return decode_time(d, value, "load: every", &e->every_ns);
    return pl_decode_unknown(d, pl_decode_mark(value), "key of load:", key, "at, sessions, every");
}

static int take(struct pl_decoder *d, struct fy_node *node, const struct entry *e)
{
    struct pl_load_settings *l = &d->scenario->load;
    struct pl_mark mark = pl_decode_mark(node);
    if (l->every_ns)
        return pl_decode_fail(d, mark, "load: every ends the list; expected it last");
    if (e->every_ns && !e->has_at && !e->has_sessions) {
        l->every_ns = e->every_ns;
        return 0;
    }
    if (!e->has_at || !e->has_sessions || e->every_ns)
        return pl_decode_fail(d, mark,
                              "load: no point; expected {at: TIME, sessions: COUNT}, and as the "
                              "last {every: TIME} where the curve begins again");
    if (l->count == PL_LOAD_POINTS_MAX)
        return pl_decode_fail(d, mark, "load: more than %d points", PL_LOAD_POINTS_MAX);
    if (l->count && e->point.at_ns < l->points[l->count - 1].at_ns)
        return pl_decode_fail(d, mark,
                              "load: goes back in time; expected points in the order of time");
    l->points[l->count++] = e->point;
    return 0;
}

int pl_decode_load(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    d->scenario->load = (struct pl_load_settings){.count = 0};
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "load is not a list; expected [{at: 0s, sessions: 0}, {at: 60s, "
                              "sessions: 400}]");
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        struct entry e = {.has_at = false};
        int rc = pl_decode_entry(d, node, "load", decode_key, &e);
        if (!rc)
            rc = take(d, node, &e);
        if (rc)
            return rc;
    }
    return 0;
}

int pl_load_check(struct pl_decoder *d)
{
    const struct pl_load_settings *l = &d->scenario->load;
    struct pl_mark mark = d->marks[pl_schema_find("load") - pl_schema];
    if (!l->count && !l->every_ns)
        return 0;
    if (!l->count)
        return pl_decode_fail(d, mark, "load: no point; expected {at: TIME, sessions: COUNT}");
    if (!pl_traits_of(d->scenario)->sessions)
        return pl_decode_fail(d, mark, "load: the pipeline %s has no sessions that come and go",
                              pl_traits_of(d->scenario)->name);
    if (l->every_ns && l->every_ns <= l->points[l->count - 1].at_ns)
        return pl_decode_fail(d, mark,
                              "load: every is not behind the last point; expected a later time");
    return 0;
}
