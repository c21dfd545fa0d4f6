/* Books of the objects of sessions (objects.h): each session has a place for each block that it may
 * keep at a time. */
#include "harness/pipelines/session/objects.h"

#include "harness/base/random.h"
#include "harness/clock/virtual.h"
#include "harness/pipelines/session/books.h"
#include "harness/pipelines/session/leaks.h"
#include "harness/pipelines/session/timeline.h"
#include "harness/traffic/profile.h"

/* One of session.objects. */
struct object_entry {
    const struct pl_session_object *settings;
    const struct pl_profile *profile; /* of its sizes; NULL: they are the settings' */
    uint32_t class_index;
    uint64_t slots;                /* times whose objects are kept; 0: those of all, as leaks */
    uint64_t first;                /* of a session's places, its first */
    struct timeline_place *places; /* of all sessions; NULL of what is made once */
};

struct object_session {
    uint64_t random;
    uint32_t makes; /* a bit an entry: whether it is among those that do */
    bool open;
};

/* What one thread alone touches. */
struct object_thread {
    struct pl_side *side;
    struct timeline timelines[PL_SESSION_OBJECTS_MAX];
    struct leaks leaks;
};

struct pl_session_objects {
    struct object_entry entries[PL_SESSION_OBJECTS_MAX];
    uint32_t entry_count;
    struct object_session *sessions;
    uint32_t session_count;
    uint64_t *times;           /* that each entry was made, of each session */
    struct pl_stamped *blocks; /* of each session, `each` */
    uint64_t each;
    struct object_thread *threads;
    uint32_t thread_count;
};

static uint32_t entries_at_times(const struct pl_session_settings *s)
{
    uint32_t entries = 0;
    for (uint32_t i = 0; i < s->object_count; i++)
        entries += s->objects[i].at == PL_OBJECT_EVERY;
    return entries;
}

size_t pl_session_objects_arena_bytes(const struct pl_scenario *s, uint32_t sessions,
                                      uint32_t threads)
{
    size_t entries = s->session.object_count;
    if (!entries)
        return 0;
    return pl_arena_cost(sizeof(struct pl_session_objects)) +
           pl_arena_cost(sessions * sizeof(struct object_session)) +
           pl_arena_cost(sessions * entries * sizeof(uint64_t)) +
           pl_arena_cost(sessions * (size_t)books_places(s) * sizeof(struct pl_stamped)) +
           pl_arena_cost(threads * sizeof(struct object_thread)) +
           entries_at_times(&s->session) * pl_arena_cost(sessions * sizeof(struct timeline_place));
}

static bool open_entry(struct pl_session_objects *o, const struct pl_pipeline_inputs *in,
                       const struct pl_session_object *settings)
{
    struct object_entry *e = &o->entries[o->entry_count++];
    *e = (struct object_entry){
        .settings = settings,
        .profile = books_profile(in->scenario, settings, in->recording),
        .class_index = (uint32_t)pl_scenario_class(in->scenario, settings->class),
        .slots = books_slots(in->scenario, settings),
        .first = o->each,
    };
    o->each += e->slots * settings->count;
    if (settings->at == PL_OBJECT_EVERY)
        e->places = pl_arena_take(in->arena, o->session_count * sizeof *e->places);
    return settings->at != PL_OBJECT_EVERY || e->places;
}

static bool open_entries(struct pl_session_objects *o, const struct pl_pipeline_inputs *in)
{
    const struct pl_session_settings *s = &in->scenario->session;
    for (uint32_t i = 0; i < s->object_count; i++)
        if (!open_entry(o, in, &s->objects[i]))
            return false;
    o->times =
        pl_arena_take(in->arena, (size_t)o->session_count * o->entry_count * sizeof *o->times);
    o->blocks = pl_arena_take(in->arena, o->session_count * o->each * sizeof *o->blocks);
    return o->times && o->blocks;
}

static bool open_sessions(struct pl_session_objects *o, const struct pl_pipeline_inputs *in,
                          struct pl_side **sides)
{
    o->sessions = pl_arena_take(in->arena, o->session_count * sizeof *o->sessions);
    o->threads = pl_arena_take(in->arena, o->thread_count * sizeof *o->threads);
    if (!o->sessions || !o->threads)
        return false;
    uint64_t random = in->seed;
    for (uint32_t i = 0; i < o->session_count; i++)
        o->sessions[i].random = pl_random_next(&random);
    for (uint32_t i = 0; i < o->thread_count; i++)
        o->threads[i].side = sides[i];
    return true;
}

bool pl_session_objects_open(const struct pl_pipeline_inputs *in, uint32_t sessions,
                             struct pl_side **sides, uint32_t threads,
                             struct pl_session_objects **objects)
{
    *objects = NULL;
    if (!in->scenario->session.object_count)
        return true;
    struct pl_session_objects *o = pl_arena_take(in->arena, sizeof *o);
    if (!o)
        return false;
    o->session_count = sessions;
    o->thread_count = threads;
    if (!open_sessions(o, in, sides) || !open_entries(o, in))
        return false;
    *objects = o;
    return true;
}

static uint64_t *times_of(struct pl_session_objects *o, uint32_t session, uint32_t entry)
{
    return &o->times[(size_t)session * o->entry_count + entry];
}

static struct pl_stamped *blocks_of(struct pl_session_objects *o, uint32_t session, uint32_t entry)
{
    return &o->blocks[session * o->each + o->entries[entry].first];
}

