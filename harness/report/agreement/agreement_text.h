/* The columns of an agreement's table, in words for both of its forms. */
#ifndef PL_REPORT_AGREEMENT_AGREEMENT_TEXT_H
#define PL_REPORT_AGREEMENT_AGREEMENT_TEXT_H

#include "harness/compare/agreement.h"
#include "harness/report/writers/text.h"

#define PL_AGREEMENT_COLUMNS 7 /* beside the stack */

/** Room for what pl_agreement_heading writes. */
#define PL_AGREEMENT_TEXT 256

/** A column's head. @param line 0 or 1: it is written in two */
const char *pl_agreement_head(size_t column, int line);

/** How soon a column is left out where not all fit: see struct pl_grid. */
unsigned pl_agreement_rank(size_t column);

/** A figure of a cell: sizes in MiB. @param text room for PL_TEXT_FIGURE */
void pl_agreement_figure(const struct pl_agreed *agreed, size_t column, char *text);

/** What stands above a table: "stall-and-resume, f32, 2 threads, 2 min". */
void pl_agreement_heading(const struct pl_agreed *agreed, char text[PL_AGREEMENT_TEXT]);

/** "8 cells: 6 agree, 1 as the walls, 1 differs". */
void pl_agreement_counts(const struct pl_agreement *agreement, char text[PL_AGREEMENT_TEXT]);

/** The cell from which on a table begins, at or after `from`; those beside it belong to it.
 *  @return its place, or the count where there is none */
size_t pl_agreement_group(const struct pl_agreement *agreement, size_t from);

/** Whether two cells stand in one table. */
bool pl_agreement_beside(const struct pl_agreed *a, const struct pl_agreed *b);

#endif
