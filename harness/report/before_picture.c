/* Drawing a cell before and after (before_picture.h). */
#include "harness/report/before_picture.h"

#include <stdbool.h>
#include <stdio.h>

#include "harness/base/text_stream.h"
#include "harness/report/before_pairs.h"
#include "harness/report/overlay.h"
#include "harness/report/svg.h"
#include "harness/results/rss_series.h"

void pl_before_picture_name(char *name, size_t capacity, size_t number)
{
    snprintf(name, capacity, "before-%zu", number + 1);
}

/* The first repetition whose curve is there: pairs keep that of the first alone. */
static void read_first(const char *folder, const json_t *const *cells, size_t count,
                       struct pl_rss_series *series)
{
    struct pl_error ignored;
    for (size_t i = 0; i < count; i++)
        if (pl_rss_series_read(folder, cells[i], series, &ignored) == 0)
            return;
    *series = (struct pl_rss_series){0};
}

static char *draw(const struct pl_overlay *o, bool has_curves, const struct pl_before *b,
                  const struct pl_compared *cell, size_t panels)
{
    char *text = NULL;
    size_t size;
    double left = PL_OVERLAY_ALL - (double)panels * PL_BEFORE_PANEL_WIDTH;
    struct pl_text_stream stream;
    if (pl_text_stream_open(&stream))
        return NULL;
    FILE *out = stream.out;
    pl_svg_begin(out, PL_OVERLAY_ALL, PL_OVERLAY_TOP + PL_OVERLAY_HEIGHT + PL_OVERLAY_BENEATH);
    if (has_curves)
        pl_overlay_draw(out, o);
    pl_before_pairs_draw(out, b, cell, left, PL_OVERLAY_TOP, PL_OVERLAY_HEIGHT);
    pl_svg_end(out);
    return pl_text_stream_close(&stream, &text, &size) ? NULL : text;
}

char *pl_before_picture(const struct pl_before *b, const struct pl_compared *cell, const char *base,
                        const char *new)
{
    const struct pl_match *m = cell->match;
    size_t panels = pl_before_pairs_count(b, cell);
    struct pl_rss_series before, after;
    struct pl_overlay o = {.first = &before,
                           .second = &after,
                           .title = "RSS over the replay's time:",
                           .first_name = "before",
                           .second_name = "after",
                           .width = PL_OVERLAY_ALL - PL_OVERLAY_LEFT - 20 -
                                    (double)panels * PL_BEFORE_PANEL_WIDTH};
    read_first(base, m->base, m->base_count, &before);
    read_first(new, m->new, m->new_count, &after);
    bool has_curves = pl_overlay_scale(&o);
    char *text = has_curves || panels ? draw(&o, has_curves, b, cell, panels) : NULL;
    pl_rss_series_free(&before);
    pl_rss_series_free(&after);
    return text;
}
