/* Finding both observations of a cell and comparing them (instructions.h). */
#include "harness/compare/instructions.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/results/document.h"

/* No metric of a cell: it is counted under an instrument, in a run of its own. */
static const struct pl_metric instructions = {
    .name = "instructions_per_packet",
    .unit = PL_UNIT_RATIO,
    .better = PL_BETTER_LOWER,
    .class = PL_CLASS_D,
    .how = "instructions of the window under callgrind, a packet received",
};

static const json_t *observation_of(const json_t *root, const struct pl_match *m)
{
    const json_t *entry;
    size_t i;
    json_array_foreach(json_object_get(root, "instruments"), i, entry)
    {
        struct pl_cell_name name = pl_cell_name_of(entry);
        if (strcmp(pl_document_string(entry, "instrument"), "callgrind") == 0 &&
            strcmp(pl_document_string(entry, "status"), "ok") == 0 &&
            pl_cell_name_equal(&name, &m->name))
            return entry;
    }
    return NULL;
}

/* What has to be alike beside what every class D metric takes. @return NULL when it is */
static const char *obstacle(const json_t *base, const json_t *new, const json_t *x, const json_t *y)
{
    if (!json_equal(json_object_get(json_object_get(base, "host"), "cpu"),
                    json_object_get(json_object_get(new, "host"), "cpu")))
        return "another model of CPU";
    if (strcmp(pl_document_string(x, "version"), pl_document_string(y, "version")) != 0)
        return "another version of valgrind";
    if (!json_equal(json_object_get(x, "duration_seconds"), json_object_get(y, "duration_seconds")))
        return "another duration under callgrind";
    return NULL;
}

bool pl_instructions_judge(const json_t *base, const json_t *new, const struct pl_match *m,
                           struct pl_judged *j)
{
    const json_t *x = observation_of(base, m), *y = observation_of(new, m);
    if (!x || !y)
        return false;
    double a = json_number_value(json_object_get(json_object_get(x, "figures"), instructions.name));
    double b = json_number_value(json_object_get(json_object_get(y, "figures"), instructions.name));
    const char *against = m->not_comparable[0] ? m->not_comparable
                          : m->not_exact[0]    ? m->not_exact
                                               : obstacle(base, new, x, y);
    *j = (struct pl_judged){.metric = &instructions};
    pl_judge_exact(j, &(struct pl_judge_values){&a, 1}, &(struct pl_judge_values){&b, 1});
    if (against) {
        j->change = PL_CHANGE_NOT_COMPARABLE;
        snprintf(j->why, sizeof j->why, "%.150s", against);
    }
    return true;
}
