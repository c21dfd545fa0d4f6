/* Collects, judges and prints, or says what the history lacks (history.h). */
#include "harness/report/history/history.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

#define NAMES 300

/* Adds a name to "a, b" unless it stands there already; "..." where there is no more room. */
static void add_name(char *names, const char *name)
{
    size_t used = strlen(names), length = strlen(name);
    for (const char *at = names; (at = strstr(at, name)) != NULL; at++)
        if ((at == names || at[-1] == ' ') && (at[length] == ',' || !at[length]))
            return;
    if (used + length + sizeof ", ..." < NAMES)
        pl_text_add(names, NAMES, "%s%s", used ? ", " : "", name);
    else if (used < 3 || strcmp(names + used - 3, "...") != 0)
        pl_text_add(names, NAMES, "%s...", used ? ", " : "");
}

/* The values of a key in all cells, or in those of one scenario. */
static void name_all(const json_t *runs, const char *key, const char *scenario, char *names)
{
    const json_t *run, *cell;
    size_t i, k;
    names[0] = '\0';
    json_array_foreach(runs, i, run)
    {
        json_array_foreach(json_object_get(run, "cells"), k, cell)
        {
            if (!scenario || strcmp(pl_document_string(cell, "scenario"), scenario) == 0)
                add_name(names, pl_document_string(cell, key));
        }
    }
}

/* Why there is no series. */
static int explain(const json_t *runs, const struct pl_series_query *q, size_t runs_of_scenario,
                   struct pl_error *error)
{
    char names[NAMES];
    if (runs_of_scenario == 0) {
        name_all(runs, "scenario", NULL, names);
        return pl_error_set(error, -EINVAL, "no run of '%.80s' in the history; it holds %s",
                            q->scenario, names);
    }
    name_all(runs, "allocator", q->scenario, names);
    return pl_error_set(
        error, -EINVAL, "no run of '%.60s' has such a figure%s%.60s; its stacks in the history: %s",
        q->scenario, q->allocator ? " of " : "", q->allocator ? q->allocator : "", names);
}

static int judge_all(const struct pl_series_list *list, struct pl_trend *trends,
                     struct pl_error *error)
{
    for (size_t i = 0; i < list->count; i++) {
        int rc = pl_memory_had(pl_trend_judge(&list->series[i], &trends[i]));
        if (rc)
            return pl_error_set(error, rc, "%s of %.120s: a value is beyond any measure",
                                list->series[i].metric->name,
                                pl_document_string(list->series[i].cell, "allocator"));
    }
    return 0;
}

int pl_history_write(FILE *out, const json_t *runs, const struct pl_series_query *query,
                     struct pl_error *error)
{
    struct pl_series_list list;
    pl_memory_had(pl_series_collect(runs, query, &list));
    if (list.count == 0)
        return explain(runs, query, list.runs, error);
    struct pl_trend *trends = pl_memory_take(list.count, sizeof *trends);
    int rc = judge_all(&list, trends, error);
    if (!rc)
        pl_history_page(out, &list, trends);
    for (size_t i = 0; i < list.count; i++)
        pl_trend_free(&trends[i]);
    free(trends);
    pl_series_free(&list);
    return rc;
}
