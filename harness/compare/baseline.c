/* Lines of class D: made, written and compared (baseline.h). */
#include "harness/compare/baseline.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/measure/metrics.h"
#include "harness/results/cell_name.h"
#include "harness/results/document.h"
#include "harness/results/ranges.h"

#define LINE_MAX_BYTES 768

/* The lines of one scenario, sorted. */
struct lines {
    char **text;
    size_t count;
};

static void free_lines(struct lines *l)
{
    for (size_t i = 0; i < l->count; i++)
        free(l->text[i]);
    free(l->text);
    *l = (struct lines){0};
}

static int add_line(struct lines *l, const char *text)
{
    char **larger = realloc(l->text, (l->count + 1) * sizeof *larger);
    if (!larger)
        return -ENOMEM;
    l->text = larger;
    l->text[l->count] = strdup(text);
    return l->text[l->count] ? (int)(l->count++, 0) : -ENOMEM;
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void sort(struct lines *l)
{
    if (l->count)
        qsort(l->text, l->count, sizeof *l->text, by_text);
}

/* How long the name of a line's value is: all before the last blank. */
static size_t name_length(const char *line)
{
    const char *blank = strrchr(line, ' ');
    return blank ? (size_t)(blank - line) : strlen(line);
}

static bool same_name(const char *a, const char *b)
{
    return name_length(a) == name_length(b) && strncmp(a, b, name_length(a)) == 0;
}

/* One thread is not named, so that the lines of before there were two stay as they are. */
static int add_value(struct lines *l, const struct pl_cell_name *cell, const char *metric,
                     const json_t *value)
{
    char line[LINE_MAX_BYTES], threads[24] = "";
    if (cell->threads > 1)
        snprintf(threads, sizeof threads, " threads=%u", cell->threads);
    if (json_is_integer(value))
        snprintf(line, sizeof line, "%.500s %s%s %s %lld", cell->allocator, cell->format, threads,
                 metric, (long long)json_integer_value(value));
    else
        snprintf(line, sizeof line, "%.500s %s%s %s %.12g", cell->allocator, cell->format, threads,
                 metric, json_real_value(value));
    return add_line(l, line);
}

static int add_cell(struct lines *l, const json_t *cell, struct pl_error *error)
{
    const json_t *metrics = json_object_get(cell, "metrics");
    struct pl_cell_name name = pl_cell_name_of(cell);
    int rc = 0;
    if (strcmp(name.clock, pl_clock_name(PL_CLOCK_VIRTUAL)) != 0)
        return pl_error_set(error, -EINVAL,
                            "%.100s on %.100s ran under the %.20s clock; class D repeats under the "
                            "virtual one only",
                            name.scenario, name.allocator, name.clock);
    for (size_t i = 0; !rc && i < pl_metric_count; i++) {
        const json_t *value = json_object_get(metrics, pl_metrics[i].name);
        if (pl_metrics[i].class == PL_CLASS_D && value)
            rc = add_value(l, &name, pl_metrics[i].name, value);
    }
    return rc ? pl_error_set(error, rc, "out of memory") : 0;
}

/* Repetitions give the same line twice; two lines of one name are a fault. */
static int drop_repeated(struct lines *l, struct pl_error *error)
{
    size_t kept = 0;
    for (size_t i = 0; i < l->count; i++) {
        char *line = l->text[i];
        if (kept && same_name(l->text[kept - 1], line)) {
            if (strcmp(l->text[kept - 1], line) != 0)
                return pl_error_set(error, -EINVAL,
                                    "repetitions differ: %.150s, and %.100s; expected figures of "
                                    "class D to be the same in each",
                                    l->text[kept - 1], line + name_length(line));
            free(line);
            l->text[i] = NULL;
            continue;
        }
        l->text[i] = NULL;
        l->text[kept++] = line;
    }
    l->count = kept;
    return 0;
}

static int lines_of(const json_t *root, const char *scenario, struct lines *l,
                    struct pl_error *error)
{
    const json_t *cell;
    size_t i;
    int rc = 0;
    json_array_foreach(json_object_get(root, "cells"), i, cell)
    {
        if (!rc && strcmp(pl_document_string(cell, "scenario"), scenario) == 0)
            rc = add_cell(l, cell, error);
    }
    if (rc)
        return rc;
    sort(l);
    return drop_repeated(l, error);
}

/* A scenario's name comes from a file that may hold anything: it must stay a name below `folder`.
 */
static int path_of(const char *folder, const char *scenario, char *path, size_t capacity,
                   struct pl_error *error)
{
    int n = snprintf(path, capacity, "%s/%s.txt", folder, scenario);
    if (strchr(scenario, '/') || scenario[0] == '.' || !*scenario)
        return pl_error_set(error, -EINVAL, "'%.60s' can't name a file of the baseline", scenario);
    return n > 0 && (size_t)n < capacity
               ? 0
               : pl_error_set(error, -ENAMETOOLONG, "the path of the baseline is too long");
}

static int write_lines(const struct lines *l, const char *path, struct pl_error *error)
{
    struct pl_file file;
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    fputs("# Class D of this scenario's smoke tier without a container, 60 s of replay. Exact on "
          "any\n"
          "# machine; `make baseline` renews it. Stack, format, metric, value:\n",
          file.stream);
    for (size_t i = 0; i < l->count; i++)
        fprintf(file.stream, "%s\n", l->text[i]);
    return pl_file_commit(&file, error);
}

/* The number behind the last blank is one of the metric before it. */
static int check_line(const char *path, size_t number, const char *line, struct pl_error *error)
{
    char metric[64] = "", *end;
    struct pl_error reason;
    size_t length = name_length(line), start = length;
    while (start && line[start - 1] != ' ')
        start--;
    snprintf(metric, sizeof metric, "%.*s", (int)(length - start), line + start);
    const struct pl_metric *m = pl_metric_find(metric);
    double value = line[length] ? strtod(line + length + 1, &end) : 0;
    if (!start || !m || !line[length] || *end || end == line + length + 1)
        return pl_error_set(
            error, -EINVAL,
            "%s:%zu: '%.60s' is not a line of a baseline; expected stack, format, metric and value",
            path, number, line);
    struct pl_range range = pl_metric_range(m);
    if (pl_range_check(&range, value, metric, &reason))
        return pl_error_set(error, -EINVAL, "%s:%zu: %s", path, number, reason.text);
    return 0;
}

static int read_lines(const char *path, struct lines *l, struct pl_error *error)
{
    char *text = NULL;
    size_t size = 0;
    int rc = pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, error);
    char *rest = text;
    size_t number = 0;
    for (char *line; !rc && (line = strsep(&rest, "\n"));) {
        number++;
        if (!*line || *line == '#')
            continue;
        rc = check_line(path, number, line, error);
        if (!rc)
            rc = add_line(l, line);
    }
    free(text);
    sort(l);
    return rc;
}

