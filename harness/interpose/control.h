/* The controller's side of the library that is preloaded into foreign programs: what it is told,
 * and what it left. */
#ifndef PL_INTERPOSE_CONTROL_H
#define PL_INTERPOSE_CONTROL_H

#include <stdbool.h>
#include <sys/types.h>

#include "allocators/allocator.h"
#include "harness/interpose/page.h"

/** Whether a stack can stand in a foreign program. @return 0, or -EINVAL and why not */
int pl_interpose_check(const struct pl_stack_spec *stack, struct pl_error *error);

/** Makes the page file with what the stack's layers ask for, and the environment of the program:
 *  the heap's, with the library first in LD_PRELOAD, and the page's path.
 *  @param page_path absolute; the folder has to stand, best in memory (/dev/shm): the program
 * writes there at each call. A file of that name is replaced
 *  @return 0, -EINVAL (a layer can't stand in a foreign program, or a path can't stand in
 *  LD_PRELOAD), -ENOENT (the heap's library or ours is missing), -ENAMETOOLONG, or why the file
 *  can't be made */
int pl_interpose_prepare(const struct pl_stack_spec *stack, const char *page_path,
                         struct pl_environment *environment, struct pl_error *error);

/** Likewise for a program that is recorded (recorder.h): the stack is a heap alone.
 *  @param raw_path of the raw file, absolute */
int pl_interpose_prepare_recorded(const struct pl_stack_spec *stack, const char *page_path,
                                  const char *raw_path, struct pl_environment *environment,
                                  struct pl_error *error);

/** Of one process. */
struct pl_interpose_process {
    pid_t pid;       /* as it sees itself */
    uint32_t images; /* programs that it executed with the library; 0: a fork that executed none */
    uint32_t threads;
    uint64_t calls;
    uint64_t live_blocks, live_bytes; /* usable; 0 where no layer counts */
    uint64_t live_bytes_peak;         /* under a limit */
    uint64_t refusals, faults, trims;
    char heap[PL_PAGE_PATH_MAX];         /* the object whose malloc the library passes on to */
    char program[PL_PAGE_PATH_MAX];      /* its latest one */
    char served_ahead[PL_PAGE_PATH_MAX]; /* the object whose malloc that program calls instead of
                                            the library's; "": it calls ours, or nothing is known */
};

/** What all processes of a program left, those that ended and were folded included. Of a program
 *  that runs on, each figure is whole, but not all of them are of one moment. */
struct pl_interpose_report {
    uint64_t processes; /* that loaded the library; 0: none did */
    uint64_t lost;      /* more of them that there was no place for */
    uint64_t calls;     /* of the allocation API; 0 in a program that was loaded into: something
                           else serves its malloc */
    uint64_t allocated_blocks, allocated_bytes; /* where a layer counts */
    uint64_t live_blocks, live_bytes; /* of processes with a slot, at their ends if they ended */
    uint64_t live_bytes_peak;         /* the largest of a single process */
    uint64_t refusals, refused_bytes_max;
    uint64_t allocating_calls; /* the most of a single process, as `fault` numbers them: 0 without
                                  that layer */
    uint64_t faults;
    struct pl_page_fault latest[PL_PAGE_FAULTS]; /* oldest first, of the process with the latest
                                                    slot that has any */
    uint32_t latest_count;
    pid_t latest_pid;
    uint64_t trims, trimmed_bytes, trim_ns, trim_ns_max;
    uint32_t unsized;   /* processes whose heap can't tell sizes: no layer counted there */
    uint32_t untrimmed; /* likewise, can't be trimmed */
    struct pl_interpose_process slots[PL_PAGE_PROCESSES];
    uint32_t slot_count;
};

/** Reads what a program left, while it runs or afterwards.
 *  @return 0, -ENOENT, -EINVAL for a file that is no page, or why it can't be read */
int pl_interpose_read(const char *page_path, struct pl_interpose_report *report);

/** @return the object whose malloc a process calls although the library is in it, or "" */
const char *pl_interpose_served_ahead(const struct pl_interpose_report *report, pid_t pid);

#endif
