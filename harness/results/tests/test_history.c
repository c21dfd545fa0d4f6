/* The history's file: lines that are whole whatever happens, and what is read back. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/results/history_file.h"

struct place {
    char folder[64];
    char file[96];
};

static struct place make_place(void)
{
    struct place p = {.folder = "/tmp/plimsoll-history-XXXXXX"};
    assert_non_null(mkdtemp(p.folder));
    snprintf(p.file, sizeof p.file, "%s/history.jsonl", p.folder);
    return p;
}

static void remove_place(const struct place *p)
{
    unlink(p->file);
    assert_int_equal(rmdir(p->folder), 0); /* nothing else was left in it */
}

static json_t *run_of(const char *started, double cpu)
{
    json_t *run = json_pack(
        "{s:i, s:s, s:s, s:{s:s, s:s}, s:s, s:[{s:s, s:s, s:s, s:s, s:s, s:i, s:f, s:s, s:i, "
        "s:{s:f}}]}",
        "history_version", 1, "started", started, "commit", "c0ffee", "host", "hash",
        "fnv1a64:0123", "cpu", "Abacus 3000", "tier", "smoke", "cells", "scenario",
        "stalled-reader", "allocator", "glibc", "format", "f32", "clock", "virtual", "container",
        "none", "container_bytes", 0, "duration_seconds", 60.0, "conditions", "fnv1a64:4567",
        "repetitions", 3, "metrics", "cpu_ns_per_packet", cpu);
    assert_non_null(run);
    return run;
}

static int append(const struct place *p, const char *started, double cpu, struct pl_error *error)
{
    json_t *run = run_of(started, cpu);
    int rc = pl_history_append(p->file, run, error);
    json_decref(run);
    return rc;
}

static void set_text(const struct place *p, const char *text)
{
    FILE *file = fopen(p->file, "w");
    assert_non_null(file);
    fputs(text, file);
    assert_int_equal(fclose(file), 0);
}

static char *text_of(const struct place *p)
{
    char *text = NULL;
    size_t size = 0;
    assert_int_equal(pl_file_read(p->file, PL_FILE_BYTES_MAX, &text, &size, NULL), 0);
    assert_int_equal(strlen(text), size);
    return text;
}

struct warnings {
    int count;
    char last[512];
};

static void note(void *context, const char *warning)
{
    struct warnings *w = context;
    w->count++;
    snprintf(w->last, sizeof w->last, "%s", warning);
}

static json_t *runs_of(const struct place *p, struct warnings *w)
{
    json_t *runs = NULL;
    struct pl_error error;
    *w = (struct warnings){0};
    assert_int_equal(pl_history_read(p->file, note, w, &runs, &error), 0);
    return runs;
}

static const char *started_of(const json_t *runs, size_t index)
{
    return json_string_value(json_object_get(json_array_get(runs, index), "started"));
}

static void what_was_added_is_read_back(void **state)
{
    (void)state;
    struct place p = make_place();
    struct warnings w;
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 120.25, NULL), 0);
    assert_int_equal(append(&p, "2026-01-02T00:00:00Z", 121, NULL), 0);
    json_t *runs = runs_of(&p, &w), *first = run_of("2026-01-01T00:00:00Z", 120.25);
    assert_int_equal(json_array_size(runs), 2);
    assert_int_equal(w.count, 0);
    assert_true(json_equal(json_array_get(runs, 0), first));
    assert_string_equal(started_of(runs, 1), "2026-01-02T00:00:00Z");
    json_decref(first);
    json_decref(runs);
    remove_place(&p);
}

static void a_run_is_added_once(void **state)
{
    (void)state;
    struct place p = make_place();
    struct pl_error error;
    char expected[160];
    snprintf(expected, sizeof expected, "%s holds this run already", p.file);
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 1, NULL), 0);
    assert_int_equal(append(&p, "2026-01-02T00:00:00Z", 1, NULL), 0);
    char *before = text_of(&p), *after;
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 1, &error), -EEXIST);
    assert_string_equal(error.text, expected);
    assert_int_equal(append(&p, "2026-01-02T00:00:00Z", 1, NULL), -EEXIST);
    after = text_of(&p);
    assert_string_equal(after, before);
    free(before);
    free(after);
    remove_place(&p);
}

