/* The page file: what the controller asks of the library in a foreign program, and what that leaves
 * there. Both map it; there is no other way between them, and it outlives a program that is killed.
 *
 * A process has a slot, and each of its threads a stripe in that, so that counting takes no lock
 * and no atomic addition. Who reads sums up the stripes. Slots of processes that ended are folded
 * into `ended` when a new one needs the place. */
#ifndef PL_INTERPOSE_PAGE_H
#define PL_INTERPOSE_PAGE_H

#include <stdint.h>

#include "allocators/foreign.h"

/** The environment variable that names the page file. */
#define PL_PAGE_VARIABLE "PLIMSOLL_INTERPOSE"

#define PL_PAGE_MAGIC UINT64_C(0x6c6c6f736d696c70) /* "plimsoll", little-endian */
#define PL_PAGE_VERSION 4

enum {
    PL_PAGE_PROCESSES = 64, /* at a time; more are lost */
    PL_PAGE_STRIPES = 64,   /* threads at a time with one of their own; more share the last */
    PL_PAGE_BOOKS = 512,    /* processes that keep books of a ledger, in all (program_books.h) */
    PL_PAGE_FAULTS = 8,     /* injected faults that are told one by one: the latest */
    PL_PAGE_PATH_MAX = 240  /* bytes of a path, with its NUL; longer ones keep their end */
};

/** What a thread counts. It alone writes, but for the last stripe. One cache line. */
struct pl_page_stripe {
    _Alignas(64) int32_t owner; /* thread id; 0: nobody's. It stays when the thread has ended */
    uint64_t calls;             /* of the allocation API, frees of NULL included */
    uint64_t allocated_blocks, allocated_bytes; /* usable bytes; only where a layer counts */
    uint64_t freed_blocks, freed_bytes;
};

/** An allocation that was made to fail. */
struct pl_page_fault {
    uint64_t number; /* of the process's allocating calls, from 1; 0: this one is being written */
    uint64_t size;   /* bytes that were asked for */
    uint64_t offset; /* of the return address in the object, as addr2line takes it */
    char object[PL_PAGE_PATH_MAX]; /* the file that called; "" when it lies in none */
};

/** Of one process; of all its programs when it executed others. */
struct pl_page_process {
    uint64_t place;   /* its process id, and in the upper half which namespace that is of; 0: free,
                         1: being folded */
    uint32_t images;  /* programs that it executed with the library */
    uint32_t threads; /* that ever had a stripe */
    uint32_t unsized; /* the heap has no malloc_usable_size: no layer counts */
    uint32_t books;   /* the number of its latest program's books, from 1; 0: it has none */
    uint32_t untrimmed; /* trimming was asked for, and the heap has no malloc_trim */
    /* Live when its program began (a fork's; negative for what an earlier program left). */
    uint64_t inherited_blocks, inherited_bytes;
    uint64_t live_bytes_peak;
    uint64_t refusals, refused_bytes_max; /* by the limit; the largest request */
    uint64_t allocating_calls;            /* as `fault` numbers them; 0 without that layer */
    uint64_t faults;                      /* injected */
    uint64_t trims, trimmed_bytes;        /* resident bytes less after them */
    uint64_t trim_ns, trim_ns_max;        /* in all, and the longest */
    char heap[PL_PAGE_PATH_MAX];          /* the object whose malloc serves */
    char program[PL_PAGE_PATH_MAX];
    uint64_t calls_of_earlier;    /* that programs before this one made in the same process */
    char ahead[PL_PAGE_PATH_MAX]; /* the object whose malloc stands before the library's, which the
                                     program calls then; "" where there is none */
    struct pl_page_fault latest[PL_PAGE_FAULTS]; /* the k-th fault is at (k - 1) % PL_PAGE_FAULTS */
    struct pl_page_stripe stripes[PL_PAGE_STRIPES];
};

enum pl_page_books {
    PL_PAGE_BOOKS_NONE,
    PL_PAGE_BOOKS_KEPT,
    PL_PAGE_BOOKS_REPLACED /* its process executed another program, and nothing of it is live */
};

/** Sums of processes that ended and had to give their slots away. */
struct pl_page_ended {
    uint64_t processes, calls, allocated_blocks, allocated_bytes;
    uint64_t refusals, refused_bytes_max, faults;
    uint64_t allocating_calls; /* the most of one of them */
    uint64_t trims, trimmed_bytes, trim_ns, trim_ns_max;
    uint64_t live_bytes_peak;
};

struct pl_page {
    uint64_t magic;
    uint32_t version;
    uint32_t size; /* of this structure, in bytes */
    struct pl_foreign settings;
    uint64_t lost; /* processes that found no slot: their figures are nowhere */
    struct pl_page_ended ended;
    uint64_t books_bytes_max;      /* what the file of all books may take */
    uint64_t books_lost;           /* processes that got none */
    uint64_t books_bytes;          /* what it takes, about */
    uint32_t books_claims;         /* processes that wanted books */
    uint32_t books[PL_PAGE_BOOKS]; /* enum pl_page_books */
    struct pl_page_process processes[PL_PAGE_PROCESSES];
};

#endif
