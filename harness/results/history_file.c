/* Adding lines to the history and reading them back (history_file.h). */
#include "harness/results/history_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/results/clean.h"
#include "harness/results/ranges.h"

#define LOCK_SECONDS 10
#define HOW "`plimsoll history --add DIR` adds a folder of results"

/* Waits for the lock by asking again: flock itself would wait for ever. */
static int take_lock(int file)
{
    const struct timespec step = {0, 20 * 1000 * 1000};
    for (int tries = 0; flock(file, LOCK_EX | LOCK_NB); tries++) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return -errno;
        if (tries >= LOCK_SECONDS * 50)
            return -ETIMEDOUT;
        nanosleep(&step, NULL);
    }
    return 0;
}

/* Whether `line`, with a newline before and behind it, stands in the file. */
static int holds(const char *path, const char *line)
{
    char *text = NULL;
    size_t size = 0, length = strlen(line);
    int rc = pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, NULL);
    if (rc)
        return rc;
    for (const char *at = text; !rc && (at = memmem(at, size - (size_t)(at - text), line, length));
         at++)
        rc = (at == text || at[-1] == '\n') && at[length] == '\n' ? -EEXIST : 0;
    free(text);
    return rc;
}

static bool is_cut(int file, off_t size)
{
    char last = '\n';
    return size > 0 && pread(file, &last, 1, size - 1) == 1 && last != '\n';
}

/* All of it or nothing: what a full disk took of it is given back. */
static int write_whole(int file, const char *text, off_t before)
{
    size_t left = strlen(text);
    int failed = 0;
    while (left > 0 && !failed) {
        ssize_t written = write(file, text, left);
        if (written < 0 && errno != EINTR)
            failed = errno;
        text += written > 0 ? written : 0;
        left -= written > 0 ? (size_t)written : 0;
    }
    if (!failed && fsync(file))
        failed = errno;
    if (failed && ftruncate(file, before))
        failed = errno;
    return -failed;
}

static int write_line(int file, const char *path, const char *line)
{
    struct stat status;
    if (fstat(file, &status))
        return -errno;
    if (!S_ISREG(status.st_mode))
        return -EINVAL;
    int rc = take_lock(file);
    if (!rc && fstat(file, &status))
        rc = -errno;
    if (!rc)
        rc = holds(path, line);
    char *text = NULL;
    if (!rc && asprintf(&text, "%s%s\n", is_cut(file, status.st_size) ? "\n" : "", line) < 0)
        rc = -ENOMEM;
    if (!rc)
        rc = write_whole(file, text, status.st_size);
    free(text);
    return rc;
}

static int explain(const char *path, int rc, struct pl_error *error)
{
    if (rc == -EEXIST)
        return pl_error_set(error, rc, "%s holds this run already", path);
    if (rc == -ETIMEDOUT)
        return pl_error_set(error, rc, "%s is locked by another program for %d s", path,
                            LOCK_SECONDS);
    return pl_error_set(error, rc, "can't add to %s: %s", path,
                        rc == -EINVAL ? "it is not a regular file" : strerror(-rc));
}

int pl_history_append(const char *path, const json_t *run, struct pl_error *error)
{
    char *line = json_dumps(run, JSON_COMPACT | JSON_REAL_PRECISION(12));
    if (!line)
        return pl_error_set(error, -ENOMEM, "out of memory");
    int file = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0666);
    int rc = file < 0 ? -errno : write_line(file, path, line);
    if (file >= 0)
        close(file); /* and gives the lock back */
    free(line);
    return rc ? explain(path, rc, error) : 0;
}

/* @return what is wrong with a cell's numbers, in `flaw`, or NULL */
static const char *range_flaw(const json_t *cells, struct pl_error *flaw)
{
    struct pl_error reason;
    const json_t *cell;
    size_t i;
    json_array_foreach(cells, i, cell)
    {
        if (!pl_ranges_check(cell, "", true, &reason))
            continue;
        pl_error_set(flaw, -EINVAL, "cell %zu: %s", i, reason.text);
        return flaw->text;
    }
    return NULL;
}

