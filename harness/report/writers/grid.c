/* Laying out text in columns (grid.h). */
#include "harness/report/writers/grid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/spare_memory.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/wrap.h"

#define NAME_WIDTH 32
#define WIDTH_DEFAULT 100
#define SENTENCE_MIN 24 /* columns that a sentence needs beside others */

/* The width of a first cell that is too long: it stands alone and leaves its column blank. */
#define INDENT 4

struct pl_grid pl_grid_make(size_t heads, size_t columns)
{
    return (struct pl_grid){.heads = heads,
                            .column_count = columns,
                            .columns = pl_memory_take(columns, sizeof(struct pl_grid_column))};
}

/* Rows are added up to this one. */
static void grow(struct pl_grid *g, size_t row)
{
    const size_t size = g->column_count * sizeof *g->cells;
    if (row >= g->capacity) {
        g->capacity = 2 * row + 8;
        g->cells = realloc(g->cells, g->capacity * size);
        if (!g->cells)
            pl_memory_refused();
    }
    memset(g->cells + g->rows * g->column_count, 0, (row + 1 - g->rows) * size);
    g->rows = row + 1;
}

void pl_grid_set(struct pl_grid *g, size_t row, size_t column, const char *text, const char *escape)
{
    if (row >= g->rows)
        grow(g, row);
    struct pl_grid_cell *cell = &g->cells[row * g->column_count + column];
    free(cell->text);
    *cell = (struct pl_grid_cell){strdup(text), escape};
    if (!cell->text)
        pl_memory_refused();
}

static const char *cell_of(const struct pl_grid *g, size_t row, size_t column)
{
    const char *text = g->cells[row * g->column_count + column].text;
    return text ? text : "";
}

/* @param longest of names, beyond which one stands alone */
static size_t measure(const struct pl_grid *g, size_t column, size_t longest)
{
    size_t most = column || g->prose ? 0 : INDENT;
    for (size_t row = 0; row < g->rows; row++) {
        size_t width = pl_wrap_columns(cell_of(g, row, column));
        if (width > most && (column > 0 || width <= longest))
            most = width;
    }
    return g->prose && column + 1 == g->column_count && most > SENTENCE_MIN ? SENTENCE_MIN : most;
}

/* A line on its way: blanks are kept back until something follows them. */
struct line {
    FILE *out;
    size_t blanks;
    size_t at; /* columns that are written */
};

static void put(struct line *line, const char *text, const char *escape)
{
    if (!*text)
        return;
    fprintf(line->out, "%*s%s", (int)line->blanks, "", escape ? escape : "");
    pl_text_plain(line->out, text);
    fputs(escape ? "\033[0m" : "", line->out);
    line->at += line->blanks + pl_wrap_columns(text);
    line->blanks = 0;
}

static void put_cell(struct line *line, const char *text, size_t width, bool left,
                     const char *escape)
{
    size_t own = pl_wrap_columns(text), pad = own < width ? width - own : 0;
    line->blanks += left ? 0 : pad;
    put(line, text, escape);
    line->blanks += left ? pad : 0;
}

/* What is printed of a grid: columns from `first` on, before `last`, beside the names. */
struct block {
    size_t first, last, gap, width;
    bool beneath; /* where sentences stand */
    bool colour;
};

/* The sentence at the end of a line, or the line's end. */
static void end_row(struct line *line, const struct pl_grid *g, size_t row, const struct block *b)
{
    const char *text = g->prose ? cell_of(g, row, g->column_count - 1) : "";
    if (*text)
        pl_wrap(line->out, text, line->at,
                b->beneath ? PL_WRAP_BENEATH : line->at + line->blanks + b->gap, b->width);
    else
        fputc('\n', line->out);
}

static void print_row(FILE *out, const struct pl_grid *g, size_t row, const struct block *b)
{
    struct line line = {out, g->indent, 0};
    size_t width = g->columns[0].width;
    const char *name = cell_of(g, row, 0);
    if (pl_wrap_columns(name) > width) {
        fprintf(out, "%*s", (int)g->indent, "");
        pl_text_plain(out, name);
        fputc('\n', out);
        name = "";
    }
    put_cell(&line, name, width, g->columns[0].left || !g->prose, NULL);
    for (size_t column = b->first; column < b->last; column++) {
        if (g->columns[column].hidden)
            continue;
        line.blanks += b->gap;
        put_cell(&line, cell_of(g, row, column), g->columns[column].width, g->columns[column].left,
                 b->colour ? g->cells[row * g->column_count + column].escape : NULL);
    }
    end_row(&line, g, row, b);
}

static bool head_is_blank(const struct pl_grid *g, size_t row, size_t first, size_t last)
{
    for (size_t column = first; column < last; column++)
        if (*cell_of(g, row, column))
            return false;
    return row < g->heads;
}

/* Columns that one takes behind another. */
static size_t taken(const struct pl_grid_column *column, size_t gap)
{
    return column->hidden ? 0 : gap + column->width;
}

