/* What a cell tells the controller over its pipe, as it goes, so that a cell killed by the kernel
 * still leaves its whole curve. Records are shorter than PIPE_BUF: each write is whole. */
#ifndef PL_CELL_RECORD_H
#define PL_CELL_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "allocators/allocator.h"
#include "harness/cell/charged.h"
#include "harness/cell/ledger_record.h"
#include "harness/interpose/page.h"
#include "harness/pipelines/program/ptrace_watch.h"
#include "harness/traffic/counts.h"

#define PL_BOOKS_MAX 8 /* classes of a scenario */

enum pl_record_kind {
    PL_RECORD_SAMPLE = 1,
    PL_RECORD_FINAL,
    PL_RECORD_FAILURE,     /* the cell could not start: one line */
    PL_RECORD_LEDGER_SITE, /* ledger_record.h */
    PL_RECORD_LEDGER,
    PL_RECORD_ALERT,
    PL_RECORD_READY,  /* of a foreign program: when its window begins */
    PL_RECORD_TREE,   /* its processes, before the sample that belongs to them */
    PL_RECORD_PROGRAM /* what became of it, before the final books, if there are any */
};

/** One row of the series. */
struct pl_sample {
    uint32_t kind; /* PL_RECORD_SAMPLE */
    uint32_t size;
    int64_t t_ns;       /* the replay's time */
    uint64_t rss_bytes; /* RssAnon */
    uint64_t live_bytes;
    uint64_t reserved_bytes;
    uint64_t packets_received;
    uint64_t packets_delivered;
    uint64_t packets_dropped;
    uint64_t socket_bytes; /* that the kernel holds of a model's connections */
    int64_t cpu_ns;        /* spent since the window began */
    uint64_t churn_bytes;  /* requested and released so far: what an instrument that has no clock of
                              ours goes by */
};

/** An alert of the scenario's that became true at a sample. */
struct pl_alert_record {
    uint32_t kind; /* PL_RECORD_ALERT */
    uint32_t size;
    int64_t t_ns;   /* the replay's time */
    uint64_t value; /* of the alert's quantity */
    uint64_t index; /* of the alert in the scenario */
};

/** A foreign program is ready. */
struct pl_ready_record {
    uint32_t kind; /* PL_RECORD_READY */
    uint32_t size;
    int64_t start_ns; /* CLOCK_MONOTONIC at replay time 0 */
};

/** What a foreign program's processes hold at a sample, and what its container is charged with. */
struct pl_tree_record {
    uint32_t kind; /* PL_RECORD_TREE */
    uint32_t size;
    uint64_t vsz_bytes;
    uint64_t shared_bytes; /* files and shared memory, resident, counted in each process */
    uint32_t processes;
    uint32_t threads;
    struct pl_charged charged;
};

/** What asking the heap to give memory back did. */
struct pl_trims {
    uint64_t count;
    uint64_t bytes;  /* of RssAnon that were gone afterwards, in all */
    uint64_t ns_max; /* the longest of them took, in real time */
    uint64_t faults; /* minor, until the sample after each; of models */
};

/** What became of a foreign program. */
struct pl_program_record {
    uint32_t kind; /* PL_RECORD_PROGRAM; 0 of a cell that has none */
    uint32_t size;
    int64_t ready_ns;    /* from its start until it was ready; -1: it never was */
    int64_t ended_ns;    /* in the replay's time, when it ended by itself; -1: it did not */
    int32_t wait_status; /* of its first process, as waitpid gives it; 0 when it was killed at its
                            end */
    uint32_t killed;     /* it did not end within its grace */
    int64_t cpu_user_ns; /* in the window, all its processes, in ticks of 10 ms */
    int64_t cpu_system_ns;
    uint64_t stalled_us; /* in the window, for want of memory (cgroup v2) */
    uint64_t output_bytes;
    uint32_t watched;     /* how each process ends was seen */
    int32_t crash_signal; /* that ended another process than the first one; 0: none, or not seen */
    char crash_program[PL_PTRACE_NAME_MAX]; /* its name */
    uint32_t native; /* nothing of ours stands in it: what follows is not known */
    /* of the interposed library (interpose/control.h), since the program began: */
    uint64_t calls_before; /* of the allocation API until the window began */
    uint64_t calls;
    uint64_t allocating_before; /* calls that `fault` counts, likewise */
    uint64_t allocating_calls;  /* the most of a single process */
    uint64_t refusals, faults;
    struct pl_trims trims;
    struct pl_page_fault fault; /* the first that is known; its number is 0 when there is none */
    uint64_t live_bytes_peak;   /* where a layer counts, of the largest process */
    uint32_t clients_failed;    /* ended by themselves, with a status that is not 0 */
    uint32_t client_first;      /* the entry of the first of them */
    int32_t client_status;
    char last_line[160]; /* that the program printed */
    /* of the process that called its malloc most often, "" where that is not known: */
    char served_by[PL_PAGE_PATH_MAX]; /* the object whose malloc served it */
    char served[PL_PAGE_PATH_MAX];    /* its program */
    /* of the largest process that the library does not serve, from PL_DOCK_UNSERVED_BYTES on: */
    uint64_t unserved_bytes; /* that it had, resident and private; 0: there is none */
    char unserved[PL_PAGE_PATH_MAX];
    char unserved_by[PL_PAGE_PATH_MAX]; /* the object whose malloc stands before the library's; "":
                                           the library is not loaded */
};

