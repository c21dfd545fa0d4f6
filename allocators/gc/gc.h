/* The modelled collector: what its parts share. gc.c reads the options, link.c takes blocks in
 * and out, ocaml*.c and go.c say when to collect and how much, heap.c and collect.c do
 * it, and accounting.c counts what comes of it. */
#ifndef PL_ALLOCATORS_GC_GC_H
#define PL_ALLOCATORS_GC_GC_H

#include <pthread.h>
#include <stdatomic.h>

#include "allocators/base/book.h"
#include "allocators/gc/heap.h"

enum pl_gc_language { PL_GC_OCAML4, PL_GC_OCAML5, PL_GC_GO };

enum pl_gc_mode {
    PL_GC_DECLARED,   /* C memory whose size the collector was told */
    PL_GC_UNDECLARED, /* C memory freed by a finaliser, of a size that it does not know */
    PL_GC_BY_HAND,    /* C memory that the program frees itself */
    PL_GC_IN_HEAP     /* memory of its own heap, without links */
};

struct pl_gc_settings {
    enum pl_gc_language language;
    enum pl_gc_mode mode;
    uint64_t overhead, ratio, minor_ratio;                                      /* percent */
    uint64_t minor_max, minor_heap, live, garbage, garbage_piece, memory_limit; /* bytes */
    uint64_t gogc;                                                              /* percent */
};

/** What OCaml keeps between slices. */
struct pl_gc_ocaml {
    uint64_t heap_words;       /* H of 4.14, which grows by chunks */
    uint64_t heap_words_begun; /* H when the cycle began */
    uint64_t swept_words;      /* asked of the cycle's slices so far */
    double extra, extra_minor; /* E and Em */
    double backlog;            /* work put off by the cap on a slice */
    double handed_on;          /* work of a slice that only started a cycle */
    uint64_t allocated_words;  /* in the major heap since the last slice */
    uint64_t direct_words;     /* of them, not by promotion */
    uint64_t young_words;      /* in the minor heap */
    uint64_t young_garbage;    /* of them, garbage that will be promoted, in words */
    uint64_t piece_due;        /* garbage not yet made, in bytes, of pieces of the major heap */
    bool half_passed;          /* the next trigger is a full minor heap, not a half-full one */
    bool wants_minor, wants_slice;
    unsigned char *minor_heap;
};

/** Memory of OCaml 4's heap in which no block lies (kept.c). */
struct pl_gc_kept {
    struct pl_gc_cell *newest, *oldest; /* of dead blocks, linked by held.next and held.prev */
    uint64_t words;                     /* of these */
    unsigned char *rest;                /* of the chunks, never a block */
    size_t rest_room, rest_bytes;       /* mapped, and of it resident */
};

/** What Go keeps. */
struct pl_gc_go {
    uint64_t live;          /* bytes marked in the last cycle, and allocated since */
    uint64_t goal, trigger; /* bytes */
    uint64_t garbage;       /* bytes not yet put into a cell */
};

/** Read while another thread works, hence atomic; written under the mutex. */
struct pl_gc_counters {
    _Atomic uint64_t cycles, minor_collections, slices, pause_ns_max, deferred_bytes, block_bytes,
        kept_bytes, reserved, reserved_peak, failures, corruptions;
};

/** Which blocks the layer counts as reserved: those that no pool of the stack counts. */
enum pl_gc_reserves { PL_GC_ALL_BLOCKS, PL_GC_DROPPED_BLOCKS, PL_GC_NO_BLOCKS };

struct pl_gc;

/** What a runtime does; called under the mutex, and may free blocks. */
struct pl_gc_runtime {
    /** Makes what it needs besides the heap. @return 0 or -ENOMEM */
    int (*open)(struct pl_gc *gc);
    void (*close)(struct pl_gc *gc);
    /** Does what the collector's own threads have done since the last call. */
    void (*catch_up)(struct pl_gc *gc);
    /** The program has allocated the cell's block, and its garbage with it. */
    void (*allocated)(struct pl_gc *gc, struct pl_gc_cell *cell);
    /** It got no block, but has made its garbage. */
    void (*refused)(struct pl_gc *gc);
};

extern const struct pl_gc_runtime pl_gc_runtime_ocaml, pl_gc_runtime_go;

struct pl_gc {
    pthread_mutex_t mutex;
    struct pl_gc_settings settings;
    const struct pl_gc_runtime *runtime;
    struct pl_gc_heap heap;
    struct pl_book book;
    struct pl_gc_ocaml ocaml;
    struct pl_gc_go go;
    struct pl_gc_kept kept;
    struct pl_gc_counters counters;
    enum pl_gc_reserves reserves;
    struct pl_gc_link {
        struct pl_allocator link;
        struct pl_gc *gc;
    } links[]; /* one a class */
};

/** The links' calls (link.c). */
void *pl_gc_acquire(struct pl_allocator *self, size_t size);
void pl_gc_release(struct pl_allocator *self, void *block, size_t size);
size_t pl_gc_footprint(const struct pl_allocator *self, size_t size);

/** Gives back the block of a dead cell, or keeps it. @param owner the collector
 *  @return whether it keeps it, and the cell with it */
bool pl_gc_finalise(void *owner, struct pl_gc_cell *cell);

/** Books what the layer holds. */
void pl_gc_reserve(struct pl_gc *gc);

/** Gives back every block, held or dropped; the collector is of no use afterwards. */
void pl_gc_finish(struct pl_gc *gc);

static inline void pl_gc_count(_Atomic uint64_t *counter, uint64_t more)
{
    atomic_fetch_add_explicit(counter, more, memory_order_relaxed);
}

/** The real time in ns, whatever clock the process is served: a pause lasts what it lasts. */
uint64_t pl_gc_now_ns(void);

/** Notes a pause that began at `since`, as of pl_gc_now_ns(). */
void pl_gc_note_pause(struct pl_gc *gc, uint64_t since);

/** Words of a block that lies in the collector's heap, header included. */
static inline uint64_t pl_gc_block_words(size_t size)
{
    return (size + 7) / 8 + 1;
}

/** Keeps the block of a dead cell, and the cell with it, for another one. */
void pl_gc_keep(struct pl_gc *gc, struct pl_gc_cell *cell);

/** @return a block of that size that is kept for the link, or NULL: only the last ones that died
 *  are looked at, since what a program holds for long is of few sizes */
void *pl_gc_kept_take(struct pl_gc *gc, const struct pl_allocator *link, size_t size);

/** Sees to it that what is in use and what is kept are no more than the heap.
 *  @param grown by a chunk, whose rest is now resident */
void pl_gc_kept_fit(struct pl_gc *gc, uint64_t heap_words, bool grown);

/** Unmaps the rest; kept blocks are given back by pl_gc_finish(). */
void pl_gc_kept_close(struct pl_gc_kept *kept);

/** H: words of the major heap. */
uint64_t pl_gc_ocaml_heap_words(const struct pl_gc *gc);

#endif
