/* The layer: when each runtime collects, by numbers worked out by hand, what each mode defers, and
 * that no block is lost, freed twice or freed early. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/tests/collector.h"
#include "allocators/tests/opened.h"

#define MIB (UINT64_C(1) << 20)

/* A heap that has grown chunk by chunk to hold 32 MiB of live data has 37515264 B, 4689408 words:
 * 37515264 / 150 = 250101, times 44 is max_major. The minor heap of 2 MiB makes max_minor 2097100.
 */
#define HEAP_WORDS 4689408
#define MAX_MAJOR 11004444.0
#define MAX_MINOR 2097100.0

enum { FRAME = 14112, VIDEO = 3110400 }; /* float64 of 0.04 s, and 1080p */

static struct collector c;

static void near(double got, double expected)
{
    double apart = got - expected;
    if (apart > 1e-9 || apart < -1e-9)
        fail_msg("%.12f instead of %.12f", got, expected);
}

static void acquire_many(size_t count, size_t size, bool release)
{
    for (size_t i = 0; i < count; i++) {
        size_t block = collector_acquire(&c, size);
        if (release)
            collector_release(&c, block);
    }
}

static void declared_sizes_drive_both_collectors(void **state)
{
    (void)state;
    collector_open(&c, "");
    collector_acquire(&c, FRAME);
    near(c.gc->ocaml.extra, (FRAME - 8192) / MAX_MAJOR);
    near(c.gc->ocaml.extra_minor, 8192 / MAX_MINOR);
    collector_acquire(&c, 696); /* not above n: E is left alone */
    near(c.gc->ocaml.extra, (FRAME - 8192) / MAX_MAJOR);
    near(c.gc->ocaml.extra_minor, (8192 + 696) / MAX_MINOR);
    collector_close(&c);
}

/* 255 * 8192 = 2088960 are less than 2097100, 256 * 8192 = 2097152 are more. */
static void em_forces_a_minor_collection(void **state)
{
    (void)state;
    collector_open(&c, "");
    acquire_many(255, FRAME, true);
    assert_int_equal(collector_stats(&c).gc_minor_collections, 0);
    assert_int_equal(c.freed, 0);
    collector_acquire(&c, FRAME);
    assert_int_equal(collector_stats(&c).gc_minor_collections, 1);
    assert_int_equal(c.freed, 255); /* what died young */
    /* The one that survived adds its 8192 to E, which was 256 * 5920. The collector was idle, so a
     * slice came with it: it started a cycle and handed its p on. */
    near(c.gc->ocaml.handed_on, (256 * 5920 + 8192) / MAX_MAJOR);
    near(c.gc->ocaml.extra, 0);
    near(c.gc->ocaml.extra_minor, 0);
    assert_int_equal(c.gc->heap.phase, PL_GC_MARK);
    assert_int_equal(c.gc->heap.cells_marked, 0);
    collector_close(&c);
}

/* Each frame adds 3102208 / 11004444 = 0.282: the fourth passes 1. */
static void e_asks_for_slices(void **state)
{
    (void)state;
    collector_open(&c, "");
    acquire_many(3, VIDEO, false);
    near(c.gc->ocaml.extra, 3 * (VIDEO - 8192) / MAX_MAJOR);
    assert_int_equal(collector_stats(&c).gc_slices, 0);
    collector_acquire(&c, VIDEO);
    assert_int_equal(collector_stats(&c).gc_slices, 1);
    assert_int_equal(collector_stats(&c).gc_minor_collections, 1);
    near(c.gc->ocaml.handed_on, 0.3); /* of E = 1, and the rest is backlog */
    near(c.gc->ocaml.backlog, 0.7);
    near(c.gc->ocaml.extra, 0);
    acquire_many(4, VIDEO, false);
    assert_int_equal(collector_stats(&c).gc_slices, 2);
    near(c.gc->ocaml.backlog, 1.4); /* 1 + 0.7 - 0.3 */
    near(c.gc->ocaml.handed_on, 0);
    /* 0.3 and the 0.3 handed on, of 4689408 * 250 / 220 words: 3197323 */
    uint64_t marked = c.gc->heap.cells_marked * PL_GC_CELL_WORDS;
    assert_in_range(marked, 3197323, 3197323 + PL_GC_CELL_WORDS);
    assert_true(collector_stats(&c).gc_pause_ns_max > 1000);
    collector_close(&c);
}

