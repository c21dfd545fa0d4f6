/* junit.xml: a run as CI services show tests. */
#ifndef PL_REPORT_WRITERS_JUNIT_H
#define PL_REPORT_WRITERS_JUNIT_H

#include <stdio.h>

#include "harness/report/model/model.h"

/** Writes JUnit XML: a suite a scenario, a case a cell. A failure is an expectation that failed, or
 *  a crash that was not expected, with the reason and the command that reproduces it. What was not
 *  checked, and what nothing is expected of, is skipped, with the reason. */
void pl_junit_write(FILE *out, const struct pl_model *model);

#endif
