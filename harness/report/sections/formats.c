/* What the formats of a scenario's samples or pixels cost beside each other: the groups that differ
 * in nothing but their format, a table a figure. */
#include <string.h>

#include "harness/report/sections/sections.h"
#include "harness/report/writers/text.h"

#define MIB (1024.0 * 1024)

/* Groups of one question, a format each, in the order of the document. */
struct formats {
    const struct pl_model_group *groups[PL_FORMAT_COUNT];
    size_t count;
};

struct figure {
    const char *name, *unit;
    enum pl_model_metric metric;
    double scale;
};

static const struct figure figures[] = {
    {"a second of media held", "KiB of RSS", PL_MODEL_rss_bytes_per_media_second, 1024},
    {"peak RSS", "MiB", PL_MODEL_rss_bytes_peak, MIB},
    {"mean RSS", "MiB", PL_MODEL_rss_bytes_mean, MIB},
    {"CPU", "% of real time", PL_MODEL_cpu_percent_of_realtime, 1},
    {"round trip", "dB of signal to error; - where it is exact", PL_MODEL_round_trip_snr_db, 1},
};

static bool differ_in_format(const struct pl_model_group *a, const struct pl_model_group *b)
{
    return strcmp(a->scenario, b->scenario) == 0 && strcmp(a->clock, b->clock) == 0 &&
           strcmp(a->container, b->container) == 0 && a->container_bytes == b->container_bytes &&
           a->duration_seconds == b->duration_seconds && strcmp(a->format, b->format) != 0;
}

/* @return whether a group is the first of two or more that differ in their format alone */
static bool find_formats(const struct pl_model *m, size_t first, struct formats *f)
{
    *f = (struct formats){.groups = {&m->groups[first]}, .count = 1};
    for (size_t i = 0; i < m->group_count; i++) {
        if (i == first || !differ_in_format(&m->groups[i], &m->groups[first]))
            continue;
        if (i < first || f->count == PL_FORMAT_COUNT)
            return false;
        f->groups[f->count++] = &m->groups[i];
    }
    return f->count > 1;
}

static bool have(const struct formats *f, enum pl_model_metric metric)
{
    for (size_t i = 0; i < f->count; i++)
        if (f->groups[i]->used[metric])
            return true;
    return false;
}

/* The median of a stack in one of the formats; "-" where there is none. */
static void write_cell(struct pl_doc *doc, const struct pl_model_group *g, const struct figure *f,
                       const struct pl_model_row *row)
{
    const struct pl_model_row *same = pl_model_row_of(g, row->stack, row->threads);
    const struct pl_summary *s = same ? &same->metrics[f->metric] : NULL;
    char text[PL_TEXT_FIGURE] = "-";
    if (s && s->count && f->metric == PL_MODEL_cpu_percent_of_realtime) /* media: thousandths */
        snprintf(text, sizeof text, "%.3g", s->median);
    else if (s && s->count)
        pl_text_decimal(text, s->median / f->scale);
    pl_doc_cell_text(doc, text);
}

static void write_table(struct pl_doc *doc, const struct formats *f, const struct figure *figure)
{
    struct pl_doc_column columns[1 + PL_FORMAT_COUNT] = {{.head = "stack"}};
    for (size_t i = 0; i < f->count; i++)
        columns[1 + i] = (struct pl_doc_column){.head = f->groups[i]->format, .figure = true};
    pl_doc_table(doc, columns, 1 + f->count, "rows", "%s, %s", figure->name, figure->unit);
    for (size_t k = 0; k < f->groups[0]->row_count; k++) {
        const struct pl_model_row *row = &f->groups[0]->rows[k];
        pl_doc_row(doc);
        pl_doc_cell_text(doc, row->label);
        for (size_t i = 0; i < f->count; i++)
            write_cell(doc, f->groups[i], figure, row);
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

void pl_report_formats(struct pl_doc *doc, const struct pl_model *m)
{
    struct formats f;
    for (size_t i = 0; i < m->group_count; i++) {
        if (!find_formats(m, i, &f))
            continue;
        pl_doc_section(doc, (struct pl_place){.view = "charts"}, "Formats beside each other: %s",
                       f.groups[0]->scenario);
        for (size_t k = 0; k < sizeof figures / sizeof *figures; k++)
            if (have(&f, figures[k].metric))
                write_table(doc, &f, &figures[k]);
        pl_doc_section_end(doc);
    }
}