static void a_sweep_does_its_share(void **state)
{
    (void)state;
    collector_open(&c, "");
    while (c.gc->heap.phase != PL_GC_SWEEP)
        acquire_many(1, VIDEO, false);
    uint64_t slices = collector_stats(&c).gc_slices;
    assert_int_equal(c.gc->heap.cells_swept, 0);
    while (collector_stats(&c).gc_slices == slices)
        acquire_many(1, VIDEO, false);
    /* 0.3 * 4689408 * 5 / 3 = 2344704 words, and first what was never used */
    const struct pl_gc_chunk *chunk = &c.gc->heap.chunks[0];
    uint64_t swept = (c.gc->heap.cells_swept + chunk->count - chunk->fresh) * PL_GC_CELL_WORDS;
    assert_in_range(swept, 2344704 - 1, 2344704 + PL_GC_CELL_WORDS);
    collector_close(&c);
}

/* Back to back: the end of a cycle asks for a minor collection, and that starts the next one. */
static void cycles_follow_each_other(void **state)
{
    (void)state;
    collector_open(&c, "live=1MiB");
    while (collector_stats(&c).gc_cycles < 3)
        acquire_many(1, VIDEO, true);
    acquire_many(1, 8, false);
    assert_int_equal(c.gc->heap.phase, PL_GC_MARK);
    collector_close(&c);
}

static void a_block_dropped_in_a_cycle_waits_for_the_next(void **state)
{
    (void)state;
    collector_open(&c, "live=1MiB");
    size_t before = collector_acquire(&c, 8), during = collector_acquire(&c, 8);
    while (!collector_stats(&c).gc_minor_collections)
        acquire_many(1, VIDEO, true);
    collector_release(&c, during); /* promoted, and the cycle has begun */
    assert_int_equal(c.gc->heap.phase, PL_GC_MARK);
    while (collector_stats(&c).gc_cycles < 1)
        acquire_many(1, VIDEO, true);
    assert_int_equal(c.blocks[during].freed, 0);
    collector_release(&c, before);
    while (collector_stats(&c).gc_cycles < 2)
        acquire_many(1, VIDEO, true);
    assert_int_equal(c.blocks[during].freed, 1);
    assert_int_equal(c.blocks[before].freed, 0); /* the end of the first cycle began the second */
    while (collector_stats(&c).gc_cycles < 3)
        acquire_many(1, VIDEO, true);
    assert_int_equal(c.blocks[before].freed, 1);
    collector_close(&c);
}

static void undeclared_blocks_need_heap_allocation(void **state)
{
    (void)state;
    collector_open(&c, "mode=undeclared,live=1MiB");
    acquire_many(16000, VIDEO, true); /* of 8 words: not half of the minor heap */
    struct pl_stack_stats stats = collector_stats(&c);
    assert_int_equal(c.freed + stats.gc_minor_collections + stats.gc_slices, 0);
    assert_int_equal(stats.gc_deferred_bytes, 16000ull * VIDEO);
    collector_close(&c);
    collector_open(&c, "mode=undeclared,live=1MiB,garbage=64KiB");
    acquire_many(20000, VIDEO, true);
    assert_in_range(c.freed, 19900, 20000);
    assert_true(collector_stats(&c).gc_cycles > 10);
    collector_close(&c);
}

/* The minor heap is half full with 16 times 64 KiB; with 16 handles the last has no room before a
 * slice. */
static void a_half_full_minor_heap_asks_for_a_slice(void **state)
{
    (void)state;
    collector_open(&c, "mode=undeclared,garbage=64KiB");
    acquire_many(15, 8, false);
    assert_int_equal(collector_stats(&c).gc_slices, 0);
    acquire_many(1, 8, false);
    assert_int_equal(collector_stats(&c).gc_slices, 1);
    assert_int_equal(collector_stats(&c).gc_minor_collections, 1); /* the collector was idle */
    /* PH = 3 * 131072 * 220 / (2 * 4689408 * 120) */
    near(c.gc->ocaml.handed_on, 86507520.0 / (240.0 * HEAP_WORDS));
    acquire_many(31, 8, false); /* full now */
    assert_int_equal(collector_stats(&c).gc_minor_collections, 1);
    assert_int_equal(collector_stats(&c).gc_slices, 1);
    acquire_many(1, 8, false); /* not idle: a minor collection alone */
    assert_int_equal(collector_stats(&c).gc_minor_collections, 2);
    assert_int_equal(collector_stats(&c).gc_slices, 1);
    assert_in_range(c.gc->ocaml.allocated_words, 2 * MIB / 8 - PL_GC_CELL_WORDS, 2 * MIB / 8);
    collector_close(&c);
}