struct check {
    void (*take)(void *context, const char *line);
    void *context;
    const char *scenario;
    size_t differences;
};

static void tell(struct check *c, const char *what, const char *line, const char *other)
{
    char text[2 * LINE_MAX_BYTES];
    snprintf(text, sizeof text, "%s: %s%s%s%s", c->scenario, line, other ? " ->" : "",
             other ? other + name_length(other) : "", what);
    c->take(c->context, text);
    c->differences++;
}

/* Both are sorted: one walk down the two. */
static void walk(struct check *c, const struct lines *known, const struct lines *found)
{
    size_t k = 0, f = 0;
    while (k < known->count || f < found->count) {
        const char *a = k < known->count ? known->text[k] : NULL;
        const char *b = f < found->count ? found->text[f] : NULL;
        if (a && b && same_name(a, b)) {
            if (strcmp(a, b) != 0)
                tell(c, "", a, b);
            k++;
            f++;
        } else if (a && (!b || strcmp(a, b) < 0)) {
            tell(c, " is in the baseline, but was not measured", a, NULL);
            k++;
        } else {
            tell(c, " is not in the baseline", b, NULL);
            f++;
        }
    }
}

/* Calls `each` once a scenario, in the order of the document. */
static int each_scenario(const json_t *root, int (*each)(void *, const char *), void *context)
{
    const json_t *cells = json_object_get(root, "cells"), *cell;
    size_t i;
    int rc = 0;
    json_array_foreach(cells, i, cell)
    {
        const char *scenario = pl_document_string(cell, "scenario");
        size_t first = 0;
        while (strcmp(pl_document_string(json_array_get(cells, first), "scenario"), scenario) != 0)
            first++;
        if (!rc && first == i)
            rc = each(context, scenario);
    }
    return rc;
}

