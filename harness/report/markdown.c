/* Writing report.md (markdown.h). */
#include "harness/report/markdown.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/text_stream.h"
#include "harness/report/alerts.h"
#include "harness/report/aside.h"
#include "harness/report/columns.h"
#include "harness/report/facts.h"
#include "harness/report/markdown_aside.h"
#include "harness/report/markdown_formats.h"
#include "harness/report/markdown_frontier.h"
#include "harness/report/markdown_sections.h"
#include "harness/report/picture.h"
#include "harness/report/text.h"
#include "harness/report/verdict.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

/* What is being written, and how long a list may be. */
struct page {
    FILE *out;
    const struct pl_model *model;
    const char *folder;
    const char *no_pictures;
    size_t most;
    bool commands; /* that reproduce each stack: the first to go, since they are the longest */
};

static void write_left_out(const struct page *p, size_t count, const char *what)
{
    if (count > p->most)
        fprintf(p->out, "\n%zu of %zu %s left out here: report.html has them all.\n",
                count - p->most, count, what);
}

static size_t shown(const struct page *p, size_t count)
{
    return count < p->most ? count : p->most;
}

static void write_verdicts(const struct page *p)
{
    char fact[PL_FACT];
    fputs("# Plimsoll report\n\n", p->out);
    for (size_t i = 0; i < shown(p, p->model->group_count); i++) {
        char *text = pl_verdict_text(&p->model->groups[i]);
        fputs("- **", p->out);
        pl_text_markdown(p->out, p->model->groups[i].scenario);
        fputs("** ", p->out);
        pl_text_markdown(p->out, p->model->groups[i].format);
        fputs(": ", p->out);
        pl_text_markdown(p->out, text);
        fputc('\n', p->out);
        free(text);
    }
    write_left_out(p, p->model->group_count, "verdicts");
    pl_fact_outcomes(p->model, fact, sizeof fact);
    fprintf(p->out, "\nOutcomes: %s. ", fact);
    pl_fact_expectations(p->model, fact, sizeof fact);
    fprintf(p->out, "Expectations: %s.\n\n", fact);
    pl_fact_run(p->model, fact, sizeof fact);
    pl_text_markdown(p->out, fact);
    fputs("\n", p->out);
}

static void write_failure(const struct page *p, const json_t *cell)
{
    char how[PL_FACT];
    struct pl_cell_name name = pl_cell_name_of(cell);
    pl_cell_name_how(&name, how, sizeof how);
    fputs("\n- **", p->out);
    pl_text_markdown(p->out, name.scenario);
    fputs(" ", p->out);
    pl_text_markdown(p->out, name.allocator);
    fputs("** ", p->out);
    pl_text_markdown(p->out, how);
    fputs(": ", p->out);
    pl_text_markdown(p->out, pl_document_string(cell, "expected_why"));
    fputs("\n\n", p->out);
    pl_text_fenced(p->out, pl_document_string(cell, "reproduce"));
}

static void write_failures(const struct page *p)
{
    const json_t *cell;
    size_t i, count = 0;
    if (p->model->verdicts[PL_VERDICT_FAILED] == 0)
        return;
    fputs("\n## Expectations that were not met\n", p->out);
    json_array_foreach(json_object_get(p->model->root, "cells"), i, cell)
    {
        bool failed =
            strcmp(pl_document_string(cell, "expected"), pl_verdict_name(PL_VERDICT_FAILED)) == 0;
        if (failed && count++ < p->most)
            write_failure(p, cell);
    }
    write_left_out(p, count, "failures");
}

static void write_warnings(const struct page *p)
{
    const json_t *warnings = json_object_get(p->model->root, "warnings");
    size_t count = json_array_size(warnings);
    if (count == 0 && !p->no_pictures)
        return;
    fputs("\n## Warnings\n\n", p->out);
    if (p->no_pictures) {
        fputs("- ", p->out);
        pl_text_markdown(p->out, p->no_pictures);
        fputc('\n', p->out);
    }
    for (size_t i = 0; i < shown(p, count); i++) {
        const char *text = json_string_value(json_array_get(warnings, i));
        fputs("- ", p->out);
        pl_text_markdown(p->out, text ? text : "");
        fputc('\n', p->out);
    }
    write_left_out(p, count, "warnings");
}

static void write_picture(const struct page *p, const struct pl_model_group *g, const char *suffix,
                          const char *what)
{
    char path[8192];
    pl_picture_path(path, sizeof path, p->folder, g->picture, suffix);
    if (p->no_pictures || access(path, R_OK) != 0)
        return;
    fprintf(p->out, "\n![%s](plots/%s%s.svg)\n", what, g->picture, suffix);
}

static void write_head(const struct page *p, const struct pl_model_group *g)
{
    fputs("\n| stack | outcome | expected |", p->out);
    for (size_t i = 0; i < pl_column_count; i++)
        if (pl_column_used(&pl_columns[i], g))
            fprintf(p->out, " %s, %s |", pl_columns[i].name, pl_columns[i].unit);
    fputs("\n|---|---|---|", p->out);
    for (size_t i = 0; i < pl_column_count; i++)
        if (pl_column_used(&pl_columns[i], g))
            fputs("---:|", p->out);
    fputc('\n', p->out);
}

static void write_row(const struct page *p, const struct pl_model_group *g,
                      const struct pl_model_row *row)
{
    char text[PL_COLUMN_TEXT], spread[PL_COLUMN_TEXT];
    pl_row_outcome(row, text);
    fputs("| ", p->out);
    pl_text_markdown(p->out, row->label);
    fprintf(p->out, " | %s | %s |", text, pl_row_expected(row));
    for (size_t i = 0; i < pl_column_count; i++) {
        if (!pl_column_used(&pl_columns[i], g))
            continue;
        struct pl_summary s = pl_column_of(&pl_columns[i], g, row);
        pl_column_median(&pl_columns[i], &s, text);
        pl_column_spread(&pl_columns[i], &s, spread);
        fprintf(p->out, spread[0] ? " %s (%s) |" : " %s |", text, spread);
    }
    fputc('\n', p->out);
}

