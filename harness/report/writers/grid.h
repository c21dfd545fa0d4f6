/* A table of text for the terminal: columns as wide as they must be, at most as wide as it is in
 * all. */
#ifndef PL_REPORT_WRITERS_GRID_H
#define PL_REPORT_WRITERS_GRID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct pl_grid_cell {
    char *text;         /* new memory, or NULL for an empty one */
    const char *escape; /* that begins its colour, or NULL */
};

struct pl_grid_column {
    bool left;     /* aligned to the left; the first column always is, unless `prose` */
    unsigned rank; /* where not all fit, the highest are left out first; 0: never */
    bool hidden;   /* it was left out */
    size_t width;  /* measured when it is printed */
};

struct pl_grid {
    size_t heads;        /* the first rows name the columns */
    size_t column_count; /* the first names the row, and is repeated in each block */
    struct pl_grid_column *columns;
    struct pl_grid_cell *cells; /* row by row */
    size_t rows, capacity;      /* heads included; as many as cells were set in */
    size_t indent;              /* blanks before each line */
    size_t assumed; /* width where nobody says it; 0: 100 columns, and sentences in one line */
    bool prose;     /* the last column is a sentence, which is wrapped within its column, and in one
                       line where nobody says how wide lines may be */
};

struct pl_grid pl_grid_make(size_t heads, size_t columns);

/** Sets a cell to a copy of the text, in a new row where there is none so far.
 *  @param escape heeded on a terminal unless NO_COLOR is set; NULL: none */
void pl_grid_set(struct pl_grid *grid, size_t row, size_t column, const char *text,
                 const char *escape);

/** Prints, and frees. Columns that do not fit are left out by their ranks, and a line says which;
 *  what still does not fit follows in blocks beneath, and a first cell longer than a third of the
 *  width stands on a line of its own. */
void pl_grid_print(FILE *out, struct pl_grid *grid);

#endif
