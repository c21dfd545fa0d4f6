#include "harness/cli/resume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/cli/reproduce.h"
#include "harness/results/clean.h"
#include "harness/results/document.h"
#include "harness/results/hosts.h"
#include "harness/results/rss_series.h"

static int refuse(const struct pl_results *r, const char *what, struct pl_error *error)
{
    return pl_error_set(
        error, -EINVAL,
        "%.300s holds a run of another %s; expected the command that began it, with "
        "--resume",
        r->folder, what);
}

/* What a run says of itself, beside what this one would say. */
static int check_head(const struct pl_results *r, const struct pl_arguments *a,
                      const struct pl_matrix_record *record, struct pl_error *error)
{
    const json_t *suite = json_object_get(r->root, "suite"), *run = json_object_get(r->root, "run");
    if (!json_object_get(run, "matrix"))
        return refuse(r, "version of plimsoll, or pairs", error);
    struct pl_results own = {.root = json_pack("{s:{}, s:{}}", "suite", "run")};
    pl_results_note_matrix(&own, record);
    const json_t *now = json_object_get(own.root, "run");
    const char *what = NULL;
    if (strcmp(pl_document_string(suite, "version"), PL_VERSION) != 0)
        what = "version of plimsoll";
    else if (strcmp(pl_document_string(suite, "commit"), record->commit) != 0)
        what = "commit";
    else if (strcmp(pl_document_string(run, "tier"), pl_tier_name(a->tier)) != 0)
        what = "tier";
    else if (!json_equal(json_object_get(run, "matrix"), json_object_get(now, "matrix")))
        what = "matrix (scenarios, stacks, formats, repetitions, durations, seeds or limits)";
    else if (!json_object_get(run, "shard") != !json_object_get(now, "shard") ||
             (json_object_get(now, "shard") &&
              !json_equal(json_object_get(run, "shard"), json_object_get(now, "shard"))))
        what = "shard";
    json_decref(own.root);
    return what ? refuse(r, what, error) : 0;
}

/* What was replayed, and the conditions. */
static int check_recordings(const struct pl_results *r, const struct pl_plan *plan,
                            struct pl_error *error)
{
    struct pl_results own = {.root = json_pack("{s:[]}", "recordings")};
    for (size_t i = 0; i < plan->count; i++)
        pl_results_add_recording(&own, &plan->planned[i].scenario, plan->planned[i].recording,
                                 &plan->planned[i].counts);
    bool same =
        json_equal(json_object_get(own.root, "recordings"), json_object_get(r->root, "recordings"));
    json_decref(own.root);
    return same ? 0 : refuse(r, "question (recording or conditions)", error);
}

/* @return whether the place of a cell that is there has that cell in this run, asked the same way
 */
static bool is_asked(const struct pl_arguments *a, const struct pl_matrix *m, const json_t *cell,
                     size_t number)
{
    char reproduce[8192];
    if (number >= m->count)
        return false;
    const struct pl_matrix_cell *own = &m->cells[number];
    struct pl_cell_name x = pl_matrix_name(own), y = pl_cell_name_of(cell);
    pl_reproduce(a, own->planned, own->cell, reproduce, sizeof reproduce);
    json_t *text = pl_clean_string(reproduce);
    bool same = pl_cell_name_equal(&x, &y) &&
                json_integer_value(json_object_get(cell, "repetition")) == own->repetition &&
                json_equal(json_object_get(cell, "reproduce"), text);
    json_decref(text);
    return same;
}

static int take_cells(const struct pl_results *r, const struct pl_arguments *a,
                      struct pl_selection *s, bool *failed, struct pl_error *error)
{
    const json_t *cell;
    size_t i, number;
    json_array_foreach(json_object_get(r->root, "cells"), i, cell)
    {
        if (!pl_results_number(cell, &number) || !is_asked(a, &s->matrix, cell, number))
            return refuse(r, "command (--set, --ledger or a path)", error);
        if (!s->wanted[number])
            return refuse(r, "set of cells (one stands there twice)", error);
        s->wanted[number] = false;
        *failed |=
            strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) == 0;
    }
    return 0;
}

/* A cell whose series is gone is measured again. */
static void drop_lost(const struct pl_results *r, struct pl_selection *s)
{
    json_t *cells = json_object_get(r->root, "cells");
    struct pl_error missing;
    for (size_t i = json_array_size(cells); i-- > 0;) {
        const json_t *cell = json_array_get(cells, i);
        size_t number;
        if (!pl_results_number(cell, &number) || !pl_rss_series_look(r->folder, cell, &missing))
            continue;
        s->wanted[number] = true;
        json_array_remove(cells, i);
    }
}

/* Repetitions of two machines are no repetitions. */
static void drop_begun_groups(const struct pl_results *r, struct pl_selection *s)
{
    json_t *cells = json_object_get(r->root, "cells");
    bool *begun = pl_memory_take(s->matrix.group_count + 1, sizeof *begun);
    for (size_t i = 0; i < s->matrix.count; i++)
        begun[s->matrix.cells[i].group] |= s->wanted[i];
    for (size_t i = json_array_size(cells); i-- > 0;) {
        const json_t *cell = json_array_get(cells, i);
        size_t number;
        if (!pl_results_number(cell, &number) || !begun[s->matrix.cells[number].group] ||
            pl_hosts_place(cell) == r->host)
            continue;
        s->wanted[number] = true;
        json_array_remove(cells, i);
    }
    free(begun);
}

int pl_resume_open(struct pl_results *r, const struct pl_arguments *a, const struct pl_plan *plan,
                   const char *commit, struct pl_selection *s, bool *failed, struct pl_error *error)
{
    const struct pl_matrix_record record = pl_selection_record(s, commit);
    int rc = pl_results_reopen(r, a->resume, error);
    if (!rc)
        rc = check_head(r, a, &record, error);
    if (!rc)
        rc = check_recordings(r, plan, error);
    if (!rc)
        rc = take_cells(r, a, s, failed, error);
    if (!rc) {
        drop_lost(r, s);
        drop_begun_groups(r, s);
    }
    return rc;
}
