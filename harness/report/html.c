/* The page: its frame, verdicts, warnings, host (html.h). */
#include "harness/report/html.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/text_stream.h"
#include "harness/report/facts.h"
#include "harness/report/html_aside.h"
#include "harness/report/html_write.h"
#include "harness/report/text.h"
#include "harness/report/verdict.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "report_css.h"

/* Of all curves: in the page one takes some 8 bytes, so 0.8 MB. */
#define POINTS_MAX 100000

#define SENTENCES_OPEN 8  /* that stand open beside each other */
#define SENTENCES_FIRST 4 /* of more than these, so many stand open */

void pl_html_wrap(const struct pl_html *p, const char *before, const char *text, const char *after)
{
    fputs(before, p->out);
    pl_text_html(p->out, text);
    fputs(after, p->out);
}

void pl_html_left_out(const struct pl_html *p, size_t count, const char *what)
{
    if (count > p->most)
        fprintf(p->out,
                "<p class=\"note\">%zu of %zu %s left out, for want of room in this page: "
                "report.json has them all.</p>\n",
                count - p->most, count, what);
}

static void write_start(const struct pl_html *p)
{
    char fact[PL_FACT];
    fputs("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
          "<meta name=\"color-scheme\" content=\"light dark\">\n",
          p->out);
    /* nothing is loaded and nothing else runs, whatever a string in it may say */
    pl_html_policy(p);
    fputs("<title>Plimsoll report</title>\n<style>\n", p->out);
    fwrite(report_css, 1, sizeof report_css, p->out);
    fputs("</style>\n</head>\n<body>\n<header><h1>Plimsoll report</h1>\n", p->out);
    pl_fact_run(p->model, fact, sizeof fact);
    pl_html_wrap(p, "<p>", fact, "</p></header>\n<main>\n");
}

/* How a verdict is marked: by the worst that was not expected. */
static const char *mark_of(const struct pl_model_group *g)
{
    const char *mark = "open";
    for (size_t i = 0; i < g->row_count; i++) {
        if (g->rows[i].expected == PL_VERDICT_FAILED)
            return "bad";
        if (g->rows[i].expected == PL_VERDICT_MET)
            mark = "ok";
    }
    return mark;
}

static void write_counts(const struct pl_html *p)
{
    char fact[PL_FACT];
    fputs("<ul class=\"counts\">", p->out);
    for (int i = 0; i < PL_OUTCOME_COUNT; i++)
        if (p->model->outcomes[i])
            fprintf(p->out, "<li><span class=\"o %s\">%s</span> <b>%zu</b></li>",
                    pl_outcome_name((enum pl_outcome)i), pl_outcome_name((enum pl_outcome)i),
                    p->model->outcomes[i]);
    pl_fact_expectations(p->model, fact, sizeof fact);
    fprintf(p->out, "<li>expectations: <b>%s</b></li></ul>\n", fact);
}

static void write_sentence(const struct pl_html *p, size_t number)
{
    const struct pl_model_group *g = &p->whole->groups[number];
    char *text = pl_verdict_text(g);
    fprintf(p->out, "<li class=\"%s\">", mark_of(g));
    pl_html_wrap(p, "", text, " ");
    fprintf(p->out, "<a href=\"#g%zu\">", number);
    pl_html_wrap(p, "", g->scenario, ", ");
    pl_html_wrap(p, "", g->format, "</a></li>\n");
    free(text);
}

/* What a person would act on first: expectations that failed, then the most stacks that sank, then
 * that grew. */
static size_t weight_of(const struct pl_model_group *g)
{
    size_t weight = strcmp(mark_of(g), "bad") == 0 ? 1000000 : 0;
    for (size_t i = 0; i < g->row_count; i++)
        weight += g->rows[i].outcome == PL_OUTCOME_GROWING   ? 1
                  : g->rows[i].outcome == PL_OUTCOME_BOUNDED ? 0
                                                             : 1000;
    return weight;
}

static bool is_among(const size_t *numbers, size_t count, size_t number)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] == number)
            return true;
    return false;
}

/* The heaviest groups, the first of those alike. @return how many */
static size_t pick_first(const struct pl_model *m, size_t first[SENTENCES_FIRST])
{
    size_t count = 0;
    while (count < SENTENCES_FIRST && count < m->group_count) {
        size_t best = m->group_count;
        for (size_t i = 0; i < m->group_count; i++)
            if (!is_among(first, count, i) &&
                (best == m->group_count || weight_of(&m->groups[i]) > weight_of(&m->groups[best])))
                best = i;
        first[count++] = best;
    }
    return count;
}

