/* One word after the other (player.h). */
#include "harness/pipelines/trace/player.h"

#include <malloc.h>
#include <string.h>

#include "harness/clock/loop.h"

#define PAGE ((uintptr_t)PL_TAPE_PAGE_BYTES)

static const struct pl_request *request_of(const struct trace_player *p, uint32_t shape)
{
    return &pl_tape_shapes(p->tape)[shape];
}

/* Which block it is, at its beginning: one that was handed out twice is found by that. A block that
 * is not to be touched has none. */
static void stamp(struct trace_player *p, struct trace_block *b)
{
    b->stamp = 0;
    if (request_of(p, b->shape)->size < sizeof b->stamp)
        return;
    b->stamp = ++p->stamp | 1;
    memcpy(b->block, &b->stamp, sizeof b->stamp);
}

static void check(struct trace_player *p, const struct trace_block *b)
{
    if (b->stamp && memcmp(b->block, &b->stamp, sizeof b->stamp) != 0)
        pl_own_add(&p->side->counts.integrity_errors, 1);
}

/* Of the whole pages from the first one on; behind the stamp, which may lie at a page's beginning.
 */
static void touch_pages(struct trace_block *b, uint64_t size, uint64_t pages)
{
    uintptr_t at = ((uintptr_t)b->block + PAGE - 1) & ~(PAGE - 1);
    for (; pages > 0 && at + PAGE <= (uintptr_t)b->block + size; at += PAGE, pages--)
        *(volatile uint8_t *)(at + sizeof b->stamp) = 1;
}

static void touch_all(struct trace_player *p, struct trace_block *b)
{
    uint64_t size = request_of(p, b->shape)->size;
    stamp(p, b);
    touch_pages(b, size, UINT64_MAX);
    if (size > sizeof b->stamp)
        b->block[size - 1] = 1;
    else if (size && !b->stamp)
        b->block[0] = 1;
}

/* A block has come, or has another size. Of a large one the next word says what is touched. */
static void touch_new(struct trace_player *p, struct trace_block *b)
{
    bool large = request_of(p, b->shape)->size >= PL_TAPE_TOLD_FROM;
    if (p->settings->touch == PL_TRACE_TOUCH_FIRST)
        stamp(p, b);
    else if (p->settings->touch == PL_TRACE_TOUCH_ALL || !large)
        touch_all(p, b);
}

static void touch_told(struct trace_player *p, struct trace_block *b, uint32_t pages)
{
    if (p->settings->touch != PL_TRACE_TOUCH_RECORDED || !b->block || !pages)
        return;
    if (pages == PL_TAPE_ALL_PAGES) {
        touch_all(p, b);
        return;
    }
    if (!b->stamp)
        stamp(p, b);
    touch_pages(b, request_of(p, b->shape)->size, pages);
}

static void acquire(struct trace_player *p, struct trace_block *b, uint32_t shape)
{
    b->shape = shape;
    b->stamp = 0;
    b->block = pl_meter_acquire_as(&p->side->meter, p->classes[shape], request_of(p, shape),
                                   PL_SITE("replayed"));
    if (b->block)
        touch_new(p, b);
}

static void release(struct trace_player *p, struct trace_block *b)
{
    if (!b->block)
        return;
    check(p, b);
    pl_meter_release_as(&p->side->meter, p->classes[b->shape], b->block, request_of(p, b->shape));
    b->block = NULL;
}

/* As realloc does: what was aligned is so no more. What was refused has its old size. */
static void resize(struct trace_player *p, struct trace_block *b, uint32_t shape)
{
    if (!b->block)
        return;
    check(p, b);
    uint8_t *resized =
        pl_meter_resize(&p->side->meter, p->classes[b->shape], b->block, request_of(p, b->shape),
                        p->classes[shape], request_of(p, shape)->size, PL_SITE("replayed resize"));
    if (!resized)
        return;
    b->block = resized;
    b->shape = shape;
    b->stamp = 0;
    touch_new(p, b);
}

uint8_t trace_class_of(const struct pl_scenario *s, const struct pl_stack_spec *stack,
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

static int64_t due_of(const struct trace_player *p, uint64_t ms)
{
    return (int64_t)((double)(p->base_ms + ms) / p->settings->speed * 1e6);
}

/* @return whether it is still to come */
static bool waits(struct trace_player *p, uint64_t ms)
{
    p->due_ns = due_of(p, ms);
    return p->due_ns > p->now_ns;
}

static enum trace_stop end(struct trace_player *p)
{
    p->over = true;
    p->due_ns = p->settings->loop == PL_TRACE_LOOP_OFF ? PL_NEVER : due_of(p, p->tape->duration_ms);
    return TRACE_PAUSE;
}

/* What happens to a block. */
static void act(struct trace_player *p, pl_tape_word word)
{
    struct trace_block *b = &p->blocks[pl_tape_slot_of(word)];
    const uint32_t argument = pl_tape_argument_of(word);
    switch (pl_tape_op_of(word)) {
    case PL_TAPE_ACQUIRE:
        acquire(p, b, argument);
        break;
    case PL_TAPE_RELEASE:
        release(p, b);
        break;
    case PL_TAPE_RESIZE:
        resize(p, b, argument);
        break;
    case PL_TAPE_TOUCH:
        touch_told(p, b, argument);
        break;
    default:
        break;
    }
}

enum trace_stop trace_play(struct trace_player *p)
{
    const pl_tape_word *words = pl_tape_words(p->tape);
    while (p->next < p->tape->word_count) {
        const pl_tape_word word = words[p->next];
        switch (pl_tape_op_of(word)) {
        case PL_TAPE_TIME:
            if (waits(p, pl_tape_argument_of(word)))
                return TRACE_PAUSE;
            break;
        case PL_TAPE_LANE:
            p->lane = pl_tape_argument_of(word);
            p->next++;
            return TRACE_SWITCH;
        case PL_TAPE_LEAVE:
            p->next++;
            return TRACE_LEAVE;
        case PL_TAPE_TRIM: /* as the program called it, whichever heap serves */
            malloc_trim(pl_tape_argument_of(word));
            break;
        default:
            act(p, word);
        }
        p->next++;
    }
    return end(p);
}

static void keep(struct trace_player *p, struct trace_block *b)
{
    if (b->block && p->kept_count < p->kept_capacity)
        p->kept[p->kept_count++] = *b;
    else
        release(p, b);
    b->block = NULL;
}

void trace_rewind(struct trace_player *p)
{
    for (uint32_t i = 0; i < p->tape->slots; i++)
        if (p->settings->loop == PL_TRACE_LOOP_KEEP)
            keep(p, &p->blocks[i]);
        else
            release(p, &p->blocks[i]);
    p->base_ms += p->tape->duration_ms;
    p->next = 0;
    p->over = false;
}

void trace_release_all(struct trace_player *p)
{
    for (uint32_t i = 0; i < p->tape->slots; i++)
        release(p, &p->blocks[i]);
    for (uint64_t i = 0; i < p->kept_count; i++)
        release(p, &p->kept[i]);
}
