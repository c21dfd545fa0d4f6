#include "harness/compare/tests/curves_on_disk.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/compare/tests/documents.h"

void runs_make(struct runs *runs)
{
    char path[64];
    *runs = (struct runs){.folder = "/tmp/plimsoll-test-XXXXXX"};
    assert_non_null(mkdtemp(runs->folder));
    snprintf(path, sizeof path, "%s/series", runs->folder);
    assert_int_equal(pl_folder_make(path, NULL), 0);
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++)
        runs->roots[side] = document_make(NULL);
}

json_t *runs_last(struct runs *runs, enum pl_agreement_side side)
{
    json_t *cells = json_object_get(runs->roots[side], "cells");
    return json_array_get(cells, json_array_size(cells) - 1);
}

json_t *runs_add(struct runs *runs, enum pl_agreement_side side, const char *stack, double from,
                 size_t at, double to, size_t count)
{
    char path[128], name[64];
    size_t number = json_array_size(json_object_get(runs->roots[side], "cells"));
    snprintf(name, sizeof name, "series/%d.%zu.csv", (int)side, number);
    snprintf(path, sizeof path, "%s/%s", runs->folder, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    fputs("t_ns,rss_bytes,live_bytes\n", out);
    for (size_t i = 0; i < count; i++)
        fprintf(out, "%zu00000000,%.0f,0\n", i, (i < at ? from : to) * 0x1p20);
    fclose(out);
    document_add(runs->roots[side], stack, 0);
    json_t *cell = runs_last(runs, side);
    json_object_set_new(cell, "clock",
                        json_string(side == PL_AGREEMENT_VIRTUAL ? "virtual" : "wall"));
    json_object_set_new(cell, "threads", json_integer(2));
    json_object_set_new(cell, "series", json_string(name));
    json_object_set_new(cell, "folder", json_string(runs->folder));
    return cell;
}

void runs_add_all(struct runs *runs, const char *stack)
{
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++)
        runs_add(runs, side, stack, 10, 3, 100, 30);
}

void runs_free(struct runs *runs)
{
    for (enum pl_agreement_side side = 0; side < PL_AGREEMENT_COUNT; side++)
        json_decref(runs->roots[side]);
    pl_folder_remove(runs->folder);
}