/* A sentence for each scenario and format; where they are many, the others are folded away. */
static void write_verdicts(const struct pl_html *p)
{
    size_t first[SENTENCES_FIRST], count = pick_first(p->whole, first);
    bool many = p->whole->group_count > SENTENCES_OPEN;
    fputs("<section id=\"verdict\"><h2>Verdict</h2>\n<ul class=\"verdicts\">\n", p->out);
    for (size_t i = 0; many && i < count; i++)
        write_sentence(p, first[i]);
    if (many)
        fprintf(p->out,
                "</ul>\n<details><summary>A sentence for each of the %zu other scenarios and "
                "formats</summary>\n<ul class=\"verdicts\">\n",
                p->whole->group_count - count);
    for (size_t i = 0; i < p->whole->group_count && i < p->most; i++)
        if (!many || !is_among(first, count, i))
            write_sentence(p, i);
    fputs("</ul>\n", p->out);
    pl_html_left_out(p, p->whole->group_count, "sentences");
    fputs(many ? "</details>\n" : "", p->out);
    write_counts(p);
    fputs("</section>\n", p->out);
}

static void write_failures(const struct pl_html *p)
{
    const json_t *cell;
    char how[PL_FACT];
    size_t i, count = 0;
    if (p->model->verdicts[PL_VERDICT_FAILED] == 0)
        return;
    fputs("<section><h2>Expectations that were not met</h2>\n<dl>\n", p->out);
    json_array_foreach(json_object_get(p->model->root, "cells"), i, cell)
    {
        if (strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) != 0 ||
            ++count > p->most)
            continue;
        struct pl_cell_name name = pl_cell_name_of(cell);
        pl_cell_name_how(&name, how, sizeof how);
        pl_html_wrap(p, "<dt>", name.scenario, " ");
        pl_html_wrap(p, "", name.allocator, " ");
        pl_html_wrap(p, "", how, "</dt>");
        pl_html_wrap(p, "<dd><span class=\"bad\">", pl_document_string(cell, "expected_why"),
                     "</span>");
        pl_html_wrap(p, "<pre>", pl_document_string(cell, "reproduce"), "</pre></dd>\n");
    }
    fputs("</dl>\n", p->out);
    pl_html_left_out(p, count, "failures");
    fputs("</section>\n", p->out);
}

static void write_warnings(const struct pl_html *p)
{
    const json_t *warnings = json_object_get(p->model->root, "warnings"), *warning;
    size_t i;
    if (json_array_size(warnings) == 0 && !p->no_pictures)
        return;
    fputs("<section><h2>Warnings</h2>\n<ul class=\"warnings\">\n", p->out);
    if (p->no_pictures)
        pl_html_wrap(p, "<li>", p->no_pictures, "</li>\n");
    json_array_foreach(warnings, i, warning)
    {
        if (i < p->most)
            pl_html_wrap(p, "<li>", json_string_value(warning) ? json_string_value(warning) : "",
                         "</li>\n");
    }
    fputs("</ul>\n", p->out);
    pl_html_left_out(p, json_array_size(warnings), "warnings");
    fputs("</section>\n", p->out);
}

static void write_recordings(const struct pl_html *p)
{
    char fact[PL_FACT];
    const json_t *recording;
    size_t i;
    fputs("<section data-view=\"about\"><h2>Recordings</h2>\n<ul>\n", p->out);
    json_array_foreach(json_object_get(p->model->root, "recordings"), i, recording)
    {
        if (i >= p->most)
            break;
        pl_fact_recording(recording, fact, sizeof fact);
        pl_html_wrap(p, "<li>", fact, "</li>\n");
    }
    fputs("</ul>\n", p->out);
    pl_html_left_out(p, json_array_size(json_object_get(p->model->root, "recordings")),
                     "recordings");
    fputs("</section>\n", p->out);
}

static void write_host(const struct pl_html *p)
{
    char fact[PL_FACT];
    const char *key;
    const json_t *value;
    fputs("<section data-view=\"about\"><h2>Host</h2>\n<table class=\"host\"><caption>What has to "
          "be alike before CPU "
          "and "
          "RSS may be compared</caption><tbody>\n",
          p->out);
    json_object_foreach(json_object_get(p->model->root, "host"), key, value)
    {
        pl_fact_host(value, fact, sizeof fact);
        pl_html_wrap(p, "<tr><th scope=\"row\">", key, "</th>");
        pl_html_wrap(p, "<td>", fact, "</td></tr>\n");
    }
    pl_fact_heaps(p->whole, fact, sizeof fact);
    if (fact[0])
        pl_html_wrap(p, "<tr><th scope=\"row\">heaps</th><td>", fact, "</td></tr>\n");
    fputs("</tbody></table>\n<p>The whole run:</p>\n", p->out);
    pl_html_wrap(p, "<pre>", pl_document_string(json_object_get(p->model->root, "run"), "command"),
                 "</pre></section>\n");
}

