/* What a server's debug memory tracker prints, of a cell (ledger_text.h): totals first, then by
 * site, by size, by age, the blocks that are live, and what may leak. */
#include "harness/report/ledger_text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "harness/report/text.h"

static const char *const rule[] = {
    "A site is suspected when the fewest blocks that it had live in each of 8 to 15 windows of the",
    "run only ever rose, the first window (what warms up) aside. What fills up once, or comes and",
    "goes, is none. What still fills up looks like one. Not seen: less than a block a window, and",
    "what begins in the midst of the run. Where a limit ends the growth, a site is suspected that",
    "was refused while all that it has live is older than half of the run.",
};

/* Of a program of thousands of sites: whose calls are shown, and how many. results.json has all. */
enum { CHAINS_MOST = 20, CALLERS_MOST = 6, CALLERS_INDENT = 40 };

static uint64_t integer(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static const char *string(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static void bytes(char *text, const json_t *object, const char *key)
{
    pl_text_bytes(text, number(object, key));
}

static void count(char *text, const json_t *object, const char *key)
{
    pl_text_count(text, number(object, key));
}

/* At most `width` columns: what is longer loses its middle no more than it has to. */
static void print_name(FILE *out, const char *name, int width)
{
    int length = (int)strlen(name);
    if (length <= width)
        pl_text_plain(out, name);
    else
        fprintf(out, "%.*s...", width - 3, name);
}

/* "2.5 s", "40 ms": pl_text_duration counts in tenths of seconds. */
static void age(char *text, double seconds)
{
    if (seconds < 1)
        snprintf(text, PL_TEXT_FIGURE, "%.0f ms", seconds * 1e3);
    else
        pl_text_duration(text, seconds);
}

static void print_totals(FILE *out, const json_t *totals)
{
    static const struct {
        const char *name, *bytes, *blocks;
    } rows[] = {{"allocated", "allocated_bytes", "allocated_blocks"},
                {"freed", "freed_bytes", "freed_blocks"},
                {"current", "current_bytes", "live_blocks"},
                {"peak", "peak_bytes", NULL}};
    char exact[PL_TEXT_FIGURE], text[PL_TEXT_FIGURE], blocks[PL_TEXT_FIGURE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        count(exact, totals, rows[i].bytes);
        bytes(text, totals, rows[i].bytes);
        fprintf(out, "  %-10s %22s B %12s", rows[i].name, exact, text);
        if (rows[i].blocks) {
            count(blocks, totals, rows[i].blocks);
            fprintf(out, "  %18s %sblocks", blocks, i == 2 ? "live " : "");
        }
        putc('\n', out);
    }
    if (integer(totals, "refused")) {
        count(blocks, totals, "refused");
        fprintf(out, "  refused    %22s acquires\n", blocks);
    }
}

/* What a program's books lack. */
static void print_books(FILE *out, const json_t *books)
{
    static const struct {
        const char *key, *what;
    } rows[] = {
        {"processes_without", "processes kept no books: too many, no room, or out of their folder"},
        {"blocks_of_nobody",
         "blocks of more call chains than there is room for: they are nobody's"},
        {"blocks_not_entered", "blocks in no figure here: the books were full"},
        {"unknown_frees",
         "blocks freed that were not entered by their process: a parent's, mostly"},
    };
    char text[PL_TEXT_FIGURE];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        if (!integer(books, rows[i].key))
            continue;
        count(text, books, rows[i].key);
        fprintf(out, "  %s %s\n", text, rows[i].what);
    }
}

static void print_figures(FILE *out, const json_t *row)
{
    static const char *const keys[] = {"allocated_bytes", "freed_bytes", "current_bytes",
                                       "peak_bytes"};
    char text[PL_TEXT_FIGURE];
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        bytes(text, row, keys[i]);
        fprintf(out, " %9s", text);
    }
    count(text, row, "live_blocks");
    fprintf(out, " %9s", text);
}

