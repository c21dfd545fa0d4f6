/* Writing JUnit XML (junit.h). Cells are named by their place in the matrix, so that a service
 * recognises them in the next run. */
#include "harness/report/writers/junit.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

static void write_case(FILE *out, const struct pl_junit_case *c)
{
    static const char *const elements[] = {
        [PL_JUNIT_FAILED] = "failure", [PL_JUNIT_SKIPPED] = "skipped"};
    char how[320];
    pl_cell_name_how(&c->name, how, sizeof how);
    fputs("  <testcase classname=\"", out);
    pl_text_xml(out, c->name.scenario);
    fputs("\" name=\"", out);
    pl_text_xml(out, c->name.allocator);
    fputc(' ', out);
    pl_text_xml(out, how);
    pl_text_xml(out, c->of);
    if (c->end == PL_JUNIT_PASSED) {
        fputs("\"/>\n", out);
        return;
    }
    fprintf(out, "\"><%s message=\"", elements[c->end]);
    pl_text_xml(out, c->message);
    fputs("\">", out);
    pl_text_xml(out, c->detail ? c->detail : "");
    fprintf(out, "</%s></testcase>\n", elements[c->end]);
}

static bool is_of(const struct pl_junit_case *c, const char *scenario)
{
    return strcmp(c->name.scenario, scenario) == 0;
}

static void write_suite(FILE *out, const struct pl_junit_case *cases, size_t count,
                        const char *scenario)
{
    size_t counts[PL_JUNIT_ENDS] = {0}, tests = 0;
    for (size_t i = 0; i < count; i++) {
        counts[cases[i].end] += is_of(&cases[i], scenario);
        tests += is_of(&cases[i], scenario);
    }
    fputs(" <testsuite name=\"", out);
    pl_text_xml(out, scenario);
    fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\">\n", tests,
            counts[PL_JUNIT_FAILED], counts[PL_JUNIT_SKIPPED]);
    for (size_t i = 0; i < count; i++)
        if (is_of(&cases[i], scenario))
            write_case(out, &cases[i]);
    fputs(" </testsuite>\n", out);
}

void pl_junit_cases(FILE *out, const char *title, struct pl_junit_case *cases, size_t count)
{
    fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"%s\">\n", title);
    for (size_t i = 0; i < count; i++) {
        size_t first = 0;
        while (!is_of(&cases[first], cases[i].name.scenario))
            first++;
        if (first == i)
            write_suite(out, cases, count, cases[i].name.scenario);
    }
    fputs("</testsuites>\n", out);
    for (size_t i = 0; i < count; i++) {
        free(cases[i].of);
        free(cases[i].message);
    }
    free(cases);
}

static bool is(const json_t *cell, const char *key, const char *value)
{
    return strcmp(pl_document_string(cell, key), value) == 0;
}

static struct pl_junit_case case_of(const json_t *cell)
{
    struct pl_junit_case c = {
        .name = pl_cell_name_of(cell),
        .of = pl_memory_text(", repetition %lld",
                             (long long)json_integer_value(json_object_get(cell, "repetition"))),
        .end = PL_JUNIT_SKIPPED};
    bool failed = is(cell, "expected", pl_verdict_name(PL_VERDICT_FAILED));
    bool crashed = is(cell, "outcome", pl_outcome_name(PL_OUTCOME_CRASHED));
    const char *why = pl_document_string(cell, "expected_why");
    if (is(cell, "expected", pl_verdict_name(PL_VERDICT_MET)))
        c.end = PL_JUNIT_PASSED;
    else if (failed || crashed) {
        c.end = PL_JUNIT_FAILED;
        c.detail = pl_document_string(cell, "reproduce");
    }
    if (crashed && !failed) /* nothing was expected that could say it */
        c.message = pl_memory_text("crashed: %s", pl_document_string(cell, "outcome_why"));
    else
        c.message = pl_memory_text("%s", *why ? why
                                              : "nothing is expected of it under these "
                                                "conditions");
    return c;
}

void pl_junit_write(FILE *out, const struct pl_model *m)
{
    const json_t *cells = json_object_get(m->root, "cells"), *cell;
    size_t i;
    struct pl_junit_case *cases = pl_memory_take(json_array_size(cells), sizeof *cases);
    json_array_foreach(cells, i, cell) cases[i] = case_of(cell);
    pl_junit_cases(out, "plimsoll", cases, json_array_size(cells));
}
