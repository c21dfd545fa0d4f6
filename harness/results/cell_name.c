/* Reading, writing and comparing names of cells (cell_name.h). */
#include "harness/results/cell_name.h"

#include <stdio.h>
#include <string.h>

#include "harness/results/document.h"
#include "harness/scenario/scenario.h"

/** Room for what stands behind a stack or a format. */
#define CONDITIONS 48

struct pl_cell_name pl_cell_name_of(const json_t *object)
{
    json_int_t threads = json_integer_value(json_object_get(object, "threads"));
    struct pl_cell_name name = {
        .scenario = pl_document_string(object, "scenario"),
        .allocator = pl_document_string(object, "allocator"),
        .format = pl_document_string(object, "format"),
        .clock = pl_document_string(object, "clock"),
        .threads = threads > 0 && threads <= UINT32_MAX ? (uint32_t)threads : 1,
    };
    if (!*name.clock)
        name.clock = pl_clock_name(PL_CLOCK_VIRTUAL);
    return name;
}

json_t *pl_cell_name_json(const struct pl_cell_name *name)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:I}", "scenario", name->scenario, "allocator",
                     name->allocator, "format", name->format, "clock", name->clock, "threads",
                     (json_int_t)name->threads);
}

bool pl_cell_name_beside(const struct pl_cell_name *a, const struct pl_cell_name *b)
{
    return strcmp(a->scenario, b->scenario) == 0 && strcmp(a->format, b->format) == 0 &&
           strcmp(a->clock, b->clock) == 0;
}

bool pl_cell_name_equal(const struct pl_cell_name *a, const struct pl_cell_name *b)
{
    return pl_cell_name_beside(a, b) && strcmp(a->allocator, b->allocator) == 0 &&
           a->threads == b->threads;
}

char *pl_cell_name_key(const struct pl_cell_name *name)
{
    char *key = NULL;
    int length = asprintf(&key, "%s\n%s\n%s\n%u\n%s", name->scenario, name->format, name->clock,
                          name->threads, name->allocator);
    return length < 0 ? NULL : key;
}

static void name_threads(const struct pl_cell_name *name, char *text)
{
    text[0] = '\0';
    if (name->threads > 1)
        snprintf(text, CONDITIONS, ", %u threads", name->threads);
}

static void name_clock(const struct pl_cell_name *name, char *text)
{
    text[0] = '\0';
    if (strcmp(name->clock, pl_clock_name(PL_CLOCK_VIRTUAL)) != 0)
        snprintf(text, CONDITIONS, ", %.30s clock", name->clock);
}

void pl_cell_name_stack(const struct pl_cell_name *name, char *text, size_t capacity)
{
    char threads[CONDITIONS];
    name_threads(name, threads);
    snprintf(text, capacity, "%s%s", name->allocator, threads);
}

void pl_cell_name_how(const struct pl_cell_name *name, char *text, size_t capacity)
{
    char threads[CONDITIONS], clock[CONDITIONS];
    name_threads(name, threads);
    name_clock(name, clock);
    snprintf(text, capacity, "%s%s%s", name->format, clock, threads);
}

void pl_cell_name_text(const struct pl_cell_name *name, char *text, size_t capacity)
{
    char threads[CONDITIONS], clock[CONDITIONS];
    name_threads(name, threads);
    name_clock(name, clock);
    snprintf(text, capacity, "%s %s %s%s%s", name->scenario, name->allocator, name->format, clock,
             threads);
}
