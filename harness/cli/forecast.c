/* `plimsoll forecast FILE|RESULTS`: how memory grows, what it will be, and when it meets its limit.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "allocators/base/units.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/foretold.h"
#include "harness/forecast/series_file.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/results/joined_runs.h"
#include "harness/results/rss_series.h"

/* What has to hold of a check, in shares: as many times inside of intervals, and spared. */
#define INSIDE_MIN 0.9
#define SPARED_MIN 0.95

enum { LIMIT = 1, WITHIN, UNIT, INTERVAL, SERIES, CHECK, JSON };

static const struct option options[] = {
    {"limit", required_argument, NULL, LIMIT},   {"within", required_argument, NULL, WITHIN},
    {"unit", required_argument, NULL, UNIT},     {"interval", required_argument, NULL, INTERVAL},
    {"series", required_argument, NULL, SERIES}, {"check", required_argument, NULL, CHECK},
    {"json", no_argument, NULL, JSON},           {0},
};

struct wishes {
    const char *path;
    uint64_t limit_bytes; /* 0: a cell's own, a file's none */
    int64_t within_ns;    /* 0: not asked */
    double share;         /* of --check; 0: not asked */
    bool json;
    struct pl_memory_series_wishes series;
};

static int read_limit(const char *text, struct wishes *w)
{
    struct pl_error error;
    if (pl_size_parse(text, &w->limit_bytes, &error))
        return pl_cli_usage("--limit: %s", error.text);
    return w->limit_bytes ? PL_EXIT_OK : pl_cli_usage("--limit 0; expected more, such as 512MiB");
}

static int read_unit(const char *text, struct wishes *w)
{
    char one[16];
    uint64_t bytes = 0;
    struct pl_error error;
    snprintf(one, sizeof one, "1%s", text);
    if (strlen(text) > 4 || pl_size_parse(one, &bytes, &error))
        return pl_cli_usage("unknown --unit %s; expected B, KiB, MiB, GiB, kB, MB or GB", text);
    w->series.unit_bytes = (double)bytes;
    return PL_EXIT_OK;
}

static int read_share(const char *text, struct wishes *w)
{
    char *end;
    double percent = strtod(text, &end);
    if (end == text || strcmp(end, "%") != 0 || !(percent >= 1 && percent <= 99))
        return pl_cli_usage("--check %s; expected 1%% to 99%%, such as 40%%", text);
    w->share = percent / 100;
    return PL_EXIT_OK;
}

static int take_option(int option, const char *value, void *context)
{
    struct wishes *w = context;
    switch (option) {
    case LIMIT:
        return read_limit(value, w);
    case WITHIN:
        return pl_arguments_time("within", value, 0, &w->within_ns);
    case UNIT:
        return read_unit(value, w);
    case INTERVAL:
        return pl_arguments_time("interval", value, 0, &w->series.interval_ns);
    case CHECK:
        return read_share(value, w);
    case SERIES:
        w->series.series = value;
        return PL_EXIT_OK;
    default:
        w->json = true;
        return PL_EXIT_OK;
    }
}

static int read_wishes(int argc, char **argv, struct wishes *w)
{
    int code = pl_arguments_options(argc, argv, options, take_option, w);
    if (code != PL_EXIT_OK)
        return code;
    if (argc - optind != 1)
        return pl_cli_usage("%d paths; expected one, a folder of results or a file of a series",
                            argc - optind);
    w->path = argv[optind];
    return PL_EXIT_OK;
}

static double first_met(const struct pl_curve *c, double limit)
{
    for (size_t i = 0; limit > 0 && i < c->count; i++)
        if (c->values[i] >= limit)
            return (double)(c->t_ns[i] - c->t_ns[0]) / 1e9;
    return NAN;
}

/* What is asked for is looked for, however short the series. */
static int foretell(const struct wishes *w, const struct pl_curve *curve, double limit,
                    struct pl_foretold *z)
{
    z->limit_bytes = limit;
    z->met_seconds = first_met(curve, limit);
    int rc = pl_forecast_make(curve, &z->forecast);
    if (!rc)
        z->furthest = fmax(pl_forecast_reach(&z->forecast), (double)w->within_ns / 1e9);
    return rc;
}

