/* How much work a modelled collector owes: formulas alone, no state. Sources: OCaml 4.14's runtime
 * (custom.c, memory.c, major_gc.c) and Go 1.19's runtime/mgcpacer.go; each formula names its own.
 */
#ifndef PL_ALLOCATORS_GC_PACE_H
#define PL_ALLOCATORS_GC_PACE_H

#include <stdbool.h>
#include <stdint.h>

/** Bytes of declared memory that are worth a whole cycle: the share of the heap that custom blocks
 *  may hold as floating garbage, times 2/3 (OCaml 4.14, custom.c, caml_alloc_custom_mem).
 *  @param ratio custom_major_ratio, percent */
uint64_t pl_gc_max_major(uint64_t heap_bytes, uint64_t ratio);

/** Bytes of declared memory that force a minor collection (same function).
 *  @param ratio custom_minor_ratio, percent */
uint64_t pl_gc_max_minor(uint64_t minor_heap_bytes, uint64_t ratio);

/** What a declared block adds to E: at most 1 (memory.c, caml_adjust_gc_speed). */
double pl_gc_major_share(uint64_t bytes, uint64_t max_major);

/** What a declared block adds to Em; without that ceiling (custom.c, alloc_custom_gen). */
double pl_gc_minor_share(uint64_t bytes, uint64_t max_minor);

/** PH: the share of a cycle that the words allocated since the last slice ask for (major_gc.c,
 *  caml_major_collection_slice). @param overhead space_overhead, percent, at least 1 */
double pl_gc_heap_share(uint64_t allocated_words, uint64_t heap_words, uint64_t overhead);

/** Words of the heap that a program starts with and then fills with so many words of live data,
 * chunk by chunk (config.h, Init_heap_def). */
uint64_t pl_gc_first_heap_words(uint64_t live_words);

/** Words of the chunk by which a heap grows that has no room for a request: 15 % of the heap, what
 *  the request and the overhead on it take, or 15 pages of words (memory.c, expand_heap;
 * major_gc.c, caml_clip_heap_chunk_wsz; config.h, Heap_chunk_def and Heap_chunk_min). */
uint64_t pl_gc_chunk_words(uint64_t request_words, uint64_t heap_words, uint64_t overhead);

/** Words that a compacted heap is to have (compact.c, caml_compact_heap). */
uint64_t pl_gc_compacted_words(uint64_t live_words, uint64_t heap_words, uint64_t overhead);

/** Whether a cycle that is over asks for a compaction: 5/6 of the heap was no live data, and it is
 *  larger than two chunks (compact.c, caml_compact_heap_maybe; config.h, Max_percent_free_def). */
bool pl_gc_asks_to_compact(uint64_t heap_words_begun, uint64_t marked_words, uint64_t heap_words);

/** The share of a cycle that a slice takes on, and what it leaves to later ones. */
struct pl_gc_portion {
    double now, backlog;
};

/** p = max(PH, E) + backlog, at most 0.3 (same function). */
struct pl_gc_portion pl_gc_portion(double heap_share, double extra, double backlog);

/** Words to mark for the share p: marking gets 40 % of a cycle (same function). */
uint64_t pl_gc_mark_words(double p, uint64_t heap_words, uint64_t overhead);

/** Words to sweep for the share p: sweeping gets 60 % of a cycle (same function). */
uint64_t pl_gc_sweep_words(double p, uint64_t heap_words);

/** Bytes of heap at which Go's next cycle is to be over: what was marked and GOGC percent of it,
 *  4 MiB * GOGC / 100 at least (mgcpacer.go, commit; stacks and globals are left out). */
uint64_t pl_gc_go_goal(uint64_t marked, uint64_t gogc);

/** Bytes that Go has mapped beside so much heap: the tables of each arena of 64 MiB, 2 MiB and 64
 * KiB (mheap.go, heapArena), and what the runtime itself takes: MemStats.Sys - HeapSys of a program
 * that holds nothing, less one arena's tables (8.4 MiB in Go 1.19.8 on two processors; 19.0 with
 * 330 MiB). */
uint64_t pl_gc_go_beside(uint64_t heap_bytes);

/** The same for a memory limit: what is mapped beside the heap and beyond the limit is taken off,
 * then a headroom of 1 MiB (memoryLimitHeapGoal of 1.19; 1.21 has 3 % of the goal).
 *  @param limit bytes, 0 for none: then UINT64_MAX
 *  @param heap_bytes of the heap, in use */
uint64_t pl_gc_go_limit_goal(uint64_t limit, uint64_t heap_bytes, uint64_t marked);

/** Bytes of heap at which the cycle begins: the latest point that Go allows, 61/64 of the way to
 * the goal, or 4 MiB before it when that is later (trigger; its runway, which comes from times
 * measured in the last cycle, is left out: it would not repeat). */
uint64_t pl_gc_go_trigger(uint64_t marked, uint64_t goal);

#endif
