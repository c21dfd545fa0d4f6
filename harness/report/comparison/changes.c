/* Heaps, ends, rows and reasons of a comparison (changes.h). */
#include "harness/report/comparison/changes.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/comparison/change_text.h"

#define NAME_TEXT (PL_STACK_TEXT_MAX + 320)
#define OPEN_MAX 8 /* reasons of a kind */

void pl_changes_heaps(struct pl_doc *doc, const struct pl_comparison *c)
{
    char line[PL_HEAP_CHANGE_TEXT];
    for (size_t i = 0; i < c->cell_count; i++)
        if (pl_change_heap(c, i, line))
            pl_doc_say_styled(doc, PL_STYLE_STRONG, "%s", line);
}

void pl_changes_ends(struct pl_doc *doc, const struct pl_comparison *c)
{
    char name[NAME_TEXT];
    pl_doc_list(doc, PL_LIST_BULLETS, "cells");
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_compared *cell = &c->cells[i];
        bool same = cell->outcome == PL_CHANGE_SAME || cell->outcome == PL_CHANGE_NOT_COMPARABLE;
        if (same && !cell->missing)
            continue;
        pl_cell_name_text(&cell->match->name, name, sizeof name);
        pl_doc_item_named(
            doc, cell->missing ? "missing" : pl_change_name(cell->outcome), " %s: ends %s", name,
            cell->missing ? "unknown: only the earlier run has it" : cell->outcome_why);
    }
    pl_doc_list_end(doc);
}

static void write_verdict(struct pl_doc *doc, const struct pl_judged *j)
{
    const char *name = j->nondeterministic ? "fault of the suite"
                       : j->missing        ? "missing"
                                           : pl_change_name(j->change);
    pl_doc_cell(doc, pl_judged_fails(j)              ? PL_STYLE_BAD
                     : j->change == PL_CHANGE_BETTER ? PL_STYLE_GOOD
                                                     : PL_STYLE_PLAIN);
    pl_doc_textf(doc, PL_STYLE_PLAIN, "%s%s", name, j->advisory ? " (advisory)" : "");
    pl_doc_cell_end(doc);
}

void pl_changes_row(struct pl_doc *doc, const struct pl_match *m, const struct pl_judged *j,
                    const char *why)
{
    char name[NAME_TEXT], base[PL_TEXT_FIGURE], new[PL_TEXT_FIGURE], size[PL_CHANGE_TEXT];
    pl_cell_name_text(&m->name, name, sizeof name);
    pl_change_values(j, base, new);
    pl_change_size(j, size);
    pl_doc_row(doc);
    pl_doc_cell_text(doc, name);
    write_verdict(doc, j);
    pl_doc_cell(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_CODE, j->metric->name);
    pl_doc_textf(doc, PL_STYLE_PLAIN, " (%s)", pl_class_name(j->metric->class));
    pl_doc_text(doc, PL_STYLE_SMALL, why);
    pl_doc_cell_end(doc);
    pl_doc_cell_text(doc, base);
    pl_doc_cell_text(doc, new);
    pl_doc_cell_text(doc, size[0] ? size : "-");
}

struct reason {
    const char *why;
    size_t count;
};

static int by_count(const void *a, const void *b)
{
    const struct reason *x = a, *y = b;
    return (x->count < y->count) - (x->count > y->count);
}

/* Every distinct reason. @return how many, below `reasons`, which is new memory */
static size_t gather_reasons(const struct pl_comparison *c, enum pl_change change,
                             struct reason **reasons)
{
    size_t count = 0;
    *reasons = pl_memory_take(pl_change_judged(c) + 1, sizeof **reasons);
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++) {
            const struct pl_judged *j = &c->cells[i].judged[k];
            size_t at = 0;
            if (j->change != change || j->nondeterministic)
                continue;
            while (at < count && strcmp((*reasons)[at].why, j->why) != 0)
                at++;
            (*reasons)[at].why = j->why;
            (*reasons)[at].count++;
            count += at == count;
        }
    qsort(*reasons, count, sizeof **reasons, by_count);
    return count;
}

static void write_reasons(struct pl_doc *doc, const struct pl_comparison *c, enum pl_change change)
{
    struct reason *reasons;
    size_t count = gather_reasons(c, change, &reasons), others = 0;
    for (size_t i = 0; i < count; i++) {
        if (i < OPEN_MAX)
            pl_doc_item_named(doc, pl_change_name(change), ", %zu metric%s of cells: %s",
                              reasons[i].count, reasons[i].count == 1 ? "" : "s", reasons[i].why);
        else
            others += reasons[i].count;
    }
    if (others)
        pl_doc_item_named(doc, pl_change_name(change),
                          ", %zu metric%s of cells: other reasons; compare.json has them all",
                          others, others == 1 ? "" : "s");
    free(reasons);
}

void pl_changes_open(struct pl_doc *doc, const struct pl_comparison *c)
{
    pl_doc_list(doc, PL_LIST_BULLETS, "reasons");
    write_reasons(doc, c, PL_CHANGE_INCONCLUSIVE);
    write_reasons(doc, c, PL_CHANGE_NOT_COMPARABLE);
    pl_doc_list_end(doc);
}
