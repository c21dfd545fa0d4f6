/* Benchmarks as tables, a part of their instrument's section. */
#ifndef PL_REPORT_SECTIONS_BENCHMARKS_H
#define PL_REPORT_SECTIONS_BENCHMARKS_H

#include "harness/report/model/observed.h"
#include "harness/report/writers/document.h"

/** Writes tables of times and of memory for each scenario and format that has any. */
void pl_report_benchmarks(struct pl_doc *doc, const struct pl_observed *section);

#endif