static void by_hand_nothing_is_deferred(void **state)
{
    (void)state;
    collector_open(&c, "mode=by_hand,garbage=4KiB,live=1MiB");
    for (size_t i = 0; i < 20000; i++) {
        size_t first = collector_acquire(&c, VIDEO), second = collector_acquire(&c, 8);
        collector_release(&c, first);
        assert_int_equal(c.blocks[first].freed, 1);
        if (i % 2)
            collector_release(&c, second);
    }
    assert_int_equal(collector_stats(&c).gc_deferred_bytes, 0);
    assert_true(collector_stats(&c).gc_cycles > 5); /* for the garbage */
    collector_close(&c);
}

/* 100000 B are 12501 words; the minor heap has 262144. */
static void blocks_in_the_heap_are_its_words(void **state)
{
    (void)state;
    collector_open(&c, "mode=heap");
    acquire_many(20, 100000, false);
    assert_int_equal(c.gc->ocaml.allocated_words, 20 * 12501);
    assert_int_equal(pl_gc_ocaml_heap_words(c.gc), HEAP_WORDS); /* its chunks have room for them */
    assert_int_equal(collector_stats(&c).gc_slices, 0);
    acquire_many(1, 100000, false); /* 262521 */
    assert_int_equal(collector_stats(&c).gc_slices, 1);
    /* 3 * 262521 * 220 / (2 * 4689408 * 120) */
    near(c.gc->ocaml.handed_on, 173263860.0 / (240.0 * HEAP_WORDS));
    assert_int_equal(collector_stats(&c).gc_minor_collections, 0); /* it was empty */
    acquire_many(1, 2048, false);                                  /* 256 words, the most: young */
    assert_int_equal(c.gc->ocaml.young_words, 257);
    assert_int_equal(c.gc->ocaml.allocated_words, 0);
    acquire_many(1, 2049, false);
    assert_int_equal(c.gc->ocaml.allocated_words, 258);
    collector_close(&c);
}

/* 4.14 keeps its chunks, and with them what dies there, for the next blocks; 5 frees a large block
 * for good. */
static void a_heap_keeps_what_it_grew_to(void **state)
{
    (void)state;
    collector_open(&c, "mode=heap,live=1MiB");
    acquire_many(2000, 100000, true);
    assert_true(collector_stats(&c).gc_cycles > 1);
    size_t there = c.acquired - c.freed;
    uint64_t heap_words = pl_gc_ocaml_heap_words(c.gc);
    assert_true(c.acquired < 200 && there * 12501 < heap_words);
    assert_true(c.gc->heap.used_words + c.gc->kept.words <= heap_words);
    assert_int_equal(collector_stats(&c).reserved_bytes,
                     pl_gc_heap_bytes(&c.gc->heap) + there * 100000 + c.gc->kept.rest_bytes);
    collector_close(&c);
    collector_open(&c, "mode=heap,live=1MiB,runtime=ocaml5");
    acquire_many(2000, 100000, true);
    assert_true(c.freed > 1000);
    assert_int_equal(pl_gc_ocaml_heap_words(c.gc), c.gc->heap.words + c.gc->heap.block_words);
    collector_close(&c);
}

/* Of other sizes than the last one that died, they go, so that all of it is no more than the heap.
 */
static void what_is_kept_makes_room(void **state)
{
    (void)state;
    collector_open(&c, "mode=heap,live=1MiB");
    for (size_t i = 0; i < 4000; i++) {
        acquire_many(1, 50000 + i % 2 * 10000, true);
        assert_true(c.gc->heap.used_words + c.gc->kept.words <= pl_gc_ocaml_heap_words(c.gc));
    }
    assert_true(c.freed > 0);
    collector_close(&c);
}

/* max_major is less than a frame: E is 1 with each, and passes it with every second one. Start,
 * mark and two sweeps; the end of a cycle starts the next. So it is in OCaml 4.13, whatever o and
 * M. */
