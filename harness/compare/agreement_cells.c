/* Matching cells across the clocks (agreement_cells.h). Stricter than a comparison: a stack that is
 * missing on one side would pass for one that agrees. */
#include "harness/compare/agreement_cells.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/match.h"
#include "harness/results/document.h"
#include "harness/scenario/scenario.h"

#define NAME_MAX_TEXT 200

const char *pl_agreement_side_name(enum pl_agreement_side side)
{
    static const char *const names[] = {"wall 1", "wall 2", "virtual"};
    return names[side];
}

static const char *clock_of(enum pl_agreement_side side)
{
    return pl_clock_name(side == PL_AGREEMENT_VIRTUAL ? PL_CLOCK_VIRTUAL : PL_CLOCK_WALL);
}

static int check_side(const json_t *root, enum pl_agreement_side side, struct pl_error *error)
{
    const json_t *cell;
    size_t i;
    if (json_is_false(json_object_get(json_object_get(root, "run"), "complete")))
        return pl_error_set(
            error, -EINVAL,
            "%s was stopped before its end (run.complete is false); expected complete runs",
            pl_agreement_side_name(side));
    json_array_foreach(json_object_get(root, "cells"), i, cell)
    {
        const char *clock = pl_cell_name_of(cell).clock;
        if (strcmp(clock, clock_of(side)) != 0)
            return pl_error_set(error, -EINVAL,
                                "%s ran under the %.30s clock; expected two folders of --clock "
                                "wall, then one of --clock virtual",
                                pl_agreement_side_name(side), clock);
    }
    return 0;
}

/* The first repetition, wherever it stands. */
static const json_t *find(const json_t *root, const struct pl_cell_name *name)
{
    const json_t *cell, *first = NULL;
    json_int_t least = 0;
    size_t i;
    json_array_foreach(json_object_get(root, "cells"), i, cell)
    {
        struct pl_cell_name its = pl_cell_name_of(cell);
        json_int_t repetition = json_integer_value(json_object_get(cell, "repetition"));
        if (!pl_cell_name_equal(&its, name) || (first && repetition >= least))
            continue;
        first = cell;
        least = repetition;
    }
    return first;
}

static bool is_known(const struct pl_agreement_cells *found, size_t count,
                     const struct pl_cell_name *name)
{
    for (size_t i = 0; i < count; i++)
        if (pl_cell_name_equal(&found[i].name, name))
            return true;
    return false;
}

/* All that WALL1 has, with what the others have of it. @return how many */
static size_t collect(json_t *const roots[PL_AGREEMENT_COUNT], struct pl_agreement_cells *found)
{
    const json_t *cell;
    size_t i, count = 0;
    json_array_foreach(json_object_get(roots[PL_AGREEMENT_WALL1], "cells"), i, cell)
    {
        struct pl_cell_name name = pl_cell_name_of(cell), under = name;
        if (is_known(found, count, &name))
            continue;
        struct pl_agreement_cells *c = &found[count++];
        *c = (struct pl_agreement_cells){.name = name};
        for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++) {
            under.clock = clock_of(side);
            c->cells[side] = find(roots[side], &under);
        }
    }
    return count;
}

/* The virtual clock's own default is one thread, which is no match for the live receiver's two. */
static bool has_fewer_threads(const json_t *root, const struct pl_agreement_cells *c)
{
    struct pl_cell_name one = c->name;
    one.clock = clock_of(PL_AGREEMENT_VIRTUAL);
    one.threads = 1;
    return c->name.threads > 1 && find(root, &one);
}

static const struct pl_agreement_cells *lacking(const struct pl_agreement_cells *found,
                                                size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!found[i].cells[PL_AGREEMENT_WALL2] || !found[i].cells[PL_AGREEMENT_VIRTUAL])
            return &found[i];
    return NULL;
}

static bool any_common(const struct pl_agreement_cells *found, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (found[i].cells[PL_AGREEMENT_WALL2] && found[i].cells[PL_AGREEMENT_VIRTUAL])
            return true;
    return false;
}

static int check_lacking(json_t *const roots[PL_AGREEMENT_COUNT],
                         const struct pl_agreement_cells *found, size_t count,
                         struct pl_error *error)
{
    const struct pl_agreement_cells *c = lacking(found, count);
    char name[NAME_MAX_TEXT];
    if (!c)
        return 0;
    pl_cell_name_text(&c->name, name, sizeof name);
    if (c->cells[PL_AGREEMENT_WALL2] && has_fewer_threads(roots[PL_AGREEMENT_VIRTUAL], c))
        return pl_error_set(error, -EINVAL,
                            "%s: virtual has it with one thread alone, which is not compared with "
                            "%u; run it with --set threads=%u",
                            name, c->name.threads, c->name.threads);
    if (!any_common(found, count))
        return pl_error_set(error, -EINVAL,
                            "the three have no cell in common; expected the same scenario, "
                            "allocator, format and threads");
    return pl_error_set(error, -EINVAL, "%s is not in %s; run it there, too", name,
                        pl_agreement_side_name(c->cells[PL_AGREEMENT_WALL2] ? PL_AGREEMENT_VIRTUAL
                                                                            : PL_AGREEMENT_WALL2));
}

/* Against WALL1, by what a comparison asks for: RSS of another host or library is another's. */
static int check_asked(json_t *const roots[PL_AGREEMENT_COUNT], const struct pl_agreement_cells *c,
                       enum pl_agreement_side side, struct pl_error *error)
{
    const json_t *base = c->cells[PL_AGREEMENT_WALL1], *new = c->cells[side];
    struct pl_match m = {
        .name = c->name, .base = &base, .base_count = 1, .new = &new, .new_count = 1};
    char name[NAME_MAX_TEXT];
    pl_match_check(roots[PL_AGREEMENT_WALL1], roots[side], &m);
    const char *against = m.not_comparable[0] ? m.not_comparable : m.not_noisy;
    if (!against[0])
        return 0;
    pl_cell_name_text(&c->name, name, sizeof name);
    return pl_error_set(error, -EINVAL, "%s: wall 1 and %s can't be compared: %s", name,
                        pl_agreement_side_name(side), against);
}

static int check(json_t *const roots[PL_AGREEMENT_COUNT], const struct pl_agreement_cells *found,
                 size_t count, struct pl_error *error)
{
    int rc = check_lacking(roots, found, count, error);
    for (size_t i = 0; i < count; i++)
        for (enum pl_agreement_side side = PL_AGREEMENT_WALL2; !rc && side < PL_AGREEMENT_COUNT;
             side++)
            rc = check_asked(roots, &found[i], side, error);
    return rc;
}

int pl_agreement_cells_find(json_t *const roots[PL_AGREEMENT_COUNT],
                            struct pl_agreement_cells **found, size_t *count,
                            struct pl_error *error)
{
    size_t most = json_array_size(json_object_get(roots[PL_AGREEMENT_WALL1], "cells"));
    int rc = 0;
    for (enum pl_agreement_side side = 0; !rc && side < PL_AGREEMENT_COUNT; side++)
        rc = check_side(roots[side], side, error);
    if (rc)
        return rc;
    struct pl_agreement_cells *all = calloc(most, sizeof *all);
    if (!all)
        return pl_error_set(error, -ENOMEM, "out of memory");
    size_t made = collect(roots, all);
    rc = check(roots, all, made, error);
    if (rc) {
        free(all);
        return rc;
    }
    *found = all;
    *count = made;
    return 0;
}
