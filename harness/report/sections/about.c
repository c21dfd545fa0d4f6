/* What was replayed and on which host, how far to trust it, and how to read it. */
#include <stdlib.h>

#include "harness/report/model/caveats.h"
#include "harness/report/model/context.h"
#include "harness/report/model/facts.h"
#include "harness/report/model/noise.h"
#include "harness/report/sections/sections.h"
#include "harness/results/document.h"

static const struct pl_place about = {.view = "about"};

static void write_item(struct pl_doc *doc, const char *text)
{
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_PLAIN, text);
    pl_doc_item_end(doc);
}

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
        write_item(doc, fact);
    }
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}

static void write_line(struct pl_doc *doc, const char *key, const char *fact)
{
    pl_doc_row(doc);
    pl_doc_cell_text(doc, key);
    pl_doc_cell_text(doc, fact);
    pl_doc_row_end(doc);
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
        write_line(doc, key, fact);
    }
    pl_fact_heaps(m, fact, sizeof fact);
    if (fact[0])
        write_line(doc, "heaps", fact);
    pl_doc_table_end(doc);
    pl_doc_say(doc, "The whole run:");
    pl_doc_code(doc, pl_document_string(json_object_get(m->root, "run"), "command"));
    pl_doc_section_end(doc);
}

static void write_noise(struct pl_doc *doc, const struct pl_report_context *context)
{
    char text[PL_NOISE_TEXT];
    size_t count = pl_noise_count(context);
    pl_noise_summary(context, text);
    pl_doc_say(doc, "Noise of this host: %s", text);
    if (!count)
        return;
    pl_doc_list(doc, PL_LIST_BULLETS, "metrics");
    for (size_t i = 0; i < count; i++) {
        pl_noise_line(context, i, text);
        write_item(doc, text);
    }
    pl_doc_list_end(doc);
}

static void write_caveat(struct pl_doc *doc, const json_t *caveat)
{
    pl_doc_item(doc, PL_STYLE_PLAIN);
    char *text = pl_doc_writes(doc) ? pl_caveat_text(caveat, doc->most) : NULL;
    pl_doc_text(doc, PL_STYLE_STRONG, pl_document_string(caveat, "kind"));
    pl_doc_textf(doc, PL_STYLE_PLAIN, ": %s", text ? text : "");
    pl_doc_item_end(doc);
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
        write_item(doc, pl_facts_reading[i]);
    pl_doc_list_end(doc);
    pl_doc_section_end(doc);
}
