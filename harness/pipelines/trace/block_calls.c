/* One event of a block (block_calls.h). */
#include "harness/pipelines/trace/block_calls.h"

#include <string.h>

#define PAGE ((uintptr_t)PL_TAPE_PAGE_BYTES)

static const struct pl_request *request_of(const struct trace_hands *h, uint32_t shape)
{
    return &h->shapes[shape];
}

/* Which block it is, at its beginning: one that was handed out twice is found by that. A block that
 * is not to be touched has none. */
static void stamp(struct trace_hands *h, struct trace_block *b)
{
    b->stamp = 0;
    if (request_of(h, b->shape)->size < sizeof b->stamp)
        return;
    b->stamp = ++h->stamp | 1;
    memcpy(b->block, &b->stamp, sizeof b->stamp);
}

static void check(struct trace_hands *h, const struct trace_block *b)
{
    if (b->stamp && memcmp(b->block, &b->stamp, sizeof b->stamp) != 0)
        pl_counter_add(&h->side->counts.integrity_errors, 1);
}

/* Of the whole pages from the first one on; behind the stamp, which may lie at a page's beginning.
 */
static void touch_pages(struct trace_block *b, uint64_t size, uint64_t pages)
{
    uintptr_t at = ((uintptr_t)b->block + PAGE - 1) & ~(PAGE - 1);
    for (; pages > 0 && at + PAGE <= (uintptr_t)b->block + size; at += PAGE, pages--)
        *(volatile uint8_t *)(at + sizeof b->stamp) = 1;
}

static void touch_all(struct trace_hands *h, struct trace_block *b)
{
    uint64_t size = request_of(h, b->shape)->size;
    stamp(h, b);
    touch_pages(b, size, UINT64_MAX);
    if (size > sizeof b->stamp)
        b->block[size - 1] = 1;
    else if (size && !b->stamp)
        b->block[0] = 1;
}

/* A block has come, or has another size. Of a large one the next word says what is touched. */
static void touch_new(struct trace_hands *h, struct trace_block *b)
{
    bool large = request_of(h, b->shape)->size >= PL_TAPE_TOLD_FROM;
    if (h->settings->touch == PL_TRACE_TOUCH_FIRST)
        stamp(h, b);
    else if (h->settings->touch == PL_TRACE_TOUCH_ALL || !large)
        touch_all(h, b);
}

static void touch_told(struct trace_hands *h, struct trace_block *b, uint32_t pages)
{
    if (h->settings->touch != PL_TRACE_TOUCH_RECORDED || !b->block || !pages)
        return;
    if (pages == PL_TAPE_ALL_PAGES) {
        touch_all(h, b);
        return;
    }
    if (!b->stamp)
        stamp(h, b);
    touch_pages(b, request_of(h, b->shape)->size, pages);
}

static void acquire(struct trace_hands *h, struct trace_block *b, uint32_t shape)
{
    b->shape = shape;
    b->stamp = 0;
    b->block = pl_meter_acquire_as(&h->side->meter, h->classes[shape], request_of(h, shape),
                                   PL_SITE("replayed"));
    if (b->block)
        touch_new(h, b);
}

void trace_release(struct trace_hands *h, struct trace_block *b)
{
    if (!b->block)
        return;
    check(h, b);
    pl_meter_release_as(&h->side->meter, h->classes[b->shape], b->block, request_of(h, b->shape));
    b->block = NULL;
}

/* As realloc does: what was aligned is so no more. What was refused has its old size. */
static void resize(struct trace_hands *h, struct trace_block *b, uint32_t shape)
{
    if (!b->block)
        return;
    check(h, b);
    uint8_t *resized =
        pl_meter_resize(&h->side->meter, h->classes[b->shape], b->block, request_of(h, b->shape),
                        h->classes[shape], request_of(h, shape)->size, PL_SITE("replayed resize"));
    if (!resized)
        return;
    b->block = resized;
    b->shape = shape;
    b->stamp = 0;
    touch_new(h, b);
}

void trace_act(struct trace_hands *h, struct trace_block *b, pl_tape_word word)
{
    const uint32_t argument = pl_tape_argument_of(word);
    switch (pl_tape_block_op_of(word)) {
    case PL_TAPE_ACQUIRE:
        acquire(h, b, argument);
        break;
    case PL_TAPE_RELEASE:
        trace_release(h, b);
        break;
    case PL_TAPE_RESIZE:
        resize(h, b, argument);
        break;
    default:
        touch_told(h, b, argument);
    }
}

static uint8_t class_of(const struct pl_scenario *s, const struct pl_stack_spec *stack,
                        const struct pl_request *request)
{
    uint32_t other = s->class_count - 1, class = pl_stack_one_size(stack) ? 0 : other;
    uint64_t bytes = request->size;
    if (request->alignment > pl_stack_alignment(stack) || request->alignment > request->size)
        bytes += request->alignment < 16 ? 16 : request->alignment; /* as pl_acquire_as asks */
    while (class < other && s->classes[class].size < bytes)
        class ++;
    return (uint8_t) class;
}

const uint8_t *trace_classes(const struct pl_scenario *s, const struct pl_stack_spec *stack,
                             const struct pl_tape *tape, struct pl_arena *arena)
{
    uint8_t *classes = pl_arena_take(arena, tape->shape_count);
    for (uint64_t i = 0; classes && i < tape->shape_count; i++)
        classes[i] = class_of(s, stack, &pl_tape_shapes(tape)[i]);
    return classes;
}
