/* Groups that differ in their format (formats.h). */
#include "harness/report/model/formats.h"

#include <stdio.h>
#include <string.h>

const struct pl_format_figure pl_format_figures[] = {
    {"a second of media held", "KiB of RSS", PL_MODEL_rss_bytes_per_media_second, 1024},
    {"peak RSS", "MiB", PL_MODEL_rss_bytes_peak, 1024 * 1024},
    {"mean RSS", "MiB", PL_MODEL_rss_bytes_mean, 1024 * 1024},
    {"CPU", "% of real time", PL_MODEL_cpu_percent_of_realtime, 1},
    {"round trip", "dB of signal to error; - where it is exact", PL_MODEL_round_trip_snr_db, 1},
};
const size_t pl_format_figure_count = sizeof pl_format_figures / sizeof *pl_format_figures;

static bool differ_in_format(const struct pl_model_group *a, const struct pl_model_group *b)
{
    return strcmp(a->scenario, b->scenario) == 0 && strcmp(a->clock, b->clock) == 0 &&
           strcmp(a->container, b->container) == 0 && a->container_bytes == b->container_bytes &&
           a->duration_seconds == b->duration_seconds && strcmp(a->format, b->format) != 0;
}

bool pl_formats_find(const struct pl_model *m, size_t first, struct pl_formats *f)
{
    *f = (struct pl_formats){.groups = {&m->groups[first]}, .count = 1};
    for (size_t i = 0; i < m->group_count; i++) {
        if (i == first || !differ_in_format(&m->groups[i], &m->groups[first]))
            continue;
        if (i < first || f->count == PL_FORMAT_COUNT)
            return false;
        f->groups[f->count++] = &m->groups[i];
    }
    return f->count > 1;
}

static const struct pl_summary *summary_of(const struct pl_model_group *g,
                                           const struct pl_model_row *row,
                                           enum pl_model_metric metric)
{
    const struct pl_model_row *same = pl_model_row_of(g, row->stack, row->threads);
    return same ? &same->metrics[metric] : NULL;
}

bool pl_formats_have(const struct pl_formats *f, const struct pl_format_figure *figure)
{
    for (size_t i = 0; i < f->count; i++)
        for (size_t k = 0; k < f->groups[i]->row_count; k++)
            if (f->groups[i]->rows[k].metrics[figure->metric].count)
                return true;
    return false;
}

void pl_formats_figure(const struct pl_formats *f, const struct pl_format_figure *figure,
                       const struct pl_model_row *row, size_t format, char text[PL_TEXT_FIGURE])
{
    const struct pl_summary *s = summary_of(f->groups[format], row, figure->metric);
    strcpy(text, "-");
    if (!s || !s->count)
        return;
    if (figure->metric == PL_MODEL_cpu_percent_of_realtime) /* media take thousandths */
        snprintf(text, PL_TEXT_FIGURE, "%.3g", s->median);
    else
        pl_text_decimal(text, s->median / figure->scale);
}
