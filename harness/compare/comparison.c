/* Gathers each metric's values, has them judged by the rules of its class, and adjusts class N over
 * all cells that were flagged (comparison.h). */
#include "harness/compare/comparison.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/instructions.h"
#include "harness/results/document.h"
#include "harness/stats/holm.h"

/* Both sides of one metric of one cell. */
struct values {
    struct pl_judge_values base, new;
    double *memory; /* of both */
};

static const json_t *value_of(const json_t *cell, const char *metric)
{
    return json_object_get(json_object_get(cell, "metrics"), metric);
}

static size_t gather(const json_t **cells, size_t count, const char *metric, double *values)
{
    size_t used = 0;
    for (size_t i = 0; i < count; i++)
        if (value_of(cells[i], metric))
            values[used++] = json_number_value(value_of(cells[i], metric));
    return used;
}

static bool gather_sides(const struct pl_match *m, const struct pl_metric *metric, bool paired,
                         struct values *v)
{
    /* pairs fill base_count on both sides at most */
    v->memory = malloc((2 * m->base_count + m->new_count + 1) * sizeof *v->memory);
    if (!v->memory)
        return false;
    double *base = v->memory, *new = base + m->base_count;
    v->base = (struct pl_judge_values){base, 0};
    v->new = (struct pl_judge_values){new, 0};
    if (metric->class == PL_CLASS_N && paired) {
        v->base.count = v->new.count = pl_match_pairs(m, metric->name, base, new);
    } else {
        v->base.count = gather(m->base, m->base_count, metric->name, base);
        v->new.count = gather(m->new, m->new_count, metric->name, new);
    }
    return true;
}

static double live_bytes_of(const struct pl_match *m)
{
    const json_t *live = m->base_count ? value_of(m->base[0], "live_bytes_peak") : NULL;
    return live ? json_number_value(live) : (double)NAN;
}

/* What stands against judging a metric at all. @return NULL when nothing does */
static const char *obstacle(const struct pl_match *m, const struct pl_judged *j,
                            const struct values *v)
{
    bool exact = j->metric->class == PL_CLASS_D;
    if (m->not_comparable[0])
        return m->not_comparable;
    if (exact ? m->not_exact[0] : m->not_noisy[0])
        return exact ? m->not_exact : m->not_noisy;
    if (exact && m->not_counted[0])
        return m->not_counted;
    if (v->base.count == 0 || v->new.count == 0)
        return v->base.count ? "new has none" : "base has none";
    return NULL;
}

static void judge(const struct pl_comparison *c, const struct pl_match *m, const struct values *v,
                  size_t screening, struct pl_judged *j)
{
    const char *against = obstacle(m, j, v);
    double alarms;
    if (against) {
        if (v->base.count && v->new.count)
            pl_judge_describe(j, &v->base, &v->new);
        j->change = PL_CHANGE_NOT_COMPARABLE;
        snprintf(j->why, sizeof j->why, "%.150s", against);
    } else if (j->metric->class == PL_CLASS_D) {
        pl_judge_exact(j, &v->base, &v->new);
    } else if (j->metric->class == PL_CLASS_S) {
        pl_judge_band(j, &v->base, &v->new,
                      &(struct pl_band){live_bytes_of(m), pl_match_seconds(m)});
    } else if (c->unpaired) {
        pl_judge_describe(j, &v->base, &v->new);
        j->change = PL_CHANGE_INCONCLUSIVE;
        snprintf(j->why, sizeof j->why, "%s", c->unpaired);
    } else {
        pl_judge_pairs(j, &v->base, &v->new, screening,
                       pl_calibration_noise(c->calibration, m, j->metric->name));
        j->advisory = pl_calibration_advisory(c->calibration, j->metric->name, &alarms);
    }
}

/* What base has and new lacks, though both end alike and may be compared. */
static bool is_missing(const struct pl_compared *cell, const struct values *v)
{
    return cell->outcome == PL_CHANGE_SAME && v->base.count > 0 && v->new.count == 0;
}

