/* Gathering caveats (caveats.h). */
#include "harness/report/model/caveats.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/index.h"
#include "harness/base/spare_memory.h"
#include "harness/base/text_stream.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

#define OVERRUN_S 0.02 /* an audio packet's time: what is less is lost in a jitter buffer */

/* What is being gathered, and where each stands by its words. */
struct gathering {
    json_t *caveats;
    struct pl_index numbers;
};

/* The caveat with these words, new where there is none yet. */
static json_t *caveat_of(struct gathering *g, const char *kind, const char *what, const char *why)
{
    char *key = pl_memory_text("%s\n%s\n%s", kind, what, why);
    size_t number = pl_index_find(&g->numbers, key);
    if (number == PL_INDEX_NONE) {
        number = json_array_size(g->caveats);
        pl_index_set(&g->numbers, key, number);
        json_array_append_new(g->caveats,
                              json_pack("{s:s, s:s, s:[], s:i, s:s}", "kind", kind, "what", what,
                                        "stacks", "cells", 0, "why", why));
    }
    free(key);
    return json_array_get(g->caveats, number);
}

static void add(struct gathering *g, const char *kind, const char *what, const char *stack,
                size_t cells, const char *why)
{
    json_t *caveat = caveat_of(g, kind, what, why);
    json_t *stacks = json_object_get(caveat, "stacks");
    json_int_t before = json_integer_value(json_object_get(caveat, "cells"));
    size_t count = json_array_size(stacks);
    const char *last = json_string_value(json_array_get(stacks, count ? count - 1 : 0));
    json_object_set_new(caveat, "cells", json_integer(before + (json_int_t)cells));
    if (stack && (!last || strcmp(last, stack) != 0))
        json_array_append_new(stacks, json_string(stack));
}

/* Cell by cell: of a row's repetitions some may have been checked. */
static void add_cell(struct gathering *all, const char *what, const char *stack, const json_t *cell)
{
    const char *expected = pl_document_string(cell, "expected");
    if (strcmp(expected, pl_verdict_name(PL_VERDICT_NOT_CHECKED)) == 0)
        add(all, "not checked", what, stack, 1, pl_document_string(cell, "expected_why"));
    else if (strcmp(expected, pl_verdict_name(PL_VERDICT_NONE)) == 0)
        add(all, "no expectation", what, stack, 1,
            "the scenario says nothing of this stack under these conditions");
}

/* What a heap keeps says little of it where nothing calls it that could have it give back. */
static void add_uncalled(struct gathering *all, const char *what, const struct pl_model_row *row,
                         enum pl_model_metric reached, const char *why)
{
    const struct pl_summary *bytes = &row->metrics[reached];
    if (bytes->count && bytes->highest == 0)
        add(all, "idle", what, row->label, bytes->count, why);
}

static void add_group(struct gathering *all, const struct pl_model_group *g)
{
    char what[320];
    snprintf(what, sizeof what, "%.200s %.100s", g->scenario, g->format);
    for (const struct pl_model_row *row = g->rows; row < g->rows + g->row_count; row++)
        for (size_t i = 0; i < row->cell_count; i++)
            add_cell(all, what, row->label, row->cells[i]);
    for (const struct pl_model_row *row = g->rows; row < g->rows + g->row_count; row++)
        if (row->series_missing)
            add(all, "no series", what, row->label, row->series_missing,
                "the file of its curve is missing or damaged");
    for (const struct pl_model_row *row = g->rows; row < g->rows + g->row_count; row++) {
        const struct pl_summary *late = &row->metrics[PL_MODEL_realtime_overrun_seconds_max];
        if (late->count && late->median > OVERRUN_S)
            add(all, "overrun", what, row->label, late->count,
                "it took more CPU time at a stretch than was replayed: in real time packets would "
                "have waited, or been lost (realtime_overrun_seconds_max)");
    }
    for (const struct pl_model_row *row = g->rows; row < g->rows + g->row_count; row++) {
        add_uncalled(all, what, row, PL_MODEL_idle_heap_bytes,
                     "no call reached the heap in the idle part: its trough is what a heap keeps "
                     "that nobody calls");
        add_uncalled(all, what, row, PL_MODEL_drain_heap_bytes,
                     "no call reached the heap once the load had fallen: its RSS from then on is "
                     "what a heap keeps that nobody calls");
    }
}

