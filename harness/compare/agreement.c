#include "harness/compare/agreement.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/results/document.h"
#include "harness/results/rss_series.h"

const char *pl_agreement_verdict_name(enum pl_agreement_verdict verdict)
{
    static const char *const names[] = {"agrees", "as the walls", "by chance", "differs"};
    return names[verdict];
}

static void measure_curves(struct pl_agreed *a, const struct pl_curve curves[PL_AGREEMENT_COUNT])
{
    a->highest_bytes = 0;
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
        const struct pl_curve *c = &curves[side];
        a->peak_bytes[side] = pl_curve_peak(c);
        a->end_seconds[side] = (double)c->t_ns[c->count - 1] / 1e9;
        if (a->peak_bytes[side] > a->highest_bytes)
            a->highest_bytes = a->peak_bytes[side];
    }
}

static void measure_gaps(struct pl_agreed *a, const struct pl_curve curves[PL_AGREEMENT_COUNT])
{
    const struct pl_curve *walls = curves, *virtual = &curves[PL_AGREEMENT_VIRTUAL];
    a->walls = pl_curves_gap(&walls[0], &walls[1], PL_AGREEMENT_WINDOW_NS);
    a->walls_common = pl_curves_common(&walls[0], &walls[1]);
    for (enum pl_agreement_side side = PL_AGREEMENT_WALL1; side <= PL_AGREEMENT_WALL2; side++) {
        struct pl_curve_gap gap = pl_curves_gap(&walls[side], virtual, PL_AGREEMENT_WINDOW_NS);
        double common = pl_curves_common(&walls[side], virtual);
        if (side == PL_AGREEMENT_WALL1 || gap.most < a->nearer_bytes)
            a->nearer_bytes = gap.most;
        if (side == PL_AGREEMENT_WALL1 || gap.most > a->clocks.most) {
            a->clocks = gap;
            a->further = side;
        }
        if (side == PL_AGREEMENT_WALL1 || common < a->clocks_common)
            a->clocks_common = common;
    }
}

static enum pl_agreement_verdict judge_heights(const struct pl_agreed *a)
{
    if (a->clocks.most <= PL_AGREEMENT_SHARE * a->highest_bytes)
        return PL_AGREEMENT_AGREES;
    if (a->nearer_bytes <= a->allowed_bytes)
        return PL_AGREEMENT_AS_WALLS;
    return a->chance && a->nearer_bytes <= a->chance->share * a->highest_bytes
               ? PL_AGREEMENT_CHANCE
               : PL_AGREEMENT_DIFFERS;
}

static enum pl_agreement_verdict judge_ends(const struct pl_agreed *a)
{
    if (a->clocks_common >= PL_AGREEMENT_COMMON)
        return PL_AGREEMENT_AGREES;
    return a->clocks_common >= a->walls_common ? PL_AGREEMENT_AS_WALLS : PL_AGREEMENT_DIFFERS;
}

static bool end_alike(const struct pl_agreed *a)
{
    return strcmp(a->outcomes[0], a->outcomes[1]) == 0 &&
           strcmp(a->outcomes[0], a->outcomes[PL_AGREEMENT_VIRTUAL]) == 0;
}

static void say_why(struct pl_agreed *a)
{
    double allowed = a->allowed_bytes / 0x1p20, most = a->clocks.most / 0x1p20;
    bool apart = judge_heights(a) >= PL_AGREEMENT_CHANCE;
    if (!end_alike(a))
        snprintf(a->why, sizeof a->why, "ends %s under wall 1, %s under wall 2, %s under virtual",
                 a->outcomes[0], a->outcomes[1], a->outcomes[PL_AGREEMENT_VIRTUAL]);
    else if (apart)
        snprintf(a->why, sizeof a->why,
                 "%.2f MiB from %s at %.1f s; 5 %% of the peak or the walls' own difference would "
                 "be %.2f MiB",
                 most, pl_agreement_side_name(a->further), (double)a->clocks.at_ns / 1e9, allowed);
    else
        snprintf(a->why, sizeof a->why,
                 "%s at %.1f s under wall 1, %.1f s under wall 2, %.1f s under virtual",
                 a->outcomes[0], a->end_seconds[0], a->end_seconds[1],
                 a->end_seconds[PL_AGREEMENT_VIRTUAL]);
}

