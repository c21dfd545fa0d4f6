/* What a server's debug memory tracker prints, of a cell (ledger_text.h): totals first, then by
 * site, by size, by age, the blocks that are live, and what may leak. */
#include "harness/report/ledger/ledger_text.h"

#include <inttypes.h>
#include <string.h>

#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

enum {
    WIDTH = 100, /* columns, where nobody says how many there are */
    INDENT = 2,
    NAME = 72, /* bytes of a name; what is longer is cut */
    /* Of a program of thousands of sites: whose calls are shown, and how many. results.json has
       all. */
    CHAINS_MOST = 20,
    PEAK_SHARE = 10, /* ... and of what had a tenth of the peak, wherever it stands now */
    CALLERS_MOST = 6,
};

static double number(const json_t *object, const char *key)
{
    return json_number_value(json_object_get(object, key));
}

static uint64_t integer(const json_t *object, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static const char *count_text(char *text, const json_t *object, const char *key)
{
    return pl_text_count(text, number(object, key));
}

/* "2.5 s", "40 ms": pl_text_duration counts in tenths of seconds. */
static const char *age_text(char text[PL_TEXT_FIGURE], double seconds)
{
    if (seconds >= 1)
        return pl_text_duration(text, seconds);
    snprintf(text, PL_TEXT_FIGURE, "%.0f ms", seconds * 1e3);
    return text;
}

static void bytes_cell(struct pl_doc *doc, const json_t *object, const char *key)
{
    pl_doc_cell_text(doc, pl_text_bytes(PL_FIGURE, number(object, key)));
}

static void count_cell(struct pl_doc *doc, double count)
{
    pl_doc_cell_text(doc, pl_text_count(PL_FIGURE, count));
}

/* A name that fits into a line. @param before it */
static void name_cell(struct pl_doc *doc, const char *before, const char *name)
{
    pl_doc_cell_textf(doc, "%s%.*s%s", before, NAME, name, strlen(name) > NAME ? "..." : "");
}

static void write_total(struct pl_doc *doc, const json_t *totals, const char *name,
                        const char *bytes_key, const char *blocks_key, const char *blocks)
{
    pl_doc_row(doc);
    pl_doc_cell_text(doc, name);
    if (bytes_key) {
        pl_doc_cell_textf(doc, "%s B", count_text(PL_FIGURE, totals, bytes_key));
        bytes_cell(doc, totals, bytes_key);
    } else {
        pl_doc_cell_text(doc, "");
        pl_doc_cell_text(doc, "");
    }
    pl_doc_cell_text(doc, blocks_key ? count_text(PL_FIGURE, totals, blocks_key) : "");
    pl_doc_cell_text(doc, blocks);
    pl_doc_row_end(doc);
}

static void write_totals(struct pl_doc *doc, const json_t *totals)
{
    static const struct pl_doc_column columns[] = {{.head = ""},
                                                   {.head = "", .figure = true},
                                                   {.head = "", .figure = true},
                                                   {.head = "", .figure = true},
                                                   {.head = ""}};
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "%s", "");
    write_total(doc, totals, "allocated", "allocated_bytes", "allocated_blocks", "blocks");
    write_total(doc, totals, "freed", "freed_bytes", "freed_blocks", "blocks");
    write_total(doc, totals, "current", "current_bytes", "live_blocks", "live blocks");
    write_total(doc, totals, "peak", "peak_bytes", NULL, "");
    if (integer(totals, "refused"))
        write_total(doc, totals, "refused", NULL, "refused", "acquires");
    pl_doc_table_end(doc);
}

/* What a program's record lacks. */
static void write_lacking(struct pl_doc *doc, const json_t *books)
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
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (integer(books, rows[i].key))
            pl_doc_say(doc, "%s %s", count_text(PL_FIGURE, books, rows[i].key), rows[i].what);
}

/* The columns that sites and sizes share; freed is what is left of the others. */
#define FIGURE_COLUMNS                                                                    \
    {.head = "allocated", .figure = true}, {.head = "freed", .figure = true, .rank = 1},  \
        {.head = "current", .figure = true}, {.head = "peak", .figure = true, .rank = 2}, \
    {                                                                                     \
        .head = "live", .figure = true                                                    \
    }

