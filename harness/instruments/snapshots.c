/* The frame of massif's output: its head and its snapshots (snapshots.h); trees are read by
 * massif_tree.c.
 */
#include "harness/instruments/snapshots.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/instruments/massif_tree.h"
#include "harness/instruments/output_lines.h"

static int expect(struct pl_lines *lines, const char *start, const char **value)
{
    int rc = pl_lines_next(lines);
    if (rc)
        return rc;
    *value = pl_line_after(lines, start);
    return *value ? 0 : pl_lines_refuse(lines, "'%s' expected", start);
}

static int expect_number(struct pl_lines *lines, const char *start, uint64_t *number)
{
    const char *value;
    int rc = expect(lines, start, &value);
    if (rc)
        return rc;
    const char *rest = pl_line_number(lines, value, number);
    return rest && rest == lines->line_end ? 0 : pl_lines_refuse(lines, "no number");
}

static int read_head(struct pl_lines *lines)
{
    static const char *const starts[] = {"desc: ", "cmd: ", "time_unit: "};
    const char *value;
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof starts / sizeof *starts; i++)
        rc = expect(lines, starts[i], &value);
    return rc;
}

static int read_figures(struct pl_lines *lines, struct pl_snapshot *snapshot)
{
    uint64_t time, stacks;
    int rc = expect_number(lines, "time=", &time);
    if (!rc)
        rc = expect_number(lines, "mem_heap_B=", &snapshot->heap_bytes);
    if (!rc)
        rc = expect_number(lines, "mem_heap_extra_B=", &snapshot->extra_bytes);
    if (!rc)
        rc = expect_number(lines, "mem_stacks_B=", &stacks);
    if (!rc)
        snapshot->time = (double)time;
    return rc;
}

static int keep(struct pl_snapshots *s, const struct pl_snapshot *snapshot)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 256;
        struct pl_snapshot *larger = realloc(s->list, capacity * sizeof *larger);
        if (!larger)
            return -ENOMEM;
        s->list = larger;
        s->capacity = capacity;
    }
    s->list[s->count++] = *snapshot;
    return 0;
}

/* Reads the tree and keeps it if it is that of the peak so far. */
static int read_tree(struct pl_lines *lines, struct pl_snapshots *s, bool marked, bool *has_mark)
{
    const struct pl_snapshot *snapshot = &s->list[s->count - 1];
    struct pl_stacks tree = {0};
    bool higher = s->peak == SIZE_MAX || snapshot->heap_bytes > s->list[s->peak].heap_bytes;
    int rc = pl_massif_tree_read(lines, snapshot->heap_bytes, &tree);
    if (!rc && (marked || (higher && !*has_mark))) {
        pl_stacks_free(&s->tree);
        s->tree = tree;
        s->peak = s->count - 1;
        *has_mark |= marked;
    } else {
        pl_stacks_free(&tree);
    }
    return rc;
}

/* One snapshot, behind its first '#' line. */
static int read_snapshot(struct pl_lines *lines, struct pl_snapshots *s, bool *has_mark)
{
    struct pl_snapshot snapshot;
    const char *kind;
    uint64_t number;
    int rc = expect_number(lines, "snapshot=", &number);
    if (!rc && number != s->count)
        rc = pl_lines_refuse(lines, "a snapshot is missing");
    if (!rc)
        rc = expect(lines, "#", &kind);
    if (!rc)
        rc = read_figures(lines, &snapshot);
    if (!rc)
        rc = keep(s, &snapshot);
    if (!rc)
        rc = expect(lines, "heap_tree=", &kind);
    if (rc || strncmp(kind, "empty\n", 6) == 0)
        return rc;
    bool marked = strncmp(kind, "peak\n", 5) == 0;
    if (!marked && strncmp(kind, "detailed\n", 9) != 0)
        return pl_lines_refuse(lines, "heap_tree is neither empty nor detailed nor peak");
    return read_tree(lines, s, marked, has_mark);
}

int pl_snapshots_parse(const char *text, size_t size, const char *path, struct pl_snapshots *out,
                       struct pl_error *error)
{
    struct pl_snapshots s = {.peak = SIZE_MAX};
    struct pl_lines lines = {.at = text, .end = text + size, .path = path, .error = error};
    const char *rest;
    bool has_mark = false;
    int rc = read_head(&lines);
    while (!rc && lines.at < lines.end) {
        rc = expect(&lines, "#", &rest);
        if (!rc)
            rc = read_snapshot(&lines, &s, &has_mark);
    }
    if (!rc && s.count == 0)
        rc = pl_lines_refuse(&lines, "no snapshot");
    if (rc == -ENOMEM)
        pl_error_set(error, rc, "out of memory");
    if (rc)
        pl_snapshots_free(&s);
    else
        *out = s;
    return rc;
}

int pl_snapshots_read(const char *path, struct pl_snapshots *s, struct pl_error *error)
{
    char *text = NULL;
    size_t size;
    int rc = pl_file_read(path, PL_FILE_OUTPUT_BYTES_MAX, &text, &size, error);
    if (!rc)
        rc = pl_snapshots_parse(text, size, path, s, error);
    free(text);
    return rc;
}

void pl_snapshots_free(struct pl_snapshots *s)
{
    pl_stacks_free(&s->tree);
    free(s->list);
    *s = (struct pl_snapshots){.peak = SIZE_MAX};
}