static void on_a_tiny_heap_a_cycle_takes_six_frames(void **state)
{
    static const char *const options[] = {"live=4KiB,overhead=20,ratio=20", "live=4KiB",
                                          "live=4KiB,overhead=200,ratio=200"};
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(options); i++) {
        collector_open(&c, options[i]);
        acquire_many(60, VIDEO, true);
        uint64_t cycles = collector_stats(&c).gc_cycles;
        acquire_many(600, VIDEO, true);
        assert_int_equal(collector_stats(&c).gc_cycles - cycles, 100);
        collector_close(&c);
    }
}

/* A piece of 16 KiB is 2048 words of the major heap at once; the minor heap stays empty. */
static void large_garbage_goes_past_the_minor_heap(void **state)
{
    (void)state;
    collector_open(&c, "mode=undeclared,garbage=20KiB,garbage_piece=16KiB");
    acquire_many(1, 8, false);
    assert_int_equal(c.gc->ocaml.allocated_words, 2048);
    assert_int_equal(c.gc->ocaml.young_words, PL_GC_CELL_WORDS); /* the handle */
    acquire_many(3, 8, false);
    assert_int_equal(c.gc->ocaml.allocated_words, 5 * 2048); /* 80 KiB */
    collector_close(&c);
}

static void ocaml5_weighs_large_blocks_in_full(void **state)
{
    (void)state;
    collector_open(&c, "runtime=ocaml5");
    collector_acquire(&c, 70000);
    near(c.gc->ocaml.extra, 0);
    near(c.gc->ocaml.extra_minor, 70000 / MAX_MINOR);
    assert_non_null(c.gc->heap.young.first);
    size_t large = collector_acquire(&c, 70001);
    near(c.gc->ocaml.extra, 70001 / MAX_MAJOR);
    near(c.gc->ocaml.extra_minor, 70000 / MAX_MINOR);
    assert_int_equal(c.gc->heap.held.first->held.size, 70001);
    collector_release(&c, large);
    acquire_many(1, 2000000, false); /* 2070001 / 11004444 = 0.19 */
    assert_int_equal(collector_stats(&c).gc_slices, 0);
    acquire_many(1, 2000000, false); /* 0.36: 4.14 would wait for 1 */
    assert_int_equal(collector_stats(&c).gc_slices, 1);
    assert_int_equal(collector_stats(&c).gc_minor_collections, 1);
    assert_int_equal(c.blocks[large].freed, 0); /* it never was young */
    near(c.gc->ocaml.backlog, (4000000 + 70001 + 70000) / MAX_MAJOR - 0.3);
    collector_close(&c);
    collector_open(&c, "runtime=ocaml5,mode=heap"); /* a fifth of 262144 words: 52428 */
    acquire_many(4, 100000, false);
    assert_int_equal(collector_stats(&c).gc_slices, 0);
    acquire_many(1, 100000, false);
    assert_int_equal(collector_stats(&c).gc_slices, 1);
    collector_close(&c);
}

static void a_ratio_changes_the_pace(void **state)
{
    (void)state;
    collector_open(&c, "ratio=88,minor_ratio=50,minor_max=1000B");
    collector_acquire(&c, FRAME);
    near(c.gc->ocaml.extra, (FRAME - 1000) / (250101.0 * 88));
    near(c.gc->ocaml.extra_minor, 1000 / (20971.0 * 50));
    collector_close(&c);
}

/* The trigger is 32 MiB + 31981568 B: past 30 MiB and before 31. The whole cycle comes then: the
 * program waits for its next frame, and its collector's threads have the time. */
static void go_collects_at_its_trigger(void **state)
{
    (void)state;
    collector_open(&c, "runtime=go");
    assert_int_equal(c.gc->go.goal, 64 * MIB);
    acquire_many(30, MIB, true);
    assert_int_equal(collector_stats(&c).gc_cycles, 0);
    acquire_many(1, MIB, true);
    assert_int_equal(collector_stats(&c).gc_cycles, 0); /* it has begun */
    assert_int_equal(c.gc->heap.phase, PL_GC_MARK);
    acquire_many(1, MIB, false);
    assert_int_equal(collector_stats(&c).gc_cycles, 1);
    assert_int_equal(c.freed, 30); /* all but the one that was dropped after it had begun */
    assert_int_equal(c.gc->go.live, 34 * MIB + 2 * 64);
    assert_int_equal(c.gc->go.goal, 2 * (33 * MIB + 64));
    assert_int_equal(collector_stats(&c).gc_minor_collections, 0);
    collector_close(&c);
}

/* GOGC=25 of three blocks: one more is beyond the goal, so that each second acquire collects or
 * more. */