static void figure_cells(struct pl_doc *doc, const json_t *row)
{
    static const char *const keys[] = {"allocated_bytes", "freed_bytes", "current_bytes",
                                       "peak_bytes"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        bytes_cell(doc, row, keys[i]);
    count_cell(doc, number(row, "live_blocks"));
}

/* Whether a line of a chain is the frame that names the site. */
static bool names(const char *line, const json_t *site)
{
    const char *function = pl_document_string(site, "function");
    const char *name = *function ? function : pl_document_string(site, "label");
    const size_t length = strlen(name);
    return strncmp(line, name, length) == 0 && (!line[length] || line[length] == ' ');
}

/* Those who called the function that names the site. */
static void write_callers(struct pl_doc *doc, const json_t *site)
{
    const json_t *chain = json_object_get(site, "chain");
    size_t at = 0, written = 0;
    while (at < json_array_size(chain) &&
           !names(json_string_value(json_array_get(chain, at)), site))
        at++;
    while (++at < json_array_size(chain) && written++ < CALLERS_MOST) {
        pl_doc_row(doc);
        while (doc->column + 1 < doc->columns)
            pl_doc_cell_text(doc, "");
        name_cell(doc, "by ", json_string_value(json_array_get(chain, at)));
        pl_doc_row_end(doc);
    }
}

static void write_sites(struct pl_doc *doc, const json_t *sites, uint64_t peak_bytes)
{
    static const struct pl_doc_column columns[] = {
        FIGURE_COLUMNS,
        {.head = "churn/s", .figure = true, .rank = 3},
        {.head = "oldest", .figure = true, .rank = 4},
        {.head = "site", .sentence = true},
    };
    const json_t *site;
    size_t i;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "sites", "by site");
    json_array_foreach(sites, i, site)
    {
        bool live = json_object_get(site, "oldest_seconds");
        pl_doc_row(doc);
        figure_cells(doc, site);
        bytes_cell(doc, site, "churn_bytes_per_second");
        pl_doc_cell_text(doc, live ? age_text(PL_FIGURE, number(site, "oldest_seconds")) : "-");
        name_cell(doc, "", pl_document_string(site, "site"));
        pl_doc_row_end(doc);
        if (i < CHAINS_MOST || integer(site, "peak_bytes") > peak_bytes / PEAK_SHARE)
            write_callers(doc, site);
    }
    pl_doc_table_end(doc);
}

