/* Rows, ledgers and instruments of the payload (payload.h). */
#include <math.h>

#include "harness/report/model/columns.h"
#include "harness/report/model/observed.h"
#include "harness/report/page/payload.h"
#include "harness/results/document.h"

#define SITES_MOST 24
#define LIVE_MOST 10

static json_t *pick_each(const json_t *array, size_t most, const char *const *keys, size_t count)
{
    json_t *picked = json_array();
    for (size_t i = 0; i < json_array_size(array) && i < most; i++)
        json_array_append_new(picked, pl_payload_pick(json_array_get(array, i), keys, count));
    return picked;
}

/* Who allocated what: the last report of a cell's ledger. The whole stands in results.json and as
 * text in ledger/. */
static json_t *ledger_of(const json_t *ledger)
{
    static const char *const whole[] = {"t_seconds", "reason", "at_rest",         "corruptions",
                                        "totals",    "ages",   "suspected_leaks", "stuck"};
    static const char *const site[] = {"site",           "allocated_bytes",
                                       "freed_bytes",    "current_bytes",
                                       "peak_bytes",     "allocated_blocks",
                                       "live_blocks",    "churn_bytes_per_second",
                                       "oldest_seconds", "chain"};
    static const char *const size[] = {"above_bytes",      "up_to_bytes",   "allocated_bytes",
                                       "allocated_blocks", "current_bytes", "live_blocks"};
    static const char *const live[] = {"live_blocks", "size_bytes", "site"};
    const json_t *reports = json_object_get(ledger, "reports");
    size_t count = json_array_size(reports);
    const json_t *last = count ? json_array_get(reports, count - 1) : NULL;
    if (!json_is_object(last))
        return json_null();
    const json_t *sites = json_object_get(last, "sites");
    json_t *made = pl_payload_pick(last, whole, PL_PAYLOAD_COUNT(whole));
    json_object_set_new(made, "sites", pick_each(sites, SITES_MOST, site, PL_PAYLOAD_COUNT(site)));
    json_object_set_new(made, "site_count", json_integer((json_int_t)json_array_size(sites)));
    json_object_set_new(
        made, "size_classes",
        pick_each(json_object_get(last, "size_classes"), 64, size, PL_PAYLOAD_COUNT(size)));
    json_object_set_new(
        made, "live",
        pick_each(json_object_get(last, "live"), LIVE_MOST, live, PL_PAYLOAD_COUNT(live)));
    json_object_set_new(made, "reports", json_integer((json_int_t)count));
    return made;
}

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

/* As text how many metrics there are no figures of, before the next that there is. */
static json_t *figures(const struct pl_model_row *row)
{
    json_t *all = json_array();
    for (size_t i = 0, none = 0; i < PL_MODEL_METRICS; i++) {
        if (!row->metrics[i].count) {
            none++;
            continue;
        }
        if (none)
            json_array_append_new(all, json_sprintf("%zu", none));
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
            json_object_set_new(made, "ledger", ledger_of(ledger));
            break;
        }
    }
    return made;
}

/* The pictures that the page may hold of an entry, by the names of their figures. */
static json_t *pictures(const json_t *entry)
{
    char name[512];
    json_t *all = json_array();
    for (int kind = 0; kind < PL_OBSERVED_PICTURES; kind++)
        if (pl_observed_picture(entry, (enum pl_observed_picture)kind, name, sizeof name))
            json_array_append_new(all,
                                  json_pack("{s:s, s:s}", "name", name, "caption",
                                            pl_observed_caption((enum pl_observed_picture)kind)));
    return all;
}

static json_t *sites(const json_t *entry)
{
    char text[4 * PL_OBSERVED_TEXT];
    const json_t *site;
    size_t i;
    json_t *all = json_array();
    json_array_foreach(json_object_get(entry, "sites"), i, site)
    {
        pl_observed_site(site, text, sizeof text);
        json_t *line = json_string(text);
        json_array_append_new(all, line ? line : json_string("?")); /* it was cut inside a letter */
    }
    return all;
}

/* A benchmark has two figures on a cell's page: its time and what it takes. */
static json_t *benchmarks(const json_t *entry)
{
    static const char *const keys[] = {"name",
                                       "why",
                                       "cpu_ns_per_operation",
                                       "cpu_ns_per_operation_min",
                                       "cpu_ns_per_operation_max",
                                       "rss_bytes_peak"};
    const json_t *benchmark;
    size_t i;
    json_t *all = json_array();
    json_array_foreach(json_object_get(entry, "benchmarks"), i, benchmark)
    {
        json_array_append_new(all, pl_payload_pick(benchmark, keys, PL_PAYLOAD_COUNT(keys)));
    }
    return all;
}

static json_t *entry_of(const json_t *entry)
{
    static const char *const keys[] = {"instrument", "scenario", "allocator", "allocator_run",
                                       "format",     "threads",  "clock",     "duration_seconds",
                                       "status",     "why",      "figures",   "reproduce",
                                       "version"};
    char agreement[PL_OBSERVED_TEXT];
    json_t *made = pl_payload_pick(entry, keys, PL_PAYLOAD_COUNT(keys));
    if (json_object_get(entry, "agreement")) {
        pl_observed_agreement(entry, false, agreement);
        json_object_set_new(made, "agreement", json_string(agreement));
    }
    json_object_set_new(made, "sites", sites(entry));
    json_object_set_new(made, "pictures", pictures(entry));
    if (json_object_get(entry, "benchmarks"))
        json_object_set_new(made, "benchmarks", benchmarks(entry));
    return made;
}

json_t *pl_payload_instruments(const json_t *root)
{
    const json_t *entry;
    size_t i;
    json_t *known = json_object(), *entries = json_array();
    json_array_foreach(json_object_get(root, "instruments"), i, entry)
    {
        const char *name = pl_document_string(entry, "instrument");
        const struct pl_instrument *instrument = pl_instrument_find(name);
        if (instrument)
            json_object_set_new(
                known, name,
                json_pack("{s:s, s:s}", "sees", instrument->sees, "blind", instrument->blind));
        json_array_append_new(entries, entry_of(entry));
    }
    return json_pack("{s:o, s:o}", "known", known, "entries", entries);
}
