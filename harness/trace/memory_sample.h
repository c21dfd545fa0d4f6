/* One look at the memory of a recorded process (samples.h). */
#ifndef PL_TRACE_MEMORY_SAMPLE_H
#define PL_TRACE_MEMORY_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/trace/address_ranges.h"
#include "harness/trace/images.h"

/** Private memory that no file stands behind, as /proc/PID/maps has it, but for the first thread's
 *  stack and the zeroed data of programs and of libraries but the heap's. */
struct pl_sample_range {
    uint64_t begin, end; /* addresses */
    uint64_t first_word; /* of its pages' bits in `there` */
    bool is_guarded;     /* some pages below it may not be touched: as below a thread's stack */
};

struct pl_memory_sample {
    uint64_t stamp;
    uint64_t rss_bytes;             /* RssAnon */
    struct pl_sample_range *ranges; /* rising */
    uint64_t *there;                /* a bit a page, each range's from a word of its own */
    uint32_t range_count, range_capacity;
    uint64_t word_count, word_capacity;
    uint64_t *guards; /* ends of stretches within the ranges that may not be touched, rising: glibc
                         has no mapping of its own below a thread's stack from 2.42 on */
    uint32_t guard_count, guard_capacity;
    uint64_t *pages; /* a piece of /proc/PID/pagemap */
    struct pl_images images;
    const char *heap; /* path of the library that serves the heap: its static data is the heap's */
    struct pl_address_range heap_image; /* where that is mapped; empty: it is not known */
};

#endif
