/* Forecasts for a person (foretold.h). */
#include <math.h>
#include <stdio.h>
#include <time.h>

#include "harness/cli/foretold.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"

#define DAYS_FROM 172800.0 /* seconds from which on a time is told in days */
#define SINCE_1970 1e9     /* seconds from which on a time is one of the day, not of a run */

void pl_foretold_time(char *text, double seconds)
{
    if (seconds < DAYS_FROM)
        pl_text_duration(text, seconds);
    else
        snprintf(text, PL_TEXT_FIGURE, "%.1f d", seconds / 86400);
}

size_t pl_foretold_ahead(const struct pl_forecast *f, double *seconds)
{
    static const double round[] = {.1, 1, 10, 60, 600, 3600, 21600, 86400, 604800, 2592000};
    double span = (double)(f->end_ns - f->start_ns) / 1e9;
    size_t count = 0;
    for (size_t i = sizeof round / sizeof *round; i-- > 0 && count < PL_FORETOLD_AHEAD_MAX;)
        if (round[i] >= span / 30 && round[i] <= PL_FORECAST_REACH * span)
            seconds[count++] = round[i];
    for (size_t i = 0; i < count / 2; i++) {
        double later = seconds[i];
        seconds[i] = seconds[count - 1 - i];
        seconds[count - 1 - i] = later;
    }
    return count;
}

struct pl_forecast_range pl_foretold_meets(const struct pl_foretold *z)
{
    if (!(z->limit_bytes > 0))
        return (struct pl_forecast_range){INFINITY, INFINITY, INFINITY};
    if (!isnan(z->met_seconds))
        return (struct pl_forecast_range){0, 0, 0};
    return pl_forecast_meets(&z->forecast, z->limit_bytes, z->furthest);
}

static double span_of(const struct pl_forecast *f)
{
    return (double)(f->end_ns - f->start_ns) / 1e9;
}

/* "1.8 MiB a minute" */
static void write_rate(const struct pl_forecast *f, char *text, size_t capacity)
{
    static const struct {
        double span, seconds;
        const char *name;
    } units[] = {{60, 1, "s"}, {3600, 60, "min"}, {172800, 3600, "h"}, {INFINITY, 86400, "d"}};
    char bytes[PL_TEXT_FIGURE];
    size_t i = 0;
    while (span_of(f) > units[i].span)
        i++;
    pl_text_bytes(bytes, pl_forecast_rate(f) * units[i].seconds);
    snprintf(text, capacity, "%s/%s", bytes, units[i].name);
}

/* "5 min 10 s"; of what lies beyond, what it lies beyond of. */
static void write_wait(const struct pl_foretold *z, double seconds, char text[PL_TEXT_FIGURE + 8])
{
    char time[PL_TEXT_FIGURE];
    pl_foretold_time(time, isinf(seconds) ? z->furthest : seconds);
    snprintf(text, PL_TEXT_FIGURE + 8, "%s%s", isinf(seconds) ? "> " : "", time);
}

static void write_moment(const struct pl_forecast *f, double ahead, char *text, size_t capacity)
{
    time_t moment = (time_t)((double)f->end_ns / 1e9 + ahead);
    struct tm tm;
    text[0] = '\0';
    if ((double)f->start_ns / 1e9 >= SINCE_1970 && gmtime_r(&moment, &tm))
        strftime(text, capacity, "%Y-%m-%d at %H:%M UTC", &tm);
}

static void say_growth(struct pl_doc *doc, const struct pl_foretold *z)
{
    const struct pl_forecast *f = &z->forecast;
    char rate[PL_TEXT_FIGURE + 8], span[PL_TEXT_FIGURE], since[PL_TEXT_FIGURE], end[PL_TEXT_FIGURE];
    write_rate(f, rate, sizeof rate);
    pl_foretold_time(span, span_of(f));
    pl_foretold_time(since, (double)(f->end_ns - f->from_ns) / 1e9);
    pl_doc_paragraph(doc);
    pl_doc_text(doc, PL_STYLE_STRONG, z->name);
    pl_doc_textf(doc, PL_STYLE_PLAIN,
                 ": %llu samples over %s. Growth: ", (unsigned long long)z->samples, span);
    pl_doc_text(doc, PL_STYLE_STRONG, pl_forecast_kind_name(f->kind));
    if (f->kind == PL_FORECAST_NONE)
        pl_doc_textf(doc, PL_STYLE_PLAIN, ", for the last %s", since);
    else
        pl_doc_textf(doc, PL_STYLE_PLAIN, ", %s now, for the last %s", rate, since);
    double limit = pl_saturation_end(f->saturation.best);
    if (f->kind == PL_FORECAST_SATURATING && isfinite(limit)) {
        pl_text_bytes(end, limit);
        pl_doc_textf(doc, PL_STYLE_PLAIN, "; it ends at %s", end);
    }
    pl_doc_text(doc, PL_STYLE_PLAIN, ".");
    pl_doc_paragraph_end(doc);
}

static void add_level(struct pl_doc *doc, const char *when, struct pl_forecast_range r)
{
    char best[PL_TEXT_FIGURE], low[PL_TEXT_FIGURE], high[PL_TEXT_FIGURE];
    pl_text_bytes(best, r.best);
    pl_text_bytes(low, r.low);
    pl_text_bytes(high, r.high);
    pl_doc_row_texts(doc, (const char *const[]){when, best, low, high});
}

