/* A profile of a recorded program's small blocks (profile.h). */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "harness/trace/reader.h"
#include "harness/traffic/profile.h"

enum {
    LARGEST = 1 << 16, /* bytes: heaps map larger blocks apart, and programs pool them */
    EXACT = 128,       /* bytes: above it sizes are rounded up to STEP, as heaps do */
    STEP = 16,
    SIZES = EXACT + (LARGEST - EXACT) / STEP + 1,
    LIVES = PL_PROFILE_LIFE_MAX + 1
};

/* A live block's slot. */
struct held {
    uint64_t born; /* acquires until then, this one included */
    uint64_t size; /* 0: out of the stretch that is looked at, or nothing was asked for */
};

struct tally {
    uint64_t (*count)[LIVES]; /* by size */
    struct held *held;        /* by slot; born 0: nothing is */
    uint32_t capacity;
    uint64_t acquires;
    uint64_t from_ms, until_ms; /* of what is counted */
    struct pl_error cut;        /* why the trace is not whole */
};

static uint32_t index_of(uint64_t size)
{
    return (uint32_t)(size <= EXACT ? size : EXACT + (size - EXACT + STEP - 1) / STEP);
}

static uint32_t size_at(uint32_t index)
{
    return index <= EXACT ? index : EXACT + (index - EXACT) * STEP;
}

static void book(struct tally *t, struct held *held, uint64_t lived)
{
    uint32_t life = 0;
    while (life < PL_PROFILE_LIFE_MAX && UINT64_C(1) << life <= lived)
        life++;
    if (held->size && held->size <= LARGEST)
        t->count[index_of(held->size)][life]++;
    held->born = 0;
}

static bool make_room(struct tally *t, uint32_t slot)
{
    if (slot < t->capacity)
        return true;
    const uint32_t capacity = 2 * slot + 64;
    struct held *grown = reallocarray(t->held, capacity, sizeof *grown);
    if (!grown)
        return false;
    for (uint32_t i = t->capacity; i < capacity; i++)
        grown[i] = (struct held){0};
    t->held = grown;
    t->capacity = capacity;
    return true;
}

/* A resize is a release and an acquire, as a heap without one would have it. @return 0 or -ENOMEM
 */
static int take(struct tally *t, const struct pl_trace_event *e)
{
    const bool acquires = e->kind == PL_TRACE_ALLOCATE || e->kind == PL_TRACE_RESIZE;
    if (!acquires && e->kind != PL_TRACE_FREE)
        return 0;
    if (!make_room(t, e->slot))
        return -ENOMEM;
    struct held *held = &t->held[e->slot];
    if (held->born)
        book(t, held, t->acquires - held->born);
    const bool counts = e->time_ms >= t->from_ms && e->time_ms < t->until_ms;
    if (acquires)
        *held = (struct held){++t->acquires, counts ? e->size : 0};
    return 0;
}

/* Also of one that was cut off: what is live then was never released. */
static int tally_up(struct tally *t, const char *path, struct pl_error *error)
{
    struct pl_trace_reader *reader;
    struct pl_trace_event event;
    struct pl_error reason;
    int rc = pl_trace_open(path, &reader, error), took = 0;
    if (rc)
        return rc;
    while (!took && (rc = pl_trace_next(reader, &event, &reason)) > 0)
        took = take(t, &event);
    pl_trace_close(reader);
    if (took)
        return pl_error_set(error, took, "out of memory for %s", path);
    for (uint32_t i = 0; i < t->capacity; i++)
        if (t->held[i].born)
            book(t, &t->held[i], UINT64_MAX);
    if (rc == -ENODATA)
        t->cut = reason;
    return rc == 0 || rc == -ENODATA ? 0 : pl_error_set(error, rc, "%s", reason.text);
}

static uint32_t count_rows(const struct tally *t)
{
    uint32_t rows = 0;
    for (uint32_t i = 0; i < SIZES; i++)
        for (uint32_t life = 0; life < LIVES; life++)
            rows += t->count[i][life] != 0;
    return rows;
}

static void add_row(struct pl_profile *p, uint32_t size, uint32_t life, uint64_t count)
{
    p->blocks += count;
    p->largest = size;
    p->rows[p->row_count++] = (struct pl_profile_row){size, life, p->blocks};
}

static struct pl_profile *profile_of(const struct tally *t)
{
    struct pl_profile *p = calloc(1, sizeof *p + count_rows(t) * sizeof *p->rows);
    if (!p)
        return NULL;
    for (uint32_t i = 1; i < SIZES; i++)
        for (uint32_t life = 0; life < LIVES; life++)
            if (t->count[i][life])
                add_row(p, size_at(i), life, t->count[i][life]);
    pl_profile_finish(p);
    snprintf(p->cut, sizeof p->cut, "%.255s", t->cut.text);
    return p;
}

int pl_profile_of_trace(const char *path, int64_t from_ns, int64_t until_ns,
                        struct pl_profile **profile, struct pl_error *error)
{
    struct tally t = {.count = calloc(SIZES, sizeof *t.count),
                      .from_ms = (uint64_t)from_ns / 1000000,
                      .until_ms = until_ns ? (uint64_t)until_ns / 1000000 : UINT64_MAX};
    int rc = t.count ? tally_up(&t, path, error)
                     : pl_error_set(error, -ENOMEM, "out of memory for %s", path);
    struct pl_profile *made = rc ? NULL : profile_of(&t);
    if (!rc && !made)
        rc = pl_error_set(error, -ENOMEM, "out of memory for %s", path);
    if (!rc && made->row_count) {
        *profile = made;
    } else if (!rc) {
        free(made);
        rc = pl_error_set(error, -EINVAL, "%s%s holds no block of 1 to %d B%s%s",
                          t.cut.text[0] ? t.cut.text : path, t.cut.text[0] ? ", and" : "", LARGEST,
                          from_ns || until_ns ? " between from and until" : "",
                          t.cut.text[0] ? " before that" : "");
    }
    free(t.count);
    free(t.held);
    return rc;
}
