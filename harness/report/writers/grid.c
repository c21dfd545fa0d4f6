/* Laying out text in columns (grid.h). */
#include "harness/report/writers/grid.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/report/writers/text.h"
#include "harness/report/writers/wrap.h"

#define NAME_WIDTH 32
#define WIDTH_DEFAULT 100
#define SENTENCE_MIN 24 /* columns that a sentence needs beside others */

/* The width of a first cell that is too long: it stands alone and leaves its column blank. */
#define INDENT 4

bool pl_grid_make(struct pl_grid *g, size_t rows, size_t heads, size_t columns)
{
    *g = (struct pl_grid){.rows = rows, .heads = heads, .columns = columns};
    g->cells = calloc(rows * columns, sizeof *g->cells);
    g->left = calloc(columns, sizeof *g->left);
    g->widths = calloc(columns, sizeof *g->widths);
    g->ranks = calloc(columns, sizeof *g->ranks);
    return g->cells && g->left && g->widths && g->ranks;
}

void pl_grid_set(struct pl_grid *g, size_t row, size_t column, const char *text)
{
    char **cell = &g->cells[row * g->columns + column];
    free(*cell);
    *cell = strdup(text);
}

static const char *cell_of(const struct pl_grid *g, size_t row, size_t column)
{
    const char *text = g->cells[row * g->columns + column];
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
    return g->prose && column + 1 == g->columns && most > SENTENCE_MIN ? SENTENCE_MIN : most;
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
    pl_grid_colour colour;
};

/* The sentence at the end of a line, or the line's end. */
static void end_row(struct line *line, const struct pl_grid *g, size_t row, const struct block *b)
{
    const char *text = g->prose ? cell_of(g, row, g->columns - 1) : "";
    if (*text)
        pl_wrap(line->out, text, line->at,
                b->beneath ? PL_WRAP_BENEATH : line->at + line->blanks + b->gap, b->width);
    else
        fputc('\n', line->out);
}

