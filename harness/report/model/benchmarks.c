/* Texts of benchmarks' tables (benchmarks.h). */
#include "harness/report/model/benchmarks.h"

#include <stdlib.h>
#include <string.h>

#include "harness/base/index.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

static bool has_benchmarks(const json_t *entry)
{
    return json_array_size(json_object_get(entry, "benchmarks")) > 0;
}

static bool are_alike(const json_t *a, const json_t *b)
{
    return strcmp(pl_document_string(a, "scenario"), pl_document_string(b, "scenario")) == 0 &&
           strcmp(pl_document_string(a, "format"), pl_document_string(b, "format")) == 0;
}

/* The names of all entries, each once, in the order in which they ran. */
static void gather_names(struct pl_benchmark_group *group)
{
    struct pl_index known = {0};
    size_t most = 0, i;
    const json_t *benchmark;
    for (size_t e = 0; e < group->count; e++)
        most += json_array_size(json_object_get(group->entries[e], "benchmarks"));
    group->names = malloc((most + 1) * sizeof *group->names);
    for (size_t e = 0; group->names && e < group->count; e++)
        json_array_foreach(json_object_get(group->entries[e], "benchmarks"), i, benchmark)
        {
            const char *name = pl_document_string(benchmark, "name");
            if (pl_index_find(&known, name) == PL_INDEX_NONE && !pl_index_set(&known, name, 0))
                group->names[group->name_count++] = name;
        }
    pl_index_free(&known);
}

bool pl_benchmark_next(const struct pl_observed *s, size_t *at, struct pl_benchmark_group *group)
{
    free(group->names);
    *group = (struct pl_benchmark_group){0};
    while (*at < s->entry_count) {
        size_t first = *at;
        bool any = false;
        for (; *at < s->entry_count && are_alike(s->entries[first], s->entries[*at]); ++*at)
            any |= has_benchmarks(s->entries[*at]);
        if (!any)
            continue;
        *group = (struct pl_benchmark_group){.entries = s->entries + first, .count = *at - first};
        gather_names(group);
        return true;
    }
    return false;
}

static const json_t *find(const json_t *entry, const char *name)
{
    const json_t *benchmark;
    size_t i;
    json_array_foreach(json_object_get(entry, "benchmarks"), i, benchmark)
    {
        if (strcmp(pl_document_string(benchmark, "name"), name) == 0)
            return benchmark;
    }
    return NULL;
}

const char *pl_benchmark_name(const struct pl_benchmark_group *group, size_t *at)
{
    return *at < group->name_count ? group->names[(*at)++] : NULL;
}

static double number(const json_t *benchmark, const char *key)
{
    return json_number_value(json_object_get(benchmark, key));
}

static void time_text(const json_t *benchmark, char *text)
{
    char ns[PL_TEXT_FIGURE], least[PL_TEXT_FIGURE], most[PL_TEXT_FIGURE];
    pl_text_decimal(ns, number(benchmark, "cpu_ns_per_operation"));
    pl_text_decimal(least, number(benchmark, "cpu_ns_per_operation_min"));
    pl_text_decimal(most, number(benchmark, "cpu_ns_per_operation_max"));
    snprintf(text, PL_OBSERVED_TEXT, "%s (%s-%s)", ns, least, most);
}

static void memory_text(const json_t *benchmark, char *text)
{
    double grown = number(benchmark, "rss_bytes_peak") - number(benchmark, "rss_bytes_before");
    if (json_object_get(benchmark, "rss_bytes_peak"))
        pl_text_bytes(text, grown > 0 ? grown : 0);
    else
        strcpy(text, "-");
}

void pl_benchmark_text(const json_t *entry, const char *name, enum pl_benchmark_figure figure,
                       char *text)
{
    const json_t *benchmark = find(entry, name);
    if (!benchmark)
        strcpy(text, "-");
    else if (*pl_document_string(benchmark, "why"))
        strcpy(text, "skipped");
    else if (figure == PL_BENCHMARK_TIME)
        time_text(benchmark, text);
    else
        memory_text(benchmark, text);
}

const char *pl_benchmark_caption(enum pl_benchmark_figure figure)
{
    static const char *const captions[PL_BENCHMARK_FIGURES] = {
        [PL_BENCHMARK_TIME] = "CPU ns an operation: median of the repetitions (least-most)",
        [PL_BENCHMARK_MEMORY] = "RSS at its peak above that of the process before: a process each",
    };
    return captions[figure];
}

const char *pl_benchmark_why(const json_t *entry, const char *name)
{
    return pl_document_string(find(entry, name), "why");
}
