/* The comparison on the terminal. What is the same is counted, not listed. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/comparison/change_text.h"
#include "harness/report/comparison/comparison.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/wrap.h"

#define INDENT 2 /* of what explains a row */

static const char *colour_of(const char *text)
{
    if (strcmp(text, "worse") == 0)
        return "\033[1;31m";
    return strcmp(text, "better") == 0 ? "\033[32m" : NULL;
}

static bool is_shown(const struct pl_judged *j)
{
    return j->change == PL_CHANGE_WORSE || j->change == PL_CHANGE_BETTER || pl_judged_fails(j);
}

static size_t shown_of(const struct pl_compared *cell)
{
    size_t count = 0;
    for (size_t k = 0; k < cell->judged_count; k++)
        count += is_shown(&cell->judged[k]);
    return count;
}

static void set_row(struct pl_grid *grid, size_t row, const struct pl_judged *j)
{
    char base[PL_TEXT_FIGURE], new[PL_TEXT_FIGURE], size[PL_CHANGE_TEXT];
    pl_change_values(j, base, new);
    pl_change_size(j, size);
    pl_grid_set(grid, row, 0, j->metric->name);
    pl_grid_set(grid, row, 1, pl_class_name(j->metric->class));
    pl_grid_set(grid, row, 2, j->advisory ? "advisory" : pl_change_name(j->change));
    pl_grid_set(grid, row, 3, base);
    pl_grid_set(grid, row, 4, new);
    pl_grid_set(grid, row, 5, size);
}

static void print_grid(FILE *out, const struct pl_compared *cell, size_t count)
{
    static const char *const heads[] = {"metric", "class", "verdict", "base", "new", "change"};
    struct pl_grid grid;
    if (pl_grid_make(&grid, count + 1, 1, sizeof heads / sizeof *heads)) {
        grid.left[0] = grid.left[2] = true;
        grid.ranks[1] = 3; /* class; then the base, which the change tells, and the change */
        grid.ranks[3] = 2;
        grid.ranks[5] = 1;
        for (size_t i = 0; i < sizeof heads / sizeof *heads; i++)
            pl_grid_set(&grid, 0, i, heads[i]);
        for (size_t k = 0, row = 1; k < cell->judged_count; k++)
            if (is_shown(&cell->judged[k]))
                set_row(&grid, row++, &cell->judged[k]);
        pl_grid_print(out, &grid, colour_of);
    }
    pl_grid_free(&grid);
}

/* Beneath the grid: how each figure was judged. */
static void print_evidence(FILE *out, const struct pl_compared *cell)
{
    char why[PL_CHANGE_TEXT], line[PL_CHANGE_TEXT + 128];
    for (size_t k = 0; k < cell->judged_count; k++) {
        const struct pl_judged *j = &cell->judged[k];
        pl_change_evidence(j, why);
        if (is_shown(j) && why[0] && strcmp(why, "exact") != 0) {
            snprintf(line, sizeof line, "%s: %s", j->metric->name, why);
            pl_wrap(out, line, 0, INDENT, pl_wrap_width(out, 0));
        }
    }
}

static void print_cell(FILE *out, const struct pl_compared *cell)
{
    const struct pl_match *m = cell->match;
    char name[PL_STACK_TEXT_MAX + 128];
    size_t count = shown_of(cell);
    bool ended = cell->outcome == PL_CHANGE_WORSE || cell->outcome == PL_CHANGE_BETTER ||
                 cell->outcome == PL_CHANGE_INCONCLUSIVE || cell->missing;
    if (!count && !ended)
        return;
    pl_cell_name_text(&m->name, name, sizeof name);
    pl_text_plain(out, name);
    fputs(ended ? ": " : "", out);
    if (ended)
        fprintf(out, "%s, ends %s", pl_change_name(cell->outcome), cell->outcome_why);
    fputc('\n', out);
    if (count)
        print_grid(out, cell, count);
    print_evidence(out, cell);
    fputc('\n', out);
}

struct open {
    FILE *out;
    enum pl_change change;
};

static void print_open(void *context, const char *why, size_t count)
{
    const struct open *open = context;
    int at =
        fprintf(open->out, "%s, %zu of the cells' metrics: ", pl_change_name(open->change), count);
    pl_wrap(open->out, why, (size_t)at, (size_t)at, pl_wrap_width(open->out, 0));
}

static void print_heap(void *context, const struct pl_heap_change *heap, const char *line)
{
    FILE *out = context;
    (void)heap;
    pl_wrap(out, line, 0, 0, pl_wrap_width(out, 0));
    fputc('\n', out);
}

void pl_comparison_table(FILE *out, const struct pl_comparison *c)
{
    char counts[256];
    pl_change_heaps(c, print_heap, out);
    for (size_t i = 0; i < c->cell_count; i++)
        print_cell(out, &c->cells[i]);
    for (enum pl_change open = PL_CHANGE_INCONCLUSIVE; open <= PL_CHANGE_NOT_COMPARABLE; open++)
        pl_change_open(c, open, print_open, &(struct open){out, open});
    pl_change_counts(c, counts, sizeof counts);
    int at = fprintf(out, "%zu cells: ", c->cell_count);
    pl_wrap(out, counts, (size_t)at, (size_t)at, pl_wrap_width(out, 0));
}