struct job {
    const json_t *root;
    const char *folder;
    struct pl_error *error;
    struct check check;
};

static int write_scenario(void *context, const char *scenario)
{
    struct job *job = context;
    char path[4096];
    struct lines l = {0};
    int rc = path_of(job->folder, scenario, path, sizeof path, job->error);
    if (!rc)
        rc = lines_of(job->root, scenario, &l, job->error);
    if (!rc)
        rc = write_lines(&l, path, job->error);
    free_lines(&l);
    return rc;
}

static int check_scenario(void *context, const char *scenario)
{
    struct job *job = context;
    char path[4096];
    struct lines known = {0}, found = {0};
    int rc = path_of(job->folder, scenario, path, sizeof path, job->error);
    if (!rc)
        rc = read_lines(path, &known, job->error);
    if (!rc)
        rc = lines_of(job->root, scenario, &found, job->error);
    job->check.scenario = scenario;
    if (!rc)
        walk(&job->check, &known, &found);
    free_lines(&known);
    free_lines(&found);
    return rc;
}

static bool is_measured(const json_t *root, const char *scenario)
{
    const json_t *cell;
    size_t i;
    json_array_foreach(json_object_get(root, "cells"), i, cell)
    {
        if (strcmp(pl_document_string(cell, "scenario"), scenario) == 0)
            return true;
    }
    return false;
}

static int is_file(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 4 && strcmp(entry->d_name + length - 4, ".txt") == 0;
}

/* A scenario that is gone, or was not run, differs too. */
static int check_files(struct job *job)
{
    struct dirent **entries = NULL;
    int count = scandir(job->folder, &entries, is_file, alphasort);
    if (count < 0)
        return pl_error_set(job->error, -errno, "%s: %s", job->folder, strerror(errno));
    for (int i = 0; i < count; i++) {
        char line[512];
        entries[i]->d_name[strlen(entries[i]->d_name) - 4] = '\0';
        snprintf(line, sizeof line, "%s: is in the baseline, but was not measured",
                 entries[i]->d_name);
        if (!is_measured(job->root, entries[i]->d_name)) {
            job->check.take(job->check.context, line);
            job->check.differences++;
        }
        free(entries[i]);
    }
    free(entries);
    return 0;
}

int pl_baseline_write(const json_t *root, const char *folder, struct pl_error *error)
{
    int rc = pl_folder_make(folder, error);
    return rc ? rc : each_scenario(root, write_scenario, &(struct job){root, folder, error, {0}});
}

int pl_baseline_check(const json_t *root, const char *folder,
                      void (*take)(void *context, const char *line), void *context,
                      size_t *differences, struct pl_error *error)
{
    struct job job = {root, folder, error, {take, context, NULL, 0}};
    int rc = each_scenario(root, check_scenario, &job);
    if (!rc)
        rc = check_files(&job);
    *differences = job.check.differences;
    return rc;
}
