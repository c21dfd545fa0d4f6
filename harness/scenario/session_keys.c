/* The key session.objects: what each session of a pipeline makes and keeps. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/scenario/block_keys.h"
#include "harness/scenario/check.h"

#define KEY "session.objects"
#define CLASS "object" /* where an entry names none */
#define EVERY_MIN_NS INT64_C(1000000)

static int decode_at(struct pl_decoder *d, struct fy_node *node, struct pl_session_object *o)
{
    static const char every[] = "every ";
    char text[64];
    struct pl_error reason;
    int rc = pl_decode_text(d, node, KEY ": at", text, sizeof text);
    if (rc)
        return rc;
    o->every_ns = 0;
    if (strcmp(text, "start") == 0 || strcmp(text, "end") == 0) {
        o->at = text[0] == 's' ? PL_OBJECT_AT_START : PL_OBJECT_AT_END;
        return 0;
    }
    o->at = PL_OBJECT_EVERY;
    if (strncmp(text, every, strlen(every)) != 0)
        return pl_decode_fail(d, pl_decode_mark(node),
                              KEY ": at: '%s' is no time of a session; expected start, end or "
                                  "every TIME, such as every 5s",
                              text);
    if (pl_time_parse(text + strlen(every), &o->every_ns, &reason))
        return pl_decode_fail(d, pl_decode_mark(node), KEY ": at: %s", reason.text);
    if (o->every_ns < EVERY_MIN_NS)
        return pl_decode_fail(d, pl_decode_mark(node),
                              KEY ": at: '%s' is out of range; expected every 1ms or a longer time",
                              text);
    return 0;
}

/* "100 events". */
static bool events_of(const char *text, uint32_t *events)
{
    char *end;
    if (text[0] < '1' || text[0] > '9')
        return false;
    unsigned long count = strtoul(text, &end, 10);
    *events = (uint32_t)count;
    return count <= PL_SESSION_EVENTS_MAX &&
           (strcmp(end, " events") == 0 || (count == 1 && strcmp(end, " event") == 0));
}

static int decode_kept(struct pl_decoder *d, struct fy_node *node, struct pl_session_object *o)
{
    char text[64];
    int rc = pl_decode_text(d, node, KEY ": kept", text, sizeof text);
    if (rc)
        return rc;
    if (strcmp(text, "session") == 0)
        o->kept = PL_OBJECT_KEPT_SESSION;
    else if (strcmp(text, "for ever") == 0)
        o->kept = PL_OBJECT_KEPT_FOR_EVER;
    else if (events_of(text, &o->events))
        o->kept = PL_OBJECT_KEPT_EVENTS;
    else
        return pl_decode_fail(d, pl_decode_mark(node),
                              KEY ": kept: '%s' is no lifetime; expected session, for ever or so "
                                  "many events, 1 to %d, such as 100 events",
                              text, PL_SESSION_EVENTS_MAX);
    return 0;
}

static int decode_count(struct pl_decoder *d, struct fy_node *node, struct pl_session_object *o)
{
    int64_t count;
    int rc = pl_decode_integer(d, node, KEY ": count", &count);
    if (!rc && (count < 1 || count > PL_SESSION_COUNT_MAX))
        rc = pl_decode_fail(d, pl_decode_mark(node),
                            KEY ": count is out of range; expected 1 to %d", PL_SESSION_COUNT_MAX);
    if (!rc)
        o->count = (uint32_t)count;
    return rc;
}

/* What an entry's mapping says, and which profile it names; "" for none. */
struct object_entry {
    struct pl_session_object *object;
    struct pl_session_profile profile;
};

/* Entries that name the same stretch of the same profile share it. */
static int share_profile(struct pl_decoder *d, struct pl_mark mark, const struct object_entry *e)
{
    struct pl_session_settings *s = &d->scenario->session;
    uint32_t i = 0;
    while (i < s->profile_count && memcmp(&s->profiles[i], &e->profile, sizeof e->profile) != 0)
        i++;
    if (i == PL_SESSION_PROFILES_MAX)
        return pl_decode_fail(d, mark, KEY ": more than %d profiles", PL_SESSION_PROFILES_MAX);
    if (i == s->profile_count)
        s->profiles[s->profile_count++] = e->profile;
    e->object->profile = i;
    return 0;
}

static int decode_key(struct pl_decoder *d, struct fy_node *value, const char *key, void *entry)
{
    struct object_entry *e = entry;
    struct pl_session_object *o = e->object;
    if (strcmp(key, "class") == 0)
        return pl_decode_name(d, value, KEY ": class", o->class);
    if (strcmp(key, "size") == 0)
        return pl_decode_sizes(d, value, KEY ": size", &o->size_min, &o->size_max);
    if (strcmp(key, "profile") == 0)
        return pl_decode_text(d, value, KEY ": profile", e->profile.path, sizeof e->profile.path);
    if (strcmp(key, "from") == 0)
        return pl_decode_time(d, value, KEY ": from", &e->profile.from_ns);
    if (strcmp(key, "until") == 0)
        return pl_decode_time(d, value, KEY ": until", &e->profile.until_ns);
    if (strcmp(key, "count") == 0)
        return decode_count(d, value, o);
    if (strcmp(key, "at") == 0)
        return decode_at(d, value, o);
    if (strcmp(key, "kept") == 0)
        return decode_kept(d, value, o);
    if (strcmp(key, "share") == 0)
        return pl_decode_share(d, value, KEY ": share", &o->share);
    return pl_decode_unknown(d, pl_decode_mark(value), "key of " KEY ":", key,
                             "class, size, profile, from, until, count, at, kept, share");
}