static void go_collects_as_often_as_it_has_to(void **state)
{
    (void)state;
    collector_open(&c, "runtime=go,live=4KiB,gogc=25");
    for (size_t i = 0; i < 1000; i++) {
        acquire_many(1, VIDEO, false);
        if (i >= 3)
            collector_release(&c, i - 3);
    }
    assert_in_range(collector_stats(&c).gc_cycles, 500, 1000);
    collector_close(&c);
}

static uint64_t go_cycles(const char *options, uint64_t *reserved_peak)
{
    collector_open(&c, options);
    acquire_many(200, MIB, true);
    struct pl_stack_stats stats = collector_stats(&c);
    collector_close(&c);
    *reserved_peak = stats.reserved_bytes_peak;
    return stats.gc_cycles;
}

static void go_trades_memory_for_cycles(void **state)
{
    uint64_t peak_50, peak_100, peak_200, peak_limited;
    (void)state;
    uint64_t cycles_50 = go_cycles("runtime=go,live=8MiB,gogc=50", &peak_50);
    uint64_t cycles_100 = go_cycles("runtime=go,live=8MiB,gogc=100", &peak_100);
    uint64_t cycles_200 = go_cycles("runtime=go,live=8MiB,gogc=200", &peak_200);
    assert_true(cycles_50 > cycles_100 && cycles_100 > cycles_200);
    assert_true(peak_50 < peak_100 && peak_100 < peak_200);
    uint64_t cycles = go_cycles("runtime=go,live=8MiB,gogc=200,memory_limit=14MiB", &peak_limited);
    assert_true(cycles > cycles_100 && peak_limited < peak_100);
}

static void go_knows_no_c_memory(void **state)
{
    (void)state;
    collector_open(&c, "runtime=go,mode=undeclared,live=1MiB");
    acquire_many(5000, VIDEO, true);
    assert_int_equal(c.freed, 0);
    collector_close(&c);
    collector_open(&c, "runtime=go,mode=undeclared,live=1MiB,garbage=64KiB");
    acquire_many(5000, VIDEO, true);
    assert_in_range(c.freed, 4800, 5000);
    collector_close(&c);
}

static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* Sizes from 1 B to 4 MiB, each power of 2 as likely; up to 64 blocks held. The link below fails
 * the test when a held block is freed, or one twice. */
static void churn(const char *options, uint64_t random)
{
    size_t held[64], count = 0;
    collector_open(&c, options);
    for (size_t i = 0; i < 20000; i++) {
        if (count < 64 && next_random(&random) % 2) {
            held[count++] =
                collector_acquire(&c, 1 + next_random(&random) % (2u << next_random(&random) % 22));
        } else if (count) {
            size_t at = next_random(&random) % count;
            collector_release(&c, held[at]);
            held[at] = held[--count];
        }
    }
    struct pl_stack_stats stats = collector_stats(&c);
    assert_int_equal(stats.corruptions + stats.heap_failures, 0);
    uint64_t bytes = 0;
    for (size_t i = 0; i < c.acquired; i++)
        if (!c.blocks[i].held && !c.blocks[i].freed)
            bytes += c.blocks[i].size;
    assert_int_equal(stats.gc_deferred_bytes + c.gc->counters.kept_bytes, bytes);
    collector_close(&c);
}

static void no_block_is_lost_or_freed_early(void **state)
{
    static const char *const options[] = {
        "",
        "mode=undeclared",
        "mode=by_hand",
        "mode=heap",
        "runtime=ocaml5",
        "runtime=ocaml5,mode=undeclared",
        "runtime=ocaml5,mode=by_hand",
        "runtime=ocaml5,mode=heap",
        "runtime=go",
        "runtime=go,mode=undeclared",
        "runtime=go,mode=by_hand",
        "runtime=go,memory_limit=1MiB",
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(options); i++) {
        char text[128];
        for (unsigned garbage = 0; garbage <= 8192; garbage += 4096) {
            snprintf(text, sizeof text, "live=64KiB,garbage=%uB%s%s", garbage,
                     options[i][0] ? "," : "", options[i]);
            churn(text, 1 + i + garbage);
        }
    }
}

