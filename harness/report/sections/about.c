/* What was replayed and on which host, how far to trust it, and how to read it. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/report/model/caveats.h"
#include "harness/report/model/context.h"
#include "harness/report/model/facts.h"
#include "harness/report/sections/sections.h"
#include "harness/results/document.h"

static const struct pl_place about = {.view = "about"};

void pl_report_recordings(struct pl_doc *doc, const struct pl_model *m)
{
    char fact[PL_FACT];
    const json_t *recording;
    size_t i;
    pl_doc_section(doc, about, "Recordings");
    pl_doc_list(doc, PL_LIST_BULLETS, "recordings");
    json_array_foreach(json_object_get(m->root, "recordings"), i, recording)
    {
        pl_fact_recording(recording, fact, sizeof fact);
        pl_doc_item_text(doc, "%s", fact);
    }
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}

void pl_report_host(struct pl_doc *doc, const struct pl_model *m)
{
    static const struct pl_doc_column columns[] = {{.head = ""}, {.head = ""}};
    char fact[PL_FACT];
    const char *key;
    const json_t *value;
    pl_doc_section(doc, about, "Host");
    pl_doc_table(doc, columns, 2, "lines",
                 "What has to be alike before CPU and RSS may be compared");
    json_object_foreach(json_object_get(m->root, "host"), key, value)
    {
        pl_fact_host(value, fact, sizeof fact);
        pl_doc_row_texts(doc, (const char *const[]){key, fact});
    }
    pl_fact_heaps(m, fact, sizeof fact);
    if (fact[0])
        pl_doc_row_texts(doc, (const char *const[]){"heaps", fact});
    pl_doc_table_end(doc);
    pl_doc_say(doc, "The whole run:");
    pl_doc_code(doc, pl_document_string(json_object_get(m->root, "run"), "command"));
    pl_doc_section_end(doc);
}

/* @return new memory with the noise of each cell of a metric */
static double *gather_noise(const json_t *cells, const char *metric, size_t *count)
{
    const json_t *row;
    size_t i;
    double *values = pl_memory_take(json_array_size(cells), sizeof *values);
    *count = 0;
    json_array_foreach(cells, i, row) if (strcmp(pl_document_string(row, "metric"), metric) == 0)
        values[(*count)++] = json_number_value(json_object_get(row, "noise"));
    return values;
}

/* The spread is the standard deviation of the pairs' Hodges-Lehmann ratio. */
static void write_metric_noise(struct pl_doc *doc, const struct pl_calibration *calibration,
                               const char *metric)
{
    double alarms = 0;
    size_t count;
    double *values = gather_noise(json_object_get(calibration->root, "cells"), metric, &count);
    bool advisory = pl_calibration_advisory(calibration, metric, &alarms);
    struct pl_summary s = pl_summary_of(values, count);
    pl_doc_item_text(doc,
                     "%s: pairs of a program with itself spread by %.2g %% (%.2g to %.2g over %zu "
                     "cells), false alarms %.2g %%%s",
                     metric, 100 * s.median, 100 * s.lowest, 100 * s.highest, count, 100 * alarms,
                     advisory ? ": advisory, no gate fails on it" : "");
    free(values);
}

/* @param context NULL: nobody looked */
static void write_noise(struct pl_doc *doc, const struct pl_report_context *context)
{
    const json_t *root = context ? context->calibration.root : NULL, *row;
    size_t i;
    if (root)
        pl_doc_say(doc, "Noise of this host: calibrated %s (%s).",
                   pl_document_string(json_object_get(root, "run"), "started"),
                   context->calibration.path);
    else if (context && context->calibration_why[0])
        pl_doc_say(doc, "Noise of this host: unknown. %s.", context->calibration_why);
    else
        pl_doc_say(doc, "Noise of this host: not measured. plimsoll calibrate does it in about 6 "
                        "minutes; until then CPU and latencies are judged by the spread of their "
                        "own pairs.");
    if (!json_array_size(json_object_get(root, "metrics")))
        return;
    pl_doc_list(doc, PL_LIST_BULLETS, "metrics");
    json_array_foreach(json_object_get(root, "metrics"), i, row)
        write_metric_noise(doc, &context->calibration, pl_document_string(row, "metric"));
    pl_doc_list_end(doc);
}

static void write_caveat(struct pl_doc *doc, const json_t *caveat)
{
    char *text = pl_caveat_text(caveat, doc->most);
    pl_doc_item_named(doc, pl_document_string(caveat, "kind"), ": %s", text);
    free(text);
}

void pl_report_trust(struct pl_doc *doc, const struct pl_model *m)
{
    json_t *caveats = pl_caveats_make(m);
    const json_t *caveat;
    size_t i;
    pl_doc_section(doc, (struct pl_place){.id = "trust", .view = "about"}, "Trust");
    write_noise(doc, m->context);
    pl_doc_heading(doc, "What was not checked, skipped or is missing");
    if (!json_array_size(caveats))
        pl_doc_say(doc, "Nothing: every cell was run whole and checked.");
    pl_doc_list(doc, PL_LIST_BULLETS, "lines");
    json_array_foreach(caveats, i, caveat) write_caveat(doc, caveat);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
    json_decref(caveats);
}

void pl_report_reading(struct pl_doc *doc, const struct pl_model *m)
{
    (void)m;
    pl_doc_section(doc, about, "How to read it");
    pl_doc_list(doc, PL_LIST_BULLETS, "sentences");
    for (size_t i = 0; i < pl_facts_reading_count; i++)
        pl_doc_item_text(doc, "%s", pl_facts_reading[i]);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}
