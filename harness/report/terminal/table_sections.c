/* Printing the short table (table_sections.h). */
#include "harness/report/terminal/table_sections.h"

#include <string.h>

#include "harness/report/model/observed.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/text.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

enum { STACK, SCENARIO, STATUS, FIGURE, APART, COLUMNS };

/* The figure that an instrument is for; of one that is not known, its first. */
static const char *headline(const struct pl_observed *s)
{
    if (s->instrument)
        return s->instrument->headline;
    return s->figure_count ? s->figures[0] : "";
}

static void set_row(struct pl_grid *grid, size_t row, const struct pl_observed *s,
                    const json_t *entry)
{
    char text[PL_OBSERVED_TEXT], stack[PL_STACK_TEXT_MAX + 32];
    struct pl_cell_name name = pl_cell_name_of(entry);
    name.allocator = pl_document_string(entry, "allocator_run");
    pl_cell_name_stack(&name, stack, sizeof stack);
    pl_grid_set(grid, row, STACK, stack);
    pl_grid_set(grid, row, SCENARIO, pl_document_string(entry, "scenario"));
    pl_grid_set(grid, row, STATUS, pl_document_string(entry, "status"));
    pl_observed_figure(entry, headline(s), text);
    pl_grid_set(grid, row, FIGURE, text);
    pl_observed_apart(entry, text);
    if (s->agrees)
        pl_grid_set(grid, row, APART, text);
}

static void print_section(FILE *out, const struct pl_observed *s)
{
    static const char *const heads[COLUMNS] = {"stack", "scenario", "status", "", "off ours by"};
    char head[PL_OBSERVED_TEXT];
    struct pl_grid grid;
    fputc('\n', out);
    pl_text_plain(out, s->name);
    fputc('\n', out);
    size_t columns = s->agrees ? COLUMNS : APART; /* nothing to be apart from */
    if (pl_grid_make(&grid, 1 + s->entry_count, 1, columns)) {
        for (size_t i = 0; i < columns; i++) {
            grid.left[i] = i < FIGURE;
            pl_grid_set(&grid, 0, i, heads[i]);
        }
        grid.ranks[STATUS] = 2;
        grid.ranks[SCENARIO] = 1;
        pl_observed_head(headline(s), head);
        pl_grid_set(&grid, 0, FIGURE, head);
        for (size_t i = 0; i < s->entry_count; i++)
            set_row(&grid, 1 + i, s, s->entries[i]);
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

void pl_table_sections(FILE *out, const json_t *root)
{
    struct pl_observed_list sections;
    if (pl_observed_make(root, &sections))
        return;
    for (size_t i = 0; i < sections.count; i++)
        print_section(out, &sections.list[i]);
    pl_observed_free(&sections);
}
