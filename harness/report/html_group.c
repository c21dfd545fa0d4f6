/* A group's section of the page (html_write.h). */
#include <stdlib.h>
#include <string.h>

#include "harness/report/chart.h"
#include "harness/report/chart_cpu.h"
#include "harness/report/columns.h"
#include "harness/report/facts.h"
#include "harness/report/html_write.h"
#include "harness/report/picture.h"
#include "harness/report/text.h"
#include "harness/results/document.h"

void pl_html_picture(struct pl_html *p, const char *name, const char *label, const char *caption)
{
    char path[8192];
    size_t size;
    if (p->no_pictures)
        return;
    pl_picture_path(path, sizeof path, p->folder, name, "");
    char *svg = pl_picture_read(path, &size);
    if (!svg)
        return;
    if (size > p->room) {
        pl_html_wrap(p, "<p class=\"note\">No room in this page: plots/", name, ".svg</p>\n");
    } else {
        p->room -= size;
        /* a chart keeps its size on a narrow screen and is scrolled: by keyboard, too */
        pl_html_wrap(p, "<figure id=\"picture-", name, "\">");
        fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"chart\">\n",
              p->out);
        pl_picture_write(p->out, svg, ++p->pictures, label);
        pl_html_wrap(p, "</div><figcaption>", caption, "</figcaption></figure>\n");
    }
    free(svg);
}

/* The still chart; the script puts its own in its place, but for print. */
static void write_chart(struct pl_html *p, const struct pl_model_group *g, size_t number)
{
    char label[PL_FACT];
    const struct pl_group_curves *curves = &p->curves->groups[number];
    if (pl_chart_peak(curves) <= 0) {
        fputs("<p class=\"note\">No series could be read: there is no chart.</p>\n", p->out);
        return;
    }
    pl_fact_chart(g, label, sizeof label);
    fputs("<figure class=\"memory\"><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
          "aria-label=\"chart\">\n",
          p->out);
    int rc = pl_chart_write(p->out, g, curves, label);
    p->rc = p->rc ? p->rc : rc;
    fputs("</div><figcaption>Resident memory over the replay's time; dotted: live bytes. Where a "
          "curve meets the line, the kernel kills.</figcaption></figure>\n",
          p->out);
}

static void write_head(const struct pl_html *p, const struct pl_model_group *g)
{
    fputs("<thead><tr><th scope=\"col\">stack</th><th scope=\"col\">outcome</th>"
          "<th scope=\"col\">expected</th>",
          p->out);
    for (size_t i = 0; i < pl_column_count; i++)
        if (pl_column_used(&pl_columns[i], g))
            fprintf(p->out, "<th scope=\"col\" class=\"n\">%s <small>%s</small></th>",
                    pl_columns[i].name, pl_columns[i].unit);
    fputs("</tr></thead>\n", p->out);
}

static void write_figures(const struct pl_html *p, const struct pl_model_group *g,
                          const struct pl_model_row *row)
{
    char text[PL_COLUMN_TEXT], spread[PL_COLUMN_TEXT];
    for (size_t i = 0; i < pl_column_count; i++) {
        if (!pl_column_used(&pl_columns[i], g))
            continue;
        struct pl_summary s = pl_column_of(&pl_columns[i], g, row);
        pl_column_median(&pl_columns[i], &s, text);
        pl_column_spread(&pl_columns[i], &s, spread);
        fprintf(p->out,
                spread[0] ? "<td class=\"n\">%s <small>%s</small></td>" : "<td class=\"n\">%s</td>",
                text, spread);
    }
}

static void write_row(const struct pl_html *p, const struct pl_model_group *g,
                      const struct pl_model_row *row)
{
    static const char *const marks[] = {"ok", "bad", "open", "open"};
    char outcome[PL_COLUMN_TEXT];
    pl_row_outcome(row, outcome);
    pl_html_wrap(p, "<tr><th scope=\"row\">", row->label, "</th>");
    fprintf(p->out, "<td><span class=\"o %s\">%s</span></td><td><span class=\"%s\">%s</span></td>",
            pl_outcome_name(row->outcome), outcome, marks[row->expected], pl_row_expected(row));
    write_figures(p, g, row);
    fputs("</tr>\n", p->out);
}

