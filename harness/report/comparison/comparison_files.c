/* A comparison as files: for programs everything, with its reasons (figures that don't apply are
 * left out, since JSON has no NaN), as JUnit XML, and all of them with the document written
 * together. */
#include <math.h>

#include "harness/base/files.h"
#include "harness/base/spare_memory.h"
#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"
#include "harness/report/outputs.h"
#include "harness/report/writers/junit.h"

#define COMPARISON_VERSION 1

static void set_number(json_t *object, const char *key, double value)
{
    if (isfinite(value))
        json_object_set_new(object, key, json_real(value));
}

json_t *pl_judged_json(const struct pl_judged *j)
{
    json_t *object =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:b, s:b, s:i, s:i}", "metric", j->metric->name,
                  "class", pl_class_name(j->metric->class), "unit", pl_unit_name(j->metric->unit),
                  "better", pl_better_name(j->metric->better), "verdict", pl_change_name(j->change),
                  "advisory", j->advisory, "suite_fault", j->nondeterministic, "base_runs",
                  (int)j->base_count, "new_runs", (int)j->new_count);
    set_number(object, "base", j->base);
    set_number(object, "new", j->new);
    set_number(object, "ratio", j->ratio);
    set_number(object, "ratio_low", j->low);
    set_number(object, "ratio_high", j->high);
    set_number(object, "p", j->p);
    set_number(object, "threshold", j->threshold);
    if (j->why[0])
        json_object_set_new(object, "why", json_string(j->why));
    return object;
}

static json_t *cell_json(const struct pl_compared *cell)
{
    json_t *metrics = json_array();
    for (size_t k = 0; k < cell->judged_count; k++)
        json_array_append_new(metrics, pl_judged_json(&cell->judged[k]));
    return pl_named_json(&cell->match->name, json_pack("{s:{s:s, s:s}, s:o}", "outcome", "verdict",
                                                       pl_change_name(cell->outcome), "why",
                                                       cell->outcome_why, "metrics", metrics));
}

json_t *pl_named_json(const struct pl_cell_name *name, json_t *more)
{
    json_t *object = pl_cell_name_json(name);
    json_object_update_new(object, more);
    return object;
}

json_t *pl_path_json(const char *path)
{
    json_t *text = json_string(path);
    return text ? text : json_string("?");
}

static json_t *side_json(const json_t *root, const char *folder)
{
    return json_pack("{s:o, s:O?, s:O?}", "folder", pl_path_json(folder), "run",
                     json_object_get(root, "run"), "host", json_object_get(root, "host"));
}

static void add_reason(void *context, const char *line)
{
    json_array_append_new(context, json_string(line));
}

static json_t *gate_json(const struct pl_comparison *c)
{
    json_t *reasons = json_array();
    pl_change_reasons(c, add_reason, reasons);
    return json_pack("{s:b, s:o, s:s?}", "failed", pl_comparison_fails(c), "reasons", reasons,
                     "calibration", c->calibration ? c->calibration->path : NULL);
}

json_t *pl_change_heaps_json(const struct pl_comparison *c)
{
    char line[PL_HEAP_CHANGE_TEXT];
    json_t *heaps = json_array();
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_heap_change *heap = pl_change_heap(c, i, line);
        if (heap)
            json_array_append_new(heaps,
                                  json_pack("{s:s, s:s, s:s, s:s}", "heap", heap->heap, "base",
                                            heap->base, "new", heap->new, "statement", line));
    }
    return heaps;
}

json_t *pl_change_counts_json(const struct pl_comparison *c)
{
    json_t *counts = json_object();
    for (int i = 0; i < PL_CHANGE_COUNT; i++)
        json_object_set_new(counts, pl_change_name((enum pl_change)i),
                            json_integer((json_int_t)c->counts[i]));
    return counts;
}

void pl_comparison_json(FILE *out, const struct pl_comparison *c, const char *base, const char *new)
{
    json_t *cells = json_array();
    for (size_t i = 0; i < c->cell_count; i++)
        json_array_append_new(cells, cell_json(&c->cells[i]));
    json_t *root = json_pack("{s:i, s:o, s:o, s:o, s:o, s:o, s:o}", "comparison_version",
                             COMPARISON_VERSION, "heaps", pl_change_heaps_json(c), "base",
                             side_json(c->base, base), "new", side_json(c->new, new), "gate",
                             gate_json(c), "counts", pl_change_counts_json(c), "cells", cells);
    if (!root || json_dumpf(root, out, JSON_INDENT(1) | JSON_REAL_PRECISION(12)))
        pl_memory_refused();
    json_decref(root);
    fputc('\n', out);
}

static struct pl_junit_case case_of(const struct pl_match *m, const char *of, bool fails,
                                    bool skipped, const char *message)
{
    return (struct pl_junit_case){.name = m->name,
                                  .of = pl_memory_text(" %s", of),
                                  .end = fails     ? PL_JUNIT_FAILED
                                         : skipped ? PL_JUNIT_SKIPPED
                                                   : PL_JUNIT_PASSED,
                                  .message =
                                      fails || skipped ? pl_memory_text("%s", message) : NULL};
}

static struct pl_junit_case judged_case(const struct pl_match *m, const struct pl_judged *j)
{
    char line[1024];
    bool untold = j->change == PL_CHANGE_INCONCLUSIVE || j->change == PL_CHANGE_NOT_COMPARABLE;
    pl_change_line(m, j, line, sizeof line);
    return case_of(m, j->metric->name, pl_judged_fails(j), untold || j->advisory,
                   untold && !j->nondeterministic ? j->why : line);
}

void pl_comparison_junit(FILE *out, const struct pl_comparison *c)
{
    size_t most = c->cell_count + pl_change_judged(c), count = 0;
    struct pl_junit_case *cases = pl_memory_take(most, sizeof *cases);
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        cases[count++] = case_of(cell->match, "outcome", cell->outcome == PL_CHANGE_WORSE,
                                 cell->outcome == PL_CHANGE_NOT_COMPARABLE, cell->outcome_why);
        for (size_t k = 0; k < cell->judged_count; k++)
            cases[count++] = judged_case(cell->match, &cell->judged[k]);
    }
    pl_junit_cases(out, "plimsoll compare", cases, count);
}

struct named {
    const struct pl_comparison *comparison;
    const char *base, *new; /* the folders */
};

static void make_markdown(FILE *out, const void *context)
{
    const struct named *n = context;
    pl_comparison_markdown(out, n->comparison, n->base, n->new);
}

static void make_json(FILE *out, const void *context)
{
    const struct named *n = context;
    pl_comparison_json(out, n->comparison, n->base, n->new);
}

static void make_junit(FILE *out, const void *context)
{
    pl_comparison_junit(out, ((const struct named *)context)->comparison);
}

int pl_comparison_write(const struct pl_comparison *c, const char *folder, const char *base,
                        const char *new, struct pl_error *error)
{
    static const struct pl_output outputs[] = {
        {"compare.md", make_markdown}, {"compare.json", make_json}, {"compare.xml", make_junit}};
    const int rc = pl_folder_make(folder, error);
    return rc ? rc
              : pl_outputs_write(folder, outputs, sizeof outputs / sizeof *outputs,
                                 &(struct named){c, base, new}, error);
}
