/* The books of a ledger in foreign programs: what the library in a process writes, and what the
 * controller's side reads, also when the process was killed. They lie in a file beside the page
 * (page.h), each process's at a place of its own, and are mapped at the same address by whoever
 * reads them: so pointers in them hold on both sides, and what reads a model's ledger reads these.
 *
 * They are shared memory: no part of RssAnon, but of what a container holds. A page of them is
 * there once it was written to. */
#ifndef PL_INTERPOSE_PROGRAM_BOOKS_H
#define PL_INTERPOSE_PROGRAM_BOOKS_H

#include "allocators/ledger/books.h"
#include "harness/interpose/page.h"

/** Of the file: the page's path with this added. */
#define PL_BOOKS_SUFFIX ".books"

/** Where the first process's books are mapped, and how far apart they are: addresses that neither
 *  programs nor heaps nor sanitizers of x86-64 and ARM64 Linux have things at. */
#define PL_BOOKS_BASE UINT64_C(0x200000000000)
#define PL_BOOKS_BYTES (UINT64_C(1) << 35)

enum {
    PL_BOOKS_OBJECTS = 1024,
    PL_BOOKS_OBJECT_PATH = 512, /* bytes, with its NUL; longer ones keep their beginning */
    PL_BOOKS_BUILD_ID = 32,     /* bytes; 20 is usual */
    PL_BOOKS_DEPTH_MAX = 64,    /* frames of a chain */
    PL_BOOKS_FRAMES = 1 << 22,  /* of all chains */
    PL_BOOKS_PLACES = 2 * PL_LEDGER_SITES_MAX,
    PL_BOOKS_RULES = 1 << 16
};

/** A file that was mapped: the program, a library, a plugin, closed by now perhaps. */
struct pl_books_object {
    uint64_t known;      /* the rest can be read */
    uint64_t base;       /* what its addresses are relative to */
    uint64_t begin, end; /* in memory */
    uint32_t build_id_bytes;
    uint8_t build_id[PL_BOOKS_BUILD_ID];
    char path[PL_BOOKS_OBJECT_PATH];
};

/** Who called, innermost first: so many words of `frames`. */
struct pl_books_chain {
    uint64_t depth; /* 0: it is being written */
    uint64_t first;
};

/** A frame's word is a return address, and in its upper 16 bits the object that it lies in, from 1.
 */
#define PL_BOOKS_ADDRESS_BITS 48
#define PL_BOOKS_ADDRESS_MASK ((UINT64_C(1) << PL_BOOKS_ADDRESS_BITS) - 1)

/** What unwind.c remembers of a return address. */
struct pl_books_rule {
    uint64_t check, rule;
};

/** A frame as it was found, and where the caller's stack and frame pointers were read; 0: nowhere.
 *  Most code keeps anything in the frame pointer's register: what it holds counts only where it, or
 *  a frame further out that gets it unchanged, is left by it. */
struct pl_books_step {
    uint64_t pc, sp, fp, rule, cfa_from, fp_from, fp_counts;
};

enum { PL_BOOKS_STEPS = PL_BOOKS_DEPTH_MAX + 8 };

/** A walk up a stack: the library's own frames first, then the chain. */
struct pl_books_walk {
    uint64_t generation; /* of the objects that were mapped; 0: there was none */
    uint32_t own, count, site;
    struct pl_books_step steps[PL_BOOKS_STEPS];
};

/** Of a thread: its latest walk, and the one under way. */
struct pl_books_walks {
    uint32_t busy, latest;
    struct pl_books_walk walks[2];
};

struct pl_books {
    uint64_t bytes_used; /* of the mapping, from its beginning */
    uint64_t object_count, frame_count, site_claims;
    uint64_t unsited_blocks;      /* of more sites than there is room for: they are nobody's */
    uint64_t unentered_blocks;    /* more than there is room for: they are in no figure */
    uint64_t unknown_frees;       /* of blocks that were never entered, and of a fork's parent's */
    struct pl_ledger_slot *first; /* the opening thread's */
    /* Live bytes in all, by class and by site, of all threads but that one, whose counts tell: so a
     * program of one thread needs no atomic additions. */
    int64_t live[1 + PL_LEDGER_CLASSES + PL_LEDGER_SITES_MAX];
    struct pl_books_object objects[PL_BOOKS_OBJECTS];
    struct pl_books_chain chains[PL_LEDGER_SITES_MAX]; /* by site */
    uint64_t places[PL_BOOKS_PLACES]; /* of sites, by their chains: a hash, in its low 16 bits the
                                         site; 0: none */
    struct pl_books_rule rules[PL_BOOKS_RULES];
    uint64_t frames[PL_BOOKS_FRAMES];
    struct pl_ledger ledger;
};

static inline struct pl_books *pl_books_address(uint32_t index)
{
    return (struct pl_books *)(uintptr_t)(PL_BOOKS_BASE + index * PL_BOOKS_BYTES);
}

#endif
