/* A comparison on the terminal and as files: compare.md for a pull request's comment, compare.json
 * for programs, compare.xml (JUnit) for CI services. */
#ifndef PL_REPORT_COMPARISON_COMPARISON_H
#define PL_REPORT_COMPARISON_COMPARISON_H

#include <stdio.h>

#include "harness/compare/comparison.h"

/** Prints what changed, what can't be told, and the counts. */
void pl_comparison_table(FILE *out, const struct pl_comparison *comparison);

/** Writes compare.md: at most 65,000 characters, GitHub's limit for a comment being 65,536.
 *  @param base, new the folders, as they were named */
void pl_comparison_markdown(FILE *out, const struct pl_comparison *comparison, const char *base,
                            const char *new);

/** Writes compare.json. */
void pl_comparison_json(FILE *out, const struct pl_comparison *comparison, const char *base,
                        const char *new);

/** A cell's name with more keys behind it. @param more is taken over @return new memory */
json_t *pl_named_json(const struct pl_cell_name *name, json_t *more);

/** A path as text; "?" for one that is no UTF-8, which JSON can't hold. */
json_t *pl_path_json(const char *path);

/** One metric of one cell as compare.json has it. @return new memory; NULL when out of memory */
json_t *pl_judged_json(const struct pl_judged *judged);

/** How many metrics and outcomes were judged so, by the verdicts' names. @return new memory */
json_t *pl_change_counts_json(const struct pl_comparison *comparison);

/** The heaps of which the runs have other versions. @return new memory */
json_t *pl_change_heaps_json(const struct pl_comparison *comparison);

/** Writes JUnit XML: a suite a scenario, a case a cell and metric; what fails the gate is a
 * failure, what can't be told is skipped. */
void pl_comparison_junit(FILE *out, const struct pl_comparison *comparison);

/** Writes the three files into a folder, each whole or not at all, none when one can't be made.
 *  @return 0 or a negative errno */
int pl_comparison_write(const struct pl_comparison *comparison, const char *folder,
                        const char *base, const char *new, struct pl_error *error);

#endif
