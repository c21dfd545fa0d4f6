/* plimsoll-bounds FOLDER...: whether the scenarios' expectations would notice. A bound that is
 * further than 15 % from what any cell of these runs measured is printed, with the nearest cell;
 * ends with 1 where there is one. What only says that there is some ("> 0", ">= 1"), or how many
 * exactly, has no distance. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/model.h"
#include "harness/results/results.h"
#include "harness/scenario/scenario.h"

#define ROOM 1.15
enum { LINES_MAX = 1024 };

/* What is known of one bound of one file: cells of several runs are held against it. */
struct line {
    char place[160];
    struct pl_bound bound;
    char nearest[160];
    double value, distance; /* as a factor, 1 or more */
};

static struct line lines[LINES_MAX];
static size_t line_count;

static bool says_some(const struct pl_bound_value *bound)
{
    return bound->comparison[0] == '=' || bound->value == 0 ||
           (bound->comparison[0] == '>' && bound->value <= 1);
}

static struct line *line_of(const struct pl_scenario *s, const struct pl_bound *bound)
{
    char place[sizeof lines->place];
    snprintf(place, sizeof place, "%.100s:%u:%u", s->path, bound->mark.line, bound->mark.column);
    for (size_t i = 0; i < line_count; i++)
        if (strcmp(lines[i].place, place) == 0)
            return &lines[i];
    if (line_count == LINES_MAX)
        exit(2);
    struct line *line = &lines[line_count++];
    *line = (struct line){.bound = *bound, .distance = INFINITY};
    memcpy(line->place, place, sizeof place);
    return line;
}

static void hold(const struct pl_scenario *s, const struct pl_bound *bound,
                 const struct pl_model_row *row)
{
    const struct pl_metric *metric = pl_metric_find(bound->metric);
    struct pl_bound_value parsed;
    if (!metric || pl_bound_read(bound, metric, &parsed, NULL) || says_some(&parsed))
        return;
    const struct pl_summary *measured = &row->metrics[metric - pl_metrics];
    struct line *line = line_of(s, bound);
    bool above = parsed.comparison[0] == '<';
    double value = above ? measured->highest : measured->lowest;
    double distance = above ? parsed.value / value : value / parsed.value;
    if (!measured->count || value == 0 || distance >= line->distance)
        return;
    line->distance = distance;
    line->value = value;
    snprintf(line->nearest, sizeof line->nearest, "%s", row->stack);
}

static void hold_row(const struct pl_scenario *s, const struct pl_model_group *group,
                     const struct pl_model_row *row)
{
    const struct pl_expected_of cell = {
        .stack = row->stack,
        .format = (enum pl_format)pl_format_parse(group->format),
        .threads = row->threads,
        .container = strncmp(group->container, "cgroup", 6) == 0 ? "cgroup" : group->container,
        .clock = (enum pl_clock)pl_clock_parse(group->clock),
        .duration_ns = (int64_t)(group->duration_seconds * 1e9),
    };
    for (uint32_t i = 0; i < s->expectation_count; i++)
        if (pl_expectation_applies(&s->expectations[i], &cell))
            for (uint32_t k = 0; k < s->expectations[i].bound_count; k++)
                hold(s, &s->expectations[i].bounds[k], row);
}

static void hold_run(const char *folder)
{
    struct pl_model model = {0};
    struct pl_error error = {""};
    static struct pl_scenario s;
    char path[1024];
    if (pl_model_load(&model, folder, &error)) {
        fprintf(stderr, "plimsoll-bounds: %s\n", error.text);
        exit(2);
    }
    const json_t *run = json_object_get(model.root, "run");
    int tier = pl_tier_parse(json_string_value(json_object_get(run, "tier")));
    for (size_t g = 0; g < model.group_count; g++) {
        const struct pl_model_group *group = &model.groups[g];
        if (pl_scenario_find(group->scenario, path, sizeof path, &error) ||
            pl_scenario_load(path, (enum pl_tier)tier, NULL, 0, &s, &error))
            continue; /* a person's own */
        for (size_t r = 0; r < group->row_count; r++)
            hold_row(&s, group, &group->rows[r]);
    }
    pl_model_free(&model);
}

static void print(const struct line *line)
{
    char value[32] = "";
    const struct pl_metric *metric = pl_metric_find(line->bound.metric);
    if (metric->unit == PL_UNIT_BYTES)
        snprintf(value, sizeof value, "%.2f MiB", line->value / (1 << 20));
    else
        snprintf(value, sizeof value, "%.6g", line->value);
    printf("%s: %s: \"%s\" is %.0f %% from the nearest, %s of %s\n", line->place,
           line->bound.metric, line->bound.text, 100 * (line->distance - 1), value, line->nearest);
}

int main(int argc, char **argv)
{
    size_t loose = 0;
    for (int i = 1; i < argc; i++)
        hold_run(argv[i]);
    for (size_t i = 0; i < line_count; i++)
        if (lines[i].nearest[0] && lines[i].distance > ROOM) {
            print(&lines[i]);
            loose++;
        }
    printf("%zu of %zu bounds are further than 15 %% from what was measured\n", loose, line_count);
    return argc < 2 ? 2 : loose > 0;
}
