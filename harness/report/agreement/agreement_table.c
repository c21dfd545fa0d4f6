/* The agreement on the terminal. */
#include <stdlib.h>
#include <string.h>

#include "harness/report/agreement/agreement.h"
#include "harness/report/agreement/agreement_text.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/wrap.h"

static const char *colour_of(const char *text)
{
    return strcmp(text, pl_agreement_verdict_name(PL_AGREEMENT_DIFFERS)) == 0 ? "\033[1;31m" : NULL;
}

static void set_row(struct pl_grid *grid, size_t row, const struct pl_agreed *a)
{
    char text[PL_TEXT_FIGURE];
    pl_grid_set(grid, row, 0, a->cells.name.allocator);
    for (size_t column = 0; column < PL_AGREEMENT_COLUMNS; column++) {
        pl_agreement_figure(a, column, text);
        pl_grid_set(grid, row, column + 1, text);
    }
}

static void set_heads(struct pl_grid *grid)
{
    pl_grid_set(grid, 1, 0, "stack");
    for (size_t column = 0; column < PL_AGREEMENT_COLUMNS; column++)
        for (int line = 0; line < 2; line++)
            pl_grid_set(grid, (size_t)line, column + 1, pl_agreement_head(column, line));
    grid->left[0] = grid->left[PL_AGREEMENT_COLUMNS] = true;
    for (size_t column = 0; column < PL_AGREEMENT_COLUMNS; column++)
        grid->ranks[column + 1] = pl_agreement_rank(column);
}

static size_t size_of(const struct pl_agreement *a, const struct pl_agreed *first)
{
    size_t size = 0;
    for (size_t i = 0; i < a->count; i++)
        size += pl_agreement_beside(first, &a->cells[i]);
    return size;
}

static void print_group(FILE *out, const struct pl_agreement *a, const struct pl_agreed *first)
{
    char heading[PL_AGREEMENT_TEXT];
    struct pl_grid grid;
    pl_agreement_heading(first, heading);
    pl_wrap(out, heading, 0, 0, pl_wrap_width(out, 0));
    fputc('\n', out);
    if (pl_grid_make(&grid, size_of(a, first) + 2, 2, PL_AGREEMENT_COLUMNS + 1)) {
        set_heads(&grid);
        for (size_t i = 0, row = 2; i < a->count; i++)
            if (pl_agreement_beside(first, &a->cells[i]))
                set_row(&grid, row++, &a->cells[i]);
        pl_grid_print(out, &grid, colour_of);
    }
    pl_grid_free(&grid);
    fputc('\n', out);
}

void pl_agreement_table(FILE *out, const struct pl_agreement *a)
{
    char counts[PL_AGREEMENT_TEXT];
    for (size_t i = 0; (i = pl_agreement_group(a, i)) < a->count; i++)
        print_group(out, a, &a->cells[i]);
    pl_agreement_counts(a, counts);
    pl_wrap(out, counts, 0, 0, pl_wrap_width(out, 0));
}