/* Of blocks so small that they are young, many: collections then come between all their steps. */
static void small_blocks_in_the_heap_are_not_lost(void **state)
{
    static size_t held[512];
    uint64_t random = 1;
    (void)state;
    collector_open(&c, "mode=heap,live=4KiB,minor_heap=32KiB");
    for (size_t i = 0; i < 512; i++)
        held[i] = collector_acquire(&c, 1 + i % 2048);
    for (size_t i = 0; i < 60000; i++) {
        size_t at = next_random(&random) % 512;
        collector_release(&c, held[at]);
        held[at] = collector_acquire(&c, 1 + next_random(&random) % 2048);
    }
    assert_int_equal(collector_stats(&c).corruptions, 0);
    assert_true(collector_stats(&c).gc_cycles > 100);
    collector_close(&c);
}

static void foreign_and_twice_released_blocks_are_corruptions(void **state)
{
    (void)state;
    collector_open(&c, "mode=undeclared");
    size_t first = collector_acquire(&c, 100), second = collector_acquire(&c, 100);
    pl_release(c.links[0], &c, 100);
    assert_int_equal(collector_stats(&c).corruptions, 1);
    pl_release(c.links[0], (void *)(4096 * (second + 1)), 100); /* the other class's */
    assert_int_equal(collector_stats(&c).corruptions, 2);
    collector_release(&c, first);
    collector_release(&c, first);
    assert_int_equal(collector_stats(&c).corruptions, 3);
    pl_release(c.links[0], NULL, 100);
    assert_int_equal(collector_stats(&c).corruptions, 3);
    assert_int_equal(collector_stats(&c).gc_deferred_bytes, 100);
    assert_int_equal(c.links[0]->footprint(c.links[0], 100), 101);
    collector_close(&c);
}

/* In a whole stack, with memory that is looked at: content holds until it is released. */
static void content_holds(void **state)
{
    const struct pl_class class = {"frame", FRAME, 0};
    const struct pl_budget budget = {"frames", 1 << 30};
    static const char *const texts[] = {"gc:live=1MiB/glibc", "gc:live=1MiB,mode=heap/slab/glibc",
                                        "slab/gc:live=1MiB/glibc", "gc:runtime=go,live=1MiB/glibc"};
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(texts); i++) {
        struct pl_stack *stack = open_stack(texts[i], &class, 1, &budget, 1);
        struct pl_allocator *link = pl_stack_class(stack, 0);
        unsigned char *held[50] = {0};
        for (size_t step = 0; step < 20000; step++) {
            unsigned char **slot = &held[step * 31 % 50];
            for (size_t k = 0; *slot && k < FRAME; k += 100)
                assert_int_equal((*slot)[k], (unsigned char)(step * 31 % 50));
            pl_release(link, *slot, FRAME);
            *slot = memset(pl_acquire(link, FRAME), (int)(step * 31 % 50), FRAME);
        }
        assert_true(stats_of(stack).gc_cycles > 1 || !strncmp(texts[i], "slab", 4));
        pl_stack_close(stack);
    }
}

static uint64_t reserved(const char *text, uint64_t *deferred)
{
    const struct pl_class class = {"frame", FRAME, 0};
    const struct pl_budget budget = {"frames", 1 << 30};
    struct pl_stack *stack = open_stack(text, &class, 1, &budget, 1);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    void *first = pl_acquire(link, FRAME);
    pl_acquire(link, FRAME);
    pl_release(link, first, FRAME);
    struct pl_stack_stats stats = stats_of(stack);
    assert_true(stats.pooled && stats.collected);
    *deferred = stats.gc_deferred_bytes;
    pl_stack_close(stack);
    return stats.reserved_bytes;
}

/* Each block once: by the collector, unless a pool below counts it, or one above does still. */
static void reserves_each_block_once(void **state)
{
    const uint64_t heap = 1507328, /* 31 * 32 KiB, and 15 more */ slot = FRAME + 24, header = 56;
    uint64_t deferred;
    (void)state;
    assert_int_equal(reserved("gc:live=1MiB/glibc", &deferred), heap + 2 * FRAME);
    assert_int_equal(deferred, FRAME);
    assert_int_equal(reserved("gc:live=1MiB/slab/glibc", &deferred), heap + 3 * slot + 2 * header);
    assert_int_equal(reserved("slab/gc:live=1MiB/glibc", &deferred), heap + 3 * slot + 2 * header);
    assert_int_equal(deferred, 0); /* a slab keeps what it has */
    assert_int_equal(reserved("gc:live=1MiB,mode=by_hand/glibc", &deferred), heap + FRAME);
    assert_int_equal(reserved("gc:live=1MiB,garbage=8B/glibc", &deferred),
                     heap + 2 * FRAME + 2 * MIB);
}

