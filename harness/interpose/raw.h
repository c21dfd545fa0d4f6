/* The raw file: what the library in a recorded program writes of its heap, and what is read of it
 * once the program has ended, however it ended. Program and controller map it; all recorded
 * processes share it, chunk by chunk, each chunk one thread's.
 *
 * A record is two words of 64 bits, the second one written last: a chunk is whole up to the first
 * record whose second word is 0. Nothing but the program's own stores writes it: what was stored is
 * in the file, even when the program is killed in the next moment. */
#ifndef PL_INTERPOSE_RAW_H
#define PL_INTERPOSE_RAW_H

#include <stdint.h>

#include "harness/interpose/page.h"

/** The environment variable that names the raw file. */
#define PL_RAW_VARIABLE "PLIMSOLL_RECORD"

/** Of files beside it, where call sites are recorded: the raw file's path with this added, of the
 *  process's place. Lines of /proc/PID/maps as the program began. */
#define PL_RAW_MAPS_FORMAT "%s.maps.%u"

#define PL_RAW_MAGIC UINT64_C(0x7761726c6c6f7370)
#define PL_RAW_VERSION 2

enum {
    PL_RAW_PROCESSES = 1024, /* recorded ones, each program of a process counted */
    PL_RAW_FRAMES_MAX = 16,  /* of a call site */
    PL_RAW_CHUNK_FIRST = 4096,
    PL_RAW_CHUNK_MAX = 1 << 20
};

/** Why recording ended before the program did. */
enum pl_raw_stop {
    PL_RAW_GOES_ON,
    PL_RAW_FULL,   /* the file has reached its limit */
    PL_RAW_NO_ROOM /* the file system has no more */
};

/** Whether the recorded process is about to end, and waits to be looked at once more. */
enum pl_raw_leaving { PL_RAW_STAYS, PL_RAW_LEAVES, PL_RAW_LOOKED_AT };

/** A program of a process. */
struct pl_raw_process {
    uint64_t began; /* stamp; 0: it has not begun yet */
    int32_t pid;
    uint32_t threads;
    char program[PL_PAGE_PATH_MAX];
    char heap[PL_PAGE_PATH_MAX];
};

struct pl_raw {
    uint64_t magic;
    uint32_t version;
    uint32_t size;       /* of this structure */
    uint64_t bytes;      /* of the file */
    int32_t pid;         /* the process that is recorded; 0: the first that comes */
    uint32_t children;   /* 1: those that it starts, too */
    uint32_t frames;     /* of a call site; 0: none are recorded; 1: the return address */
    uint32_t by_counter; /* stamps are counted; else they are the processor's clock */
    uint32_t stop;       /* enum pl_raw_stop */
    uint32_t process_count;
    uint32_t leaving; /* enum pl_raw_leaving */
    uint64_t stop_stamp;
    uint64_t processes_lost;
    _Alignas(64) uint64_t used; /* bytes; the next chunk begins there */
    _Alignas(64) uint64_t counter;
    _Alignas(64) struct pl_raw_process processes[PL_RAW_PROCESSES];
};

struct pl_raw_chunk {
    uint64_t bytes;           /* with this; 0: it is not there yet */
    uint64_t zero;            /* a chunk that is divided in two ends here */
    uint64_t stamp;           /* whole, when it was taken */
    uint32_t process, thread; /* from 0; from 1 in the order in which they began */
};

/** Offsets in the file of the first chunk, and of the records in a chunk. */
#define PL_RAW_FIRST ((sizeof(struct pl_raw) + 4095) / 4096 * 4096)

/** What a record says. Its second word: the stamp's low 48 bits, 12 bits beside, this. */
enum pl_raw_op {
    PL_RAW_ALLOCATE = 1, /* address and size; beside: exponent of the alignment, zeroed */
    PL_RAW_FREE,         /* address */
    PL_RAW_RESIZE,       /* address: it may be somebody else's from now on */
    PL_RAW_RESIZED,      /* address and size, of the thread's latest RESIZE */
    PL_RAW_STAYED,       /* size that was refused: the block is what it was */
    PL_RAW_REFUSED,      /* size; beside as for ALLOCATE */
    PL_RAW_SIZE,         /* whole, of the record that follows */
    PL_RAW_TOUCHED,      /* address and pages, of the FREE or RESIZE that follows */
    PL_RAW_SITE,         /* a frame of the record that follows, innermost first */
    PL_RAW_ASK_SIZE,     /* address */
    PL_RAW_TRIM,         /* size */
    PL_RAW_THREAD_END,
    PL_RAW_MAP,      /* address and size: memory beside the heap; beside: enum pl_raw_map */
    PL_RAW_UNMAP,    /* likewise */
    PL_RAW_SITE_REST /* so many frames of the record that follows, the outermost, are those of the
                        thread's latest site */
};

/** What a MAP tells of. */
enum pl_raw_map {
    PL_RAW_MAPPED, /* what the program has mapped */
    PL_RAW_BEFORE, /* what was there before it began */
    PL_RAW_STACK /* of the stack that the thread begins on: an address in its last page, no size */
};

/** Of the first word: addresses are multiples of 16 below 2^48, sizes below this one are beside
 *  them; larger ones are in a record before. */
#define PL_RAW_ADDRESS_BITS 44
#define PL_RAW_SIZE_LARGE UINT64_C(0xfffff)
#define PL_RAW_STAMP_SHIFT 16
#define PL_RAW_STAMP_MASK ((UINT64_C(1) << 48) - 1)
enum { PL_RAW_OP_MASK = 15, PL_RAW_BESIDE_SHIFT = 4, PL_RAW_EXPONENT = 63, PL_RAW_ZEROED = 64 };

#endif