/* How many columns from `first` on fit beside the names. At least one. */
static size_t fitting(const struct pl_grid *g, size_t first, size_t gap, size_t most)
{
    size_t used = g->indent + g->columns[0].width, column = first;
    while (column < g->column_count && used + taken(&g->columns[column], gap) <= most)
        used += taken(&g->columns[column++], gap);
    return column > first ? column : first + 1;
}

/* It is a terminal, and NO_COLOR is unset or empty (https://no-color.org). A stream in memory is
 * none. */
static bool may_colour(FILE *out)
{
    const char *unwanted = getenv("NO_COLOR");
    int descriptor = fileno(out);
    return descriptor >= 0 && isatty(descriptor) && !(unwanted && *unwanted);
}

/* Of all columns but the last `without`. */
static size_t total(const struct pl_grid *g, size_t gap, size_t without)
{
    size_t width = g->indent + g->columns[0].width;
    for (size_t column = 1; column + without < g->column_count; column++)
        width += taken(&g->columns[column], gap);
    return width;
}

/* The column to leave out next: the last of the highest rank. @return 0 for none */
static size_t least_important(const struct pl_grid *g)
{
    size_t least = 0;
    for (size_t i = 1; i < g->column_count; i++)
        if (!g->columns[i].hidden && g->columns[i].rank &&
            (!least || g->columns[i].rank >= g->columns[least].rank))
            least = i;
    return least;
}

/* @param told what is left out so far, with its new name appended */
static void leave_out(struct pl_grid *g, size_t column, char *told, size_t capacity)
{
    for (size_t row = 0, parts = 0; row < g->heads; row++) {
        const char *part = cell_of(g, row, column);
        size_t used = strlen(told);
        if (*part)
            snprintf(told + used, capacity - used, "%s%s", parts++ ? " " : used ? ", " : "", part);
    }
    g->columns[column].hidden = true;
}

static void print_block(FILE *out, const struct pl_grid *g, const struct block *b)
{
    for (size_t row = 0; row < g->rows; row++)
        if (!head_is_blank(g, row, b->first, g->prose ? g->column_count : b->last))
            print_row(out, g, row, b);
}

static void print_blocks(FILE *out, const struct pl_grid *g, size_t most, bool colour)
{
    /* two blanks between columns; one where that saves a second block */
    bool narrow =
        fitting(g, 1, 2, most) < g->column_count && fitting(g, 1, 1, most) == g->column_count;
    struct block b = {.gap = narrow ? 1 : 2, .width = most, .colour = colour};
    for (b.first = 1; b.first < g->column_count; b.first = b.last) {
        b.last = fitting(g, b.first, b.gap, most);
        if (b.first > 1)
            fputc('\n', out);
        print_block(out, g, &b);
    }
}

/* Whether some sentence has too little room behind a column that far to the right. */
static bool is_beneath(const struct pl_grid *g, size_t column, size_t width)
{
    size_t longest = 0;
    for (size_t row = 0; row < g->rows; row++) {
        size_t columns = pl_wrap_columns(cell_of(g, row, g->column_count - 1));
        longest = columns > longest ? columns : longest;
    }
    return width && column > width / 2 && column + longest > width;
}

/* Sentences have no second block: they wrap, or go beneath. @param width 0: in one line */
static void print_prose(FILE *out, const struct pl_grid *g, size_t width, bool colour)
{
    const size_t last = g->column_count - 1, figures = total(g, 2, 1);
    struct block b = {.first = 1, .last = last, .gap = 2, .width = width, .colour = colour};
    b.beneath = is_beneath(g, figures + 2, width);
    if (width && figures + (b.beneath ? 0 : 2 + g->columns[last].width) > width)
        b.gap = 1;
    print_block(out, g, &b);
}

static void say_what_is_missing(FILE *out, size_t width, const char *names)
{
    size_t at = (size_t)fprintf(out, "not shown in %zu columns:", width);
    pl_wrap(out, names, at, at + 1, width);
}

static void free_all(struct pl_grid *g)
{
    for (size_t i = 0; i < g->rows * g->column_count; i++)
        free(g->cells[i].text);
    free(g->cells);
    free(g->columns);
    *g = (struct pl_grid){0};
}

void pl_grid_print(FILE *out, struct pl_grid *g)
{
    char told[512] = "";
    size_t given = pl_wrap_width(out, 0), assumed = given ? given : g->assumed;
    size_t most = assumed ? assumed : WIDTH_DEFAULT;
    for (size_t i = 0; i < g->column_count; i++)
        g->columns[i].width = measure(g, i, g->prose && !assumed ? SIZE_MAX : NAME_WIDTH);
    for (size_t i; given && total(g, 1, 0) > most && (i = least_important(g));)
        leave_out(g, i, told, sizeof told);
    if (g->prose)
        print_prose(out, g, assumed, may_colour(out));
    else
        print_blocks(out, g, most, may_colour(out));
    if (*told)
        say_what_is_missing(out, most, told);
    free_all(g);
}
