/* From a trace to a tape (tape.h). The words grow where they will lie, so that a long trace is held
 * once. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/trace/reader.h"
#include "harness/trace/shapes.h"
#include "harness/traffic/material.h"
#include "harness/traffic/tape.h"

enum { NO_LANE = UINT32_MAX };

_Static_assert((int)PL_TAPE_PAGE_BYTES == (int)PL_TRACE_PAGE_BYTES, "both count the same pages");
_Static_assert((int)PL_TAPE_TOLD_FROM == (int)PL_TRACE_TOLD_FROM, "both tell of the same blocks");

/** A list that grows. Starts as zeroes. */
struct list {
    char *data;
    size_t bytes, capacity;
};

/* What is touched of a slot's block. */
struct touch {
    size_t at; /* where in the list it is said, until somebody has looked; 0: somebody has */
    uint64_t pages;
};

struct late {
    size_t at; /* before what stands there */
    pl_tape_word word;
};

struct compiler {
    struct list tape;    /* room for what stands before it, its head, then the words */
    struct list shapes;  /* struct pl_request */
    struct list looks;   /* struct pl_tape_look */
    struct list touches; /* of each slot: struct touch */
    struct list late;    /* struct late: words that belong where others stand already */
    struct list lanes;   /* of each thread: its lane */
    struct pl_trace_shapes known;
    bool taken[PL_TAPE_LANES_MAX];
    uint32_t lane; /* whose event was the latest */
    uint64_t time_ms;
    uint64_t look_ms, half_ms; /* the latest look; then half of the time to the next is over */
    size_t half;               /* where that is in the list; 0: it is still to come */
    struct pl_tape head;
};

/* More room at a list's end, zeroed. @return where it begins, or NULL when out of memory */
static void *grow(struct list *l, size_t bytes)
{
    if (l->bytes + bytes > l->capacity) {
        size_t capacity = 2 * l->capacity > l->bytes + bytes ? 2 * l->capacity : l->bytes + bytes;
        char *data = realloc(l->data, capacity);
        if (!data)
            return NULL;
        l->data = data;
        l->capacity = capacity;
    }
    char *at = l->data + l->bytes;
    memset(at, 0, bytes);
    l->bytes += bytes;
    return at;
}

static bool add_word(struct compiler *c, enum pl_tape_op op, uint32_t slot, uint32_t argument)
{
    pl_tape_word *word = grow(&c->tape, sizeof *word);
    if (!word)
        return false;
    *word = pl_tape_word_of(op, slot, argument);
    c->head.word_count++;
    return true;
}

/* A list of numbers, as long as an index needs it to be. */
static bool reach(struct list *l, size_t index, size_t size)
{
    return (index + 1) * size <= l->bytes || grow(l, (index + 1) * size - l->bytes);
}

static struct touch *touch_of(struct compiler *c, uint32_t slot)
{
    return (struct touch *)(void *)c->touches.data + slot;
}

/* Pages touched since the look before: when, nobody saw. Halfway from it; at once before that. */
static bool touch_more(struct compiler *c, uint32_t slot, uint32_t pages)
{
    if (!c->half)
        return add_word(c, PL_TAPE_TOUCH, slot, pages);
    struct late *late = grow(&c->late, sizeof *late);
    if (late)
        *late = (struct late){c->half, pl_tape_word_of(PL_TAPE_TOUCH, slot, pages)};
    return late;
}

/* What a look finds of a block. Of one that came since the look before it was touched as it came. */
static bool note_touched(struct compiler *c, const struct pl_trace_event *e)
{
    struct touch *touch = touch_of(c, e->slot);
    if (e->touched_pages == PL_TRACE_UNTOLD || (!touch->at && e->touched_pages <= touch->pages))
        return true;
    const size_t at = touch->at;
    const uint32_t pages =
        e->touched_pages < PL_TAPE_ALL_PAGES ? (uint32_t)e->touched_pages : PL_TAPE_ALL_PAGES - 1;
    *touch = (struct touch){.pages = pages};
    if (!at)
        return touch_more(c, e->slot, pages);
    const pl_tape_word word = pl_tape_word_of(PL_TAPE_TOUCH, e->slot, pages);
    memcpy(c->tape.data + at, &word, sizeof word);
    return true;
}

/* What nobody will have looked at is touched in whole. Small blocks always are. */
static bool add_touch(struct compiler *c, uint32_t slot, uint64_t size)
{
    *touch_of(c, slot) = (struct touch){.pages = UINT64_MAX};
    if (size < PL_TAPE_TOLD_FROM)
        return true;
    *touch_of(c, slot) = (struct touch){.at = c->tape.bytes};
    return add_word(c, PL_TAPE_TOUCH, slot, PL_TAPE_ALL_PAGES);
}