/** What one class did. */
struct pl_class_record {
    uint64_t size; /* bytes of an object */
    uint64_t acquires;
    uint64_t releases;
    uint64_t failures;
    uint64_t acquired_bytes;
    uint64_t released_bytes;
};

/** The books at the end of the measured window. */
struct pl_final {
    uint32_t kind; /* PL_RECORD_FINAL */
    uint32_t size;
    int64_t t_ns;        /* the replay's time that was reached */
    int64_t real_ns;     /* the window took */
    int64_t cpu_ns;      /* likewise, user and system, without the sampler's */
    int64_t cpu_user_ns; /* likewise, with the sampler's, as the kernel shares it out */
    int64_t cpu_system_ns;
    uint64_t faults_minor; /* in the window */
    uint64_t faults_major;
    uint64_t rss_bytes_before; /* RssAnon when the window began */
    uint64_t rss_bytes_peak;   /* VmHWM less shared pages, since then */
    uint64_t vsz_bytes_peak;   /* VmPeak less the job's: since the process began */
    uint64_t live_bytes_peak;
    uint64_t leaked_bytes; /* still live after the pipeline was closed: a fault of the suite */
    uint64_t acquire_ns_p50, acquire_ns_p99, acquire_ns_p999, acquire_ns_max;
    uint64_t acquires_timed;
    uint64_t threads_made; /* by a crew of workers */
    uint64_t threads_failed;
    struct pl_trims trims;
    struct pl_heap_told heap; /* as the window ended */
    struct pl_stack_stats stack;
    struct pl_traffic_counts counts;
    struct pl_media_facts media;
    struct pl_class_record classes[PL_BOOKS_MAX];
    uint32_t class_count;
    uint32_t at_ceiling; /* stopped itself before it could hurt the machine */
    /* under the wall clock: */
    uint32_t is_live;
    uint32_t sent_all;      /* the sender came to its end */
    uint64_t send_errors;   /* datagrams that its kernel did not take */
    int64_t sender_late_ns; /* a datagram was sent so late, at most */
    int64_t trace_over_ns;  /* of a trace: when all of it was replayed; 0: it was not, or begins
                               again and again */
};

/** A sender that is later than that at any time does not send at the pace that was asked for. */
#define PL_SENDER_LATE_NS INT64_C(1000000000)

/** Whether what arrived is not what the scenario asks for: then the cell answers another question.
 */
static inline bool pl_final_sender_failed(const struct pl_final *final)
{
    return final->is_live && (!final->sent_all || final->send_errors > 0 ||
                              final->sender_late_ns > PL_SENDER_LATE_NS);
}

/** Whether other programs sent so much to the receiver's port that its socket and its processor can
 *  have suffered: more than a tenth of what our own senders sent. */
static inline bool pl_final_disturbed(const struct pl_final *final)
{
    return final->counts.foreign > final->counts.received / 10;
}

struct pl_failure {
    uint32_t kind; /* PL_RECORD_FAILURE */
    uint32_t size;
    int32_t code; /* negative errno */
    char text[256];
};

union pl_record {
    struct {
        uint32_t kind;
        uint32_t size; /* of the whole record */
    } head;
    struct pl_sample sample;
    struct pl_final final;
    struct pl_failure failure;
    struct pl_ledger_site_record site;
    struct pl_ledger_record ledger;
    struct pl_alert_record alert;
    struct pl_ready_record ready;
    struct pl_tree_record tree;
    struct pl_program_record program;
};

_Static_assert(sizeof(union pl_record) <= 4096, "a record is written whole: PIPE_BUF is 4096");

/** Writes a whole record; a reader that is gone ends the process. */
void pl_record_write(int fd, const void *record, size_t size);

/** Writes why something can't be done: the first 255 B of one line. */
void pl_record_failure(int fd, int code, const char *text);

#endif