/* Whether a line of a chain is the frame that names the site. */
static bool names(const char *line, const json_t *site)
{
    const char *function = string(site, "function"), *label = string(site, "label");
    const char *name = *function ? function : label;
    const size_t length = strlen(name);
    return strncmp(line, name, length) == 0 && (!line[length] || line[length] == ' ');
}

/* Who called the function that names the site, and so on outwards. */
static void print_callers(FILE *out, const json_t *site)
{
    const json_t *chain = json_object_get(site, "chain");
    size_t first = 0;
    while (first < json_array_size(chain) &&
           !names(json_string_value(json_array_get(chain, first)), site))
        first++;
    for (size_t i = first + 1; i < json_array_size(chain) && i <= first + CALLERS_MOST; i++) {
        fprintf(out, "%*sby ", CALLERS_INDENT, "");
        print_name(out, json_string_value(json_array_get(chain, i)), 96 - CALLERS_INDENT);
        putc('\n', out);
    }
}

static void print_sites(FILE *out, const json_t *sites)
{
    const json_t *site;
    size_t i;
    char text[PL_TEXT_FIGURE];
    fprintf(out, "\n  by site\n  %9s %9s %9s %9s %9s %9s %8s  %s\n", "allocated", "freed",
            "current", "peak", "live", "churn/s", "oldest", "site");
    json_array_foreach(sites, i, site)
    {
        putc(' ', out);
        print_figures(out, site);
        bytes(text, site, "churn_bytes_per_second");
        fprintf(out, " %9s", text);
        snprintf(text, sizeof text, "-");
        if (json_object_get(site, "oldest_seconds"))
            age(text, number(site, "oldest_seconds"));
        fprintf(out, " %8s  ", text);
        print_name(out, string(site, "site"), 28);
        putc('\n', out);
        if (i < CHAINS_MOST)
            print_callers(out, site);
    }
}

static void print_classes(FILE *out, const json_t *classes)
{
    const json_t *class;
    size_t i;
    char text[PL_TEXT_FIGURE];
    fprintf(out, "\n  by size\n  %9s %9s %9s %9s %9s  %s\n", "allocated", "freed", "current",
            "peak", "live", "blocks of up to");
    json_array_foreach(classes, i, class)
    {
        putc(' ', out);
        print_figures(out, class);
        bytes(text, class, "up_to_bytes");
        fprintf(out, "  %s\n", text);
    }
}

static void print_ages(FILE *out, const json_t *ages)
{
    const json_t *row;
    size_t i;
    char text[PL_TEXT_FIGURE], blocks[PL_TEXT_FIGURE], from[PL_TEXT_FIGURE];
    fprintf(out, "\n  by age of live blocks\n  %9s %9s  age\n", "current", "live");
    json_array_foreach(ages, i, row)
    {
        if (!integer(row, "live_blocks"))
            continue;
        bytes(text, row, "current_bytes");
        count(blocks, row, "live_blocks");
        fprintf(out, "  %9s %9s  ", text, blocks);
        if (json_object_get(row, "below_seconds")) {
            age(from, number(row, "below_seconds"));
            fprintf(out, "below %s\n", from);
        } else {
            age(from, number(row, "from_seconds"));
            fprintf(out, "%s and more\n", from);
        }
    }
}

static void print_live(FILE *out, const json_t *live, const json_t *totals)
{
    const json_t *group;
    size_t i;
    uint64_t shown = 0, shown_bytes = 0;
    char blocks[PL_TEXT_FIGURE], size[PL_TEXT_FIGURE], sum[PL_TEXT_FIGURE];
    fputs("\n  live blocks\n", out);
    json_array_foreach(live, i, group)
    {
        uint64_t n = integer(group, "live_blocks"), each = integer(group, "size_bytes");
        shown += n;
        shown_bytes += n * each;
        count(blocks, group, "live_blocks");
        count(size, group, "size_bytes");
        pl_text_count(sum, (double)(n * each));
        fprintf(out, "  %11s x %13s B = %18s B  ", blocks, size, sum);
        print_name(out, string(group, "site"), 45);
        putc('\n', out);
    }
    pl_text_count(blocks, (double)(integer(totals, "live_blocks") - shown));
    pl_text_count(sum, (double)(integer(totals, "current_bytes") - shown_bytes));
    if (integer(totals, "live_blocks") > shown)
        fprintf(out, "  %11s others%11s = %18s B\n", blocks, "", sum);
    if (!json_array_size(live))
        fputs("  none\n", out);
}

