/* The tables of a ledger's report (ledger_tables.h). */
#include "harness/report/ledger/ledger_tables.h"

#include <stdbool.h>
#include <string.h>

#include "harness/report/ledger/ledger_words.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/text.h"

/* Of a program of thousands of sites: whose calls are shown, and how many. results.json has all. */
enum { CHAINS_MOST = 20, CALLERS_MOST = 6 };

/* A table whose last column is words. */
static bool make(struct pl_grid *grid, size_t rows, const char *const *heads, size_t columns)
{
    if (!pl_grid_make(grid, rows + 1, 1, columns))
        return false;
    grid->prose = true;
    grid->indent = PL_LEDGER_INDENT;
    grid->assumed = PL_LEDGER_WIDTH;
    for (size_t i = 0; i < columns; i++)
        pl_grid_set(grid, 0, i, heads[i]);
    return true;
}

enum { LIVE = 4, FIGURES = 5 }; /* columns of set_figures */

static void set_figures(struct pl_grid *grid, size_t at, const json_t *row)
{
    static const char *const keys[LIVE] = {"allocated_bytes", "freed_bytes", "current_bytes",
                                           "peak_bytes"};
    char text[PL_TEXT_FIGURE];
    for (size_t i = 0; i < LIVE; i++) {
        pl_ledger_bytes(text, row, keys[i]);
        pl_grid_set(grid, at, i, text);
    }
    pl_ledger_count(text, row, "live_blocks");
    pl_grid_set(grid, at, LIVE, text);
    grid->ranks[1] = 1; /* freed is what is left of the others */
    grid->ranks[3] = 2;
}

/* Whether a line of a chain is the frame that names the site. */
static bool names(const char *line, const json_t *site)
{
    const char *function = pl_ledger_string(site, "function"),
               *label = pl_ledger_string(site, "label");
    const char *name = *function ? function : label;
    const size_t length = strlen(name);
    return strncmp(line, name, length) == 0 && (!line[length] || line[length] == ' ');
}

/* The first who called the function that names the site. */
static size_t first_caller(const json_t *site)
{
    const json_t *chain = json_object_get(site, "chain");
    size_t first = 0;
    while (first < json_array_size(chain) &&
           !names(json_string_value(json_array_get(chain, first)), site))
        first++;
    return first + 1;
}

static size_t caller_count(const json_t *site, size_t index)
{
    const size_t first = first_caller(site);
    const size_t all = json_array_size(json_object_get(site, "chain"));
    const size_t callers = all > first ? all - first : 0;
    return index >= CHAINS_MOST ? 0 : callers < CALLERS_MOST ? callers : CALLERS_MOST;
}

enum { CHURN = FIGURES, OLDEST, SITE, SITE_COLUMNS };

static void set_site(struct pl_grid *grid, const json_t *site, size_t index, size_t *row)
{
    char text[PL_TEXT_FIGURE] = "-", name[PL_LEDGER_NAME + 4], caller[PL_LEDGER_NAME + 8];
    set_figures(grid, *row, site);
    pl_ledger_bytes(text, site, "churn_bytes_per_second");
    pl_grid_set(grid, *row, CHURN, text);
    snprintf(text, sizeof text, "-");
    if (json_object_get(site, "oldest_seconds"))
        pl_ledger_age(text, pl_ledger_number(site, "oldest_seconds"));
    pl_grid_set(grid, *row, OLDEST, text);
    pl_grid_set(grid, (*row)++, SITE, pl_ledger_clip(name, pl_ledger_string(site, "site")));
    const json_t *chain = json_object_get(site, "chain");
    const size_t first = first_caller(site);
    for (size_t i = 0; i < caller_count(site, index); i++) {
        pl_ledger_clip(name, json_string_value(json_array_get(chain, first + i)));
        snprintf(caller, sizeof caller, "by %s", name);
        pl_grid_set(grid, (*row)++, SITE, caller);
    }
}