/* Judges one metric, if either side has it. */
static int compare_metric(struct pl_comparison *c, const struct pl_metric *metric, size_t screening,
                          struct pl_compared *cell)
{
    const double none = (double)NAN;
    struct values v;
    if (!gather_sides(cell->match, metric, !c->unpaired, &v))
        return -ENOMEM;
    if (v.base.count || v.new.count) {
        struct pl_judged *j = &cell->judged[cell->judged_count++];
        *j = (struct pl_judged){.metric = metric,
                                .base_count = v.base.count,
                                .new_count = v.new.count,
                                .base = none,
                                .new = none,
                                .ratio = none,
                                .low = none,
                                .high = none,
                                .p = none,
                                .threshold = none};
        judge(c, cell->match, &v, screening, j);
        j->missing = is_missing(cell, &v);
    }
    free(v.memory);
    return 0;
}

static int compare_cell(struct pl_comparison *c, const struct pl_match *m, size_t screening,
                        struct pl_compared *cell)
{
    int rc = 0;
    cell->match = m;
    cell->judged = calloc(pl_metric_count + 1, sizeof *cell->judged); /* and the instructions */
    if (!cell->judged)
        return -ENOMEM;
    cell->outcome = pl_outcome_compare(m, cell->outcome_why);
    cell->missing = m->base_count > 0 && m->new_count == 0 && !m->new_failure[0];
    for (size_t i = 0; !rc && i < pl_metric_count; i++)
        rc = compare_metric(c, &pl_metrics[i], screening, cell);
    if (!rc)
        cell->judged_count +=
            pl_instructions_judge(c->base, c->new, m, &cell->judged[cell->judged_count]);
    return rc;
}

/* Every cell's finding of one metric that waits for its adjusted p. */
static size_t awaiting(struct pl_comparison *c, const struct pl_metric *metric,
                       struct pl_judged **found)
{
    size_t count = 0;
    for (size_t i = 0; i < c->cell_count; i++)
        for (size_t k = 0; k < c->cells[i].judged_count; k++) {
            struct pl_judged *j = &c->cells[i].judged[k];
            if (j->metric == metric && j->confirming)
                found[count++] = j;
        }
    return count;
}

/* Holm's adjustment, metric by metric: the flagged cells are its family. */
static int confirm(struct pl_comparison *c)
{
    struct pl_judged **found = calloc(c->cell_count + 1, sizeof(struct pl_judged *));
    double *p = calloc(2 * (c->cell_count + 1), sizeof *p);
    int rc = found && p ? 0 : -ENOMEM;
    for (size_t m = 0; !rc && m < pl_metric_count; m++) {
        size_t count = awaiting(c, &pl_metrics[m], found);
        for (size_t i = 0; i < count; i++)
            p[i] = found[i]->p;
        rc = count ? pl_holm(p, count, p + c->cell_count) : 0;
        for (size_t i = 0; !rc && i < count; i++)
            pl_judge_confirm(found[i], p[c->cell_count + i]);
    }
    free(found);
    free(p);
    return rc;
}

static void count_changes(struct pl_comparison *c)
{
    for (size_t i = 0; i < c->cell_count; i++) {
        c->counts[c->cells[i].outcome]++;
        c->missing += c->cells[i].missing;
        for (size_t k = 0; k < c->cells[i].judged_count; k++) {
            const struct pl_judged *j = &c->cells[i].judged[k];
            bool changed = j->change == PL_CHANGE_BETTER || j->change == PL_CHANGE_WORSE;
            c->nondeterministic += j->nondeterministic;
            c->missing += j->missing;
            if (changed && j->advisory)
                c->advisory++;
            else
                c->counts[j->change]++;
        }
    }
}

/* @return whether any cell is on both sides */
static bool any_common(const struct pl_matches *all)
{
    for (size_t i = 0; i < all->count; i++)
        if (all->matches[i].base_count && all->matches[i].new_count)
            return true;
    return false;
}

/* Why nothing at all could be judged, or NULL when something was. */
static const char *all_against(const struct pl_comparison *c)
{
    size_t told = c->counts[PL_CHANGE_SAME] + c->counts[PL_CHANGE_BETTER] +
                  c->counts[PL_CHANGE_WORSE] + c->counts[PL_CHANGE_INCONCLUSIVE] + c->advisory;
    for (size_t i = 0; !told && !c->nondeterministic && i < c->cell_count; i++)
        if (c->matches.matches[i].base_count && c->matches.matches[i].new_count)
            return c->cells[i].outcome_why;
    return NULL;
}

