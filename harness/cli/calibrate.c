/* `plimsoll calibrate`: an A/A run that measures this host's noise and false alarms. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/temporary.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/paired_run.h"
#include "harness/cli/reproduce.h"
#include "harness/compare/calibration.h"
#include "harness/report/writers/terminal.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"

/* A metric's share of false alarms, over six cells, is then known to about 1.5 %. */
#define PAIRS 100

static void write_metrics(struct pl_doc *doc, const json_t *metrics)
{
    static const struct pl_doc_column columns[] = {
        {.head = "metric"}, {.head = "false alarms", .figure = true}, {.head = "in a gate"}};
    const json_t *row;
    size_t i;
    pl_doc_table(doc, columns, 3, "metrics", "%s", "");
    json_array_foreach(metrics, i, row)
    {
        pl_doc_row(doc);
        pl_doc_cell_text(doc, pl_document_string(row, "metric"));
        pl_doc_cell_textf(doc, "%.1f %%",
                          100 * json_number_value(json_object_get(row, "false_alarms")));
        pl_doc_cell_text(doc, json_is_true(json_object_get(row, "advisory")) ? "advisory" : "yes");
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

static void write_cells(struct pl_doc *doc, const json_t *cells)
{
    static const struct pl_doc_column columns[] = {{.head = "scenario"},
                                                   {.head = "stack"},
                                                   {.head = "metric"},
                                                   {.head = "noise of a ratio", .figure = true}};
    const json_t *row;
    size_t i;
    char stack[PL_STACK_TEXT_MAX + 32];
    pl_doc_table(doc, columns, 4, "cells", "%s", "");
    json_array_foreach(cells, i, row)
    {
        struct pl_cell_name name = pl_cell_name_of(row);
        pl_cell_name_stack(&name, stack, sizeof stack);
        pl_doc_row(doc);
        pl_doc_cell_text(doc, name.scenario);
        pl_doc_cell_text(doc, stack);
        pl_doc_cell_text(doc, pl_document_string(row, "metric"));
        pl_doc_cell_textf(doc, "%.2f %%", 100 * json_number_value(json_object_get(row, "noise")));
        pl_doc_row_end(doc);
    }
    pl_doc_table_end(doc);
}

static void write_tables(struct pl_doc *doc, const void *root)
{
    write_metrics(doc, json_object_get(root, "metrics"));
    write_cells(doc, json_object_get(root, "cells"));
}

static void print(const json_t *root, const char *path)
{
    pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_tables, root);
    putchar('\n');
    pl_printable_line(stdout, "calibration: %s", path);
}

/* Other cells of this host stay calibrated; what can't be read is replaced. */
static void keep_earlier(const char *path, json_t *root)
{
    struct pl_calibration earlier = {0};
    if (pl_calibration_load(path, &earlier, NULL) == 0 &&
        pl_calibration_of_host(&earlier, json_object_get(root, "host")))
        pl_calibration_sum_up(root, earlier.root);
    pl_calibration_free(&earlier);
}

/* Both halves to what is stored. */
static int store(const char *folder, const char *path)
{
    char half[4096];
    json_t *base = NULL, *new = NULL, *root = NULL;
    struct pl_error error;
    snprintf(half, sizeof half, "%s/base", folder);
    int rc = pl_document_load(half, &base, &error);
    snprintf(half, sizeof half, "%s/new", folder);
    if (!rc)
        rc = pl_document_load(half, &new, &error);
    if (!rc)
        rc = pl_calibration_make(base, new, &root, &error);
    char own[4096];
    if (!rc && !path) {
        rc = pl_calibration_path(json_object_get(new, "host"), own, sizeof own, &error);
        path = own;
    }
    if (!rc)
        keep_earlier(path, root);
    if (!rc)
        rc = pl_calibration_store(path, root, &error);
    if (!rc)
        print(root, path);
    json_decref(base);
    json_decref(new);
    json_decref(root);
    return rc ? pl_cli_fail(PL_EXIT_USAGE, &error) : PL_EXIT_OK;
}

static int calibrate(struct pl_arguments *a, const char *pairs, const char *path,
                     const char *command)
{
    char self[4096];
    struct pl_temporary temporary = {.fd = -1};
    struct pl_error error;
    struct pl_paired_run_options s = {.pairs = PAIRS, .seed = 1, .command = command};
    int code = pl_paired_run_self(self, sizeof self);
    if (code == PL_EXIT_OK)
        code = pl_arguments_count("pairs", pairs, 1000, &s.pairs);
    if (code == PL_EXIT_OK && s.pairs < PL_CALIBRATION_PAIRS_MIN)
        code = pl_cli_usage("--pairs: too few; expected %d or more", PL_CALIBRATION_PAIRS_MIN);
    if (code != PL_EXIT_OK)
        return code;
    pl_interrupt_catch(); /* from here on there is a folder to remove */
    if (!a->out && pl_temporary_make(&temporary, "calibrate", &error))
        return pl_cli_fail(PL_EXIT_USAGE, &error);
    s.folder = a->out ? a->out : temporary.path;
    s.programs[0] = s.programs[1] = self;
    code = pl_paired_run(a, &s);
    if (code == PL_EXIT_OK)
        code = store(s.folder, path);
    pl_temporary_remove(&temporary);
    return code;
}

int pl_cli_calibrate(int argc, char **argv)
{
    struct pl_arguments arguments = {0};
    const char *pairs = NULL, *path = NULL;
    char command[4096];
    pl_reproduce_command(argc, argv, command, sizeof command);
    int code = pl_arguments_take(&argc, argv, "--pairs", false, &pairs);
    if (code == PL_EXIT_OK)
        code = pl_arguments_take(&argc, argv, "--calibration", false, &path);
    if (code == PL_EXIT_OK)
        code = pl_arguments_read(argc, argv, &arguments);
    if (code == PL_EXIT_OK)
        code = calibrate(&arguments, pairs, path, command);
    pl_arguments_free(&arguments);
    return code;
}