static void write_table(const struct pl_html *p, const struct pl_model_group *g, size_t number)
{
    char conditions[256];
    pl_group_conditions(g, conditions, sizeof conditions);
    fputs("<div class=\"scroll\" tabindex=\"0\" role=\"group\" aria-label=\"table\">"
          "<table class=\"figures\"><caption>",
          p->out);
    pl_html_wrap(p, "", g->scenario, ", ");
    pl_html_wrap(p, "", conditions,
                 g->repetitions > 1 ? "; median, and lowest..highest where they differ" : "");
    fputs("</caption>\n", p->out);
    write_head(p, g);
    fputs("<tbody>\n", p->out);
    for (size_t i = 0; i < g->row_count; i++)
        write_row(p, g, &g->rows[i]);
    fputs("</tbody></table></div>\n", p->out);
    pl_html_left_out(p, p->whole->groups[number].row_count, "rows");
}

/* Where a killed cell stood: its peaks are unknown, its last sample is not. */
static void write_last_sample(const struct pl_html *p, const json_t *last)
{
    char time[PL_TEXT_FIGURE], live[PL_TEXT_FIGURE], reserved[PL_TEXT_FIGURE];
    if (!json_is_object(last))
        return;
    pl_text_duration(time, json_number_value(json_object_get(last, "t_seconds")));
    pl_text_bytes(live, json_number_value(json_object_get(last, "live_bytes")));
    pl_text_bytes(reserved, json_number_value(json_object_get(last, "reserved_bytes")));
    fprintf(p->out, " At its last sample, after %s, it held %s live and %s reserved.", time, live,
            reserved);
}

static void write_environment(const struct pl_html *p, const json_t *environment)
{
    const json_t *each;
    size_t i;
    if (json_array_size(environment) == 0)
        return;
    fputs("<br>Environment:", p->out);
    json_array_foreach(environment, i, each) pl_html_wrap(
        p, " <code>", json_string_value(each) ? json_string_value(each) : "", "</code>");
}

/* Repetitions share a command: it is shown once. */
static void write_detail(const struct pl_html *p, const struct pl_model_row *row)
{
    const json_t *cell = row->cells[0];
    pl_html_wrap(p, "<dt>", row->label, "</dt>\n<dd>");
    pl_html_wrap(p, "", pl_document_string(cell, "outcome_why"), ".");
    write_last_sample(p, json_object_get(cell, "at_last_sample"));
    if (pl_document_string(cell, "expected_why")[0])
        pl_html_wrap(p, "<br><span class=\"bad\">Expectation:</span> ",
                     pl_document_string(cell, "expected_why"), "");
    if (row->series_missing)
        fprintf(p->out,
                "<br><span class=\"bad\">Series missing</span> (%zu of %zu): the chart "
                "lacks them.",
                row->series_missing, row->cell_count);
    write_environment(p, json_object_get(cell, "environment"));
    pl_html_wrap(p, "\n<pre>", pl_document_string(cell, "reproduce"), "</pre></dd>\n");
}

static const char *caption_of_cpu(const struct pl_model_group *g)
{
    if (!pl_model_floor(g))
        return "CPU a packet, the harness's own included.";
    if (!g->threads)
        return "CPU a packet. What stands right of the dashed line is the stack's own with one "
               "thread; with two it includes what handing over from one to the other costs the "
               "harness.";
    return "CPU a packet. What stands right of the dashed line is the stack's own; the rest is the "
           "harness.";
}

static void write_cpu(struct pl_html *p, const struct pl_model_group *g)
{
    if (!pl_chart_cpu_has(g))
        return;
    fputs("<figure class=\"cpu\"><div class=\"scroll\" tabindex=\"0\" role=\"group\" "
          "aria-label=\"chart\">\n",
          p->out);
    int rc = pl_chart_cpu_write(p->out, g,
                                "CPU a packet of each stack; the table above has the figures.");
    p->rc = p->rc ? p->rc : rc;
    pl_html_wrap(p, "</div><figcaption>", caption_of_cpu(g), "</figcaption></figure>\n");
}

void pl_html_group(struct pl_html *p, const struct pl_model_group *g, size_t number)
{
    fprintf(p->out, "<section id=\"g%zu\" class=\"group\" data-view=\"charts\">\n", number);
    pl_html_wrap(p, "<h2>", g->title[0] ? g->title : g->scenario, "</h2>\n");
    write_chart(p, g, number);
    write_table(p, g, number);
    pl_html_alerts(p, g);
    write_cpu(p, g);
    pl_html_frontier(p, g);
    fputs(
        "<details><summary>Why each ended so, and the command that reproduces it</summary>\n<dl>\n",
        p->out);
    for (size_t i = 0; i < g->row_count; i++)
        write_detail(p, &g->rows[i]);
    fputs("</dl></details>\n</section>\n", p->out);
}
