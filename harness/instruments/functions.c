/* Summing up what callgrind counted (functions.h). */
#include "harness/instruments/functions.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/instruments/output_lines.h"

struct reader {
    struct pl_lines lines;
    struct pl_stacks *functions; /* an entry for each fn= line with a cost; merged at the end */
    const char *name;            /* the function at hand, in the text; NULL before the first */
    size_t length;
    uint64_t own;
    uint64_t sum;
    uint64_t total;
    bool has_total;
    bool inclusive; /* the next cost is that of a call: the callee has it already */
};

static int end_function(struct reader *r)
{
    int rc = r->own ? pl_stacks_add(r->functions, r->name, r->length, r->own) : 0;
    r->own = 0;
    return rc;
}

static int begin_function(struct reader *r, const char *name)
{
    int rc = end_function(r);
    r->name = name;
    r->length = (size_t)(r->lines.line_end - name);
    if (!rc && r->length == 0)
        rc = pl_lines_refuse(&r->lines, "a function without a name");
    return rc;
}

/* "76 2": a line of the source, and instructions; "76" alone costs none. */
static int add_cost(struct reader *r)
{
    uint64_t line, cost = 0;
    const char *at = pl_line_number(&r->lines, r->lines.line, &line);
    if (at && *at == ' ')
        at = pl_line_number(&r->lines, at + 1, &cost);
    if (!at || at != r->lines.line_end || !r->name)
        return pl_lines_refuse(&r->lines, "no cost of a function");
    if (!r->inclusive) {
        if (r->sum + cost < cost)
            return pl_lines_refuse(&r->lines, "more instructions than can be counted");
        r->own += cost;
        r->sum += cost;
    }
    r->inclusive = false;
    return 0;
}

static int read_total(struct reader *r, const char *text)
{
    text += strspn(text, " ");
    const char *end = pl_line_number(&r->lines, text, &r->total);
    r->has_total = end && end == r->lines.line_end;
    return r->has_total ? 0 : pl_lines_refuse(&r->lines, "no total");
}

static int check_events(const struct reader *r, const char *events)
{
    size_t length = (size_t)(r->lines.line_end - events);
    return length == 2 && memcmp(events, "Ir", 2) == 0
               ? 0
               : pl_lines_refuse(&r->lines, "other events than instructions (Ir)");
}

static int read_line(struct reader *r)
{
    const char *rest;
    if (*r->lines.line >= '0' && *r->lines.line <= '9')
        return add_cost(r);
    if ((rest = pl_line_after(&r->lines, "fn=")))
        return begin_function(r, rest);
    if ((rest = pl_line_after(&r->lines, "totals:")))
        return read_total(r, rest);
    if ((rest = pl_line_after(&r->lines, "events: ")))
        return check_events(r, rest);
    r->inclusive |= pl_line_after(&r->lines, "calls=") != NULL;
    return 0; /* files, objects, callees: not asked for */
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct pl_stack_cost *)a)->frames,
                  ((const struct pl_stack_cost *)b)->frames);
}

/* A function stands in the file once for each file that is inlined into it and more. */
static void merge(struct pl_stacks *functions)
{
    size_t kept = 0;
    if (functions->count)
        qsort(functions->list, functions->count, sizeof *functions->list, by_name);
    for (size_t i = 0; i < functions->count; i++) {
        struct pl_stack_cost *last = kept ? &functions->list[kept - 1] : NULL;
        if (last && strcmp(last->frames, functions->list[i].frames) == 0) {
            last->cost += functions->list[i].cost;
            free(functions->list[i].frames);
        } else {
            functions->list[kept++] = functions->list[i];
        }
    }
    functions->count = kept;
    pl_stacks_sort(functions);
}

static int read_all(struct reader *r)
{
    int rc = pl_lines_next(&r->lines);
    if (!rc && !pl_line_after(&r->lines, "# callgrind format"))
        rc = pl_lines_refuse(&r->lines, "not callgrind's format");
    while (!rc && r->lines.at < r->lines.end) {
        rc = pl_lines_next(&r->lines);
        if (!rc)
            rc = read_line(r);
    }
    if (!rc)
        rc = end_function(r);
    if (!rc && (!r->has_total || r->total != r->sum))
        rc = pl_lines_refuse(&r->lines, r->has_total ? "its functions do not sum up to its total"
                                                     : "it has no total");
    return rc;
}

int pl_functions_parse(const char *text, size_t size, const char *path, struct pl_stacks *functions,
                       uint64_t *total, struct pl_error *error)
{
    struct reader reader = {
        .lines = {.at = text, .end = text + size, .path = path, .error = error},
        .functions = functions,
    };
    int rc = read_all(&reader);
    if (rc == -ENOMEM)
        pl_error_set(error, rc, "out of memory");
    if (rc) {
        pl_stacks_free(functions);
        return rc;
    }
    merge(functions);
    *total = reader.total;
    return 0;
}

int pl_functions_read(const char *path, struct pl_stacks *functions, uint64_t *total,
                      struct pl_error *error)
{
    char *text = NULL;
    size_t size;
    int rc = pl_file_read(path, PL_FILE_OUTPUT_BYTES_MAX, &text, &size, error);
    if (!rc)
        rc = pl_functions_parse(text, size, path, functions, total, error);
    free(text);
    return rc;
}
