/* JUnit XML, as CI services show tests: the subset that all of them read. */
#ifndef PL_REPORT_WRITERS_JUNIT_H
#define PL_REPORT_WRITERS_JUNIT_H

#include <stdio.h>

#include "harness/report/model/model.h"
#include "harness/results/cell_name.h"

enum pl_junit_end { PL_JUNIT_PASSED, PL_JUNIT_FAILED, PL_JUNIT_SKIPPED, PL_JUNIT_ENDS };

/** A case: a cell, or something of one. */
struct pl_junit_case {
    struct pl_cell_name name;
    char *of; /* what stands behind the cell's name; new memory */
    enum pl_junit_end end;
    char *message;      /* why it failed or was skipped; new memory, NULL where it passed */
    const char *detail; /* within the element, or NULL */
};

/** Writes a suite a scenario, its cases in their order, and frees the cases. */
void pl_junit_cases(FILE *out, const char *title, struct pl_junit_case *cases, size_t count);

/** Writes junit.xml: a case a cell. A failure is an expectation that failed, or a crash that was
 *  not expected, with the reason and the command that reproduces it. What was not checked, and what
 *  nothing is expected of, is skipped, with the reason. */
void pl_junit_write(FILE *out, const struct pl_model *model);

#endif