/* @return the number of an event's shape, or -1 when out of memory */
static int64_t shape_of(struct compiler *c, const struct pl_trace_event *e)
{
    struct pl_trace_event plain = *e;
    struct pl_trace_shape shape;
    bool is_new;
    plain.site = 0;
    int64_t number = pl_trace_shape_number(&c->known, &plain, &shape, &is_new);
    if (number < 0 || !is_new) /* those beyond what is numbered there are always new */
        return number;
    struct pl_request *request = grow(&c->shapes, sizeof *request);
    if (!request)
        return -1;
    *request = (struct pl_request){
        .size = e->size, .alignment = e->alignment > 1 ? e->alignment : 0, .zeroed = e->zeroed};
    return (int64_t)c->head.shape_count++;
}

/* A block comes, or gets another size. */
static bool add_block(struct compiler *c, const struct pl_trace_event *e, enum pl_tape_op op)
{
    int64_t shape = shape_of(c, e);
    if (shape < 0 || !reach(&c->touches, e->slot, sizeof(struct touch)) ||
        !add_word(c, op, e->slot, (uint32_t)shape))
        return false;
    if (e->slot >= c->head.slots)
        c->head.slots = e->slot + 1;
    return add_touch(c, e->slot, e->size);
}

static bool add_look(struct compiler *c, const struct pl_trace_event *e)
{
    struct pl_tape_look *look = grow(&c->looks, sizeof *look);
    if (!look)
        return false;
    *look = (struct pl_tape_look){e->time_ms, e->rss_bytes, e->beside_rss_bytes};
    c->head.look_count++;
    c->half_ms = e->time_ms + (e->time_ms - c->look_ms) / 2; /* they come evenly */
    c->look_ms = e->time_ms;
    c->half = 0;
    return true;
}

static bool add_leave(struct compiler *c)
{
    if (c->lane != 0) /* the first one stays the main thread's */
        c->taken[c->lane] = false;
    c->lane = NO_LANE;
    return add_word(c, PL_TAPE_LEAVE, 0, 0);
}

static bool add_event(struct compiler *c, const struct pl_trace_event *e)
{
    switch (e->kind) {
    case PL_TRACE_ALLOCATE:
        c->head.survivors++;
        return add_block(c, e, PL_TAPE_ACQUIRE);
    case PL_TRACE_RESIZE:
        return note_touched(c, e) && add_block(c, e, PL_TAPE_RESIZE);
    case PL_TRACE_FREE:
        c->head.survivors--;
        return note_touched(c, e) && add_word(c, PL_TAPE_RELEASE, e->slot, 0);
    case PL_TRACE_TOUCHED:
        return note_touched(c, e);
    case PL_TRACE_TRIM:
        return add_word(c, PL_TAPE_TRIM, 0, e->size < UINT32_MAX ? (uint32_t)e->size : UINT32_MAX);
    case PL_TRACE_THREAD_END:
        return add_leave(c);
    case PL_TRACE_RSS:
        return add_look(c, e);
    default:
        c->head.skipped++;
        return true;
    }
}

/* The lane of a thread: that of one that ended, or a new one. @return NO_LANE: they are used up */
static uint32_t take_lane(struct compiler *c)
{
    for (uint32_t lane = 0; lane < PL_TAPE_LANES_MAX; lane++)
        if (!c->taken[lane]) {
            c->taken[lane] = true;
            c->head.lanes = lane >= c->head.lanes ? lane + 1 : c->head.lanes;
            return lane;
        }
    return NO_LANE;
}

static int switch_lane(struct compiler *c, uint32_t thread, struct pl_error *error)
{
    if (!reach(&c->lanes, thread, sizeof(uint32_t)))
        return pl_error_set(error, -ENOMEM, "out of memory for a tape");
    uint32_t *lane = (uint32_t *)(void *)c->lanes.data + thread;
    if (!*lane) { /* counted from 1 */
        uint32_t taken = take_lane(c);
        if (taken == NO_LANE)
            return pl_error_set(error, -EINVAL,
                                "more than %d threads at a time; fewer would be right",
                                PL_TAPE_LANES_MAX);
        *lane = taken + 1;
        c->head.threads++;
    }
    if (*lane - 1 == c->lane)
        return 0;
    c->lane = *lane - 1;
    return add_word(c, PL_TAPE_LANE, 0, c->lane) ? 0 : -ENOMEM;
}

