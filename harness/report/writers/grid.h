/* A table of text for the terminal: columns as wide as they must be, at most as wide as it is in
 * all. */
#ifndef PL_REPORT_WRITERS_GRID_H
#define PL_REPORT_WRITERS_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct pl_grid {
    size_t rows;    /* heads included */
    size_t heads;   /* the first rows name the columns */
    size_t columns; /* the first names the row, and is repeated in each block */
    char **cells;   /* row by row; a cell is new memory, or NULL for an empty one */
    bool *left;     /* by column: aligned to the left; the first column always is, unless `prose` */
    size_t *widths; /* by column, measured when it is printed */
    unsigned *ranks; /* by column: where not all fit, the highest are left out first; 0: never */
    size_t indent;   /* blanks before each line */
    size_t assumed;  /* width where nobody says it; 0: 100 columns, and sentences in one line */
    bool prose; /* the last column is a sentence, which is wrapped within its column, and in one
                   line where nobody says how wide lines may be */
};

/** @return false when out of memory; the grid may be freed then too */
bool pl_grid_make(struct pl_grid *grid, size_t rows, size_t heads, size_t columns);

/** Sets a cell to a copy of the text. */
void pl_grid_set(struct pl_grid *grid, size_t row, size_t column, const char *text);

/** How a cell is coloured: the escape that begins it, or NULL. */
typedef const char *(*pl_grid_colour)(const char *text);

/** Whether a stream may be coloured: it is a terminal, and NO_COLOR is unset or empty
 *  (https://no-color.org). A stream in memory is no terminal. */
bool pl_grid_may_colour(FILE *out);

/** Prints. Columns that do not fit are left out by their ranks, and a line says which; what still
 *  does not fit follows in blocks beneath, and a first cell longer than a third
 *  of the width stands on a line of its own. @param colour NULL for none; heeded
 *  where pl_grid_may_colour says so */
void pl_grid_print(FILE *out, const struct pl_grid *grid, pl_grid_colour colour);

void pl_grid_free(struct pl_grid *grid);

#endif