static void write_page(struct pl_html *p)
{
    write_start(p);
    write_verdicts(p);
    pl_html_worst(p);
    write_failures(p);
    write_warnings(p);
    pl_html_before(p);
    for (size_t i = 0; i < p->model->group_count; i++)
        pl_html_group(p, &p->model->groups[i], i);
    pl_html_left_out(p, p->whole->group_count, "tables");
    pl_html_past(p);
    pl_html_held(p);
    pl_html_formats(p);
    pl_html_sections(p);
    fputs("<section data-view=\"about\"><h2>How to read it</h2>\n<ul>\n", p->out);
    for (size_t i = 0; i < pl_facts_reading_count; i++)
        pl_html_wrap(p, "<li>", pl_facts_reading[i], "</li>\n");
    fputs("</ul></section>\n", p->out);
    pl_html_trust(p);
    write_host(p);
    write_recordings(p);
    fputs("</main>\n", p->out);
    pl_html_script(p);
    fputs("</body>\n</html>\n", p->out);
}

/* @param room for pictures, bytes */
static int make(struct pl_html page, size_t room, char **text, size_t *size)
{
    struct pl_text_stream stream;
    *text = NULL;
    page.room = room;
    if (pl_text_stream_open(&stream))
        return -ENOMEM;
    page.out = stream.out;
    write_page(&page);
    if (pl_text_stream_close(&stream, text, size) == 0 && !page.rc)
        return 0;
    free(*text);
    *text = NULL;
    return -ENOMEM;
}

/* The longest list that there may be. */
static size_t longest(const struct pl_model *m)
{
    static const char *const lists[] = {"warnings", "recordings", "instruments"};
    size_t most = m->group_count;
    most = m->verdicts[PL_VERDICT_FAILED] > most ? m->verdicts[PL_VERDICT_FAILED] : most;
    for (size_t i = 0; i < m->group_count; i++)
        most = m->groups[i].row_count > most ? m->groups[i].row_count : most;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        size_t size = json_array_size(json_object_get(m->root, lists[i]));
        most = size > most ? size : most;
    }
    return most;
}

/* As much of a model and its curves as there is room for: views of what the whole owns. */
struct view {
    struct pl_model model;
    struct pl_curves curves;
};

static void free_view(struct view *v)
{
    free(v->model.groups);
    free(v->curves.groups);
    *v = (struct view){0};
}

/* The first groups, each with its first rows. */
static int shorten(const struct pl_html *page, const struct pl_curves *curves, size_t most,
                   struct view *v)
{
    free_view(v);
    v->model = *page->whole;
    v->curves = *curves;
    v->model.group_count = page->whole->group_count < most ? page->whole->group_count : most;
    v->model.groups = malloc((v->model.group_count + 1) * sizeof *v->model.groups);
    v->curves.groups = malloc((v->model.group_count + 1) * sizeof *v->curves.groups);
    if (!v->model.groups || !v->curves.groups)
        return -ENOMEM;
    for (size_t i = 0; i < v->model.group_count; i++) {
        v->model.groups[i] = page->whole->groups[i];
        v->curves.groups[i] = curves->groups[i];
        if (v->model.groups[i].row_count > most)
            v->model.groups[i].row_count = v->curves.groups[i].row_count = most;
    }
    return 0;
}

/* A page of thousands of stacks would open nowhere. What it takes goes nearly with the length of
 * its lists, so a guess or two find the length that fits. @param page is left with what fits */
static int make_shorter(struct pl_html *page, struct view *v, char **text, size_t *size)
{
    const struct pl_curves *curves = page->curves;
    int rc = 0;
    page->most = longest(page->whole);
    while (!rc && *size > PL_HTML_MAX && page->most > 1) {
        double share = fmin(.9, .95 * PL_HTML_MAX / (double)*size);
        page->most = (size_t)fmax(1, floor((double)page->most * share));
        free(*text);
        *text = NULL;
        rc = shorten(page, curves, page->most, v);
        page->model = &v->model;
        page->curves = &v->curves;
        if (!rc)
            rc = make(*page, 0, text, size);
    }
    return rc;
}

/* Anew with pictures in the room that is left. Each has some words around it: where those are what
 * is too much, as much room is taken back. */
static int make_pictured(struct pl_html page, char **text, size_t *size)
{
    size_t room = PL_HTML_MAX - *size;
    free(*text);
    int rc = make(page, room, text, size);
    if (rc || *size <= PL_HTML_MAX)
        return rc;
    size_t excess = *size - PL_HTML_MAX;
    free(*text);
    return make(page, room > excess ? room - excess : 0, text, size);
}

int pl_html_make(const struct pl_model *m, const char *folder, const char *no_pictures, char **text,
                 size_t *size)
{
    struct pl_curves curves;
    struct view view = {0};
    *text = NULL;
    int rc = pl_curves_load(m, folder, POINTS_MAX, &curves);
    if (rc)
        return rc;
    struct pl_html page = {.whole = m,
                           .model = m,
                           .most = SIZE_MAX,
                           .curves = &curves,
                           .folder = folder,
                           .no_pictures = no_pictures};
    rc = make(page, 0, text, size); /* to see what is left for pictures */
    if (!rc && *size > PL_HTML_MAX)
        rc = make_shorter(&page, &view, text, size);
    if (!rc && !no_pictures && *size < PL_HTML_MAX)
        rc = make_pictured(page, text, size);
    free_view(&view);
    pl_curves_free(&curves);
    return rc;
}
