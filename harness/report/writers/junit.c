/* Writing junit.xml (junit.h): the subset that all services read. Cells are named by their place in
 * the matrix, so that a service recognises them in the next run. */
#include "harness/report/writers/junit.h"

#include <string.h>

#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

enum judged { PASSED, FAILED, SKIPPED, JUDGED };

static bool is(const json_t *cell, const char *key, const char *value)
{
    return strcmp(pl_document_string(cell, key), value) == 0;
}

static enum judged judge(const json_t *cell)
{
    if (is(cell, "expected", pl_verdict_name(PL_VERDICT_MET)))
        return PASSED;
    if (is(cell, "expected", pl_verdict_name(PL_VERDICT_FAILED)) ||
        is(cell, "outcome", pl_outcome_name(PL_OUTCOME_CRASHED)))
        return FAILED;
    return SKIPPED;
}

/* What is expected says it, but for a crash of which nothing was. */
static void write_reason(FILE *out, const json_t *cell)
{
    const char *why = pl_document_string(cell, "expected_why");
    if (is(cell, "outcome", pl_outcome_name(PL_OUTCOME_CRASHED)) &&
        !is(cell, "expected", pl_verdict_name(PL_VERDICT_FAILED))) {
        fputs("crashed: ", out);
        pl_text_xml(out, pl_document_string(cell, "outcome_why"));
    } else if (*why) {
        pl_text_xml(out, why);
    } else {
        fputs("nothing is expected of it under these conditions", out);
    }
}

static void write_case(FILE *out, const json_t *cell)
{
    char how[320];
    struct pl_cell_name name = pl_cell_name_of(cell);
    enum judged judged = judge(cell);
    pl_cell_name_how(&name, how, sizeof how);
    fputs("  <testcase classname=\"", out);
    pl_text_xml(out, name.scenario);
    fputs("\" name=\"", out);
    pl_text_xml(out, name.allocator);
    fputc(' ', out);
    pl_text_xml(out, how);
    fprintf(out, ", repetition %lld\"",
            (long long)json_integer_value(json_object_get(cell, "repetition")));
    if (judged == PASSED) {
        fputs("/>\n", out);
        return;
    }
    fprintf(out, "><%s message=\"", judged == FAILED ? "failure" : "skipped");
    write_reason(out, cell);
    fputs("\">", out);
    if (judged == FAILED)
        pl_text_xml(out, pl_document_string(cell, "reproduce"));
    fprintf(out, "</%s></testcase>\n", judged == FAILED ? "failure" : "skipped");
}

static void count_suite(const json_t *cells, const char *scenario, size_t counts[JUDGED])
{
    const json_t *cell;
    size_t i;
    json_array_foreach(cells, i, cell) counts[judge(cell)] += is(cell, "scenario", scenario);
}

static void write_suite(FILE *out, const json_t *cells, const char *scenario)
{
    const json_t *cell;
    size_t counts[JUDGED] = {0}, i;
    count_suite(cells, scenario, counts);
    fputs(" <testsuite name=\"", out);
    pl_text_xml(out, scenario);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n",
            counts[PASSED] + counts[FAILED] + counts[SKIPPED], counts[FAILED], counts[SKIPPED]);
    json_array_foreach(cells, i, cell)
    {
        if (is(cell, "scenario", scenario))
            write_case(out, cell);
    }
    fputs(" </testsuite>\n", out);
}

static bool is_first(const json_t *cells, size_t index, const char *scenario)
{
    for (size_t i = 0; i < index; i++)
        if (is(json_array_get(cells, i), "scenario", scenario))
            return false;
    return true;
}

void pl_junit_write(FILE *out, const struct pl_model *m)
{
    const json_t *cells = json_object_get(m->root, "cells"), *cell;
    size_t i;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"plimsoll\">\n", out);
    json_array_foreach(cells, i, cell)
    {
        const char *scenario = pl_document_string(cell, "scenario");
        if (is_first(cells, i, scenario))
            write_suite(out, cells, scenario);
    }
    fputs("</testsuites>\n", out);
}