/* Stacks and instruments that this machine lacks stand among the warnings, each with its reason. */
static void add_skipped(struct gathering *all, const json_t *root)
{
    static const char mark[] = " skipped: ";
    const json_t *warning;
    size_t i;
    json_array_foreach(json_object_get(root, "warnings"), i, warning)
    {
        const char *text = json_string_value(warning);
        const char *at = text ? strstr(text, mark) : NULL;
        char *what = at ? strndup(text, (size_t)(at - text)) : NULL;
        if (what)
            add(all, "skipped", what, NULL, 0, at + strlen(mark));
        free(what);
    }
}

static void add_instruments(struct gathering *all, const json_t *root)
{
    const json_t *entry;
    size_t i;
    char what[320];
    json_array_foreach(json_object_get(root, "instruments"), i, entry)
    {
        struct pl_cell_name name = pl_cell_name_of(entry);
        const char *status = pl_document_string(entry, "status");
        snprintf(what, sizeof what, "%.100s of %.200s", pl_document_string(entry, "instrument"),
                 name.scenario);
        if (strcmp(status, "ok") != 0)
            add(all, strcmp(status, "skipped") == 0 ? "skipped" : "not run", what, name.allocator,
                1, pl_document_string(entry, "why"));
    }
}

/* What the neighbours did to each is not known. */
static void add_beside(struct gathering *all, const json_t *root)
{
    const json_t *cell;
    size_t i, count = 0;
    json_array_foreach(json_object_get(root, "cells"), i, cell) count +=
        json_integer_value(json_object_get(cell, "beside")) > 0;
    if (count)
        add(all, "beside", "CPU and latencies", NULL, count,
            "other cells may have run at the same time, on other processors; --jobs 1 runs each "
            "alone");
}

/* Cells of pairs that one of the two programs could not run. */
static void add_failed(struct gathering *all, const json_t *run)
{
    const json_t *failed;
    size_t i;
    char what[320];
    json_array_foreach(json_object_get(run, "failed"), i, failed)
    {
        struct pl_cell_name name = pl_cell_name_of(failed);
        snprintf(what, sizeof what, "%.200s %.100s", name.scenario, name.format);
        add(all, "not run", what, name.allocator, 1, pl_document_string(failed, "why"));
    }
}

json_t *pl_caveats_make(const struct pl_model *m)
{
    const json_t *run = json_object_get(m->root, "run");
    struct gathering all = {.caveats = json_array()};
    if (json_is_false(json_object_get(run, "complete")))
        add(&all, "stopped", "the run", NULL, 0,
            "it was stopped before its end: cells are missing; run it again for them");
    for (size_t i = 0; i < m->group_count; i++)
        add_group(&all, &m->groups[i]);
    add_beside(&all, m->root);
    add_skipped(&all, m->root);
    add_instruments(&all, m->root);
    add_failed(&all, run);
    pl_index_free(&all.numbers);
    return all.caveats;
}

struct told {
    const json_t *caveat;
    size_t most; /* stacks that are named */
};

static void write_text(FILE *out, const void *context)
{
    const struct told *told = context;
    const json_t *stacks = json_object_get(told->caveat, "stacks");
    json_int_t cells = json_integer_value(json_object_get(told->caveat, "cells"));
    size_t count = json_array_size(stacks), most = told->most;
    fputs(pl_document_string(told->caveat, "what"), out);
    if (cells)
        fprintf(out, ", %lld cell%s", (long long)cells, cells > 1 ? "s" : "");
    for (size_t i = 0; i < count && i < most; i++)
        fprintf(out, "%s%s", i ? ", " : " (", json_string_value(json_array_get(stacks, i)));
    if (count > most)
        fprintf(out, "%s%zu %s", most ? " and " : " (", count - most, most ? "more" : "stacks");
    fprintf(out, "%s: %s", count ? ")" : "", pl_document_string(told->caveat, "why"));
}

char *pl_caveat_text(const json_t *caveat, size_t most)
{
    return pl_text_written(write_text, &(struct told){caveat, most}, NULL);
}
