/* What the instruments found: a section an instrument. */
#include "harness/report/model/observed.h"
#include "harness/report/sections/benchmarks.h"
#include "harness/report/sections/sections.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

enum { STACK, SCENARIO, STATUS, FIGURES };

#define STACK_TEXT (2 * PL_STACK_TEXT_MAX + 32)

static enum pl_style style_of(const json_t *entry)
{
    if (pl_observed_is_ok(entry))
        return PL_STYLE_GOOD;
    return pl_document_string(entry, "status")[0] == 'f' ? PL_STYLE_BAD : PL_STYLE_OPEN;
}

/* The figures that a table shows of an instrument. */
struct shown {
    const struct pl_observed *observed;
    const char *const *figures;
    size_t count;
    bool brief; /* of the agreement, how far it is off */
};

static void write_row(struct pl_doc *doc, const struct shown *s, const json_t *entry)
{
    char text[STACK_TEXT];
    pl_doc_row(doc);
    pl_observed_stack(entry, text, sizeof text);
    pl_doc_cell_text(doc, text);
    pl_doc_cell_textf(doc, "%s %.6g s", pl_document_string(entry, "scenario"),
                      json_number_value(json_object_get(entry, "duration_seconds")));
    pl_doc_cell_styled(doc, style_of(entry), pl_document_string(entry, "status"));
    for (size_t i = 0; i < s->count; i++) {
        pl_observed_figure(entry, s->figures[i], text);
        pl_doc_cell_text(doc, text);
    }
    if (s->observed->agrees) {
        (s->brief ? pl_observed_apart : pl_observed_agreement)(entry, text);
        pl_doc_cell_text(doc, text);
    }
    pl_doc_row_end(doc);
}

static void write_table(struct pl_doc *doc, const struct shown *s)
{
    char heads[PL_OBSERVED_FIGURES_MAX][PL_OBSERVED_TEXT];
    struct pl_doc_column columns[FIGURES + PL_OBSERVED_FIGURES_MAX + 1] = {
        [STACK] = {.head = "stack"},
        [SCENARIO] = {.head = "scenario", .rank = 1},
        [STATUS] = {.head = "status", .rank = 2}};
    size_t count = FIGURES;
    for (size_t i = 0; i < s->count; i++) {
        pl_observed_head(s->figures[i], heads[i]);
        columns[count++] = (struct pl_doc_column){.head = heads[i], .figure = true};
    }
    if (s->observed->agrees)
        columns[count++] = (struct pl_doc_column){.head = s->brief ? "off ours by" : "agreement",
                                                  .figure = s->brief};
    pl_doc_table(doc, columns, count, "observations",
                 s->brief ? "%s" : "%s: a run of its own, without a container", s->observed->name);
    for (size_t i = 0; i < s->observed->entry_count; i++)
        write_row(doc, s, s->observed->entries[i]);
    pl_doc_table_end(doc);
}

static void write_site(struct pl_doc *doc, const json_t *site)
{
    char text[4 * PL_OBSERVED_TEXT];
    pl_observed_site(site, text, sizeof text);
    pl_doc_item(doc, PL_STYLE_PLAIN);
    pl_doc_text(doc, PL_STYLE_CODE, text);
    pl_doc_item_end(doc);
}

static void write_detail(struct pl_doc *doc, const json_t *entry)
{
    char stack[STACK_TEXT];
    const json_t *sites = json_object_get(entry, "sites"), *site;
    size_t i;
    pl_observed_stack(entry, stack, sizeof stack);
    pl_doc_term(doc, "%s %s", stack, pl_document_string(entry, "format"));
    if (!pl_observed_is_ok(entry)) {
        pl_doc_textf(doc, PL_STYLE_BAD, "%s:", pl_document_string(entry, "status"));
        pl_doc_textf(doc, PL_STYLE_PLAIN, " %s", pl_document_string(entry, "why"));
    }
    if (json_array_size(sites)) {
        pl_doc_list(doc, PL_LIST_BULLETS, "sites");
        json_array_foreach(sites, i, site) write_site(doc, site);
        pl_doc_list_end(doc);
    }
    pl_doc_command(doc, pl_document_string(entry, "reproduce"));
    if (pl_document_string(entry, "command")[0]) {
        pl_doc_text(doc, PL_STYLE_PLAIN, "which runs");
        pl_doc_command(doc, pl_document_string(entry, "command"));
    }
    pl_doc_item_end(doc);
}

static void write_pictures(struct pl_doc *doc, const json_t *entry)
{
    char name[512], stack[PL_STACK_TEXT_MAX];
    struct pl_cell_name of = pl_cell_name_of(entry);
    pl_cell_name_stack(&of, stack, sizeof stack);
    for (int kind = 0; kind < PL_OBSERVED_PICTURES; kind++)
        if (pl_observed_picture(entry, (enum pl_observed_picture)kind, name, sizeof name))
            pl_doc_figure(doc, NULL, name, "%s: %.200s, %s",
                          pl_observed_caption((enum pl_observed_picture)kind), of.scenario, stack);
}

static void write_instrument(struct pl_doc *doc, const struct pl_observed *o)
{
    pl_doc_section(doc, (struct pl_place){.view = "instruments"}, "Under %s", o->name);
    if (o->instrument) {
        pl_doc_paragraph(doc);
        pl_doc_textf(doc, PL_STYLE_PLAIN, "It sees %s. ", o->instrument->sees);
        pl_doc_text(doc, PL_STYLE_STRONG, "What it can't see:");
        pl_doc_textf(doc, PL_STYLE_PLAIN, " %s", o->instrument->blind);
        pl_doc_paragraph_end(doc);
    }
    write_table(doc, &(struct shown){o, o->figures, o->figure_count, false});
    pl_report_benchmarks(doc, o);
    for (size_t i = 0; i < o->entry_count && i < doc->most; i++)
        write_pictures(doc, o->entries[i]);
    pl_doc_details(doc, "The dearest sites, and the command that reproduces each");
    pl_doc_list(doc, PL_LIST_TERMS, "observations");
    for (size_t i = 0; i < o->entry_count; i++)
        write_detail(doc, o->entries[i]);
    pl_doc_list_end(doc);
    pl_doc_details_end(doc);
    pl_doc_section_end(doc);
}

void pl_report_instruments(struct pl_doc *doc, const struct pl_model *m)
{
    struct pl_observed_list list = pl_observed_make(m->root);
    for (size_t i = 0; i < list.count; i++)
        write_instrument(doc, &list.list[i]);
    pl_observed_free(&list);
}

/* The figure that an instrument is for; of one that is not known, its first. */
void pl_report_observed(struct pl_doc *doc, const struct pl_model *m)
{
    struct pl_observed_list list = pl_observed_make(m->root);
    for (size_t i = 0; i < list.count; i++) {
        const struct pl_observed *o = &list.list[i];
        const char *headline = o->instrument ? o->instrument->headline : o->figures[0];
        write_table(doc, &(struct shown){o, &headline, headline != NULL, true});
    }
    pl_observed_free(&list);
}
