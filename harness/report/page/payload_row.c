/* A row of the payload: a stack in a scenario, its repetitions summed up (payload.h). */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "harness/report/model/columns.h"
#include "harness/report/page/payload.h"
#include "harness/results/document.h"

#define EXACT 9007199254740992.0 /* 2^53 */

static json_t *number(double value)
{
    if (value == floor(value) && fabs(value) < EXACT)
        return json_integer((json_int_t)value);
    return json_real(value);
}

/* One figure of those that there are, or [median, lowest, highest, repetitions]. */
static json_t *figure(const struct pl_summary *s)
{
    if (s->count == 1)
        return number(s->median);
    return json_pack("[o, o, o, I]", number(s->median), number(s->lowest), number(s->highest),
                     (json_int_t)s->count);
}

/* So many metrics that there are no figures of: their number, as text. */
static void add_none(json_t *all, size_t count)
{
    char text[24];
    snprintf(text, sizeof text, "%zu", count);
    if (count)
        json_array_append_new(all, json_string(text));
}

static json_t *figures(const struct pl_model_row *row)
{
    json_t *all = json_array();
    size_t last = 0;
    for (size_t i = 0; i < PL_MODEL_METRICS; i++)
        last = row->metrics[i].count ? i + 1 : last;
    for (size_t i = 0, none = 0; i < last; i++) /* what is behind the last one is none */
        if (!row->metrics[i].count) {
            none++;
        } else {
            add_none(all, none);
            none = 0;
            json_array_append_new(all, figure(&row->metrics[i]));
        }
    return all;
}

/* What differs from one repetition to the next. */
static json_t *repetitions(const struct pl_model_row *row)
{
    static const char *const keys[] = {"repetition", "seed", "outcome", "outcome_why"};
    json_t *all = json_array();
    for (size_t i = 0; i < row->cell_count; i++) {
        json_t *one = pl_payload_pick(row->cells[i], keys, PL_PAYLOAD_COUNT(keys));
        if (pl_document_string(row->cells[i], "expected_why")[0])
            json_object_set(one, "expected_why", json_object_get(row->cells[i], "expected_why"));
        json_array_append_new(all, one);
    }
    return all;
}

/* The floor's place: the `null` heap with as many threads. */
static void add_floor(json_t *made, const struct pl_model_group *g, size_t row)
{
    const struct pl_model_row *floor = pl_model_floor(g);
    if (floor && floor != &g->rows[row] && floor->threads == g->rows[row].threads)
        json_object_set_new(made, "floor", json_integer(floor - g->rows));
}

json_t *pl_payload_row(const struct pl_model_group *g, size_t number_of_row)
{
    static const char *const keys[] = {"environment", "limits", "reproduce", "at_last_sample",
                                       "library",     "heap",   "series"};
    const struct pl_model_row *row = &g->rows[number_of_row];
    char outcome[PL_COLUMN_TEXT];
    pl_row_outcome(row, outcome);
    json_t *made =
        json_pack("{s:s, s:s, s:i, s:s, s:s, s:s, s:o, s:o}", "label", row->label, "stack",
                  row->stack, "threads", (int)row->threads, "outcome",
                  pl_outcome_name(row->outcome), "outcome_text", outcome, "expected",
                  pl_row_expected(row), "figures", figures(row), "repetitions", repetitions(row));
    json_object_update_new(made, pl_payload_pick(row->cells[0], keys, PL_PAYLOAD_COUNT(keys)));
    if (row->series_missing)
        json_object_set_new(made, "series_missing", json_integer((json_int_t)row->series_missing));
    add_floor(made, g, number_of_row);
    for (size_t i = 0; i < row->cell_count; i++) {
        json_t *ledger = json_object_get(row->cells[i], "ledger");
        if (ledger) { /* its figures repeat */
            json_object_set_new(made, "ledger", pl_payload_ledger(ledger));
            break;
        }
    }
    return made;
}