static void print_row(FILE *out, const struct pl_grid *g, size_t row, const struct block *b)
{
    struct line line = {out, g->indent, 0};
    size_t width = g->widths[0];
    const char *name = cell_of(g, row, 0);
    if (pl_wrap_columns(name) > width) {
        fprintf(out, "%*s", (int)g->indent, "");
        pl_text_plain(out, name);
        fputc('\n', out);
        name = "";
    }
    put_cell(&line, name, width, g->left[0] || !g->prose, NULL);
    for (size_t column = b->first; column < b->last; column++) {
        const char *text = cell_of(g, row, column);
        line.blanks += b->gap;
        put_cell(&line, text, g->widths[column], g->left[column],
                 b->colour && row >= g->heads ? b->colour(text) : NULL);
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

/* How many columns from `first` on fit beside the names. At least one. */
static size_t fitting(const struct pl_grid *g, size_t first, size_t gap, size_t most)
{
    size_t used = g->indent + g->widths[0], column = first;
    while (column < g->columns && used + gap + g->widths[column] <= most)
        used += gap + g->widths[column++];
    return column > first ? column : first + 1;
}

bool pl_grid_may_colour(FILE *out)
{
    const char *unwanted = getenv("NO_COLOR");
    int descriptor = fileno(out);
    return descriptor >= 0 && isatty(descriptor) && !(unwanted && *unwanted);
}

static size_t total(const struct pl_grid *g)
{
    size_t width = g->indent + g->widths[0];
    for (size_t column = 1; column < g->columns; column++)
        width += 1 + g->widths[column];
    return width;
}

/* The column to leave out next: the last of the highest rank. @return 0 for none */
static size_t least_important(const struct pl_grid *g)
{
    size_t least = 0;
    for (size_t column = 1; column < g->columns; column++)
        if (g->ranks[column] && (!least || g->ranks[column] >= g->ranks[least]))
            least = column;
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
    for (size_t row = 0; row < g->rows; row++)
        memmove(&g->cells[row * g->columns + column], &g->cells[row * g->columns + column + 1],
                (g->columns - column - 1) * sizeof *g->cells);
    memmove(&g->left[column], &g->left[column + 1], (g->columns - column - 1) * sizeof *g->left);
    memmove(&g->widths[column], &g->widths[column + 1],
            (g->columns - column - 1) * sizeof *g->widths);
    memmove(&g->ranks[column], &g->ranks[column + 1], (g->columns - column - 1) * sizeof *g->ranks);
    size_t columns = g->columns - 1; /* rows move together */
    for (size_t row = 1; row < g->rows; row++)
        memmove(&g->cells[row * columns], &g->cells[row * g->columns], columns * sizeof *g->cells);
    g->columns = columns;
}

static void print_block(FILE *out, const struct pl_grid *g, const struct block *b)
{
    for (size_t row = 0; row < g->rows; row++)
        if (!head_is_blank(g, row, b->first, g->prose ? g->columns : b->last))
            print_row(out, g, row, b);
}

static void print_blocks(FILE *out, const struct pl_grid *g, size_t most, pl_grid_colour colour)
{
    /* two blanks between columns; one where that saves a second block */
    bool narrow = fitting(g, 1, 2, most) < g->columns && fitting(g, 1, 1, most) == g->columns;
    struct block b = {.gap = narrow ? 1 : 2, .width = most, .colour = colour};
    for (b.first = 1; b.first < g->columns; b.first = b.last) {
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
        size_t columns = pl_wrap_columns(cell_of(g, row, g->columns - 1));
        longest = columns > longest ? columns : longest;
    }
    return width && column > width / 2 && column + longest > width;
}

/* Sentences have no second block: they wrap, or go beneath. @param width 0: in one line */
static void print_prose(FILE *out, const struct pl_grid *g, size_t width, pl_grid_colour colour)
{
    const size_t gaps = g->columns - 1, figures = total(g) - g->widths[gaps] - gaps;
    struct block b = {.first = 1, .last = gaps, .gap = 2, .width = width, .colour = colour};
    b.beneath = is_beneath(g, figures + 2 * gaps, width);
    if (width && figures + (b.beneath ? 2 * gaps - 2 : 2 * gaps + g->widths[gaps]) > width)
        b.gap = 1;
    print_block(out, g, &b);
}

/* A copy that columns can be left out of; its cells are the grid's. */
static bool borrow(struct pl_grid *copy, const struct pl_grid *g, size_t longest)
{
    if (!pl_grid_make(copy, g->rows, g->heads, g->columns))
        return false;
    memcpy(copy->cells, g->cells, g->rows * g->columns * sizeof *g->cells);
    memcpy(copy->left, g->left, g->columns * sizeof *g->left);
    memcpy(copy->ranks, g->ranks, g->columns * sizeof *g->ranks);
    copy->indent = g->indent;
    copy->prose = g->prose;
    for (size_t column = 0; column < g->columns; column++)
        copy->widths[column] = measure(g, column, longest);
    return true;
}

static void say_what_is_missing(FILE *out, size_t width, const char *names)
{
    size_t at = (size_t)fprintf(out, "not shown in %zu columns:", width);
    pl_wrap(out, names, at, at + 1, width);
}

void pl_grid_print(FILE *out, const struct pl_grid *g, pl_grid_colour colour)
{
    struct pl_grid copy;
    char told[512] = "";
    size_t given = pl_wrap_width(out, 0), assumed = given ? given : g->assumed;
    size_t most = assumed ? assumed : WIDTH_DEFAULT;
    if (!pl_grid_may_colour(out))
        colour = NULL;
    if (borrow(&copy, g, g->prose && !assumed ? SIZE_MAX : NAME_WIDTH)) {
        for (size_t column; given && total(&copy) > most && (column = least_important(&copy));)
            leave_out(&copy, column, told, sizeof told);
        if (g->prose)
            print_prose(out, &copy, assumed, colour);
        else
            print_blocks(out, &copy, most, colour);
        if (*told)
            say_what_is_missing(out, most, told);
    }
    memset(copy.cells, 0, copy.cells ? g->rows * copy.columns * sizeof *copy.cells : 0);
    pl_grid_free(&copy);
}

void pl_grid_free(struct pl_grid *g)
{
    for (size_t i = 0; g->cells && i < g->rows * g->columns; i++)
        free(g->cells[i]);
    free(g->cells);
    free(g->left);
    free(g->widths);
    free(g->ranks);
    *g = (struct pl_grid){0};
}