/* A new block comes before the one goes whose place it takes. */
static void replace(struct object_thread *t, const struct object_entry *e, struct pl_stamped *place,
                    uint32_t size, uint64_t stamp)
{
    struct pl_stamped old = *place;
    pl_stamped_acquire(t->side, e->class_index, place, size, stamp, PL_SITE("session.objects"));
    pl_stamped_release(t->side, e->class_index, &old);
}

static uint32_t draw_size(const struct object_entry *e, uint64_t *random)
{
    if (e->profile)
        return pl_profile_draw(e->profile, pl_random_next(random))->size;
    return pl_stamped_size(e->settings->size_min, e->settings->size_max, random);
}

/* Makes the objects of an entry once. */
static void make(struct pl_session_objects *o, struct object_thread *t, uint32_t session,
                 uint32_t entry)
{
    const struct object_entry *e = &o->entries[entry];
    const struct pl_session_object *s = e->settings;
    uint64_t *random = &o->sessions[session].random, *times = times_of(o, session, entry);
    struct pl_stamped *places = blocks_of(o, session, entry);
    if (e->slots)
        places += *times % e->slots * s->count;
    for (uint32_t i = 0; i < s->count; i++) {
        uint32_t size = draw_size(e, random);
        if (e->slots)
            replace(t, e, &places[i], size, pl_random_next(random));
        else
            leaks_add(&t->leaks, t->side, e->class_index, size, PL_SITE("session.objects leak"));
    }
    ++*times;
}

static bool makes(const struct pl_session_objects *o, uint32_t session, uint32_t entry)
{
    return o->sessions[session].makes & 1u << entry;
}

/* Whatever becomes of it, each entry draws whether the session is among its share. */
static void draw_entries(struct pl_session_objects *o, struct object_session *s)
{
    s->makes = 0;
    for (uint32_t e = 0; e < o->entry_count; e++)
        if (pl_random_unit(&s->random) < o->entries[e].settings->share)
            s->makes |= 1u << e;
}

void pl_session_objects_start(struct pl_session_objects *o, uint32_t thread, uint32_t session,
                              int64_t now_ns)
{
    if (!o)
        return;
    struct object_thread *t = &o->threads[thread];
    o->sessions[session].open = true;
    draw_entries(o, &o->sessions[session]);
    for (uint32_t e = 0; e < o->entry_count; e++) {
        const struct pl_session_object *s = o->entries[e].settings;
        *times_of(o, session, e) = 0;
        if (makes(o, session, e) && s->at == PL_OBJECT_AT_START)
            make(o, t, session, e);
        else if (makes(o, session, e) && s->at == PL_OBJECT_EVERY)
            timeline_put(&t->timelines[e], o->entries[e].places, session, now_ns + s->every_ns);
    }
}

/* What a session keeps, that of its first times first. */
static void release(struct pl_session_objects *o, struct pl_side *side, uint32_t session)
{
    for (uint32_t e = 0; e < o->entry_count; e++) {
        const struct object_entry *entry = &o->entries[e];
        uint64_t times = *times_of(o, session, e), count = entry->settings->count;
        uint64_t kept = times < entry->slots ? times : entry->slots;
        struct pl_stamped *blocks = blocks_of(o, session, e);
        for (uint64_t i = times - kept; i < times; i++)
            for (uint64_t k = 0; k < count; k++)
                pl_stamped_release(side, entry->class_index, &blocks[i % entry->slots * count + k]);
    }
    o->sessions[session].open = false;
}

void pl_session_objects_end(struct pl_session_objects *o, uint32_t thread, uint32_t session)
{
    if (!o)
        return;
    struct object_thread *t = &o->threads[thread];
    for (uint32_t e = 0; e < o->entry_count; e++) {
        uint32_t at = o->entries[e].settings->at;
        if (makes(o, session, e) && at == PL_OBJECT_AT_END)
            make(o, t, session, e);
        else if (makes(o, session, e) && at == PL_OBJECT_EVERY)
            timeline_take(&t->timelines[e], o->entries[e].places, session);
    }
    release(o, t->side, session);
}

/* Nothing is left out: what comes late comes all the same. */
static void work_entry(struct pl_session_objects *o, struct object_thread *t, uint32_t entry,
                       int64_t now_ns)
{
    struct timeline *timeline = &t->timelines[entry];
    const struct object_entry *e = &o->entries[entry];
    while (timeline->first && e->places[timeline->first - 1].due_ns <= now_ns) {
        uint32_t session = timeline->first - 1;
        int64_t due_ns = e->places[session].due_ns;
        make(o, t, session, entry);
        timeline_take(timeline, e->places, session);
        timeline_put(timeline, e->places, session, due_ns + e->settings->every_ns);
    }
}

void pl_session_objects_work(struct pl_session_objects *o, uint32_t thread, int64_t now_ns)
{
    for (uint32_t e = 0; o && e < o->entry_count; e++)
        work_entry(o, &o->threads[thread], e, now_ns);
}

int64_t pl_session_objects_due(const struct pl_session_objects *o, uint32_t thread)
{
    int64_t due_ns = PL_NEVER;
    for (uint32_t e = 0; o && e < o->entry_count; e++) {
        uint32_t first = o->threads[thread].timelines[e].first;
        if (first && o->entries[e].places[first - 1].due_ns < due_ns)
            due_ns = o->entries[e].places[first - 1].due_ns;
    }
    return due_ns;
}

void pl_session_objects_close(struct pl_session_objects *o)
{
    if (!o)
        return;
    for (uint32_t i = 0; i < o->session_count; i++)
        if (o->sessions[i].open)
            release(o, o->threads[0].side, i);
    for (uint32_t i = 0; i < o->thread_count; i++)
        leaks_release(&o->threads[i].leaks, o->threads[i].side);
}
