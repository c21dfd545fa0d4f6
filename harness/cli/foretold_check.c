/* How good forecasts were, as a table (foretold.h). */
#include <math.h>
#include <stdio.h>

#include "harness/cli/foretold.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"

static bool is_judged(const struct pl_backtest *b)
{
    return b->verdict == PL_BACKTEST_RIGHT || b->verdict == PL_BACKTEST_WRONG;
}

struct pl_foretold_score pl_foretold_count(const struct pl_foretold_list *list)
{
    struct pl_foretold_score s = {0};
    for (size_t i = 0; i < list->count; i++) {
        const struct pl_foretold *z = &list->items[i];
        bool right = z->backtest.verdict == PL_BACKTEST_RIGHT;
        if (!is_judged(&z->backtest))
            continue;
        if (z->end == PL_BACKTEST_BOUNDED) {
            s.bounded++;
            s.spared += right;
        } else {
            s.judged++;
            s.right += right;
            s.inside += z->backtest.inside;
        }
    }
    return s;
}

static void write_time(double seconds, char text[PL_TEXT_FIGURE])
{
    if (isinf(seconds))
        snprintf(text, PL_TEXT_FIGURE, "-");
    else
        pl_text_duration(text, seconds);
}

static void add_row(struct pl_doc *doc, const struct pl_foretold *z)
{
    static const char *const ends[] = {"killed", "grew", "bounded"};
    const struct pl_backtest *b = &z->backtest;
    char was[PL_TEXT_FIGURE], best[PL_TEXT_FIGURE], low[PL_TEXT_FIGURE], high[PL_TEXT_FIGURE];
    char bytes[PL_TEXT_FIGURE], off[24] = "-";
    bool bad = b->verdict == PL_BACKTEST_WRONG, bounded = z->end == PL_BACKTEST_BOUNDED;
    write_time(b->true_seconds, was);
    write_time(b->foretold.best, best);
    write_time(b->foretold.low, low);
    write_time(b->foretold.high, high);
    pl_text_bytes(bytes, b->target_bytes);
    if (isfinite(b->off) && isfinite(b->true_seconds))
        snprintf(off, sizeof off, "%+.1f %%", 100 * b->off);
    const char *const texts[] = {z->name, ends[z->end], pl_forecast_kind_name(b->forecast.kind),
                                 bytes,   was,          best,
                                 low,     high};
    pl_doc_row(doc);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        pl_doc_cell_text(doc, texts[i]);
    pl_doc_cell_styled(doc, bad ? PL_STYLE_BAD : PL_STYLE_GOOD, off);
    pl_doc_cell_styled(doc, b->inside || bounded ? PL_STYLE_PLAIN : PL_STYLE_BAD,
                       bounded     ? "-"
                       : b->inside ? "inside"
                                   : "outside");
    pl_doc_row_end(doc);
}

static size_t count_of(const struct pl_foretold_list *list, enum pl_backtest_verdict verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++)
        count += list->items[i].backtest.verdict == verdict;
    return count;
}

static void write_check(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {
        {.head = "cell"},
        {.head = "outcome"},
        {.head = "growth", .rank = 2},
        {.head = "RSS", .figure = true, .rank = 3},
        {.head = "met at", .figure = true},
        {.head = "foretold", .figure = true},
        {.head = "from", .figure = true, .rank = 1},
        {.head = "to", .figure = true, .rank = 1},
        {.head = "off", .figure = true},
        {.head = "interval"},
    };
    const struct pl_foretold_list *list = context;
    struct pl_foretold_score s = pl_foretold_count(list);
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "cells", "%s", "");
    for (size_t i = 0; i < list->count; i++) {
        const struct pl_foretold *z = &list->items[i];
        bool bounded = z->end == PL_BACKTEST_BOUNDED;
        if (is_judged(&z->backtest) && (!bounded || z->backtest.verdict == PL_BACKTEST_WRONG))
            add_row(doc, z);
    }
    pl_doc_table_end(doc);
    pl_doc_say(doc,
               "From the first %.0f %%: of %zu cells that were killed or grew, %zu were foretold "
               "within %.0f %%, %zu inside the interval; of %zu bounded ones in a container, %zu "
               "were not foretold to be killed.",
               100 * list->share, s.judged, s.right, 100 * PL_BACKTEST_OFF, s.inside, s.bounded,
               s.spared);
    pl_doc_note(doc,
                "Not judged: %zu bounded without a container, %zu that had come to their last RSS "
                "before, %zu with too few samples.",
                count_of(list, PL_BACKTEST_LIMITLESS), count_of(list, PL_BACKTEST_REACHED),
                count_of(list, PL_BACKTEST_SHORT));
}

void pl_foretold_print_check(const struct pl_foretold_list *list)
{
    pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_check, list);
}