/* A crash left half a line: the new one begins below it, and the half is skipped by name. */
static void a_cut_line_is_left_behind(void **state)
{
    (void)state;
    struct place p = make_place();
    struct warnings w;
    char expected[256];
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 1, NULL), 0);
    char *text = text_of(&p);
    size_t whole = strlen(text);
    assert_int_equal(append(&p, "2026-01-02T00:00:00Z", 2, NULL), 0);
    assert_int_equal(truncate(p.file, (off_t)whole + 40), 0);
    json_t *runs = runs_of(&p, &w);
    assert_int_equal(json_array_size(runs), 1);
    assert_int_equal(w.count, 1);
    json_decref(runs);
    assert_int_equal(append(&p, "2026-01-03T00:00:00Z", 3, NULL), 0);
    runs = runs_of(&p, &w);
    assert_int_equal(json_array_size(runs), 2);
    assert_string_equal(started_of(runs, 1), "2026-01-03T00:00:00Z");
    assert_int_equal(w.count, 1);
    snprintf(expected, sizeof expected, "%s:2: no whole JSON (", p.file);
    assert_ptr_equal(strstr(w.last, expected), w.last);
    assert_non_null(strstr(w.last, "; the line is skipped"));
    json_decref(runs);
    free(text);
    remove_place(&p);
}

static void lines_of_other_kinds_are_skipped(void **state)
{
    (void)state;
    static const char *const others[][2] = {
        {"{\"history_version\":2}\n", ":2: a run of another version of the history;"},
        {"{\"schema_version\":1}\n", ":2: no run of a history;"},
        {"[1]\n", ":2: no run of a history;"},
        {"{\"history_version\":1,\"started\":\"x\"}\n", ":2: a run with fields missing;"},
        {"\n", ":2: no whole JSON"},
    };
    struct place p = make_place();
    struct warnings w;
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 1, NULL), 0);
    char *good = text_of(&p), text[4096];
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        snprintf(text, sizeof text, "%s%s", good, others[i][0]);
        set_text(&p, text);
        json_t *runs = runs_of(&p, &w);
        assert_int_equal(json_array_size(runs), 1);
        assert_int_equal(w.count, 1);
        assert_non_null(strstr(w.last, others[i][1]));
        json_decref(runs);
    }
    free(good);
    remove_place(&p);
}

/* A line of before there were threads has none; one that has them has a number of them. */
static void threads_are_a_number_or_not_there(void **state)
{
    (void)state;
    json_t *const values[] = {json_integer(2), json_integer(0), json_string("2")};
    struct place p = make_place();
    struct warnings w = {0};
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 1, NULL), 0);
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        json_t *run = run_of("2026-01-01T00:00:00Z", 1);
        json_object_set_new(json_array_get(json_object_get(run, "cells"), 0), "threads", values[i]);
        assert_int_equal(pl_history_append(p.file, run, NULL), 0);
        json_decref(run);
    }
    json_t *runs = runs_of(&p, &w);
    assert_int_equal(json_array_size(runs), 2);
    assert_int_equal(w.count, 2);
    assert_non_null(strstr(w.last, ":4: a run with fields missing;"));
    json_decref(runs);
    remove_place(&p);
}

/* Every field of a cell is needed by what reads it. */
static void a_cell_needs_its_fields(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "scenario",   "allocator",       "format",           "clock",       "container",
        "conditions", "container_bytes", "duration_seconds", "repetitions", "metrics"};
    struct pl_error error;
    json_t *runs = NULL;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct place p = make_place();
        json_t *run = run_of("2026-01-01T00:00:00Z", 1);
        json_object_del(json_array_get(json_object_get(run, "cells"), 0), keys[i]);
        assert_int_equal(pl_history_append(p.file, run, NULL), 0);
        assert_int_equal(pl_history_read(p.file, NULL, NULL, &runs, &error), -EINVAL);
        assert_non_null(strstr(error.text, ":1: a run with fields missing; no other runs in it"));
        json_decref(run);
        remove_place(&p);
    }
    assert_null(runs);
}

/* What is out of range or not printable was not written by us. */
static void hostile_lines_are_skipped_or_cleaned(void **state)
{
    (void)state;
    struct place p = make_place();
    struct warnings w;
    json_t *run = run_of("2026-01-01\x1b[31m", 1);
    assert_int_equal(pl_history_append(p.file, run, NULL), 0);
    json_t *cell = json_array_get(json_object_get(run, "cells"), 0);
    json_object_set_new(json_object_get(cell, "metrics"), "cpu_ns_per_packet", json_real(-1e300));
    assert_int_equal(pl_history_append(p.file, run, NULL), 0);
    json_decref(run);
    json_t *runs = runs_of(&p, &w);
    assert_int_equal(json_array_size(runs), 1);
    assert_string_equal(started_of(runs, 0), "2026-01-01\\x1b[31m");
    assert_int_equal(w.count, 1);
    assert_non_null(
        strstr(w.last, ":2: cell 0: metric 'cpu_ns_per_packet' is -1e+300; expected a number"));
    json_decref(runs);
    remove_place(&p);
}

