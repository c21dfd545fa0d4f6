/* The history: a file of runs, one line of JSON a run, which is only ever added to. A line has
 *
 *     {"history_version":1,"started":...,"commit":...,"host":{"hash","cpu"},"tier":...,
 *      "cells":[{"scenario","allocator","format","clock","threads","container",
 *                "container_bytes","duration_seconds","conditions","repetitions",
 *                "metrics":{name:median,...},"took_seconds":median},...]}
 *
 * where lines of older versions have no threads (there was one) and no took_seconds.
 */
#ifndef PL_RESULTS_HISTORY_FILE_H
#define PL_RESULTS_HISTORY_FILE_H

#include <jansson.h>

#include "allocators/base/error.h"

/** The version of a line; lines of another are skipped. */
#define PL_HISTORY_VERSION 1

/** Adds a run as one line: one write under a lock, synced. A line that a crash cut short is left
 *  behind as it is, and the new one begins below it.
 *  @param run an object as above @return 0; -EEXIST when this very line is there already;
 *  -EINVAL, -ETIMEDOUT (another program holds the lock for 10 s) or a negative errno with one line:
 *  then nothing was added */
int pl_history_append(const char *path, const json_t *run, struct pl_error *error);

/** Takes the warning of a line that was skipped: "FILE:LINE: ..." */
typedef void (*pl_history_warning)(void *context, const char *warning);

/** Reads the runs of a file, in their order. Lines that are broken or of another version are
 *  skipped with a warning each.
 *  @param warn may be NULL @param runs an array of objects whose shape was checked; json_decref
 *  @return 0, or -EINVAL with one line when there is no file, or no run in it */
int pl_history_read(const char *path, pl_history_warning warn, void *context, json_t **runs,
                    struct pl_error *error);

#endif
