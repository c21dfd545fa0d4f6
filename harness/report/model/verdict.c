/* Sentences made of figures (verdict.h): which stacks end badly and when, which stay bounded and at
 * what price. */
#include "harness/report/model/verdict.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"
#include "harness/base/text_stream.h"
#include "harness/report/writers/text.h"

/* More are counted, not named: a sentence is read at a glance. */
#define MOST_NAMED 12

/* The rows that ended so, in the order in which a sentence names them. */
struct choice {
    const struct pl_model_group *group;
    const struct pl_model_row **rows;
    size_t count;
    enum pl_model_metric metric; /* named with it */
};

/* In a sentence a comma would part a stack from its threads. */
static void write_name(FILE *out, const struct pl_model_group *g, const struct pl_model_row *row)
{
    fputs(row->stack, out);
    if (!g->threads && row->threads > 1)
        fprintf(out, " with %u threads", row->threads);
}

/* Alike rows stay in their order, which is that of the array. */
static int by_place(const struct pl_model_row *a, const struct pl_model_row *b)
{
    return (a > b) - (a < b);
}

static int earliest_first(const void *a, const void *b)
{
    const struct pl_model_row *x = *(const struct pl_model_row *const *)a;
    const struct pl_model_row *y = *(const struct pl_model_row *const *)b;
    double s = x->metrics[PL_MODEL_time_to_oom_seconds].median;
    double t = y->metrics[PL_MODEL_time_to_oom_seconds].median;
    return s < t ? -1 : s > t ? 1 : by_place(x, y);
}

static int largest_first(const void *a, const void *b)
{
    const struct pl_model_row *x = *(const struct pl_model_row *const *)a;
    const struct pl_model_row *y = *(const struct pl_model_row *const *)b;
    double s = x->metrics[PL_MODEL_rss_bytes_peak].median;
    double t = y->metrics[PL_MODEL_rss_bytes_peak].median;
    return s > t ? -1 : s < t ? 1 : by_place(x, y);
}

static void choose(struct choice *c, const struct pl_model_group *g, enum pl_outcome outcome,
                   enum pl_model_metric metric)
{
    c->count = 0;
    c->metric = metric;
    for (size_t i = 0; i < g->row_count; i++) {
        const struct pl_model_row *row = &g->rows[i];
        if (row->outcome == outcome && !pl_model_is_null(row))
            c->rows[c->count++] = row;
    }
    qsort(c->rows, c->count, sizeof(struct pl_model_row *),
          metric == PL_MODEL_time_to_oom_seconds ? earliest_first : largest_first);
}

static void write_figure(FILE *out, enum pl_model_metric metric, double value)
{
    bool seconds = metric == PL_MODEL_time_to_oom_seconds;
    fputs((seconds ? pl_text_duration : pl_text_bytes)(PL_FIGURE, value), out);
}

static void write_rows(FILE *out, const struct choice *c, const char *preposition)
{
    size_t named = c->count > MOST_NAMED ? MOST_NAMED : c->count;
    for (size_t i = 0; i < named; i++) {
        bool last = i + 1 == c->count;
        fputs(i == 0 ? "" : last ? " and " : ", ", out);
        write_name(out, c->group, c->rows[i]);
        if (preposition && c->rows[i]->metrics[c->metric].count) {
            fprintf(out, " %s ", preposition);
            write_figure(out, c->metric, c->rows[i]->metrics[c->metric].median);
        }
    }
    if (c->count > named)
        fprintf(out, " and %zu more", c->count - named);
}

/* One clause: "the kernel kills slab after 1 min and glibc after 2 min". */
static bool write_clause(FILE *out, const struct choice *c, bool first, const char *verb,
                         const char *preposition)
{
    if (c->count == 0)
        return first;
    fprintf(out, "%s%s ", first ? " " : ", ", verb);
    write_rows(out, c, preposition);
    return false;
}

/* "In 256 MiB", "Without a container": the scenario stands before it. */
static void write_container(FILE *out, const struct pl_model_group *g)
{
    if (strcmp(g->container, "none") == 0)
        fputs("Without a container", out);
    else
        fprintf(out, "In %s%s", pl_text_bytes(PL_FIGURE, g->container_bytes),
                strcmp(g->container, "rlimit") == 0 ? " of data" : "");
}

/* @return whether any stack ended badly */
static bool write_ended(FILE *out, const struct pl_model_group *g, struct choice *c)
{
    static const struct {
        enum pl_outcome outcome;
        enum pl_model_metric metric;
        const char *verb, *preposition;
    } clauses[] = {
        {PL_OUTCOME_OOM_KILLED, PL_MODEL_time_to_oom_seconds, "the kernel kills", "after"},
        {PL_OUTCOME_ALLOC_FAILED, PL_MODEL_rss_bytes_peak, "allocations fail under", "at"},
        {PL_OUTCOME_CRASHED, PL_MODEL_rss_bytes_peak, "a crash ends", "at"},
        {PL_OUTCOME_TIMEOUT, PL_MODEL_rss_bytes_peak, "the time runs out under", NULL},
        {PL_OUTCOME_GROWING, PL_MODEL_rss_bytes_peak, "memory still grows under", "to"},
    };
    bool first = true;
    for (size_t i = 0; i < sizeof clauses / sizeof *clauses; i++) {
        choose(c, g, clauses[i].outcome, clauses[i].metric);
        first = write_clause(out, c, first, clauses[i].verb, clauses[i].preposition);
    }
    if (c->count) /* those that grow, the last */
        fprintf(out, " within %s", pl_text_duration(PL_FIGURE, g->duration_seconds));
    return !first;
}

