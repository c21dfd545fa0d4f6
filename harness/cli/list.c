/* `plimsoll list`: scenarios, allocators, formats and metrics, one line each; or what is in a
 * trace. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/cell/installed_heap.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/listed_classes.h"
#include "harness/cli/listed_trace.h"
#include "harness/instruments/instrument.h"
#include "harness/measure/metrics.h"
#include "harness/report/sections/sections.h"
#include "harness/report/writers/terminal.h"
#include "harness/results/clean.h"
#include "harness/results/counterparts.h"
#include "harness/results/document.h"
#include "harness/scenario/sweep.h"

/* One line of a list. */
static json_t *entry(const char *name, const char *about)
{
    return json_pack("{s:o, s:o}", "name", pl_clean_string(name), "about", pl_clean_string(about));
}

/* Adds a text where there is one. */
static void add(json_t *row, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(row, key, pl_clean_string(text));
}

static json_t *scenario_entry(const char *path)
{
    struct pl_error error = {"out of memory"};
    struct pl_scenario *s = malloc(sizeof *s);
    json_t *row;
    if (s && pl_scenario_load(path, PL_TIER_DEFAULT, NULL, 0, s, &error) == 0) {
        row = entry(s->name, s->title);
        add(row, "path", path);
        if (pl_sweep_count(s))
            json_object_set_new(row, "swept_stacks", json_integer((json_int_t)pl_sweep_count(s)));
    } else {
        row = entry(path, "");
        add(row, "missing", error.text);
    }
    free(s);
    return row;
}

static int list_scenarios(json_t *list)
{
    char **paths = NULL;
    struct pl_error error;
    int count = pl_scenario_list_known(&paths, &error);
    if (count < 0)
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    for (int i = 0; i < count; i++) {
        json_array_append_new(list, scenario_entry(paths[i]));
        free(paths[i]);
    }
    free(paths);
    return PL_EXIT_OK;
}

static void add_version(json_t *row, const char *heap)
{
    char text[PL_HEAP_DESCRIPTION_MAX];
    struct pl_error error;
    if (pl_heap_describe(heap, text, sizeof text, &error))
        add(row, "missing", error.text);
    else
        add(row, "version", text);
}

static int list_allocators(json_t *list)
{
    struct pl_backend_info info;
    for (size_t i = 0; pl_backend_info(i, &info); i++) {
        json_t *row = entry(info.name, info.summary);
        add(row, "kind", info.heap ? "heap" : "layer");
        add(row, "options", info.options);
        add(row, "missing", info.missing);
        if (!info.missing && info.heap)
            add_version(row, info.name);
        json_array_append_new(list, row);
    }
    for (size_t i = 0; i < pl_stack_group_count; i++) {
        char stacks[PL_STACK_TEXT_MAX], about[2 * PL_STACK_TEXT_MAX];
        pl_stack_groups[i].stacks(stacks, sizeof stacks);
        snprintf(about, sizeof about, "%s: %s", pl_stack_groups[i].about, stacks);
        json_t *row = entry(pl_stack_groups[i].name, about);
        add(row, "kind", "group");
        json_array_append_new(list, row);
    }
    return PL_EXIT_OK;
}

static int list_formats(json_t *list)
{
    static const char *const about[PL_FORMAT_OWN] = {
        [PL_FORMAT_F32] = "32-bit floats in [-1, 1)",
        [PL_FORMAT_S16] = "16-bit integers",
        [PL_FORMAT_F64] = "64-bit floats",
        [PL_FORMAT_S32] = "32-bit integers",
        [PL_FORMAT_FFMPEG] = "frames as FFmpeg's decoder makes them",
        [PL_FORMAT_YUV420P] = "pictures, 1.5 B a pixel in three planes",
        [PL_FORMAT_YUV422P] = "pictures, 2 B a pixel in three planes",
        [PL_FORMAT_RGB24] = "pictures, 3 B a pixel",
        [PL_FORMAT_RGBA] = "pictures, 4 B a pixel",
    };
    for (int i = 0; i < PL_FORMAT_OWN; i++) {
        char text[128];
        size_t bytes = pl_format_sample_bytes((enum pl_format)i);
        if (bytes)
            snprintf(text, sizeof text, "%zu B a sample, %s", bytes, about[i]);
        else
            snprintf(text, sizeof text, "%s", about[i]);
        json_array_append_new(list, entry(pl_format_name((enum pl_format)i), text));
    }
    return PL_EXIT_OK;
}