/* Heads end in what the figures above it are of. */
static void print_sites(FILE *out, const json_t *sites)
{
    static const char *const heads[] = {"allocated", "freed",   "current", "peak",
                                        "live",      "churn/s", "oldest",  "site"};
    const json_t *site;
    size_t i, rows = 0, row = 1;
    struct pl_grid grid;
    json_array_foreach(sites, i, site) rows += 1 + caller_count(site, i);
    fputs("\n  by site\n", out);
    if (make(&grid, rows, heads, SITE_COLUMNS)) {
        grid.ranks[CHURN] = 3;
        grid.ranks[OLDEST] = 4;
        json_array_foreach(sites, i, site) set_site(&grid, site, i, &row);
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

static void print_classes(FILE *out, const json_t *classes)
{
    static const char *const heads[] = {"allocated", "freed", "current",
                                        "peak",      "live",  "blocks of up to"};
    const json_t *class;
    size_t i;
    char text[PL_TEXT_FIGURE];
    struct pl_grid grid;
    fputs("\n  by size\n", out);
    if (make(&grid, json_array_size(classes), heads, FIGURES + 1)) {
        json_array_foreach(classes, i, class)
        {
            set_figures(&grid, i + 1, class);
            pl_ledger_bytes(text, class, "up_to_bytes");
            pl_grid_set(&grid, i + 1, FIGURES, text);
        }
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

static void set_age(struct pl_grid *grid, size_t at, const json_t *row)
{
    char text[PL_TEXT_FIGURE], from[PL_TEXT_FIGURE + 16];
    pl_ledger_bytes(text, row, "current_bytes");
    pl_grid_set(grid, at, 0, text);
    pl_ledger_count(text, row, "live_blocks");
    pl_grid_set(grid, at, 1, text);
    const bool below = json_object_get(row, "below_seconds");
    pl_ledger_age(text, pl_ledger_number(row, below ? "below_seconds" : "from_seconds"));
    snprintf(from, sizeof from, below ? "below %s" : "%s and more", text);
    pl_grid_set(grid, at, 2, from);
}

static void print_ages(FILE *out, const json_t *ages)
{
    static const char *const heads[] = {"current", "live", "age"};
    const json_t *row;
    size_t i, rows = 0, at = 1;
    struct pl_grid grid;
    json_array_foreach(ages, i, row) rows += pl_ledger_integer(row, "live_blocks") > 0;
    fputs("\n  by age of live blocks\n", out);
    if (make(&grid, rows, heads, 3)) {
        json_array_foreach(ages, i, row) if (pl_ledger_integer(row, "live_blocks"))
            set_age(&grid, at++, row);
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

static void set_live(struct pl_grid *grid, size_t row, uint64_t blocks, const char *each,
                     uint64_t sum, const char *site)
{
    char text[PL_TEXT_FIGURE], name[PL_LEDGER_NAME + 4];
    pl_text_count(text, (double)blocks);
    pl_grid_set(grid, row, 0, text);
    pl_grid_set(grid, row, 1, each);
    pl_text_count(text, (double)sum);
    pl_grid_set(grid, row, 2, text);
    pl_grid_set(grid, row, 3, pl_ledger_clip(name, site));
}

static void print_live(FILE *out, const json_t *live, const json_t *totals)
{
    static const char *const heads[] = {"blocks", "B each", "B in all", "site"};
    const json_t *group;
    size_t i, rows = json_array_size(live);
    uint64_t others = pl_ledger_integer(totals, "live_blocks"),
             bytes_left = pl_ledger_integer(totals, "current_bytes");
    char size[PL_TEXT_FIGURE];
    struct pl_grid grid;
    fputs(rows ? "\n  live blocks\n" : "\n  live blocks\n  none\n", out);
    if (rows && make(&grid, rows + 1, heads, 4)) {
        json_array_foreach(live, i, group)
        {
            uint64_t n = pl_ledger_integer(group, "live_blocks"),
                     each = pl_ledger_integer(group, "size_bytes");
            others -= n;
            bytes_left -= n * each;
            pl_ledger_count(size, group, "size_bytes");
            set_live(&grid, i + 1, n, size, n * each, pl_ledger_string(group, "site"));
        }
        if (others)
            set_live(&grid, rows + 1, others, "", bytes_left, "others");
        else
            grid.rows--;
        pl_grid_print(out, &grid, NULL);
        pl_grid_free(&grid);
    }
}

void pl_ledger_tables(FILE *out, const json_t *report)
{
    print_sites(out, json_object_get(report, "sites"));
    print_classes(out, json_object_get(report, "size_classes"));
    print_ages(out, json_object_get(report, "ages"));
    print_live(out, json_object_get(report, "live"), json_object_get(report, "totals"));
}
