/* Text as wide as the terminal: how wide that is, and sentences wrapped to it. */
#ifndef PL_REPORT_WRITERS_WRAP_H
#define PL_REPORT_WRITERS_WRAP_H

#include <stddef.h>
#include <stdio.h>

/** How wide what is printed may be: what COLUMNS says, 40 at least, or the terminal, or `otherwise`
 *  where there is neither. COLUMNS is not for files that are kept: a regular file has `otherwise`,
 *  unless it is stdout. */
size_t pl_wrap_width(FILE *out, size_t otherwise);

/** Columns that a text takes on a terminal. */
size_t pl_wrap_columns(const char *text);

#define PL_WRAP_BENEATH \
    4 /* where a sentence begins that has too little room behind what it is of */

/** Writes a sentence and ends the line. Its lines begin at `column`, or, where it does not fit and
 *  more than half of the width is before that, beneath; a word longer than its line begins further
 * to the left, whole, so that it can be copied. What is not printable becomes an escape.
 *  @param at where the cursor stands; beyond `column`, the sentence begins in the next line
 *  @param width columns; 0: one line */
void pl_wrap(FILE *out, const char *text, size_t at, size_t column, size_t width);

#endif