static void write_dropped(FILE *out, const struct pl_model_row *row)
{
    double share = pl_model_share_dropped(row);
    if (share > 0)
        fprintf(out, " and drops %s of %s packets (%.3g %%)",
                pl_text_count(PL_FIGURE, row->metrics[PL_MODEL_packets_dropped].median),
                pl_text_count(PL_FIGURE, row->metrics[PL_MODEL_packets_received].median),
                100 * share);
}

/* What stays bounded beside others that do not: each with its price. */
static void write_bounded(FILE *out, const struct choice *c)
{
    size_t named = c->count > MOST_NAMED ? MOST_NAMED : c->count;
    for (size_t i = 0; i < named; i++) {
        fputs("; ", out);
        write_name(out, c->group, c->rows[i]);
        fputs(" stays at ", out);
        write_figure(out, PL_MODEL_rss_bytes_peak,
                     c->rows[i]->metrics[PL_MODEL_rss_bytes_peak].median);
        write_dropped(out, c->rows[i]);
    }
    if (c->count > named)
        fprintf(out, "; %zu more stay bounded", c->count - named);
    if (c->count == 0)
        fputs("; no stack stays bounded", out);
}

/* Whole ns, in threes: a picture costs hundreds of thousands of them. */
static const char *cpu_of(char *text, const struct pl_model_row *row)
{
    return pl_text_count(text, row->metrics[PL_MODEL_cpu_ns_per_packet].median);
}

/* The dearest first. */
static void write_cpu(FILE *out, const struct pl_model_group *g)
{
    const struct pl_model_row *least = NULL, *most = NULL, *floor = pl_model_floor(g);
    for (size_t i = 0; i < g->row_count; i++) {
        const struct pl_model_row *row = &g->rows[i];
        const struct pl_summary *cpu = &row->metrics[PL_MODEL_cpu_ns_per_packet];
        if (!cpu->count || pl_model_is_null(row))
            continue;
        if (!least || cpu->median < least->metrics[PL_MODEL_cpu_ns_per_packet].median)
            least = row;
        if (!most || cpu->median > most->metrics[PL_MODEL_cpu_ns_per_packet].median)
            most = row;
    }
    if (!least || least == most)
        return;
    fprintf(out, "; a packet costs from %s ns of CPU (", cpu_of(PL_FIGURE, least));
    write_name(out, g, least);
    fprintf(out, ") to %s (", cpu_of(PL_FIGURE, most));
    write_name(out, g, most);
    fputc(')', out);
    if (floor && floor->metrics[PL_MODEL_cpu_ns_per_packet].count &&
        floor->threads == least->threads && floor->threads == most->threads)
        fprintf(out, ", of which %s are the harness itself", cpu_of(PL_FIGURE, floor));
}

/* A stack with one thread and with two is one; its rows stand together. */
static size_t stacks_of(const struct choice *c, enum pl_outcome outcome)
{
    const struct pl_model_row *last = NULL;
    size_t stacks = 0;
    for (size_t i = 0; i < c->group->row_count; i++) {
        const struct pl_model_row *row = &c->group->rows[i];
        if (row->outcome != outcome || pl_model_is_null(row))
            continue;
        stacks += !last || strcmp(last->stack, row->stack) != 0;
        last = row;
    }
    return stacks;
}

static void write_all_bounded(FILE *out, const struct pl_model_group *g, const struct choice *c)
{
    if (c->count == 0) {
        fputs(" the floor alone was measured", out);
        return;
    }
    const struct pl_model_row *least = c->rows[c->count - 1], *most = c->rows[0];
    if (c->count == 1) {
        fputc(' ', out);
        write_name(out, g, most);
        fputs(" is bounded at ", out);
        write_figure(out, c->metric, most->metrics[c->metric].median);
        write_dropped(out, most);
        return;
    }
    size_t stacks = stacks_of(c, PL_OUTCOME_BOUNDED);
    if (stacks == 2)
        fputs(" both stacks are bounded, from ", out);
    else if (stacks > 2)
        fprintf(out, " all %zu stacks are bounded, from ", stacks);
    else
        fprintf(out, " %s is bounded, from ", most->stack);
    write_figure(out, c->metric, least->metrics[c->metric].median);
    fputs(" (", out);
    write_name(out, g, least);
    fputs(") to ", out);
    write_figure(out, c->metric, most->metrics[c->metric].median);
    fputs(" (", out);
    write_name(out, g, most);
    fputc(')', out);
    write_cpu(out, g);
}

static void write_sentence(FILE *out, const void *group)
{
    const struct pl_model_group *g = group;
    struct choice c = {.group = g, .rows = pl_memory_take(g->row_count, sizeof *c.rows)};
    write_container(out, g);
    bool ended = write_ended(out, g, &c);
    choose(&c, g, PL_OUTCOME_BOUNDED, PL_MODEL_rss_bytes_peak);
    if (ended)
        write_bounded(out, &c);
    else
        write_all_bounded(out, g, &c);
    fputc('.', out);
    free(c.rows);
}

char *pl_verdict_text(const struct pl_model_group *g)
{
    return pl_text_written(write_sentence, g, NULL);
}
