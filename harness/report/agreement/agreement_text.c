/* Words and figures of an agreement (agreement_text.h). */
#include "harness/report/agreement/agreement_text.h"

#include <string.h>

enum { PEAK_WALL, PEAK_VIRTUAL, APART, SHARE, AT, WALLS, VERDICT };

const char *pl_agreement_head(size_t column, int line)
{
    static const char *const heads[PL_AGREEMENT_COLUMNS][2] = {
        [PEAK_WALL] = {"wall's", "peak MiB"},
        [PEAK_VIRTUAL] = {"virtual's", "peak MiB"},
        [APART] = {"apart", "MiB"},
        [SHARE] = {"of the", "peak"},
        [AT] = {"", "at"},
        [WALLS] = {"walls", "apart MiB"},
        [VERDICT] = {"", "verdict"},
    };
    return heads[column][line];
}

unsigned pl_agreement_rank(size_t column)
{
    static const unsigned ranks[PL_AGREEMENT_COLUMNS] = {
        [AT] = 4, [WALLS] = 3, [SHARE] = 2, [PEAK_VIRTUAL] = 1};
    return ranks[column];
}

static double wall_peak(const struct pl_agreed *a)
{
    double first = a->peak_bytes[PL_AGREEMENT_WALL1], second = a->peak_bytes[PL_AGREEMENT_WALL2];
    return first > second ? first : second;
}

void pl_agreement_figure(const struct pl_agreed *a, size_t column, char *text)
{
    double share = a->highest_bytes > 0 ? a->clocks.most / a->highest_bytes : 0;
    text[0] = '\0';
    if (column == PEAK_WALL)
        pl_text_decimal(text, wall_peak(a) / 0x1p20);
    else if (column == PEAK_VIRTUAL)
        pl_text_decimal(text, a->peak_bytes[PL_AGREEMENT_VIRTUAL] / 0x1p20);
    else if (column == APART)
        pl_text_decimal(text, a->clocks.most / 0x1p20);
    else if (column == SHARE)
        snprintf(text, PL_TEXT_FIGURE, "%.1f %%", 100 * share);
    else if (column == AT && a->clocks.most > 0)
        snprintf(text, PL_TEXT_FIGURE, "%.1f s", (double)a->clocks.at_ns / 1e9);
    else if (column == WALLS)
        pl_text_decimal(text, a->walls.most / 0x1p20);
    else if (column == VERDICT)
        snprintf(text, PL_TEXT_FIGURE, "%s", pl_agreement_verdict_name(a->verdict));
}

static double seconds_of(const struct pl_agreed *a)
{
    return json_number_value(
        json_object_get(a->cells.cells[PL_AGREEMENT_WALL1], "duration_seconds"));
}

void pl_agreement_heading(const struct pl_agreed *a, char text[PL_AGREEMENT_TEXT])
{
    char seconds[PL_TEXT_FIGURE];
    const struct pl_cell_name *name = &a->cells.name;
    pl_text_duration(seconds, seconds_of(a));
    snprintf(text, PL_AGREEMENT_TEXT, "%.120s, %.40s, %u %s, %s", name->scenario, name->format,
             name->threads, name->threads == 1 ? "thread" : "threads", seconds);
}

void pl_agreement_counts(const struct pl_agreement *a, char text[PL_AGREEMENT_TEXT])
{
    size_t agree = a->counts[PL_AGREEMENT_AGREES], differ = a->counts[PL_AGREEMENT_DIFFERS];
    snprintf(text, PL_AGREEMENT_TEXT, "%zu %s: %zu %s, %zu as the walls, %zu by chance, %zu %s",
             a->count, a->count == 1 ? "cell" : "cells", agree, agree == 1 ? "agrees" : "agree",
             a->counts[PL_AGREEMENT_AS_WALLS], a->counts[PL_AGREEMENT_CHANCE], differ,
             differ == 1 ? "differs" : "differ");
}

bool pl_agreement_beside(const struct pl_agreed *a, const struct pl_agreed *b)
{
    return pl_cell_name_beside(&a->cells.name, &b->cells.name) &&
           a->cells.name.threads == b->cells.name.threads && seconds_of(a) == seconds_of(b);
}

size_t pl_agreement_group(const struct pl_agreement *a, size_t from)
{
    for (; from < a->count; from++) {
        size_t first = 0;
        while (!pl_agreement_beside(&a->cells[first], &a->cells[from]))
            first++;
        if (first == from)
            break;
    }
    return from;
}
