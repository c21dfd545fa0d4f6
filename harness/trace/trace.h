/* What a recorded program asked of its heap: the events of a trace, in the order in which they
 * happened, and what is known of the recording. FORMAT.md has the bytes. */
#ifndef PL_TRACE_TRACE_H
#define PL_TRACE_TRACE_H

#include <stdbool.h>
#include <stdint.h>

enum {
    PL_TRACE_PAGE_BYTES = 4096, /* of every figure in pages, whatever the machine's pages are */
    PL_TRACE_TOLD_FROM = 8192, /* bytes: which of its pages were touched is told of larger blocks */
    PL_TRACE_TEXT_MAX = 1024,  /* bytes of a text in the head, with its NUL */
    PL_TRACE_THREADS_MAX = 1 << 20,
    PL_TRACE_FRAMES_MAX = 32 /* of a call site */
};

/** The largest block that a trace may hold, in bytes: the user's half of 48-bit addresses. */
#define PL_TRACE_SIZE_MAX ((UINT64_C(1) << 47) - 1)

/** Touched pages of a block that nobody looked at. */
#define PL_TRACE_UNTOLD UINT64_MAX

enum pl_trace_kind {
    PL_TRACE_ALLOCATE,   /* a block comes */
    PL_TRACE_RESIZE,     /* `old_block` becomes `block`, wherever it lies then */
    PL_TRACE_FREE,       /* a block goes */
    PL_TRACE_ASK_SIZE,   /* the program asks how much of a block is usable */
    PL_TRACE_TRIM,       /* it asks the heap to give memory back (malloc_trim) */
    PL_TRACE_REFUSED,    /* the heap had no `size` bytes for it; nothing changed */
    PL_TRACE_THREAD_END, /* the thread's last event */
    /* Of no thread: what was seen from outside. Such events have thread 0. */
    PL_TRACE_TOUCHED, /* so many pages of a live block were resident then */
    PL_TRACE_BESIDE,  /* memory beside malloc */
    PL_TRACE_RSS,     /* resident memory of the whole process */
    PL_TRACE_KINDS
};

/** One event. What a kind does not have is zero. */
struct pl_trace_event {
    enum pl_trace_kind kind;
    uint32_t thread;    /* from 1, in the order of their first events; 0: of no thread */
    uint64_t time_ms;   /* since the recording began; it never goes back */
    uint64_t block;     /* its number: allocations and resizes count it, from 1 */
    uint64_t old_block; /* of a resize */
    uint32_t slot;      /* the block's place among the live ones, from 0: it is used again once its
                           block is freed, the latest first, and a resize keeps it */
    uint64_t size;     /* bytes that were asked for; of a free and a touch: that the block has; of a
                          trim: its pad */
    uint64_t old_size; /* of a resize */
    uint64_t alignment; /* bytes, a power of two; 0: none was asked for */
    bool zeroed;        /* calloc */
    uint32_t site;      /* from 1; 0: not recorded. Of an allocation, a resize and a refusal */
    /* Of a free, a resize (the old block) and a touch: pages that were resident, of those that the
     * block covers from its first whole page on; PL_TRACE_UNTOLD where nobody looked. */
    uint64_t touched_pages;
    uint64_t beside_bytes; /* mapped, private and anonymous, by others than the heap: of BESIDE */
    uint64_t beside_rss_bytes; /* of rss_bytes, what is not the heap's: of RSS */
    uint64_t rss_bytes;        /* RssAnon: of RSS */
};

/** What is known before the first event. */
struct pl_trace_head {
    char program[PL_TRACE_TEXT_MAX];  /* the file that ran */
    char command[PL_TRACE_TEXT_MAX];  /* its words */
    char machine[PL_TRACE_TEXT_MAX];  /* processors, kernel */
    char heap[PL_TRACE_TEXT_MAX];     /* the object whose malloc served */
    char ended[PL_TRACE_TEXT_MAX];    /* how the program ended, in words */
    char lost[PL_TRACE_TEXT_MAX];     /* why the recording ended before it; "": it did not */
    char imported[PL_TRACE_TEXT_MAX]; /* what else recorded it, and what of it is assumed; "":
                                         Plimsoll did */
    int64_t began_unix_ms;            /* when the recording began */
    uint64_t duration_ms;             /* of the recording */
    bool ordered_by_clock; /* events are ordered by a synchronised processor clock; else by a
                              counter of all threads */
    uint32_t site_frames;  /* at most, of a call site; 0: none were recorded */
};

/** What is known once all events were there. */
struct pl_trace_totals {
    uint64_t events, blocks; /* with resized ones */
    uint64_t unknown_frees;  /* of blocks that came before the recording: skipped */
    uint64_t missed_frees;   /* their addresses came again: the free was put in there */
    uint64_t live_bytes_peak, live_blocks_peak;
    uint32_t slots; /* the most in use at a time */
    uint32_t threads;
    uint32_t sites;
};

#endif