static int compare_all(struct pl_comparison *c, size_t screening)
{
    int rc = 0;
    c->cells = calloc(c->matches.count, sizeof *c->cells);
    if (!c->cells)
        return -ENOMEM;
    c->cell_count = c->matches.count;
    for (size_t i = 0; !rc && i < c->cell_count; i++)
        rc = compare_cell(c, &c->matches.matches[i], screening, &c->cells[i]);
    return rc ? rc : confirm(c);
}

/* A cell of each tells what to make equal. */
static int nothing_common(const struct pl_matches *m, struct pl_error *error)
{
    char first[2][160] = {"none", "none"}, stack[96];
    for (size_t i = m->count; i-- > 0;) {
        const struct pl_match *match = &m->matches[i];
        pl_cell_name_stack(&match->name, stack, sizeof stack);
        snprintf(first[match->base_count == 0], sizeof *first, "%.60s on %s", match->name.scenario,
                 stack);
    }
    return pl_error_set(error, -EINVAL,
                        "the two have no cell in common; expected the same scenario, allocator, "
                        "format, clock and threads; base has %s, new has %s",
                        first[0], first[1]);
}

/* Two recordings of two builds are what somebody has who looks for what a commit changed. */
static const char *remedy(const char *against)
{
    return strncmp(against, "recording's hash", 16) == 0
               ? ": two questions; two builds of a program are compared by `ci/compare`, which "
                 "runs "
                 "both under one load"
               : "";
}

int pl_comparison_make(json_t *base, json_t *new, const struct pl_calibration *calibration,
                       struct pl_comparison *comparison, struct pl_error *error)
{
    size_t screening = PL_JUDGE_SCREENING_PAIRS;
    struct pl_comparison c = {.calibration = calibration};
    int rc = pl_matches_make(base, new, &c.matches, error);
    if (rc)
        return rc;
    c.base = json_incref(base);
    c.new = json_incref(new);
    c.unpaired = pl_match_pairing(base, new, &screening);
    if (!any_common(&c.matches))
        rc = nothing_common(&c.matches, error);
    else if ((rc = compare_all(&c, screening)))
        pl_error_set(error, rc, "out of memory");
    if (!rc)
        count_changes(&c);
    const char *against = rc ? NULL : all_against(&c);
    if (against)
        rc =
            pl_error_set(error, -EINVAL, "nothing can be compared: %s%s", against, remedy(against));
    if (rc)
        pl_comparison_free(&c);
    else
        *comparison = c;
    return rc;
}

void pl_comparison_free(struct pl_comparison *c)
{
    for (size_t i = 0; i < c->cell_count; i++)
        free(c->cells[i].judged);
    free(c->cells);
    pl_matches_free(&c->matches);
    json_decref(c->base);
    json_decref(c->new);
    *c = (struct pl_comparison){0};
}

const char *pl_comparison_only_exact(const struct pl_comparison *c)
{
    const char *why = NULL;
    for (size_t i = 0; i < c->cell_count; i++) {
        const struct pl_match *m = &c->matches.matches[i];
        if (m->not_comparable[0] || m->not_exact[0])
            continue;
        if (!m->not_noisy[0])
            return NULL; /* cells of a merged run are of several hosts */
        why = why ? why : m->not_noisy;
    }
    return why;
}

static bool is_part(const json_t *root)
{
    return json_is_false(json_object_get(json_object_get(root, "run"), "complete"));
}

const char *pl_comparison_incomplete(const struct pl_comparison *c)
{
    if (is_part(c->base))
        return is_part(c->new) ? "both" : "base";
    return is_part(c->new) ? "new" : NULL;
}

bool pl_judged_fails(const struct pl_judged *j)
{
    return j->nondeterministic || j->missing || (j->change == PL_CHANGE_WORSE && !j->advisory);
}

bool pl_comparison_fails(const struct pl_comparison *c)
{
    return c->counts[PL_CHANGE_WORSE] > 0 || c->nondeterministic > 0 || c->missing > 0;
}
