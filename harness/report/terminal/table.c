/* The summary on the terminal (table.h). */
#include "harness/report/terminal/table.h"

#include <stdlib.h>
#include <string.h>

#include "harness/report/model/columns.h"
#include "harness/report/model/raised_alerts.h"
#include "harness/report/terminal/table_sections.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/wrap.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

#define HEADS 3        /* two words of a name, and the unit */
#define TEXT_COLUMNS 3 /* stack, outcome, expected */

static const char *colour_of(const char *text)
{
    if (strcmp(text, "FAILED") == 0)
        return "\033[1;31m";
    if (strncmp(text, "bounded", 7) == 0 || strcmp(text, "met") == 0)
        return "\033[32m";
    if (strncmp(text, "growing", 7) == 0 || strcmp(text, "not checked") == 0)
        return "\033[33m";
    for (int i = PL_OUTCOME_OOM_KILLED; i < PL_OUTCOME_COUNT; i++)
        if (strncmp(text, pl_outcome_name((enum pl_outcome)i),
                    strlen(pl_outcome_name((enum pl_outcome)i))) == 0)
            return "\033[31m";
    return NULL;
}

/* Two words of a name stand above each other, so that a column is no wider than its figures. */
static void set_heads(struct pl_grid *grid, size_t at, const struct pl_column *column)
{
    const char *blank = strchr(column->name, ' ');
    char first[32];
    snprintf(first, sizeof first, "%.*s", blank ? (int)(blank - column->name) : 0, column->name);
    pl_grid_set(grid, 0, at, first);
    pl_grid_set(grid, 1, at, blank ? blank + 1 : column->name);
    pl_grid_set(grid, 2, at, column->unit);
}

static void set_column(struct pl_grid *grid, size_t at, const struct pl_column *column,
                       const struct pl_model_group *g)
{
    char median[PL_COLUMN_TEXT], spread[PL_COLUMN_TEXT], text[PL_COLUMN_TEXT * 2 + 4];
    set_heads(grid, at, column);
    grid->ranks[at] = column->rank;
    for (size_t i = 0; i < g->row_count; i++) {
        struct pl_summary s = pl_column_of(column, g, &g->rows[i]);
        pl_column_median(column, &s, median);
        pl_column_spread(column, &s, spread);
        snprintf(text, sizeof text, spread[0] ? "%s (%s)" : "%s", median, spread);
        pl_grid_set(grid, HEADS + i, at, text);
    }
}

static void set_texts(struct pl_grid *grid, const struct pl_model_group *g)
{
    static const char *const names[TEXT_COLUMNS] = {"stack", "outcome", "expected"};
    char outcome[PL_COLUMN_TEXT];
    for (size_t i = 0; i < TEXT_COLUMNS; i++) {
        grid->left[i] = true;
        pl_grid_set(grid, HEADS - 1, i, names[i]);
    }
    for (size_t i = 0; i < g->row_count; i++) {
        pl_row_outcome(&g->rows[i], outcome);
        pl_grid_set(grid, HEADS + i, 0, g->rows[i].label);
        pl_grid_set(grid, HEADS + i, 1, outcome);
        pl_grid_set(grid, HEADS + i, 2, pl_row_expected(&g->rows[i]));
    }
}

static void print_grid(FILE *out, const struct pl_model_group *g)
{
    struct pl_grid grid;
    size_t columns = TEXT_COLUMNS, at = TEXT_COLUMNS;
    for (size_t i = 0; i < pl_column_count; i++)
        columns += pl_column_used(&pl_columns[i], g);
    if (pl_grid_make(&grid, HEADS + g->row_count, HEADS, columns)) {
        set_texts(&grid, g);
        for (size_t i = 0; i < pl_column_count; i++)
            if (pl_column_used(&pl_columns[i], g))
                set_column(&grid, at++, &pl_columns[i], g);
        pl_grid_print(out, &grid, colour_of);
    }
    pl_grid_free(&grid);
}

static void print_group(FILE *out, const struct pl_model_group *g)
{
    char conditions[256];
    pl_group_conditions(g, conditions, sizeof conditions);
    pl_text_plain(out, g->scenario);
    fputs(": ", out);
    pl_text_plain(out, conditions);
    fputs(g->repetitions > 1 ? "; median (lowest..highest)\n" : "\n", out);
    print_grid(out, g);
    pl_alerts_terminal(out, g);
}

static void print_failures(FILE *out, const json_t *cells)
{
    const json_t *cell;
    char stack[PL_STACK_TEXT_MAX + 32];
    size_t i;
    json_array_foreach(cells, i, cell)
    {
        if (strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) != 0)
            continue;
        fputs("FAILED ", out);
        struct pl_cell_name name = pl_cell_name_of(cell);
        pl_cell_name_stack(&name, stack, sizeof stack);
        pl_text_plain(out, name.scenario);
        fputc(' ', out);
        pl_text_plain(out, stack);
        fputs(": ", out);
        pl_text_plain(out, pl_document_string(cell, "expected_why"));
        fputs("\n  again: ", out);
        pl_text_plain(out, pl_document_string(cell, "reproduce"));
        fputc('\n', out);
    }
}

static void print_warnings(FILE *out, const json_t *warnings)
{
    const json_t *warning;
    size_t i;
    json_array_foreach(warnings, i, warning)
    {
        const char *text = json_string_value(warning);
        size_t at = (size_t)fprintf(out, "warning:");
        pl_wrap(out, text ? text : "", at, at + 1, pl_wrap_width(out, 0));
    }
}

void pl_report_table(FILE *out, const json_t *results)
{
    struct pl_model model;
    struct pl_error error;
    if (pl_model_build(&model, results, &error)) {
        fprintf(out, "no table: %s\n", error.text);
    } else {
        for (size_t i = 0; i < model.group_count; i++) {
            fputs(i ? "\n" : "", out);
            print_group(out, &model.groups[i]);
        }
        print_failures(out, json_object_get(results, "cells"));
        pl_model_free(&model);
    }
    pl_table_sections(out, results);
    print_warnings(out, json_object_get(results, "warnings"));
}