static void print_stuck(FILE *out, const json_t *stuck)
{
    const json_t *site;
    size_t i;
    char blocks[PL_TEXT_FIGURE], refused[PL_TEXT_FIGURE], youngest[PL_TEXT_FIGURE];
    json_array_foreach(stuck, i, site)
    {
        pl_text_count(blocks, (double)integer(site, "live_blocks"));
        pl_text_count(refused, (double)integer(site, "refused"));
        age(youngest, number(site, "youngest_seconds"));
        fprintf(out, "  %s blocks, all older than %s, while %s acquires were refused  ", blocks,
                youngest, refused);
        print_name(out, string(site, "site"), 30);
        putc('\n', out);
    }
}

static void print_leaks(FILE *out, const json_t *leaks, const json_t *stuck)
{
    const json_t *leak;
    size_t i;
    char rate[PL_TEXT_FIGURE], blocks[PL_TEXT_FIGURE], window[PL_TEXT_FIGURE];
    fputs("\n  suspected leaks\n", out);
    json_array_foreach(leaks, i, leak)
    {
        pl_text_decimal(blocks, number(leak, "blocks_per_minute"));
        pl_text_bytes(rate, number(leak, "bytes_per_minute"));
        age(window, number(leak, "window_seconds"));
        fprintf(out, "  +%s blocks and +%s a minute, over %d windows of %s  ", blocks, rate,
                (int)integer(leak, "windows"), window);
        print_name(out, string(leak, "site"), 30);
        putc('\n', out);
    }
    print_stuck(out, stuck);
    if (!json_array_size(leaks) && !json_array_size(stuck))
        fputs("  none\n", out);
    for (i = 0; i < sizeof rule / sizeof *rule; i++)
        fprintf(out, "  %s\n", rule[i]);
}

static void print_report(FILE *out, const json_t *cell, const json_t *report)
{
    char at[PL_TEXT_FIGURE];
    const char *reason = string(report, "reason");
    const json_t *totals = json_object_get(report, "totals");
    pl_text_duration(at, number(report, "t_seconds"));
    fputs("ledger of ", out);
    pl_text_plain(out, string(cell, "scenario"));
    fputs(", ", out);
    pl_text_plain(out, string(cell, "allocator"));
    fprintf(out, ", %s, repetition %d\n  after %s%s%s%s\n\n", string(cell, "format"),
            (int)integer(cell, "repetition"), at,
            json_object_get(report, "books") ? "" : " of replay",
            strcmp(reason, "end") == 0    ? ", at the end of the run"
            : strcmp(reason, "last") == 0 ? ": the last report before the cell ended, "
                                          : "",
            strcmp(reason, "last") == 0 ? string(cell, "outcome") : "");
    if (json_is_false(json_object_get(report, "at_rest")))
        fputs("  threads were at work: figures are of late, not all of one moment\n\n", out);
    print_totals(out, totals);
    if (integer(report, "corruptions"))
        fprintf(out, "  CORRUPT: %" PRIu64 " blocks unknown, released twice or of another size\n",
                integer(report, "corruptions"));
    print_books(out, json_object_get(report, "books"));
    print_sites(out, json_object_get(report, "sites"));
    print_classes(out, json_object_get(report, "size_classes"));
    print_ages(out, json_object_get(report, "ages"));
    print_live(out, json_object_get(report, "live"), totals);
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