static void failures_pass_through(void **state)
{
    const struct pl_class class = {"frame", FRAME, 0};
    const struct pl_budget budget = {"frames", 3 * FRAME};
    struct pl_stack *stack = open_stack("gc:mode=undeclared/limited/glibc", &class, 1, &budget, 1);
    struct pl_allocator *link = pl_stack_class(stack, 0);
    (void)state;
    void *blocks[3];
    for (size_t i = 0; i < 3; i++)
        assert_non_null(blocks[i] = pl_acquire(link, FRAME));
    assert_null(pl_acquire(link, FRAME));
    pl_release(link, blocks[0], FRAME);
    assert_null(pl_acquire(link, FRAME)); /* it has not gone back */
    assert_int_equal(stats_of(stack).refusals, 2);
    assert_int_equal(stats_of(stack).heap_failures, 0);
    pl_stack_close(stack);
    stack = open_stack("limited/gc:mode=undeclared/glibc", &class, 1, &budget, 1);
    link = pl_stack_class(stack, 0);
    for (size_t i = 0; i < 10; i++) /* a limit above counts what the program holds */
        pl_release(link, pl_acquire(link, FRAME), FRAME);
    assert_int_equal(stats_of(stack).refusals, 0);
    assert_int_equal(stats_of(stack).gc_deferred_bytes, 10 * FRAME);
    pl_stack_close(stack);
}

/* Three dropped blocks fill the limit; the program's garbage goes on, until they are found dead. */
static void what_waits_under_a_limit_goes_at_last(void **state)
{
    const struct pl_class class = {"frame", FRAME, 0};
    const struct pl_budget budget = {"frames", 3 * FRAME};
    static const char *const texts[] = {
        "gc:mode=undeclared,live=1MiB,garbage=256KiB/limited/glibc",
        "gc:live=1MiB,garbage=256KiB/limited/glibc",
        "gc:runtime=go,mode=undeclared,live=1MiB,garbage=256KiB/limited/glibc",
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(texts); i++) {
        struct pl_stack *stack = open_stack(texts[i], &class, 1, &budget, 1);
        struct pl_allocator *link = pl_stack_class(stack, 0);
        size_t got = 0;
        for (size_t step = 0; step < 2000; step++) {
            void *block = pl_acquire(link, FRAME);
            got += block != NULL;
            pl_release(link, block, FRAME);
        }
        assert_true(got > 30);
        pl_stack_close(stack);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(declared_sizes_drive_both_collectors),
        cmocka_unit_test(em_forces_a_minor_collection),
        cmocka_unit_test(e_asks_for_slices),
        cmocka_unit_test(a_sweep_does_its_share),
        cmocka_unit_test(cycles_follow_each_other),
        cmocka_unit_test(a_block_dropped_in_a_cycle_waits_for_the_next),
        cmocka_unit_test(undeclared_blocks_need_heap_allocation),
        cmocka_unit_test(a_half_full_minor_heap_asks_for_a_slice),
        cmocka_unit_test(by_hand_nothing_is_deferred),
        cmocka_unit_test(blocks_in_the_heap_are_its_words),
        cmocka_unit_test(a_heap_keeps_what_it_grew_to),
        cmocka_unit_test(what_is_kept_makes_room),
        cmocka_unit_test(on_a_tiny_heap_a_cycle_takes_six_frames),
        cmocka_unit_test(large_garbage_goes_past_the_minor_heap),
        cmocka_unit_test(ocaml5_weighs_large_blocks_in_full),
        cmocka_unit_test(a_ratio_changes_the_pace),
        cmocka_unit_test(go_collects_at_its_trigger),
        cmocka_unit_test(go_collects_as_often_as_it_has_to),
        cmocka_unit_test(go_trades_memory_for_cycles),
        cmocka_unit_test(go_knows_no_c_memory),
        cmocka_unit_test(no_block_is_lost_or_freed_early),
        cmocka_unit_test(small_blocks_in_the_heap_are_not_lost),
        cmocka_unit_test(foreign_and_twice_released_blocks_are_corruptions),
        cmocka_unit_test(content_holds),
        cmocka_unit_test(reserves_each_block_once),
        cmocka_unit_test(failures_pass_through),
        cmocka_unit_test(what_waits_under_a_limit_goes_at_last),
    };
    return cmocka_run_group_tests_name("gc", tests, NULL, NULL);
}