static void write_sizes(struct pl_doc *doc, const json_t *classes)
{
    static const struct pl_doc_column columns[] = {FIGURE_COLUMNS,
                                                   {.head = "blocks of up to", .sentence = true}};
    const json_t *class;
    size_t i;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "sizes", "by size");
    json_array_foreach(classes, i, class)
    {
        pl_doc_row(doc);
        figure_cells(doc, class);
        bytes_cell(doc, class, "up_to_bytes");
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

static void write_ages(struct pl_doc *doc, const json_t *ages)
{
    static const struct pl_doc_column columns[] = {{.head = "current", .figure = true},
                                                   {.head = "live", .figure = true},
                                                   {.head = "age", .sentence = true}};
    const json_t *row;
    size_t i;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "ages", "by age of live blocks");
    json_array_foreach(ages, i, row)
    {
        const bool below = json_object_get(row, "below_seconds");
        if (!integer(row, "live_blocks"))
            continue;
        pl_doc_row(doc);
        bytes_cell(doc, row, "current_bytes");
        count_cell(doc, number(row, "live_blocks"));
        pl_doc_cell_textf(
            doc, below ? "below %s" : "%s and more",
            age_text(PL_FIGURE, number(row, below ? "below_seconds" : "from_seconds")));
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

static void write_blocks(struct pl_doc *doc, uint64_t blocks, const char *each, uint64_t sum,
                         const char *site)
{
    pl_doc_row(doc);
    count_cell(doc, (double)blocks);
    pl_doc_cell_text(doc, each);
    count_cell(doc, (double)sum);
    name_cell(doc, "", site);
    pl_doc_row_end(doc);
}

static void write_live(struct pl_doc *doc, const json_t *live, const json_t *totals)
{
    static const struct pl_doc_column columns[] = {{.head = "blocks", .figure = true},
                                                   {.head = "B each", .figure = true},
                                                   {.head = "B in all", .figure = true},
                                                   {.head = "site", .sentence = true}};
    const json_t *group;
    size_t i;
    uint64_t others = integer(totals, "live_blocks"), bytes = integer(totals, "current_bytes");
    if (!json_array_size(live)) {
        pl_doc_heading(doc, "live blocks");
        pl_doc_say(doc, "none");
        return;
    }
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "blocks", "live blocks");
    json_array_foreach(live, i, group)
    {
        uint64_t n = integer(group, "live_blocks"), size = integer(group, "size_bytes");
        write_blocks(doc, n, count_text(PL_FIGURE, group, "size_bytes"), n * size,
                     pl_document_string(group, "site"));
        others -= n;
        bytes -= n * size;
    }
    if (others)
        write_blocks(doc, others, "", bytes, "others");
    pl_doc_table_end(doc);
}

static void write_suspects(struct pl_doc *doc, const json_t *leaks, const json_t *stuck)
{
    const json_t *site;
    size_t i;
    pl_doc_list(doc, PL_LIST_BULLETS, "sites");
    json_array_foreach(leaks, i, site)
    {
        pl_doc_item_text(doc, "%.*s: +%s blocks and +%s a minute, over %d windows of %s", NAME,
                         pl_document_string(site, "site"),
                         pl_text_decimal(PL_FIGURE, number(site, "blocks_per_minute")),
                         pl_text_bytes(PL_FIGURE, number(site, "bytes_per_minute")),
                         (int)integer(site, "windows"),
                         age_text(PL_FIGURE, number(site, "window_seconds")));
    }
    json_array_foreach(stuck, i, site) pl_doc_item_text(
        doc, "%.*s: %s blocks, all older than %s, while %s acquires were refused", NAME,
        pl_document_string(site, "site"), count_text(PL_FIGURE, site, "live_blocks"),
        age_text(PL_FIGURE, number(site, "youngest_seconds")),
        count_text(PL_FIGURE, site, "refused"));
    if (!json_array_size(leaks) && !json_array_size(stuck))
        pl_doc_item_text(doc, "none");
    pl_doc_list_end(doc);
}

static void write_leaks(struct pl_doc *doc, const json_t *report)
{
    pl_doc_heading(doc, "suspected leaks");
    write_suspects(doc, json_object_get(report, "suspected_leaks"),
                   json_object_get(report, "stuck"));
    pl_doc_say(doc, "A site is suspected when the fewest blocks that it had live in each of 8 to "
                    "15 windows of the run only ever rose, the first window (start-up) excluded. "
                    "What fills up once, or comes and goes, is not suspected; what is still "
                    "filling up is. Not seen: less than a block a window, and what begins in the "
                    "middle of the run. Where a limit ends the growth, a site is suspected that "
                    "was refused while all that it has live is older than half of the run.");
}

static void write_moment(struct pl_doc *doc, const json_t *cell, const json_t *report)
{
    const char *reason = pl_document_string(report, "reason");
    bool last = strcmp(reason, "last") == 0;
    pl_doc_say(doc, "after %s%s%s%s", pl_text_duration(PL_FIGURE, number(report, "t_seconds")),
               json_object_get(report, "books") ? "" : " of replay",
               strcmp(reason, "end") == 0 ? ", at the end of the run"
               : last                     ? ": the last report before the cell ended, "
                                          : "",
               last ? pl_document_string(cell, "outcome") : "");
    if (json_is_false(json_object_get(report, "at_rest")))
        pl_doc_say(doc, "the program was at work: figures are of late, not all of one moment");
}

static void write_report(struct pl_doc *doc, const json_t *cell, const json_t *report)
{
    const json_t *totals = json_object_get(report, "totals");
    pl_doc_section(doc, (struct pl_place){0}, "ledger of %s, %s, %s, repetition %d",
                   pl_document_string(cell, "scenario"), pl_document_string(cell, "allocator"),
                   pl_document_string(cell, "format"), (int)integer(cell, "repetition"));
    write_moment(doc, cell, report);
    write_totals(doc, totals);
    if (integer(report, "corruptions"))
        pl_doc_say(doc, "CORRUPT: %" PRIu64 " blocks unknown, released twice or of another size",
                   integer(report, "corruptions"));
    write_lacking(doc, json_object_get(report, "books"));
    write_sites(doc, json_object_get(report, "sites"), integer(totals, "peak_bytes"));
    write_sizes(doc, json_object_get(report, "size_classes"));
    write_ages(doc, json_object_get(report, "ages"));
    write_live(doc, json_object_get(report, "live"), totals);
    write_leaks(doc, report);
    pl_doc_section_end(doc);
}

static void write_reports(struct pl_doc *doc, const void *cell)
{
    const json_t *report;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(cell, "ledger"), "reports"), i, report)
        write_report(doc, cell, report);
}

void pl_report_ledger(FILE *out, const json_t *cell)
{
    pl_terminal_print(out, (struct pl_terminal_layout){INDENT, WIDTH}, write_reports, cell);
}