static int compile_event(struct compiler *c, const struct pl_trace_event *e, struct pl_error *error)
{
    int rc = 0;
    c->head.events++;
    if (e->slot >= PL_TAPE_SLOTS_MAX || e->time_ms > UINT32_MAX)
        return pl_error_set(error, -EINVAL, "more than %u live blocks, or 49 days",
                            PL_TAPE_SLOTS_MAX);
    if (e->time_ms > c->time_ms) {
        c->time_ms = e->time_ms;
        rc = add_word(c, PL_TAPE_TIME, 0, (uint32_t)e->time_ms) ? 0 : -ENOMEM;
        if (!c->half && c->look_ms && e->time_ms >= c->half_ms)
            c->half = c->tape.bytes;
    }
    if (!rc && e->thread)
        rc = switch_lane(c, e->thread, error);
    if (!rc && !add_event(c, e))
        rc = -ENOMEM;
    return rc == -ENOMEM ? pl_error_set(error, -ENOMEM, "out of memory for a tape") : rc;
}

/* @return 0, with `cut` set where the trace is not whole */
static int compile_events(struct compiler *c, struct pl_trace_reader *reader, const char *path,
                          struct pl_error *error)
{
    struct pl_trace_event event;
    struct pl_error reason;
    int rc;
    while ((rc = pl_trace_next(reader, &event, error)) > 0)
        if (compile_event(c, &event, &reason))
            return pl_error_set(error, -EINVAL, "%s: %s", path, reason.text);
    if (rc == -ENODATA) {
        snprintf(c->head.cut, sizeof c->head.cut, "%.255s", error->text);
        rc = 0;
    }
    if (rc || c->head.slots)
        return rc;
    return pl_error_set(error, -EINVAL, "%s holds no block%s%s", path, c->head.cut[0] ? ": " : "",
                        c->head.cut);
}

static void describe(struct compiler *c, const struct pl_trace_reader *reader)
{
    const struct pl_trace_head *head = pl_trace_head(reader);
    snprintf(c->head.heap, sizeof c->head.heap, "%s", head->heap);
    snprintf(c->head.program, sizeof c->head.program, "%s", head->command);
    snprintf(c->head.imported, sizeof c->head.imported, "%s", head->imported);
    c->head.duration_ms = head->duration_ms > c->time_ms ? head->duration_ms : c->time_ms + 1;
}

/* Puts words that came late where they belong: from the end on, each word once. */
static bool insert_late(struct compiler *c)
{
    const struct late *late = (const void *)c->late.data;
    size_t left = c->late.bytes / sizeof *late, from = c->tape.bytes;
    if (!left)
        return true;
    if (!grow(&c->tape, left * sizeof(pl_tape_word)))
        return false;
    c->head.word_count += left;
    for (size_t to = c->tape.bytes; left;) {
        const size_t behind = from - late[left - 1].at;
        memmove(c->tape.data + to - behind, c->tape.data + from - behind, behind);
        from -= behind;
        to -= behind + sizeof(pl_tape_word);
        memcpy(c->tape.data + to, &late[--left].word, sizeof(pl_tape_word));
    }
    return true;
}

/* Appends a list to the tape. @return its offset from the tape's head, 0 when out of memory */
static uint64_t append(struct compiler *c, const struct list *l)
{
    uint64_t offset = c->tape.bytes - pl_material_lead();
    void *at = grow(&c->tape, l->bytes);
    if (!at)
        return 0;
    if (l->bytes)
        memcpy(at, l->data, l->bytes);
    return offset;
}

static int finish(struct compiler *c, const char *path, struct pl_recording **recording,
                  struct pl_error *error)
{
    c->head.words_offset = sizeof c->head;
    if (!insert_late(c))
        return pl_error_set(error, -ENOMEM, "out of memory for %s", path);
    c->head.shapes_offset = append(c, &c->shapes);
    c->head.looks_offset = append(c, &c->looks);
    if (!c->head.shapes_offset || !c->head.looks_offset)
        return pl_error_set(error, -ENOMEM, "out of memory for %s", path);
    c->head.bytes = c->tape.bytes - pl_material_lead();
    memcpy(c->tape.data + pl_material_lead(), &c->head, sizeof c->head);
    *recording = pl_material_adopt(c->tape.data, path, c->head.bytes);
    c->tape.data = NULL;
    return 0;
}

static void free_lists(struct compiler *c)
{
    free(c->tape.data);
    free(c->shapes.data);
    free(c->looks.data);
    free(c->touches.data);
    free(c->late.data);
    free(c->lanes.data);
    pl_trace_shapes_free(&c->known);
}

int pl_tape_compile(const char *path, struct pl_recording **recording, struct pl_error *error)
{
    struct compiler c = {.lane = NO_LANE};
    struct pl_trace_reader *reader;
    int rc = pl_trace_open(path, &reader, error);
    if (rc)
        return rc;
    if (!grow(&c.tape, pl_material_lead() + sizeof c.head))
        rc = pl_error_set(error, -ENOMEM, "out of memory for %s", path);
    if (!rc)
        rc = compile_events(&c, reader, path, error);
    if (!rc) {
        describe(&c, reader);
        rc = finish(&c, path, recording, error);
    }
    free_lists(&c);
    pl_trace_close(reader);
    return rc;
}
