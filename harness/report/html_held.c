/* Models beside their counterparts on the page (html_aside.h). */
#include <string.h>

#include "harness/report/aside.h"
#include "harness/report/html_aside.h"
#include "harness/report/picture.h"

static void write_head(const struct pl_html *p)
{
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
          "<table class=\"figures\">\n<thead><tr>",
          p->out);
    for (size_t column = 0; column < PL_HELD_COLUMNS; column++)
        pl_html_wrap(
            p, pl_held_is_figure(column) ? "<th scope=\"col\" class=\"n\">" : "<th scope=\"col\">",
            pl_held_head(column), "</th>");
    fputs("</tr></thead>\n<tbody>\n", p->out);
}

static void write_row(const struct pl_html *p, const struct pl_held *held)
{
    char text[PL_HELD_TEXT];
    fputs("<tr>", p->out);
    for (size_t column = 0; column < PL_HELD_COLUMNS; column++) {
        pl_held_cell(held, column, text);
        pl_html_wrap(p, pl_held_is_figure(column) ? "<td class=\"n\">" : "<td>", text, "</td>");
    }
    fputs("</tr>\n", p->out);
}

static void write_picture(struct pl_html *p, const char *svg, const struct pl_held *held)
{
    char caption[2 * PL_HELD_TEXT];
    size_t size = svg ? strlen(svg) : 0;
    if (!size || size > p->room)
        return;
    p->room -= size;
    pl_held_caption(held, caption);
    fputs("<figure><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
          "aria-label=\"chart\">\n",
          p->out);
    pl_picture_write(p->out, svg, ++p->pictures, caption);
    pl_html_wrap(p, "</div><figcaption>", caption, ".</figcaption></figure>\n");
}

void pl_html_held(struct pl_html *p)
{
    const struct pl_aside *a = p->model->aside;
    if (!a || !a->held.count)
        return;
    const struct pl_held_list *list = &a->held;
    size_t shown = list->count < p->most ? list->count : p->most;
    pl_html_wrap(p, "<section id=\"counterparts\" data-view=\"charts\"><h2>", pl_held_heading,
                 "</h2>\n");
    pl_html_wrap(p, "<p>", pl_held_note, "</p>\n");
    write_head(p);
    for (size_t i = 0; i < shown; i++)
        write_row(p, &list->rows[i]);
    fputs("</tbody></table></div>\n", p->out);
    pl_html_left_out(p, list->count, "rows");
    for (size_t i = 0; i < shown && i < PL_HELD_PICTURES_MAX; i++)
        write_picture(p, a->held_pictures[i], &list->rows[i]);
    fputs("</section>\n", p->out);
}
