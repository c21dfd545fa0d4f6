/* Ranking the rows of a model (severity.h). */
#include "harness/report/model/severity.h"

#include <stdlib.h>
#include <string.h>

#include "harness/report/writers/text.h"
#include "harness/results/document.h"

const char *const pl_severe_rule =
    "Failed expectations come first, the worst outcome first; then what timed out, crashed, was "
    "killed (the earliest first), was refused memory, is still growing (the steepest slope of RSS "
    "first), and what drops packets (the largest share first). Of each scenario and kind the worst "
    "stack stands for the others.";

const char *pl_severe_rank_name(enum pl_severity rank)
{
    static const char *const names[] = {"failed",  "timeout", "crashed",  "killed",
                                        "refused", "growing", "dropping", "none"};
    return names[rank];
}

static double median_of(const struct pl_model_row *row, enum pl_model_metric metric)
{
    return row->metrics[metric].count ? row->metrics[metric].median : 0;
}

static enum pl_severity rank_of(const struct pl_model_row *row)
{
    static const enum pl_severity ranks[] = {[PL_OUTCOME_BOUNDED] = PL_SEVERITY_DROPPING,
                                             [PL_OUTCOME_GROWING] = PL_SEVERITY_GROWING,
                                             [PL_OUTCOME_OOM_KILLED] = PL_SEVERITY_KILLED,
                                             [PL_OUTCOME_ALLOC_FAILED] = PL_SEVERITY_REFUSED,
                                             [PL_OUTCOME_CRASHED] = PL_SEVERITY_CRASHED,
                                             [PL_OUTCOME_TIMEOUT] = PL_SEVERITY_TIMEOUT};
    if (row->expected == PL_VERDICT_FAILED)
        return PL_SEVERITY_FAILED;
    if (pl_model_is_null(row))
        return PL_SEVERITY_NOT;
    enum pl_severity rank = ranks[row->outcome];
    return rank == PL_SEVERITY_DROPPING && pl_model_share_dropped(row) <= 0 ? PL_SEVERITY_NOT
                                                                            : rank;
}

static double badness_of(const struct pl_model_row *row, enum pl_severity rank)
{
    switch (rank) {
    case PL_SEVERITY_FAILED:
        return row->outcome; /* the enum goes from good to bad */
    case PL_SEVERITY_KILLED:
        return -median_of(row, PL_MODEL_time_to_oom_seconds);
    case PL_SEVERITY_GROWING:
        return median_of(row, PL_MODEL_rss_growth_bytes_per_minute);
    case PL_SEVERITY_DROPPING:
        return pl_model_share_dropped(row);
    default:
        return median_of(row, PL_MODEL_rss_bytes_peak);
    }
}

static bool is_worse(const struct pl_severe *a, const struct pl_severe *b)
{
    return a->rank != b->rank       ? a->rank < b->rank
           : a->degree != b->degree ? a->degree > b->degree
                                    : a->alike > b->alike;
}

/* The worst row of a group with this rank, and how many there are with it. */
static struct pl_severe worst_of(const struct pl_model_group *g, enum pl_severity rank)
{
    struct pl_severe worst = {.rank = rank, .group = g};
    for (size_t i = 0; i < g->row_count; i++) {
        if (rank_of(&g->rows[i]) != rank)
            continue;
        double degree = badness_of(&g->rows[i], rank);
        worst.alike += worst.row != NULL;
        if (worst.row && degree <= worst.degree)
            continue;
        worst.row = &g->rows[i];
        worst.degree = degree;
    }
    return worst;
}

static struct pl_severe worst_of_group(const struct pl_model_group *g)
{
    struct pl_severe worst = {0};
    for (enum pl_severity rank = 0; !worst.row && rank <= PL_SEVERITY_NOT; rank++)
        worst = worst_of(g, rank);
    return worst;
}

static int by_severity(const void *a, const void *b)
{
    const struct pl_severe *x = a, *y = b;
    return is_worse(x, y) ? -1 : is_worse(y, x) ? 1 : (x->group > y->group) - (x->group < y->group);
}

void pl_severe_groups(const struct pl_model *m, struct pl_severe *groups)
{
    for (size_t i = 0; i < m->group_count; i++)
        groups[i] = worst_of_group(&m->groups[i]);
    if (m->group_count)
        qsort(groups, m->group_count, sizeof *groups, by_severity);
}

/* @return how many there are now */
static size_t insert(struct pl_severe list[PL_SEVERITY_MAX], size_t count,
                     const struct pl_severe *one)
{
    size_t at = count;
    while (at > 0 && is_worse(one, &list[at - 1]))
        at--;
    if (at == PL_SEVERITY_MAX)
        return count;
    count += count < PL_SEVERITY_MAX;
    memmove(&list[at + 1], &list[at], (count - 1 - at) * sizeof *list);
    list[at] = *one;
    return count;
}

