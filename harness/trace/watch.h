/* Watching a recorded program from outside while it runs: samples of its memory, what time it is,
 * and which files it has mapped to run. One thread. */
#ifndef PL_TRACE_WATCH_H
#define PL_TRACE_WATCH_H

#include "harness/trace/compile.h"
#include "harness/trace/samples.h"

struct pl_trace_watch {
    pid_t pid;
    struct pl_raw *raw;
    FILE *samples;
    struct pl_memory_sample sample;
    char *heap; /* path of its library as the kernel has it; NULL until it is known */
    struct pl_trace_time *times;
    size_t time_count, time_capacity;
    struct pl_trace_object *objects;
    size_t object_count, object_capacity;
    uint64_t taken;     /* samples */
    uint64_t rss_bytes; /* the most in one of them */
    int interval_ms;
    int64_t next_ns; /* when to look again, as CLOCK_MONOTONIC counts */
    bool has_failed; /* samples can't be written, or there is no memory for more */
};

/** @param samples a new file; stays the caller's */
void pl_trace_watch_begin(struct pl_trace_watch *watch, pid_t pid, struct pl_raw *raw,
                          FILE *samples);

/** Looks, if it is time to: often in the beginning, then each 200 ms, and when the program is about
 *  to end. @return in how many ms to come again */
int pl_trace_watch_look(struct pl_trace_watch *watch);

/** Notes the time once more, when the program has ended. */
void pl_trace_watch_end(struct pl_trace_watch *watch);

/** Notes a file that was mapped to run, unless it is known. */
void pl_trace_watch_add(struct pl_trace_watch *watch, const struct pl_trace_object *object);

/** Notes the files that were mapped to run, by a file of lines as /proc/PID/maps has them; nothing
 *  where there is none. */
void pl_trace_watch_take_maps(struct pl_trace_watch *watch, const char *path);

void pl_trace_watch_free(struct pl_trace_watch *watch);

#endif
