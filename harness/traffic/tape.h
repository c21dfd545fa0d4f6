/* A tape: a trace compiled for its replay, before anything is measured. All threads' events in
 * their order, as words of 8 B; blocks are slots, threads are lanes, requests are shapes. For the
 * wall clock it is split into a stream a lane (tape_split.h). One flat block without pointers, so
 * that the controller can lay it into the memory that it shares with a cell. */
#ifndef PL_TRAFFIC_TAPE_H
#define PL_TRAFFIC_TAPE_H

#include <stdbool.h>
#include <stdint.h>

#include "allocators/allocator.h"
#include "harness/traffic/recording.h"

enum {
    PL_TAPE_LANES_MAX = 1024, /* threads at a time; a cell makes as many */
    PL_TAPE_TEXT_MAX = 1024,  /* bytes, with the NUL */
    PL_TAPE_PAGE_BYTES = 4096 /* of touched pages, whatever the machine's pages are */
};

/** From this size on a tape says how much of a block is touched; smaller ones are in whole. */
#define PL_TAPE_TOLD_FROM UINT64_C(8192)

/** All pages of a block, also its parts of pages. */
#define PL_TAPE_ALL_PAGES UINT32_MAX

/** Live blocks at a time are fewer. */
#define PL_TAPE_SLOTS_MAX (UINT32_C(1) << 28)

enum pl_tape_op {
    PL_TAPE_ACQUIRE, /* slot, argument: shape */
    PL_TAPE_RELEASE, /* slot */
    PL_TAPE_RESIZE,  /* slot, argument: its new shape */
    PL_TAPE_TOUCH,   /* slot, argument: so many of its whole pages, from the first one on */
    PL_TAPE_LANE,    /* argument: the lane of what follows */
    PL_TAPE_LEAVE,   /* the lane's thread ends */
    PL_TAPE_TIME,    /* argument: what follows happened so many ms after the recording's begin */
    PL_TAPE_TRIM,    /* argument: bytes of pad, or as many as fit */
    /* Of a tape that is split alone: */
    PL_TAPE_AWAIT = 8, /* with one of the first four: the slot is another lane's until it hands it
                          over */
    PL_TAPE_HAND = 12, /* slot, argument: the lane whose it is next */
    PL_TAPE_START      /* argument: the lane whose next thread begins */
};

/** op | slot << 4 | argument << 32 */
typedef uint64_t pl_tape_word;

static inline pl_tape_word pl_tape_word_of(enum pl_tape_op op, uint32_t slot, uint32_t argument)
{
    return (uint64_t)op | (uint64_t)slot << 4 | (uint64_t)argument << 32;
}

static inline enum pl_tape_op pl_tape_op_of(pl_tape_word word)
{
    return (enum pl_tape_op)(word & 15);
}

static inline uint32_t pl_tape_slot_of(pl_tape_word word)
{
    return (uint32_t)word >> 4;
}

static inline uint32_t pl_tape_argument_of(pl_tape_word word)
{
    return (uint32_t)(word >> 32);
}

/** Which of the first four it is, awaited or not. */
static inline enum pl_tape_op pl_tape_block_op_of(pl_tape_word word)
{
    return (enum pl_tape_op)(word & 3);
}

/** Resident memory as it was recorded. */
struct pl_tape_look {
    uint64_t time_ms;
    uint64_t rss_bytes;    /* RssAnon of the program */
    uint64_t beside_bytes; /* of it beside malloc */
};

/** The words of one lane. */
struct pl_tape_stream {
    uint64_t begin, end;
};

struct pl_tape {
    uint64_t bytes; /* of the whole */
    uint64_t word_count, words_offset;
    uint64_t streams_offset; /* of a split tape, one a lane; else 0 */
    uint64_t shape_count, shapes_offset;
    uint64_t look_count, looks_offset;
    uint64_t events;  /* of the trace */
    uint64_t skipped; /* of them: asks for a block's usable size, and what the heap had refused */
    uint64_t duration_ms;
    uint64_t survivors; /* blocks that are live at its end */
    uint32_t slots;
    uint32_t lanes;                  /* the first one is the program's main thread */
    uint32_t threads;                /* of the program, in all */
    char heap[PL_TAPE_TEXT_MAX];     /* the object whose malloc served the program */
    char program[PL_TAPE_TEXT_MAX];  /* what ran */
    char imported[PL_TAPE_TEXT_MAX]; /* what else recorded it, and what is assumed; "": nothing */
    char cut[256];                   /* why the trace is not whole; "": it is */
};

static inline const pl_tape_word *pl_tape_words(const struct pl_tape *t)
{
    return (const void *)((const char *)t + t->words_offset);
}

static inline const struct pl_request *pl_tape_shapes(const struct pl_tape *t)
{
    return (const void *)((const char *)t + t->shapes_offset);
}

/** Of a split tape, one a lane. */
static inline const struct pl_tape_stream *pl_tape_streams(const struct pl_tape *t)
{
    return (const void *)((const char *)t + t->streams_offset);
}

static inline const struct pl_tape_look *pl_tape_looks(const struct pl_tape *t)
{
    return (const void *)((const char *)t + t->looks_offset);
}

/** The tape that a recording holds. */
const struct pl_tape *pl_tape_of(const struct pl_recording *recording);

/**
 * Compiles a trace. Needs the library pl_capture.
 * @param recording set on success, its material is the tape; free() it
 * @return 0, also for a trace that was cut off (cut says so); -EINVAL for what is none, is corrupt,
 *  empty, or has more threads or blocks at a time than a tape; -ENOENT and others from opening;
 *  -ENOMEM. With a line that names the file
 */
int pl_tape_compile(const char *path, struct pl_recording **recording, struct pl_error *error);

#endif