/* What its keys say together. */
static int check_one(struct pl_decoder *d, struct fy_node *node, const struct object_entry *e)
{
    const struct pl_session_object *o = e->object;
    struct pl_mark mark = pl_decode_mark(node);
    const struct pl_session_profile *p = &e->profile;
    bool stretch = p->from_ns || p->until_ns;
    if (!o->size_max == !p->path[0])
        return pl_decode_fail(d, mark,
                              o->size_max ? KEY ": a size and a profile; expected one of them"
                                          : KEY ": a size is missing; expected one in each entry, "
                                                "or a profile");
    if (stretch && !p->path[0])
        return pl_decode_fail(d, mark, KEY ": from and until without a profile; expected a trace");
    if (p->from_ns < 0 || p->until_ns < 0)
        return pl_decode_fail(d, mark,
                              KEY ": from or until is negative; expected times from 0s on");
    if (p->until_ns && p->until_ns <= p->from_ns)
        return pl_decode_fail(d, mark, KEY ": until is not behind from; expected a later time");
    if (o->kept == PL_OBJECT_KEPT_EVENTS && o->at != PL_OBJECT_EVERY)
        return pl_decode_fail(d, mark,
                              KEY ": kept: a session has one %s; expected at: every TIME, or kept: "
                                  "session",
                              o->at == PL_OBJECT_AT_START ? "start" : "end");
    if (o->kept == PL_OBJECT_KEPT_FOR_EVER && o->size_max &&
        o->size_min < PL_SESSION_FOR_EVER_MIN_BYTES)
        return pl_decode_fail(d, mark,
                              KEY ": what is kept for ever is too small; expected %d B or "
                                  "more",
                              PL_SESSION_FOR_EVER_MIN_BYTES);
    return p->path[0] ? share_profile(d, mark, e) : 0;
}

static int decode_one(struct pl_decoder *d, struct fy_node *node)
{
    struct pl_session_settings *s = &d->scenario->session;
    if (s->object_count == PL_SESSION_OBJECTS_MAX)
        return pl_decode_fail(d, pl_decode_mark(node), KEY ": more than %d entries",
                              PL_SESSION_OBJECTS_MAX);
    struct pl_session_object *o = &s->objects[s->object_count++];
    *o = (struct pl_session_object){.class = CLASS, .count = 1, .share = 1};
    struct object_entry entry = {.object = o};
    int rc = pl_decode_entry(d, node, KEY, decode_key, &entry);
    return rc ? rc : check_one(d, node, &entry);
}

int pl_decode_session_objects(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    d->scenario->session.object_count = d->scenario->session.profile_count = 0;
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              KEY " is not a list; expected [{size: 2KiB, at: start, kept: "
                                  "session}]");
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        int rc = decode_one(d, node);
        if (rc)
            return rc;
    }
    return 0;
}

/* A profile's largest block is known once it is read, which a class of its own would have to wait
 * for. */
static int check_class(struct pl_decoder *d, struct pl_mark mark, const struct pl_session_object *o)
{
    int class = pl_scenario_class(d->scenario, o->class);
    bool stated = class >= 0 && !(d->scenario->class_fits & 1u << class);
    if (o->size_max)
        return pl_blocks_class_check(d, mark, KEY, o->class, o->size_max);
    if (stated)
        return 0;
    return pl_decode_fail(d, mark,
                          KEY ": a profile's blocks have the class %s, which has no size; expected "
                              "it in classes, with room for the largest: classes: {%s: {size: "
                              "64KiB}}, or class: with one that is there",
                          o->class, o->class);
}

int pl_session_check(struct pl_decoder *d)
{
    const struct pl_session_settings *s = &d->scenario->session;
    struct pl_mark mark = d->marks[pl_schema_find(KEY) - pl_schema];
    int rc = 0;
    for (uint32_t i = 0; !rc && i < s->object_count; i++)
        rc = check_class(d, mark, &s->objects[i]);
    return rc;
}

bool pl_session_has_class(const struct pl_scenario *s, const char *name)
{
    for (uint32_t i = 0; i < s->session.object_count; i++)
        if (strcmp(s->session.objects[i].class, name) == 0)
            return true;
    return false;
}

uint32_t pl_session_profiles(const struct pl_scenario *s, const char *paths[PL_FILES_MAX],
                             uint32_t count)
{
    for (uint32_t i = 0; i < s->session.profile_count; i++)
        paths[count++] = s->session.profiles[i].path;
    return count;
}

uint32_t pl_session_files(const struct pl_scenario *s, const char *paths[PL_FILES_MAX])
{
    paths[0] = s->traffic.file;
    return pl_session_profiles(s, paths, 1);
}

_Static_assert(2 + PL_SESSION_PROFILES_MAX <= PL_FILES_MAX, "room for all files");