static void add_wait(struct pl_doc *doc, const struct pl_foretold *z, const char *what,
                     struct pl_forecast_range r)
{
    char best[PL_TEXT_FIGURE + 8], low[PL_TEXT_FIGURE + 8], high[PL_TEXT_FIGURE + 8];
    write_wait(z, r.best, best);
    write_wait(z, r.low, low);
    write_wait(z, r.high, high);
    pl_doc_row_texts(doc, (const char *const[]){what, best, low, high});
}

/* Each later one is as much more uncertain as the first is. */
static void add_next_step(struct pl_doc *doc, const struct pl_foretold *foretold)
{
    const struct pl_staircase *z = &foretold->forecast.stairs;
    struct pl_step latest = z->steps[z->count - 1], next = pl_staircase_next(z, latest, 0);
    double now = (double)foretold->forecast.end_ns / 1e9;
    double early = pl_staircase_next(z, latest, -z->error).seconds;
    char what[PL_TEXT_FIGURE + 32], after[PL_TEXT_FIGURE];
    pl_text_bytes(after, next.after);
    snprintf(what, sizeof what, "next step, to %s, in", after);
    double late = pl_staircase_next(z, latest, z->error).seconds;
    struct pl_forecast_range wait = {fmax(0, next.seconds - now), fmax(0, early - now),
                                     fmax(0, late - now)};
    add_wait(doc, foretold, what, wait);
}

static void add_limit(struct pl_doc *doc, const struct pl_foretold *z)
{
    char limit[PL_TEXT_FIGURE], what[PL_TEXT_FIGURE + 24], when[PL_TEXT_FIGURE];
    pl_text_bytes(limit, z->limit_bytes);
    if (!isnan(z->met_seconds)) {
        pl_foretold_time(when, span_of(&z->forecast) - z->met_seconds);
        snprintf(what, sizeof what, "%s met first", limit);
        char ago[PL_TEXT_FIGURE + 8];
        snprintf(ago, sizeof ago, "%s ago", when);
        pl_doc_row_texts(doc, (const char *const[]){what, ago, "", ""});
        return;
    }
    snprintf(what, sizeof what, "%s met in", limit);
    add_wait(doc, z, what, pl_foretold_meets(z));
}

static void write_one(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {{.head = "RSS"},
                                                   {.head = "estimate", .figure = true},
                                                   {.head = "from", .figure = true},
                                                   {.head = "to (95 %)", .figure = true}};
    const struct pl_foretold *z = context;
    double ahead[PL_FORETOLD_AHEAD_MAX];
    size_t count = pl_foretold_ahead(&z->forecast, ahead);
    say_growth(doc, z);
    for (size_t i = 0; z->series && i < z->series->note_count; i++)
        pl_doc_say(doc, "%s", z->series->notes[i]);
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "rows", "%s", "");
    add_level(doc, "now", pl_forecast_at(&z->forecast, 0));
    for (size_t i = 0; i < count; i++) {
        char time[PL_TEXT_FIGURE], when[PL_TEXT_FIGURE + 8];
        pl_foretold_time(time, ahead[i]);
        snprintf(when, sizeof when, "in %s", time);
        add_level(doc, when, pl_forecast_at(&z->forecast, ahead[i]));
    }
    if (z->forecast.kind == PL_FORECAST_STAIRCASE)
        add_next_step(doc, z);
    if (z->limit_bytes > 0)
        add_limit(doc, z);
    pl_doc_table_end(doc);
    char moment[64];
    double meets = pl_foretold_meets(z).best;
    if (meets > 0 && isfinite(meets)) {
        write_moment(&z->forecast, meets, moment, sizeof moment);
        if (moment[0])
            pl_doc_say(doc, "The limit is met on %s.", moment);
    }
}

void pl_foretold_print(const struct pl_foretold *foretold)
{
    pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_one, foretold);
}

static void add_cell(struct pl_doc *doc, const struct pl_foretold *z)
{
    const struct pl_forecast *f = &z->forecast;
    char rate[PL_TEXT_FIGURE + 8] = "", level[PL_TEXT_FIGURE], limit[PL_TEXT_FIGURE] = "none";
    char meets[PL_TEXT_FIGURE + 8] = "";
    if (f->kind != PL_FORECAST_NONE)
        write_rate(f, rate, sizeof rate);
    pl_text_bytes(level, f->level);
    if (z->limit_bytes > 0) {
        pl_text_bytes(limit, z->limit_bytes);
        if (isnan(z->met_seconds))
            write_wait(z, pl_foretold_meets(z).best, meets);
        else
            snprintf(meets, sizeof meets, "met");
    }
    pl_doc_row_texts(doc, (const char *const[]){z->name, pl_forecast_kind_name(f->kind), rate,
                                                level, limit, meets});
}

static void write_cells(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {
        {.head = "cell"},
        {.head = "growth"},
        {.head = "rate", .figure = true},
        {.head = "RSS now", .figure = true},
        {.head = "limit", .figure = true},
        {.head = "met in", .figure = true},
    };
    const struct pl_foretold_list *list = context;
    pl_doc_table(doc, PL_DOC_COLUMNS(columns), "cells", "%s", "");
    for (size_t i = 0; i < list->count; i++)
        add_cell(doc, &list->items[i]);
    pl_doc_table_end(doc);
}

void pl_foretold_print_cells(const struct pl_foretold_list *list)
{
    pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_cells, list);
}
