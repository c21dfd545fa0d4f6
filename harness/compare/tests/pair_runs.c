#include "harness/compare/tests/pair_runs.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/compare/judge.h"
#include "harness/results/document.h"

#define OF(stack, format, threads)                         \
    {                                                      \
        "steady-reader", stack, format, "virtual", threads \
    }
const struct pl_pair_cell pair_cells[CELLS] = {
    {OF("slab", "s16", 1), "steady.yaml", true},      /* does not change */
    {OF("slab", "f32", 1), "steady.yaml", true},      /* slower */
    {OF("limited", "f32", 1), "steady.yaml", false},  /* killed on both sides */
    {OF("jemalloc", "f32", 1), "steady.yaml", false}, /* killed in new */
    {OF("glibc", "f32", 1), "steady.yaml", false},    /* does not change */
    {OF("slab", "f32", 2), "steady.yaml", true},      /* does not change */
};
const size_t pairs_wanted[CELLS] = {SCREENING,          SCREENING + CONFIRMING,
                                    PL_JUDGE_BAND_RUNS, PL_JUDGE_BAND_RUNS,
                                    SCREENING,          SCREENING};

static const char *const programs_say[CELLS][2] = {
    {FAKE_STEADY, FAKE_SWAYING}, {FAKE_STEADY, FAKE_SLOW},    {NULL, NULL},
    {FAKE_STEADY, NULL},         {FAKE_STEADY, FAKE_SWAYING}, {FAKE_STEADY, FAKE_SWAYING}};

int pair_runs_prepare(void **state)
{
    struct pair_runs *r = calloc(1, sizeof *r);
    if (!r || fake_make(&r->fake))
        return -1;
    r->interrupt_at = SIZE_MAX;
    for (size_t i = 0; i < CELLS; i++)
        fake_teach(&r->fake, &pair_cells[i].name, programs_say[i][0], programs_say[i][1]);
    *state = r;
    return 0;
}

int pair_runs_set_up(void **state)
{
    return pair_runs_prepare(state) ? -1 : pair_runs_run(*state, "out", 7, CONFIRMING);
}

int pair_runs_tear_down(void **state)
{
    struct pair_runs *r = *state;
    json_decref(r->roots[0]);
    json_decref(r->roots[1]);
    fake_remove(&r->fake);
    free(r);
    return 0;
}

static void progress(void *context, const struct pl_pair_cell *cell, size_t done, size_t total)
{
    struct pair_runs *r = context;
    bool known = cell >= pair_cells && cell < pair_cells + CELLS;
    r->progress_in_step = r->progress_in_step && done == r->calls && done < total && known;
    if (r->calls++ == 0)
        r->planned_first = total;
    r->planned_last = total;
    r->interrupted = done == r->interrupt_at;
}

static void load(struct pair_runs *r, const char *name)
{
    struct pl_error error;
    for (int s = 0; s < 2; s++) {
        json_decref(r->roots[s]);
        r->roots[s] = NULL;
        const char *side = s ? "new" : "base", *file = s ? "new/results.json" : "base/results.json";
        if (access(pair_runs_path(r, name, file), F_OK) == 0 &&
            pl_document_load(pair_runs_path(r, name, side), &r->roots[s], &error))
            fail_msg("%s", error.text);
    }
}

int pair_runs_run(struct pair_runs *r, const char *name, uint64_t seed, size_t confirming)
{
    static const char *const arguments[] = {"--tier", "smoke", NULL};
    char folder[128];
    struct pl_error error = {""};
    snprintf(folder, sizeof folder, "%s/%s", r->fake.folder, name);
    struct pl_pairs_options options = {.programs = {r->fake.programs[0], r->fake.programs[1]},
                                       .folder = folder,
                                       .command = "plimsoll compare as typed",
                                       .cells = pair_cells,
                                       .cell_count = CELLS,
                                       .arguments = arguments,
                                       .screening = SCREENING,
                                       .confirming = confirming,
                                       .seed = seed,
                                       .interrupted = &r->interrupted,
                                       .progress = progress,
                                       .context = r};
    fake_forget(&r->fake);
    r->calls = 0;
    r->interrupted = 0;
    r->progress_in_step = true;
    int rc = pl_pairs_run(&options, &error);
    fake_read_log(&r->fake);
    load(r, name);
    return rc;
}

const char *pair_runs_path(const struct pair_runs *r, const char *name, const char *rest)
{
    static char path[512];
    snprintf(path, sizeof path, "%s/%s/%s", r->fake.folder, name, rest);
    return path;
}

static bool is_run_of(const struct fake_run *run, size_t cell)
{
    const struct pl_cell_name *name = &pair_cells[cell].name;
    return strcmp(run->stack, name->allocator) == 0 && strcmp(run->format, name->format) == 0 &&
           run->threads == name->threads;
}

size_t pair_runs_cell(const struct pair_runs *r, size_t pair)
{
    const struct fake_run *first = &r->fake.runs[2 * pair];
    size_t cell = 0;
    assert_true(2 * pair + 1 < r->fake.run_count);
    while (cell < CELLS && !is_run_of(first, cell))
        cell++;
    assert_true(cell < CELLS);
    return cell;
}

size_t pair_runs_repetitions(const struct pair_runs *r, int side, size_t cell, const json_t **found)
{
    const json_t *one;
    size_t i, count = 0;
    json_array_foreach(json_object_get(r->roots[side], "cells"), i, one)
    {
        struct pl_cell_name name = pl_cell_name_of(one);
        if (pl_cell_name_equal(&name, &pair_cells[cell].name))
            found[count++] = one;
    }
    assert_true(count <= FAKE_RUNS_MAX);
    return count;
}
