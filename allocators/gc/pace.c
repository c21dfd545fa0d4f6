/* The formulas by which collectors pace themselves. Integer divisions come in the sources' own
 * order, since that rounds. */
#include "allocators/gc/pace.h"

#define MIB (UINT64_C(1) << 20)

uint64_t pl_gc_max_major(uint64_t heap_bytes, uint64_t ratio)
{
    return heap_bytes / 150 * ratio;
}

uint64_t pl_gc_max_minor(uint64_t minor_heap_bytes, uint64_t ratio)
{
    return minor_heap_bytes / 100 * ratio;
}

double pl_gc_major_share(uint64_t bytes, uint64_t max_major)
{
    uint64_t max = max_major ? max_major : 1;
    return (double)(bytes < max ? bytes : max) / (double)max;
}

double pl_gc_minor_share(uint64_t bytes, uint64_t max_minor)
{
    return (double)bytes / (double)(max_minor ? max_minor : 1);
}

double pl_gc_heap_share(uint64_t allocated_words, uint64_t heap_words, uint64_t overhead)
{
    return (double)allocated_words * 3.0 * (double)(100 + overhead) / (double)heap_words /
           (double)overhead / 2.0;
}

/* config.h; of these two, pages are counted in words. */
enum { PAGE_BYTES = 4096, FIRST_WORDS = 31 * 4096, CHUNK_WORDS = 15 * 4096, CHUNK_PERCENT = 15 };

/* caml_clip_heap_chunk_wsz, and the whole pages that caml_alloc_for_heap makes of it. */
static uint64_t clip(uint64_t words, uint64_t heap_words)
{
    uint64_t least = heap_words / 100 * CHUNK_PERCENT;
    if (least < CHUNK_WORDS)
        least = CHUNK_WORDS;
    words = words > least ? words : least;
    return (words * 8 + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES / 8;
}

uint64_t pl_gc_chunk_words(uint64_t request_words, uint64_t heap_words, uint64_t overhead)
{
    return clip(request_words + request_words / 100 * overhead, heap_words);
}

uint64_t pl_gc_first_heap_words(uint64_t live_words)
{
    uint64_t words = FIRST_WORDS;
    while (words < live_words)
        words += clip(0, words);
    return words;
}

uint64_t pl_gc_compacted_words(uint64_t live_words, uint64_t heap_words, uint64_t overhead)
{
    return clip(live_words + overhead * (live_words / 100 + 1) + PAGE_BYTES / 8, heap_words);
}

bool pl_gc_asks_to_compact(uint64_t heap_words_begun, uint64_t marked_words, uint64_t heap_words)
{
    const uint64_t most_percent = 500;
    return heap_words > 2 * clip(0, heap_words) &&
           (heap_words_begun - marked_words) * 100 >= marked_words * most_percent;
}

struct pl_gc_portion pl_gc_portion(double heap_share, double extra, double backlog)
{
    const double most = 0.3;
    double p = (heap_share > extra ? heap_share : extra) + backlog;
    return p > most ? (struct pl_gc_portion){most, p - most} : (struct pl_gc_portion){p, 0};
}

uint64_t pl_gc_mark_words(double p, uint64_t heap_words, uint64_t overhead)
{
    return (uint64_t)(p * ((double)heap_words * 250 / (double)(100 + overhead)));
}

uint64_t pl_gc_sweep_words(double p, uint64_t heap_words)
{
    return (uint64_t)(p * (double)heap_words * 5 / 3);
}

uint64_t pl_gc_go_goal(uint64_t marked, uint64_t gogc)
{
    uint64_t least = 4 * MIB * gogc / 100;
    uint64_t goal = marked + marked * gogc / 100;
    return goal > least ? goal : least;
}

uint64_t pl_gc_go_beside(uint64_t heap_bytes)
{
    const uint64_t arena = 64 * MIB, tables = 2 * MIB + 65536, own = 6 * MIB + 300000;
    return own + (heap_bytes + arena - 1) / arena * tables;
}

uint64_t pl_gc_go_limit_goal(uint64_t limit, uint64_t heap_bytes, uint64_t marked)
{
    const uint64_t headroom = MIB;
    uint64_t beside = pl_gc_go_beside(heap_bytes), mapped = heap_bytes + beside;
    uint64_t overage = mapped > limit ? mapped - limit : 0;
    if (!limit)
        return UINT64_MAX;
    if (beside + overage >= limit)
        return marked;
    uint64_t goal = limit - beside - overage;
    goal = goal < 2 * headroom ? headroom : goal - headroom;
    return goal > marked ? goal : marked;
}

uint64_t pl_gc_go_trigger(uint64_t marked, uint64_t goal)
{
    if (marked >= goal)
        return goal;
    uint64_t trigger = (goal - marked) / 64 * 61 + marked;
    return goal > 4 * MIB && goal - 4 * MIB > trigger ? goal - 4 * MIB : trigger;
}