size_t pl_severe_find(const struct pl_model *m, struct pl_severe list[PL_SEVERITY_MAX])
{
    size_t count = 0;
    for (size_t g = 0; g < m->group_count; g++)
        for (enum pl_severity rank = 0; rank < PL_SEVERITY_NOT; rank++) {
            struct pl_severe one = worst_of(&m->groups[g], rank);
            if (one.row)
                count = insert(list, count, &one);
        }
    return count;
}

/* The first cell that was judged so, or that ended as the row did. */
static const json_t *cell_of(const struct pl_model_row *row, const char *key, const char *value)
{
    for (size_t i = 0; i < row->cell_count; i++)
        if (strcmp(pl_document_string(row->cells[i], key), value) == 0)
            return row->cells[i];
    return row->cells[0];
}

static void tell_failed(const struct pl_model_row *row, char *text)
{
    const char *failed = pl_verdict_name(PL_VERDICT_FAILED);
    size_t count = 0;
    for (size_t i = 0; i < row->cell_count; i++)
        count += strcmp(pl_document_string(row->cells[i], "expected"), failed) == 0;
    pl_text_add(text, PL_SEVERITY_TEXT, "%s",
                pl_document_string(cell_of(row, "expected", failed), "expected_why"));
    if (row->cell_count > 1)
        pl_text_add(text, PL_SEVERITY_TEXT, " (%zu of %zu repetitions)", count, row->cell_count);
}

static void tell_growing(const struct pl_severe *w, char *text)
{
    double growth = median_of(w->row, PL_MODEL_rss_growth_bytes_per_minute);
    pl_text_add(text, PL_SEVERITY_TEXT, "still growing, ");
    if (growth > 0)
        pl_text_add(text, PL_SEVERITY_TEXT, "by %s/min", pl_text_bytes(PL_FIGURE, growth));
    else /* the robust slope reads 0 on a staircase */
        pl_text_add(text, PL_SEVERITY_TEXT, "in steps");
    pl_text_add(text, PL_SEVERITY_TEXT, ", to %s within %s",
                pl_text_bytes(PL_FIGURE, median_of(w->row, PL_MODEL_rss_bytes_peak)),
                pl_text_duration(PL_FIGURE, w->group->duration_seconds));
}

/* A failure says itself what was expected. */
static void tell_expected(const struct pl_model_row *row, char *text)
{
    const char *open = pl_verdict_name(PL_VERDICT_NOT_CHECKED);
    if (row->expected == PL_VERDICT_MET)
        pl_text_add(text, PL_SEVERITY_TEXT, ", as expected");
    else if (row->expected == PL_VERDICT_NOT_CHECKED)
        pl_text_add(text, PL_SEVERITY_TEXT, ", not checked (%s)",
                    pl_document_string(cell_of(row, "expected", open), "expected_why"));
    else if (row->expected == PL_VERDICT_NONE)
        pl_text_add(text, PL_SEVERITY_TEXT, ", of which nothing was expected");
}

void pl_severe_reason(const struct pl_severe *w, char text[PL_SEVERITY_TEXT])
{
    const char *outcome = pl_outcome_name(w->row->outcome);
    text[0] = '\0';
    if (w->rank == PL_SEVERITY_FAILED)
        tell_failed(w->row, text);
    else if (w->rank == PL_SEVERITY_KILLED)
        pl_text_add(text, PL_SEVERITY_TEXT, "killed after %s at %s",
                    pl_text_duration(PL_FIGURE, median_of(w->row, PL_MODEL_time_to_oom_seconds)),
                    pl_text_bytes(PL_FIGURE, median_of(w->row, PL_MODEL_rss_bytes_peak)));
    else if (w->rank == PL_SEVERITY_GROWING)
        tell_growing(w, text);
    else if (w->rank == PL_SEVERITY_DROPPING)
        pl_text_add(text, PL_SEVERITY_TEXT, "drops %s of %s packets (%.3g %%)",
                    pl_text_count(PL_FIGURE, median_of(w->row, PL_MODEL_packets_dropped)),
                    pl_text_count(PL_FIGURE, median_of(w->row, PL_MODEL_packets_received)),
                    100 * pl_model_share_dropped(w->row));
    else
        pl_text_add(text, PL_SEVERITY_TEXT, "%s: %s", outcome,
                    pl_document_string(cell_of(w->row, "outcome", outcome), "outcome_why"));
    tell_expected(w->row, text);
    if (w->alike)
        pl_text_add(text, PL_SEVERITY_TEXT, "; %zu more row%s of this scenario likewise", w->alike,
                    w->alike > 1 ? "s" : "");
}