/* Repetitions share a command: it is shown once. */
static void write_commands(const struct page *p, const struct pl_model_group *g)
{
    if (!p->commands)
        return;
    fputs("\n<details><summary>The command that reproduces each</summary>\n\n", p->out);
    for (size_t i = 0; i < shown(p, g->row_count); i++)
        pl_text_fenced(p->out, pl_document_string(g->rows[i].cells[0], "reproduce"));
    fputs("\n</details>\n", p->out);
}

static void write_missing(const struct page *p, const struct pl_model_group *g)
{
    for (size_t i = 0; i < shown(p, g->row_count); i++) {
        if (!g->rows[i].series_missing)
            continue;
        fputs("\nThe series of ", p->out);
        pl_text_markdown(p->out, g->rows[i].label);
        fprintf(p->out, " is missing (%zu of %zu): the picture lacks it.\n",
                g->rows[i].series_missing, g->rows[i].cell_count);
    }
}

static void write_group(const struct page *p, const struct pl_model_group *g)
{
    char conditions[256];
    pl_group_conditions(g, conditions, sizeof conditions);
    fputs("\n## ", p->out);
    pl_text_markdown(p->out, g->title[0] ? g->title : g->scenario);
    fputs("\n\n", p->out);
    pl_text_markdown(p->out, g->scenario);
    fputs(": ", p->out);
    pl_text_markdown(p->out, conditions);
    fputs(g->repetitions > 1 ? "; median (lowest..highest)\n" : "\n", p->out);
    write_picture(p, g, "", "resident memory over the replay's time, with the Plimsoll line");
    write_head(p, g);
    for (size_t i = 0; i < shown(p, g->row_count); i++)
        write_row(p, g, &g->rows[i]);
    write_left_out(p, g->row_count, "rows");
    write_missing(p, g);
    pl_alerts_markdown(p->out, g, p->most);
    write_picture(p, g, "-cpu", "CPU a packet of each stack, with the floor");
    write_picture(p, g, "-frontier", "peak memory against CPU of each swept stack");
    pl_markdown_frontier(p->out, g, p->most);
    write_commands(p, g);
}

static void write_no_commands(const struct page *p)
{
    if (!p->commands)
        fputs("\nThe command that reproduces each stack is in report.html and report.json.\n",
              p->out);
}

static void write_page(const struct page *p)
{
    write_verdicts(p);
    pl_markdown_worst(p->out, p->model);
    write_failures(p);
    write_warnings(p);
    pl_markdown_before(p->out, p->model, p->most);
    for (size_t i = 0; i < shown(p, p->model->group_count); i++)
        write_group(p, &p->model->groups[i]);
    write_left_out(p, p->model->group_count, "tables");
    write_no_commands(p);
    pl_markdown_past(p->out, p->model, p->most);
    if (p->model->aside)
        pl_held_markdown(p->out, &p->model->aside->held, p->most);
    pl_markdown_formats(p->out, p->model, p->most);
    pl_markdown_sections(p->out, p->model->root, p->folder, p->most);
    pl_markdown_recordings(p->out, p->model, p->most);
    pl_markdown_trust(p->out, p->model, p->most);
    fputs("\n## How to read it\n\n", p->out);
    for (size_t i = 0; i < pl_facts_reading_count; i++) {
        fputs("- ", p->out);
        pl_text_markdown(p->out, pl_facts_reading[i]);
        fputc('\n', p->out);
    }
}

/* Writes with lists of at most `most`. */
static int render(struct page *p, size_t most, char **text, size_t *size)
{
    *text = NULL;
    p->most = most;
    struct pl_text_stream stream;
    if (pl_text_stream_open(&stream))
        return -ENOMEM;
    p->out = stream.out;
    write_page(p);
    return pl_text_stream_close(&stream, text, size);
}

/* The longest lists with which the page fits; 0 where none does. */
static size_t longest_lists(struct page *p)
{
    size_t fits = 0, limit = p->model->cell_count;
    if (p->model->aside && p->model->aside->before.count > limit)
        limit = p->model->aside->before.count; /* the longest list there is */
    while (fits < limit) {
        char *text;
        size_t size, most = fits + (limit - fits + 1) / 2;
        if (render(p, most, &text, &size))
            return 0;
        if (size <= PL_MARKDOWN_MAX)
            fits = most;
        else
            limit = most - 1;
        free(text);
    }
    return fits;
}

/* Even with every list cut it may be too long, by one text of a scenario: then its end goes. */
static void cut(char *text, size_t *size)
{
    static const char note[] = "\n\nCut here: the rest is in report.html.\n";
    if (*size <= PL_MARKDOWN_MAX)
        return;
    size_t at = PL_MARKDOWN_MAX - sizeof note;
    while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80)
        at--; /* no character is cut in two */
    memcpy(text + at, note, sizeof note);
    *size = at + sizeof note - 1;
}

int pl_markdown_make(const struct pl_model *m, const char *folder, const char *no_pictures,
                     char **text, size_t *size)
{
    struct page page = {.model = m, .folder = folder, .no_pictures = no_pictures, .commands = true};
    int rc = render(&page, SIZE_MAX, text, size);
    if (rc || *size <= PL_MARKDOWN_MAX)
        return rc;
    free(*text);
    page.commands = false;
    rc = render(&page, longest_lists(&page), text, size);
    if (!rc)
        cut(*text, size);
    return rc;
}