static bool cell_is_whole(const json_t *cell)
{
    static const char *const texts[] = {"scenario", "allocator", "format",
                                        "clock",    "container", "conditions"};
    static const char *const numbers[] = {"container_bytes", "duration_seconds", "repetitions"};
    const json_t *metrics = json_object_get(cell, "metrics"), *value;
    const json_t *threads = json_object_get(cell, "threads");
    const char *key;
    bool whole = json_is_object(metrics) && (!threads || json_integer_value(threads) > 0);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        whole = whole && json_is_string(json_object_get(cell, texts[i]));
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        whole = whole && json_is_number(json_object_get(cell, numbers[i]));
    json_object_foreach((json_t *)metrics, key, value)
    {
        whole = whole && json_is_number(value);
    }
    return whole;
}

/* @param room for words about a number @return what is wrong with a line, or NULL */
static const char *flaw_of(const json_t *run, struct pl_error *room)
{
    const json_t *version = json_object_get(run, "history_version"), *cell;
    const json_t *host = json_object_get(run, "host"), *cells = json_object_get(run, "cells");
    size_t i;
    if (!json_is_integer(version))
        return "no run of a history";
    if (json_integer_value(version) != PL_HISTORY_VERSION)
        return "a run of another version of the history";
    bool whole = json_is_array(cells) && json_is_string(json_object_get(run, "started")) &&
                 json_is_string(json_object_get(run, "commit")) &&
                 json_is_string(json_object_get(run, "tier")) &&
                 json_is_string(json_object_get(host, "hash")) &&
                 json_is_string(json_object_get(host, "cpu"));
    json_array_foreach(cells, i, cell)
    {
        whole = whole && cell_is_whole(cell);
    }
    return whole ? range_flaw(cells, room) : "a run with fields missing";
}

static void read_line(const char *line, size_t size, json_t *runs, char *flaw, size_t capacity)
{
    json_error_t where;
    struct pl_error room;
    json_t *run = json_loadb(line, size, JSON_REJECT_DUPLICATES, &where);
    const char *wrong = run ? flaw_of(run, &room) : NULL;
    flaw[0] = '\0';
    if (pl_clean_tree(run))
        wrong = "out of memory";
    if (!run)
        snprintf(flaw, capacity, "no whole JSON (%.80s)", where.text);
    else if (wrong)
        snprintf(flaw, capacity, "%.200s", wrong);
    else
        json_array_append(runs, run);
    json_decref(run);
}

/* @param flaws takes a text for each line that is skipped */
static void read_lines(const char *path, const char *text, size_t size, json_t *runs, json_t *flaws)
{
    size_t number = 1;
    for (const char *at = text, *end = text + size; at < end; number++) {
        const char *newline = memchr(at, '\n', (size_t)(end - at));
        size_t length = (size_t)((newline ? newline : end) - at);
        char flaw[240];
        struct pl_error warning;
        read_line(at, length, runs, flaw, sizeof flaw);
        if (flaw[0]) {
            pl_error_set(&warning, 0, "%.240s:%zu: %s", path, number, flaw);
            json_array_append_new(flaws, json_string(warning.text));
        }
        at += length + 1;
    }
}

/* Warnings where there are runs, one line where there are none. */
static int judge(const char *path, const json_t *runs, const json_t *flaws, pl_history_warning warn,
                 void *context, struct pl_error *error)
{
    const json_t *flaw;
    struct pl_error warning;
    size_t i;
    if (json_array_size(runs) == 0 && json_array_size(flaws) == 0)
        return pl_error_set(error, -EINVAL, "%.300s: no runs in it; " HOW, path);
    if (json_array_size(runs) == 0)
        return pl_error_set(error, -EINVAL, "%.400s; no other runs in it",
                            json_string_value(json_array_get(flaws, 0)));
    json_array_foreach(flaws, i, flaw)
    {
        pl_error_set(&warning, 0, "%.400s; the line is skipped", json_string_value(flaw));
        if (warn)
            warn(context, warning.text);
    }
    return 0;
}

int pl_history_read(const char *path, pl_history_warning warn, void *context, json_t **runs,
                    struct pl_error *error)
{
    char *text = NULL;
    size_t size = 0;
    struct pl_error reason;
    if (pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, &reason))
        return pl_error_set(error, -EINVAL, "%.300s; " HOW, reason.text);
    json_t *found = json_array(), *flaws = json_array();
    read_lines(path, text, size, found, flaws);
    free(text);
    int rc = found && flaws ? judge(path, found, flaws, warn, context, error)
                            : pl_error_set(error, -ENOMEM, "out of memory");
    json_decref(flaws);
    if (rc)
        json_decref(found);
    else
        *runs = found;
    return rc;
}