static void files_without_runs_are_refused(void **state)
{
    (void)state;
    struct place p = make_place();
    struct pl_error error;
    json_t *runs = NULL;
    assert_int_equal(pl_history_read(p.file, NULL, NULL, &runs, &error), -EINVAL);
    assert_non_null(strstr(error.text, "No such file"));
    assert_non_null(strstr(error.text, "history --add"));
    set_text(&p, "");
    assert_int_equal(pl_history_read(p.file, NULL, NULL, &runs, &error), -EINVAL);
    assert_non_null(strstr(error.text, "no runs in it"));
    assert_int_equal(pl_history_read(p.folder, NULL, NULL, &runs, &error), -EINVAL);
    assert_null(runs);
    remove_place(&p);
}

static void only_regular_files_are_added_to(void **state)
{
    (void)state;
    struct place p = make_place(), folder = p, device = p;
    struct pl_error error;
    snprintf(folder.file, sizeof folder.file, "%s", p.folder);
    snprintf(device.file, sizeof device.file, "/dev/null");
    assert_int_equal(append(&folder, "2026", 1, &error), -EISDIR);
    assert_int_equal(append(&device, "2026", 1, &error), -EINVAL);
    assert_string_equal(error.text, "can't add to /dev/null: it is not a regular file");
    remove_place(&p);
}

/* A full disk takes half a line: it is given back, and no run is lost that was there. */
static void half_a_line_is_given_back(void **state)
{
    (void)state;
    struct place p = make_place();
    struct pl_error error;
    struct rlimit before, few;
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 1, NULL), 0);
    char *text = text_of(&p), *after;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    few = (struct rlimit){strlen(text) + 50, before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &few), 0);
    int rc = append(&p, "2026-01-02T00:00:00Z", 1, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, -EFBIG);
    after = text_of(&p);
    assert_string_equal(after, text);
    assert_int_equal(append(&p, "2026-01-02T00:00:00Z", 1, NULL), 0);
    free(text);
    free(after);
    remove_place(&p);
}

#define WRITERS 6
#define LINES 15

/* Runs that end side by side: each line is there, once and whole. */
static void writers_side_by_side(void **state)
{
    (void)state;
    struct place p = make_place();
    struct warnings w;
    for (int writer = 0; writer < WRITERS; writer++) {
        pid_t child = fork();
        assert_true(child >= 0);
        for (int i = 0; child == 0 && i < LINES; i++) {
            char started[32];
            snprintf(started, sizeof started, "%d-%d", writer, i);
            if (append(&p, started, i, NULL))
                _exit(1);
        }
        if (child == 0)
            _exit(0);
    }
    for (int writer = 0, status; writer < WRITERS; writer++) {
        assert_true(wait(&status) > 0);
        assert_int_equal(status, 0);
    }
    json_t *runs = runs_of(&p, &w);
    assert_int_equal(json_array_size(runs), WRITERS * LINES);
    assert_int_equal(w.count, 0);
    json_decref(runs);
    remove_place(&p);
}

/* Another program holds the lock for 300 ms and writes before it lets go. */
static void a_lock_is_waited_for(void **state)
{
    (void)state;
    struct place p = make_place();
    int ready[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct timespec pause = {0, 300 * 1000 * 1000};
        FILE *file = fopen(p.file, "a");
        if (!file || flock(fileno(file), LOCK_EX) || write(ready[1], "x", 1) != 1)
            _exit(1);
        nanosleep(&pause, NULL);
        fputs("held\n", file);
        fflush(file);
        _exit(0);
    }
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_int_equal(append(&p, "2026-01-01T00:00:00Z", 1, NULL), 0);
    char *text = text_of(&p);
    assert_ptr_equal(strstr(text, "held\n{"), text);
    free(text);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ready[0]);
    close(ready[1]);
    remove_place(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_added_is_read_back),
        cmocka_unit_test(a_run_is_added_once),
        cmocka_unit_test(a_cut_line_is_left_behind),
        cmocka_unit_test(lines_of_other_kinds_are_skipped),
        cmocka_unit_test(threads_are_a_number_or_not_there),
        cmocka_unit_test(a_cell_needs_its_fields),
        cmocka_unit_test(hostile_lines_are_skipped_or_cleaned),
        cmocka_unit_test(files_without_runs_are_refused),
        cmocka_unit_test(only_regular_files_are_added_to),
        cmocka_unit_test(half_a_line_is_given_back),
        cmocka_unit_test(writers_side_by_side),
        cmocka_unit_test(a_lock_is_waited_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
