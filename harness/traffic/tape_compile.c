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
#include "harness/traffic/tape_touches.h"

#define NO_LANE UINT32_MAX

_Static_assert((int)PL_TAPE_PAGE_BYTES == (int)PL_TRACE_PAGE_BYTES, "both count the same pages");
_Static_assert((int)PL_TAPE_TOLD_FROM == (int)PL_TRACE_TOLD_FROM, "both tell of the same blocks");

struct compiler {
    struct pl_tape_list tape;   /* room for what stands before it, its head, then the words */
    struct pl_tape_list shapes; /* struct pl_request */
    struct pl_tape_list looks;  /* struct pl_tape_look */
    struct pl_tape_list lanes;  /* of each thread: its lane */
    struct pl_tape_touches touches;
    struct pl_trace_shapes known;
    bool taken[PL_TAPE_LANES_MAX];
    uint32_t lane; /* whose event was the latest */
    uint64_t time_ms;
    struct pl_tape head;
};

static bool add_word(struct compiler *c, enum pl_tape_op op, uint32_t slot, uint32_t argument)
{
    return pl_tape_list_word(&c->tape, op, slot, argument);
}

static bool note_touched(struct compiler *c, const struct pl_trace_event *e)
{
    return e->touched_pages == PL_TRACE_UNTOLD ||
           pl_tape_touches_found(&c->touches, &c->tape, e->slot, e->touched_pages);
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
    struct pl_request *request = pl_tape_list_grow(&c->shapes, sizeof *request);
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
    if (shape < 0 || !add_word(c, op, e->slot, (uint32_t)shape))
        return false;
    if (e->slot >= c->head.slots)
        c->head.slots = e->slot + 1;
    return pl_tape_touches_block(&c->touches, &c->tape, e->slot, e->size);
}

static bool add_look(struct compiler *c, const struct pl_trace_event *e)
{
    struct pl_tape_look *look = pl_tape_list_grow(&c->looks, sizeof *look);
    if (!look)
        return false;
    *look = (struct pl_tape_look){e->time_ms, e->rss_bytes, e->beside_rss_bytes};
    c->head.look_count++;
    pl_tape_touches_look(&c->touches, e->time_ms);
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
    if (!pl_tape_list_reach(&c->lanes, thread, sizeof(uint32_t)))
        return pl_error_set(error, -ENOMEM, "out of memory for a tape");
    uint32_t *lane = (uint32_t *)(void *)c->lanes.data + thread;
    if (!*lane) { /* counted from 1 */
        uint32_t taken = take_lane(c);
        if (taken == NO_LANE)
            return pl_error_set(error, -EINVAL, "more than %d threads at a time; expected fewer",
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
        pl_tape_touches_time(&c->touches, &c->tape, e->time_ms);
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
    return c->head.cut[0] /* which begins with the path */
               ? pl_error_set(error, -EINVAL,
                              "%s, and holds no block before that; what is left of a "
                              "trace are its whole sections, of up to 262,144 events",
                              c->head.cut)
               : pl_error_set(error, -EINVAL, "%s holds no block", path);
}

static void describe(struct compiler *c, const struct pl_trace_reader *reader)
{
    const struct pl_trace_head *head = pl_trace_head(reader);
    snprintf(c->head.heap, sizeof c->head.heap, "%s", head->heap);
    snprintf(c->head.program, sizeof c->head.program, "%s", head->command);
    snprintf(c->head.imported, sizeof c->head.imported, "%s", head->imported);
    c->head.duration_ms = head->duration_ms > c->time_ms ? head->duration_ms : c->time_ms + 1;
}

/* Appends a list to the tape. @return its offset from the tape's head, 0 when out of memory */
static uint64_t append(struct compiler *c, const struct pl_tape_list *l)
{
    uint64_t offset = c->tape.bytes - pl_material_lead();
    void *at = pl_tape_list_grow(&c->tape, l->bytes);
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
    if (!pl_tape_touches_insert(&c->touches, &c->tape))
        return pl_error_set(error, -ENOMEM, "out of memory for %s", path);
    c->head.word_count =
        (c->tape.bytes - pl_material_lead() - sizeof c->head) / sizeof(pl_tape_word);
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
    free(c->lanes.data);
    pl_tape_touches_free(&c->touches);
    pl_trace_shapes_free(&c->known);
}

int pl_tape_compile(const char *path, struct pl_recording **recording, struct pl_error *error)
{
    struct compiler c = {.lane = NO_LANE};
    struct pl_trace_reader *reader;
    int rc = pl_trace_open(path, &reader, error);
    if (rc)
        return rc;
    if (!pl_tape_list_grow(&c.tape, pl_material_lead() + sizeof c.head))
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
