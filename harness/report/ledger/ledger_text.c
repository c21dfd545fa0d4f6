/* What a server's debug memory tracker prints, of a cell (ledger_text.h): totals first, then by
 * site, by size, by age, the blocks that are live, and what may leak. */
#include "harness/report/ledger/ledger_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/report/ledger/ledger_tables.h"
#include "harness/report/ledger/ledger_words.h"
#include "harness/report/writers/grid.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/wrap.h"

static const char rule[] =
    "A site is suspected when the fewest blocks that it had live in each of 8 to 15 windows of the "
    "run only ever rose, the first window (start-up) excluded. What fills up once, or comes and "
    "goes, is not suspected; what is still filling up is. Not seen: less than a block a window, "
    "and what begins in the middle of the run. Where a limit ends the growth, a site is suspected "
    "that "
    "was refused while all that it has live is older than half of the run.";

/* One line of words. */
static void say(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(FILE *out, const char *format, ...)
{
    char text[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    pl_wrap(out, text, 0, PL_LEDGER_INDENT, pl_wrap_width(out, PL_LEDGER_WIDTH));
}

static void set_total(struct pl_grid *grid, size_t row, const json_t *totals, const char *key,
                      const char *blocks_key)
{
    char text[PL_TEXT_FIGURE + 16];
    pl_ledger_count(text, totals, key);
    strcat(text, " B");
    pl_grid_set(grid, row, 1, text);
    pl_ledger_bytes(text, totals, key);
    pl_grid_set(grid, row, 2, text);
    if (!blocks_key)
        return;
    pl_ledger_count(text, totals, blocks_key);
    pl_grid_set(grid, row, 3, text);
    pl_grid_set(grid, row, 4, strcmp(blocks_key, "live_blocks") == 0 ? "live blocks" : "blocks");
}

static void print_totals(FILE *out, const json_t *totals)
{
    static const struct {
        const char *name, *bytes, *blocks;
    } rows[] = {{"allocated", "allocated_bytes", "allocated_blocks"},
                {"freed", "freed_bytes", "freed_blocks"},
                {"current", "current_bytes", "live_blocks"},
                {"peak", "peak_bytes", NULL}};
    const size_t row_count = sizeof rows / sizeof *rows;
    char text[PL_TEXT_FIGURE];
    const bool refused = pl_ledger_integer(totals, "refused");
    struct pl_grid grid;
    if (pl_grid_make(&grid, row_count + refused, 0, 5)) {
        grid.indent = PL_LEDGER_INDENT;
        grid.left[0] = grid.left[4] = true;
        for (size_t i = 0; i < row_count; i++) {
            pl_grid_set(&grid, i, 0, rows[i].name);
            set_total(&grid, i, totals, rows[i].bytes, rows[i].blocks);
        }
        if (refused) {
            pl_ledger_count(text, totals, "refused");
            pl_grid_set(&grid, row_count, 0, "refused");
            pl_grid_set(&grid, row_count, 3, text);
            pl_grid_set(&grid, row_count, 4, "acquires");
        }
        pl_grid_print(out, &grid, NULL);
    }
    pl_grid_free(&grid);
}

/* What a program's record lacks. */
static void print_lacking(FILE *out, const json_t *books)
{
    static const struct {
        const char *key, *what;
    } rows[] = {
        {"processes_without",
         "processes are not recorded: too many, no room, or another root folder"},
        {"blocks_of_nobody", "blocks have no site: of more call chains than there is room for"},
        {"blocks_not_entered", "blocks are in no figure here: the record was full"},
        {"unknown_frees",
         "frees of blocks that their process had not allocated: mostly its parent's"},
    };
    char text[PL_TEXT_FIGURE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!pl_ledger_integer(books, rows[i].key))
            continue;
        pl_ledger_count(text, books, rows[i].key);
        say(out, "%s %s", text, rows[i].what);
    }
}

static void print_stuck(FILE *out, const json_t *stuck)
{
    const json_t *site;
    size_t i;
    char blocks[PL_TEXT_FIGURE], refused[PL_TEXT_FIGURE], youngest[PL_TEXT_FIGURE];
    char name[PL_LEDGER_NAME + 4];
    json_array_foreach(stuck, i, site)
    {
        pl_text_count(blocks, (double)pl_ledger_integer(site, "live_blocks"));
        pl_text_count(refused, (double)pl_ledger_integer(site, "refused"));
        pl_ledger_age(youngest, pl_ledger_number(site, "youngest_seconds"));
        say(out, "%s blocks, all older than %s, while %s acquires were refused  %s", blocks,
            youngest, refused, pl_ledger_clip(name, pl_ledger_string(site, "site")));
    }
}

static void print_leaks(FILE *out, const json_t *leaks, const json_t *stuck)
{
    const json_t *leak;
    size_t i;
    char rate[PL_TEXT_FIGURE], blocks[PL_TEXT_FIGURE], window[PL_TEXT_FIGURE];
    char name[PL_LEDGER_NAME + 4];
    fputs("\n  suspected leaks\n", out);
    json_array_foreach(leaks, i, leak)
    {
        pl_text_decimal(blocks, pl_ledger_number(leak, "blocks_per_minute"));
        pl_text_bytes(rate, pl_ledger_number(leak, "bytes_per_minute"));
        pl_ledger_age(window, pl_ledger_number(leak, "window_seconds"));
        say(out, "+%s blocks and +%s a minute, over %d windows of %s  %s", blocks, rate,
            (int)pl_ledger_integer(leak, "windows"), window,
            pl_ledger_clip(name, pl_ledger_string(leak, "site")));
    }
    print_stuck(out, stuck);
    if (!json_array_size(leaks) && !json_array_size(stuck))
        fputs("  none\n", out);
    say(out, "%s", rule);
}

static void print_report(FILE *out, const json_t *cell, const json_t *report)
{
    char at[PL_TEXT_FIGURE];
    const char *reason = pl_ledger_string(report, "reason");
    const json_t *totals = json_object_get(report, "totals");
    pl_text_duration(at, pl_ledger_number(report, "t_seconds"));
    fputs("ledger of ", out);
    pl_text_plain(out, pl_ledger_string(cell, "scenario"));
    fputs(", ", out);
    pl_text_plain(out, pl_ledger_string(cell, "allocator"));
    fprintf(out, ", %s, repetition %d\n  after %s%s%s%s\n\n", pl_ledger_string(cell, "format"),
            (int)pl_ledger_integer(cell, "repetition"), at,
            json_object_get(report, "books") ? "" : " of replay",
            strcmp(reason, "end") == 0    ? ", at the end of the run"
            : strcmp(reason, "last") == 0 ? ": the last report before the cell ended, "
                                          : "",
            strcmp(reason, "last") == 0 ? pl_ledger_string(cell, "outcome") : "");
    if (json_is_false(json_object_get(report, "at_rest")))
        fputs("  threads were at work: figures are of late, not all of one moment\n\n", out);
    print_totals(out, totals);
    if (pl_ledger_integer(report, "corruptions"))
        fprintf(out, "  CORRUPT: %" PRIu64 " blocks unknown, released twice or of another size\n",
                pl_ledger_integer(report, "corruptions"));
    print_lacking(out, json_object_get(report, "books"));
    pl_ledger_tables(out, report);
    print_leaks(out, json_object_get(report, "suspected_leaks"), json_object_get(report, "stuck"));
}

void pl_report_ledger(FILE *out, const json_t *cell)
{
    const json_t *report;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(cell, "ledger"), "reports"), i, report)
    {
        if (i)
            putc('\n', out);
        print_report(out, cell, report);
    }
}