static int list_counterparts(void)
{
    struct pl_error error;
    json_t *root = NULL;
    if (pl_counterparts_read(NULL, &root, &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    pl_counterparts_table(stdout, root);
    json_decref(root);
    return PL_EXIT_OK;
}

static int list_metrics(json_t *list)
{
    for (size_t i = 0; i < pl_metric_count; i++) {
        const struct pl_metric *m = &pl_metrics[i];
        json_t *row = entry(m->name, m->how);
        add(row, "class", pl_class_name(m->class));
        add(row, "better", pl_better_name(m->better));
        add(row, "unit", pl_unit_name(m->unit));
        json_array_append_new(list, row);
    }
    return PL_EXIT_OK;
}

static int list_instruments(json_t *list)
{
    struct pl_error error;
    for (size_t i = 0; i < pl_instrument_count; i++) {
        json_t *row = entry(pl_instruments[i]->name, pl_instruments[i]->sees);
        if (pl_instrument_available(pl_instruments[i], &error))
            add(row, "missing", error.text);
        json_array_append_new(list, row);
    }
    return PL_EXIT_OK;
}

/* What stands between name and words, and beneath. */
static const char *const between[] = {"kind", "class", "better", "unit"};
static const struct {
    const char *key, *what;
} beneath[] = {{"options", "options"}, {"version", "version"}, {"missing", "not here"}};
#define BETWEEN (sizeof between / sizeof *between)
#define BENEATH (sizeof beneath / sizeof *beneath)

static bool has(const json_t *list, const char *key)
{
    const json_t *row;
    size_t i;
    json_array_foreach(list, i, row) if (*pl_document_string(row, key)) return true;
    return false;
}

/* A line beneath a row: blanks but for its last cell. */
static void write_beneath(struct pl_doc *doc, const char *what, const char *text)
{
    pl_doc_row(doc);
    while (doc->column + 1 < doc->columns)
        pl_doc_cell_text(doc, "");
    pl_doc_cell_textf(doc, "%s: %s", what, text);
    pl_doc_row_end(doc);
}

static void write_row(struct pl_doc *doc, const json_t *row, const char *const *keys)
{
    const json_t *swept = json_object_get(row, "swept_stacks");
    pl_doc_row(doc);
    for (size_t k = 0; k + 1 < doc->columns; k++)
        pl_doc_cell_text(doc, pl_document_string(row, keys[k]));
    pl_doc_cell_textf(doc, swept ? "%s (sweeps %lld stacks)" : "%s",
                      pl_document_string(row, "about"), (long long)json_integer_value(swept));
    pl_doc_row_end(doc);
    for (size_t k = 0; k < BENEATH; k++)
        if (*pl_document_string(row, beneath[k].key))
            write_beneath(doc, beneath[k].what, pl_document_string(row, beneath[k].key));
}

static void write_list(struct pl_doc *doc, const void *list)
{
    struct pl_doc_column columns[BETWEEN + 2] = {{.head = ""}};
    const char *keys[BETWEEN + 1] = {"name"};
    const json_t *row;
    size_t i, count = 1;
    for (size_t k = 0; k < BETWEEN; k++)
        if (has(list, between[k])) {
            columns[count] = (struct pl_doc_column){.head = ""};
            keys[count++] = between[k];
        }
    columns[count] = (struct pl_doc_column){.head = "", .sentence = true};
    pl_doc_table(doc, columns, count + 1, "rows", "%s", "");
    json_array_foreach(list, i, row) write_row(doc, row, keys);
    pl_doc_table_end(doc);
}

static void print_list(const json_t *list)
{
    if (json_array_size(list))
        pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_list, list);
}

/* No list has a name with one of these in it. */
static bool is_path(const char *word)
{
    return strpbrk(word, "./") || access(word, F_OK) == 0;
}

struct list {
    const char *name;
    int (*make)(json_t *list);
};

static const struct list lists[] = {{"scenarios", list_scenarios},
                                    {"allocators", list_allocators},
                                    {"formats", list_formats},
                                    {"metrics", list_metrics},
                                    {"instruments", list_instruments}};
#define LISTS (sizeof lists / sizeof *lists)

/* @param wanted a name, or NULL: all */
static int make_lists(const char *wanted, json_t *all)
{
    int code = PL_EXIT_OK;
    for (size_t i = 0; !code && i < LISTS; i++)
        if (!wanted || strcmp(wanted, lists[i].name) == 0) {
            json_t *list = json_array();
            json_object_set_new(all, lists[i].name, list);
            code = lists[i].make(list);
        }
    return code;
}

static void print_lists(const char *wanted, json_t *all)
{
    const char *name;
    json_t *list;
    json_object_foreach(all, name, list)
    {
        if (!wanted)
            printf("%s%s\n", strcmp(name, lists[0].name) ? "\n" : "", name);
        print_list(list);
    }
}

static int list_what_there_is(const char *wanted, bool as_json)
{
    json_t *all = json_object();
    int code = all ? make_lists(wanted, all) : pl_cli_usage("out of memory");
    if (!code && as_json) {
        json_dumpf(all, stdout, JSON_INDENT(1));
        putchar('\n');
    } else if (!code) {
        print_lists(wanted, all);
    }
    json_decref(all);
    return code;
}

static int unknown_list(const char *word)
{
    return pl_cli_unknown("list", word,
                          "scenarios, allocators, formats, metrics, instruments, FILE.trace");
}

static bool is_list(const char *word)
{
    for (size_t i = 0; i < LISTS; i++)
        if (strcmp(word, lists[i].name) == 0)
            return true;
    return false;
}

int pl_cli_list(int argc, char **argv)
{
    const char *events = NULL, *classes = NULL, *counterparts = NULL, *json = NULL;
    int code = pl_arguments_take(&argc, argv, "--events", true, &events);
    code = code ? code : pl_arguments_take(&argc, argv, "--classes", true, &classes);
    code = code ? code : pl_arguments_take(&argc, argv, "--counterparts", true, &counterparts);
    code = code ? code : pl_arguments_take(&argc, argv, "--json", true, &json);
    if (code)
        return code;
    const char *wanted = argc > 1 ? argv[1] : NULL;
    if (argc > 2 || ((events || classes) && (argc != 2 || is_list(wanted))) ||
        (events && classes) || (counterparts && (!wanted || strcmp(wanted, "scenarios") != 0)) ||
        (json && (events || classes || counterparts)))
        return pl_cli_usage(
            "these don't go together; expected scenarios [--counterparts], allocators, formats, "
            "metrics or instruments, or [--events|--classes] FILE.trace");
    if (counterparts)
        return list_counterparts();
    if (!wanted || is_list(wanted))
        return list_what_there_is(wanted, json != NULL);
    if (json && is_path(wanted))
        return pl_cli_usage("--json is not of a trace; expected `plimsoll list %s` without it",
                            wanted);
    if (json || (!is_path(wanted) && !events && !classes))
        return unknown_list(wanted);
    return classes ? pl_list_classes(wanted) : pl_list_trace(wanted, events != NULL);
}
