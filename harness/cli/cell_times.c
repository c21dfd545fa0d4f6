#include "harness/cli/cell_times.h"

#include <stdlib.h>
#include <string.h>

/* Seconds of replay in a second of real time, under the virtual clock, of scenarios that state no
 * budget: the median over the cells of all scenarios in the smoke tier, on two processors
 * (duration_seconds over took_seconds; the middle half are 24 to 1000). It weighs them against
 * those that state one, or run in real time. */
#define REPLAY_FACTOR 150

static const json_t *find(const json_t *run, const struct pl_matrix_cell *c)
{
    const struct pl_cell_name own = pl_matrix_name(c);
    const json_t *cell;
    size_t i;
    json_array_foreach(json_object_get(run, "cells"), i, cell)
    {
        struct pl_cell_name name = pl_cell_name_of(cell);
        double seconds = json_number_value(json_object_get(cell, "duration_seconds"));
        if (json_is_number(json_object_get(cell, "took_seconds")) &&
            pl_cell_name_equal(&name, &own) &&
            (int64_t)(seconds * 1e9 + 0.5) == c->planned->scenario.duration_ns)
            return cell;
    }
    return NULL;
}

/* @return whether a run of the history tells */
static bool told(const json_t *runs, const struct pl_matrix_cell *c, int64_t *ns)
{
    for (size_t i = json_array_size(runs); i-- > 0;) {
        const json_t *cell = find(json_array_get(runs, i), c);
        if (!cell)
            continue;
        *ns = (int64_t)(json_number_value(json_object_get(cell, "took_seconds")) * 1e9);
        return true;
    }
    return false;
}

static enum pl_time_source estimate(const struct pl_matrix_cell *c, int64_t *ns)
{
    const struct pl_scenario *s = &c->planned->scenario;
    int64_t cells = (int64_t)(c->planned->cell_count * s->repeat);
    if (c->planned->clock == PL_CLOCK_VIRTUAL && s->budget_ns) {
        *ns = s->budget_ns / cells;
        return PL_TIME_BUDGET;
    }
    *ns = c->planned->clock == PL_CLOCK_WALL ? s->duration_ns : s->duration_ns / REPLAY_FACTOR;
    return PL_TIME_DURATION;
}

void pl_cell_times(const struct pl_matrix *m, const json_t *runs, int64_t *ns,
                   enum pl_time_source *sources)
{
    for (size_t i = 0; i < m->count; i++)
        sources[i] =
            told(runs, &m->cells[i], &ns[i]) ? PL_TIME_HISTORY : estimate(&m->cells[i], &ns[i]);
}

const char *pl_time_source_name(enum pl_time_source source)
{
    static const char *const names[PL_TIME_SOURCE_COUNT] = {"history", "budget", "duration"};
    return names[source];
}
