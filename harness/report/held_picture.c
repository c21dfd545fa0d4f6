/* A model's curve over its counterpart's (held.h). */
#include <stdio.h>

#include "harness/base/text_stream.h"
#include "harness/report/held.h"
#include "harness/report/overlay.h"
#include "harness/report/svg.h"

void pl_held_picture_name(char *name, size_t capacity, size_t number)
{
    snprintf(name, capacity, "counterpart-%zu", number + 1);
}

char *pl_held_picture(const struct pl_held *h)
{
    struct pl_overlay o = {.first = &h->real.net,
                           .second = &h->model.net,
                           .title = "RSS above the first sample:",
                           .first_name = h->counterpart,
                           .second_name = h->group->scenario,
                           .width = PL_OVERLAY_ALL - PL_OVERLAY_LEFT - 20};
    struct pl_text_stream stream;
    char *text = NULL;
    size_t size;
    if (!pl_overlay_scale(&o) || pl_text_stream_open(&stream))
        return NULL;
    pl_svg_begin(stream.out, PL_OVERLAY_ALL,
                 PL_OVERLAY_TOP + PL_OVERLAY_HEIGHT + PL_OVERLAY_BENEATH);
    pl_overlay_draw(stream.out, &o);
    pl_svg_end(stream.out);
    return pl_text_stream_close(&stream, &text, &size) ? NULL : text;
}