static void print_json(json_t *value)
{
    json_dumpf(value, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(value);
}

static bool is_soon(const struct wishes *w, const struct pl_foretold *z)
{
    return w->within_ns && pl_foretold_meets(z).best <= (double)w->within_ns / 1e9;
}

static int foretell_file(const struct wishes *w)
{
    struct pl_memory_series series;
    struct pl_foretold z = {.series = &series};
    struct pl_error error;
    if (w->share > 0)
        return pl_cli_usage("--check with a file; expected a folder of results, which has the ends "
                            "of its cells");
    if (w->within_ns && !w->limit_bytes)
        return pl_cli_usage("--within without --limit; expected both");
    if (pl_memory_series_read(w->path, &w->series, &series, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    snprintf(z.name, sizeof z.name, "%s", strcmp(w->path, "-") == 0 ? "stdin" : w->path);
    struct pl_curve curve = pl_memory_series_curve(&series);
    z.samples = series.samples;
    int code = PL_EXIT_OK;
    if (foretell(w, &curve, (double)w->limit_bytes, &z))
        code = pl_cli_usage("out of memory");
    else if (w->json)
        print_json(pl_foretold_json(&z));
    else
        pl_foretold_print(&z);
    code = code == PL_EXIT_OK && is_soon(w, &z) ? PL_EXIT_UNEXPECTED : code;
    pl_memory_series_free(&series);
    return code;
}

static double limit_of(const json_t *cell)
{
    const json_t *container = json_object_get(cell, "container");
    if (strcmp(pl_document_string(container, "kind"), "none") == 0)
        return 0;
    return json_number_value(json_object_get(container, "bytes"));
}

/* @return whether it is one of those ends */
static bool end_of(const json_t *cell, enum pl_backtest_end *end)
{
    static const struct {
        const char *outcome;
        enum pl_backtest_end end;
    } ends[] = {{"oom_killed", PL_BACKTEST_KILLED},
                {"alloc_failed", PL_BACKTEST_KILLED},
                {"growing", PL_BACKTEST_GREW},
                {"bounded", PL_BACKTEST_BOUNDED}};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (strcmp(pl_document_string(cell, "outcome"), ends[i].outcome) == 0) {
            *end = ends[i].end;
            return true;
        }
    return false;
}

/* @return 0; -EAGAIN for a cell of which nothing can be said; -EINVAL with the reason; -ENOMEM */
static int foretell_curve(const struct wishes *w, const json_t *cell, const struct pl_curve *curve,
                          struct pl_foretold *z)
{
    z->samples = curve->count;
    int rc = foretell(w, curve, w->limit_bytes ? (double)w->limit_bytes : limit_of(cell), z);
    if (rc || !(w->share > 0))
        return rc == -EINVAL ? -EAGAIN : rc;
    if (!end_of(cell, &z->end))
        return -EAGAIN;
    const struct pl_backtest_cell ended = {
        *curve, z->end, z->limit_bytes,
        json_number_value(json_object_get(cell, "duration_seconds"))};
    return pl_backtest_make(&ended, w->share, &z->backtest);
}

static int foretell_cell(const struct wishes *w, const json_t *cell, struct pl_foretold *z,
                         struct pl_error *error)
{
    struct pl_rss_series series = {0};
    struct pl_cell_name name = pl_cell_name_of(cell);
    pl_cell_name_text(&name, z->name, sizeof z->name);
    if (!*pl_document_string(cell, "series"))
        return -EAGAIN;
    int rc = pl_rss_series_read(pl_document_string(cell, "folder"), cell, &series, error);
    if (rc)
        return rc;
    struct pl_curve curve = {series.t_ns, series.rss_bytes, series.count};
    rc = foretell_curve(w, cell, &curve, z);
    pl_rss_series_free(&series);
    return rc == -ENOMEM ? pl_error_set(error, rc, "out of memory") : rc;
}

static bool passes(const struct pl_foretold_list *list)
{
    struct pl_foretold_score s = pl_foretold_count(list);
    return (double)s.inside >= INSIDE_MIN * (double)s.judged &&
           (double)s.spared >= SPARED_MIN * (double)s.bounded;
}

static int print_cells(const struct wishes *w, const struct pl_foretold_list *list)
{
    bool soon = false;
    json_t *all = w->json && !(w->share > 0) ? json_array() : NULL;
    for (size_t i = 0; i < list->count; i++) {
        soon |= is_soon(w, &list->items[i]);
        if (all)
            json_array_append_new(all, pl_foretold_json(&list->items[i]));
    }
    if (all)
        print_json(all);
    else if (w->json)
        print_json(pl_foretold_check_json(list));
    else if (w->share > 0)
        pl_foretold_print_check(list);
    else
        pl_foretold_print_cells(list);
    bool well = w->share > 0 ? passes(list) : !soon;
    return well ? PL_EXIT_OK : PL_EXIT_UNEXPECTED;
}

static int foretell_cells(const struct wishes *w, const json_t *root)
{
    const json_t *cells = json_object_get(root, "cells");
    struct pl_foretold_list list = {.share = w->share, .folder = w->path};
    struct pl_error error;
    int rc = 0;
    list.items = calloc(json_array_size(cells) + 1, sizeof *list.items);
    if (!list.items)
        return pl_cli_usage("out of memory");
    for (size_t i = 0; !rc && i < json_array_size(cells); i++) {
        rc = foretell_cell(w, json_array_get(cells, i), &list.items[list.count], &error);
        list.count += !rc;
        rc = rc == -EAGAIN ? 0 : rc;
    }
    int code = rc            ? pl_cli_fail(PL_EXIT_USAGE, &error)
               : !list.count ? pl_cli_usage("%s: no cell has a series of %d samples; expected one",
                                            w->path, PL_FORECAST_SAMPLES_MIN)
                             : print_cells(w, &list);
    free(list.items);
    return code;
}

static int foretell_folder(const struct wishes *w)
{
    json_t *root = NULL;
    struct pl_error error;
    if (w->series.series || w->series.interval_ns || w->series.unit_bytes > 0)
        return pl_cli_usage("--series, --unit or --interval with a folder of results, which says "
                            "all that; expected none of them");
    if (pl_document_gather(w->path, &root, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    int code = foretell_cells(w, root);
    json_decref(root);
    return code;
}

int pl_cli_forecast(int argc, char **argv)
{
    struct wishes w = {0};
    struct stat status;
    int code = read_wishes(argc, argv, &w);
    if (code != PL_EXIT_OK)
        return code;
    if (strcmp(w.path, "-") == 0)
        return foretell_file(&w);
    if (stat(w.path, &status))
        return pl_cli_usage("%s: %s", w.path, strerror(errno));
    return S_ISDIR(status.st_mode) ? foretell_folder(&w) : foretell_file(&w);
}