void pl_agreed_judge(struct pl_agreed *a, const struct pl_curve curves[PL_AGREEMENT_COUNT])
{
    measure_curves(a, curves);
    measure_gaps(a, curves);
    a->allowed_bytes = PL_AGREEMENT_SHARE * a->highest_bytes;
    if (a->walls.most > a->allowed_bytes)
        a->allowed_bytes = a->walls.most;
    enum pl_agreement_verdict heights = judge_heights(a), ends = judge_ends(a);
    a->verdict = heights > ends ? heights : ends;
    if (!end_alike(a))
        a->verdict = PL_AGREEMENT_DIFFERS;
    a->why[0] = '\0';
    if (a->verdict >= PL_AGREEMENT_CHANCE)
        say_why(a);
}

/* Whether the cell did not reach its end, for a reason that is a result. */
static bool was_ended(const json_t *cell)
{
    const char *outcome = pl_document_string(cell, "outcome");
    return json_object_get(cell, "at_last_sample") ||
           (strcmp(outcome, pl_outcome_name(PL_OUTCOME_BOUNDED)) != 0 &&
            strcmp(outcome, pl_outcome_name(PL_OUTCOME_GROWING)) != 0);
}

static int64_t end_of(const struct pl_curve *c)
{
    return c->t_ns[c->count - 1];
}

/* A curve that is short for no reason is half a file, and half a file agrees too easily. */
static int check_whole(const struct pl_agreement_cells *cells, const struct pl_curve *curves,
                       enum pl_agreement_side x, enum pl_agreement_side y, struct pl_error *error)
{
    char name[200];
    if (pl_curves_common(&curves[x], &curves[y]) >= PL_AGREEMENT_COMMON)
        return 0;
    enum pl_agreement_side shorter = end_of(&curves[x]) < end_of(&curves[y]) ? x : y;
    if (was_ended(cells->cells[shorter]))
        return 0;
    enum pl_agreement_side longer = shorter == x ? y : x;
    pl_cell_name_text(&cells->name, name, sizeof name);
    return pl_error_set(error, -EINVAL,
                        "%s: the series of %s has %.1f s, that of %s %.1f s, and nothing ended it: "
                        "run it again",
                        name, pl_agreement_side_name(shorter),
                        (double)end_of(&curves[shorter]) / 1e9, pl_agreement_side_name(longer),
                        (double)end_of(&curves[longer]) / 1e9);
}

static int judge(struct pl_agreed *a, const struct pl_curve *curves, struct pl_error *error)
{
    int rc = 0;
    for (enum pl_agreement_side x = 0; x < PL_AGREEMENT_COUNT; x++)
        for (enum pl_agreement_side y = x + 1; !rc && y < PL_AGREEMENT_COUNT; y++)
            rc = check_whole(&a->cells, curves, x, y, error);
    if (!rc)
        pl_agreed_judge(a, curves);
    return rc;
}

static int agree(struct pl_agreed *a, struct pl_error *error)
{
    struct pl_rss_series series[PL_AGREEMENT_COUNT] = {0};
    struct pl_curve curves[PL_AGREEMENT_COUNT];
    int rc = 0;
    a->chance = pl_agreement_reason(pl_agreement_reasons(), a->cells.name.allocator);
    for (enum pl_agreement_side side = 0; !rc && side < PL_AGREEMENT_COUNT; side++) {
        const json_t *cell = a->cells.cells[side];
        a->outcomes[side] = pl_document_string(cell, "outcome");
        rc = pl_rss_series_read(pl_document_string(cell, "folder"), cell, &series[side], error);
        curves[side] =
            (struct pl_curve){series[side].t_ns, series[side].rss_bytes, series[side].count};
    }
    if (!rc)
        rc = judge(a, curves, error);
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++)
        pl_rss_series_free(&series[side]);
    return rc;
}

int pl_agreement_make(json_t *const roots[PL_AGREEMENT_COUNT], struct pl_agreement *agreement,
                      struct pl_error *error)
{
    struct pl_agreement made = {0};
    struct pl_agreement_cells *found = NULL;
    int rc = pl_agreement_cells_find(roots, &found, &made.count, error);
    if (rc)
        return rc;
    made.cells = calloc(made.count, sizeof *made.cells);
    if (!made.cells)
        rc = pl_error_set(error, -ENOMEM, "out of memory");
    for (size_t i = 0; !rc && i < made.count; i++) {
        made.cells[i].cells = found[i];
        rc = agree(&made.cells[i], error);
        made.counts[made.cells[i].verdict] += !rc;
    }
    free(found);
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++)
        made.roots[side] = json_incref(roots[side]);
    if (rc)
        pl_agreement_free(&made);
    else
        *agreement = made;
    return rc;
}

void pl_agreement_free(struct pl_agreement *a)
{
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++)
        json_decref(a->roots[side]);
    free(a->cells);
    *a = (struct pl_agreement){0};
}
