/* A load is walked twice: to count how often each sender goes, and to note from when until when it
 * is away. */
#include "harness/traffic/absences.h"

#include "harness/traffic/load.h"

#define PRESENT (-1)

/* Of all senders: each is away at first, and after each time that it goes. */
static uint64_t spans_of(const struct pl_traffic_settings *t, int64_t until_ns)
{
    return t->sessions * (uint64_t)(1 + t->outage_count) + pl_load_falls(&t->load, until_ns);
}

size_t pl_absences_arena_bytes(const struct pl_traffic_settings *t, int64_t until_ns)
{
    if (!t->load.count)
        return 0;
    return pl_arena_cost(spans_of(t, until_ns) * sizeof(struct pl_span)) +
           3 * pl_arena_cost(t->sessions * sizeof(uint32_t)) +
           pl_arena_cost(t->sessions * sizeof(int64_t));
}

static bool next_until(struct pl_load_walk *walk, int64_t until_ns, struct pl_load_change *change)
{
    return pl_load_next(walk, change) && change->at_ns < until_ns;
}

/* Where each sender's spans lie: as many as it may have. */
static void lay_out(struct pl_absences *a, struct pl_load_walk *walk, int64_t until_ns)
{
    const struct pl_traffic_settings *t = a->traffic;
    struct pl_load_change change;
    while (next_until(walk, until_ns, &change))
        a->count[change.session] += !change.comes;
    for (uint32_t i = 0, at = 0; i < t->sessions; i++) {
        a->first[i] = at;
        at += a->count[i] + 1 + t->outage_count;
        a->count[i] = 0;
    }
}

/* The load's stand behind the room for the outages. One that ends as it begins is none. */
static void note(struct pl_absences *a, uint32_t sender, int64_t from_ns, int64_t until_ns)
{
    uint32_t at = a->first[sender] + a->traffic->outage_count + a->count[sender];
    if (from_ns < until_ns) {
        a->spans[at] = (struct pl_span){from_ns, until_ns};
        a->count[sender]++;
    }
}

/* @param since_ns of each sender, 0: from when on it is away, or PRESENT */
static void note_load(struct pl_absences *a, struct pl_load_walk *walk, int64_t until_ns,
                      int64_t *since_ns)
{
    struct pl_load_change change;
    while (next_until(walk, until_ns, &change)) {
        int64_t *since = &since_ns[change.session];
        if (change.comes)
            note(a, change.session, *since, change.at_ns);
        *since = change.comes ? PRESENT : change.at_ns;
    }
    for (uint32_t i = 0; i < a->traffic->sessions; i++)
        if (since_ns[i] != PRESENT)
            note(a, i, since_ns[i], INT64_MAX);
}

/* Adds a span that begins no earlier than those before it. */
static uint32_t append(struct pl_span *spans, uint32_t count, struct pl_span span)
{
    struct pl_span *last = count ? &spans[count - 1] : NULL;
    if (!last || last->until_ns < span.from_ns) {
        spans[count] = span;
        return count + 1;
    }
    if (last->until_ns < span.until_ns)
        last->until_ns = span.until_ns;
    return count;
}

/* Merges a sender's with the outages; what is written never reaches what is still to be read. */
static void merge(struct pl_absences *a, uint32_t sender)
{
    const struct pl_traffic_settings *t = a->traffic;
    struct pl_span *spans = a->spans + a->first[sender];
    const struct pl_span *own = spans + t->outage_count, *outages = t->outages;
    uint32_t own_left = a->count[sender], outages_left = t->outage_count, count = 0;
    while (own_left + outages_left > 0) {
        bool is_own = own_left && (!outages_left || own->from_ns <= outages->from_ns);
        count = append(spans, count, is_own ? *own : *outages);
        own += is_own;
        own_left -= is_own;
        outages += !is_own;
        outages_left -= !is_own;
    }
    a->count[sender] = count;
}

bool pl_absences_open(struct pl_absences *a, const struct pl_traffic_settings *t, uint64_t seed,
                      int64_t until_ns, struct pl_arena *arena)
{
    *a = (struct pl_absences){.traffic = t};
    if (!t->load.count)
        return true;
    a->spans = pl_arena_take(arena, spans_of(t, until_ns) * sizeof *a->spans);
    a->first = pl_arena_take(arena, t->sessions * sizeof *a->first);
    a->count = pl_arena_take(arena, t->sessions * sizeof *a->count);
    uint32_t *order = pl_arena_take(arena, t->sessions * sizeof *order);
    int64_t *since_ns = pl_arena_take(arena, t->sessions * sizeof *since_ns);
    if (!a->spans || !a->first || !a->count || !order || !since_ns)
        return false;
    struct pl_load_walk walk;
    pl_load_start(&walk, &t->load, seed, order);
    lay_out(a, &walk, until_ns);
    pl_load_start(&walk, &t->load, seed, order);
    note_load(a, &walk, until_ns, since_ns);
    for (uint32_t i = 0; i < t->sessions; i++)
        merge(a, i);
    return true;
}

struct pl_away pl_absences_of(const struct pl_absences *a, uint32_t sender)
{
    if (!a->spans)
        return (struct pl_away){a->traffic->outages, a->traffic->outage_count};
    return (struct pl_away){a->spans + a->first[sender], a->count[sender]};
}
