/* The agreement of the clocks on the terminal and as files: agreement.md for a person,
 * agreement.json for programs, agreement.svg with the curves. */
#ifndef PL_REPORT_AGREEMENT_AGREEMENT_H
#define PL_REPORT_AGREEMENT_AGREEMENT_H

#include <stdio.h>

#include "harness/compare/agreement.h"

/** An agreement and what is said beside it. */
struct pl_agreement_page {
    const struct pl_agreement *agreement;
    const char *folders[PL_AGREEMENT_COUNT]; /* as they were named */
    const struct pl_agreement_reason *reasons;
    const char *no_picture; /* why there is no agreement.svg, or NULL */
};

/** Prints a table for each scenario and format, at most 100 columns wide, and the counts. */
void pl_agreement_table(FILE *out, const struct pl_agreement *agreement);

/** Writes agreement.md. */
void pl_agreement_markdown(FILE *out, const struct pl_agreement_page *page);

/** Writes agreement.json. */
void pl_agreement_json(FILE *out, const struct pl_agreement_page *page);

/** Writes the files into a folder, which is made where there is none: agreement.json, from it the
 *  picture, then agreement.md; nothing where the folder can't be written. That there is no picture
 *  is no failure: it is told in the page and on `progress`. @param page `no_picture` is not read
 *  @return 0 or a negative errno */
int pl_agreement_write(const struct pl_agreement_page *page, const char *folder, FILE *progress,
                       struct pl_error *error);

#endif
