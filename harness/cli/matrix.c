#include "harness/cli/matrix.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/spare_memory.h"

static bool is_grouped(const struct pl_planned_cell *a, const struct pl_planned_cell *b)
{
    return a->format == b->format && strcmp(a->stack, b->stack) == 0;
}

/* @param groups how many there were before @return how many there are */
static size_t add_scenario(const struct pl_planned *p, size_t groups, struct pl_matrix *m)
{
    size_t group = groups;
    for (uint32_t r = 0; r < p->scenario.repeat; r++) {
        group = groups;
        for (size_t i = 0; i < p->cell_count; i++) {
            if (i && !is_grouped(&p->cells[i - 1], &p->cells[i])) /* they lie side by side */
                group++;
            m->cells[m->count++] = (struct pl_matrix_cell){p, &p->cells[i], r, group};
        }
    }
    return p->cell_count && p->scenario.repeat ? group + 1 : groups;
}

/* What no condition of a recording says (pl_results_add_recording). */
static void write_question(FILE *stream, const struct pl_scenario *s)
{
    fprintf(stream, "%" PRId64 " %" PRIu64 " %" PRIu64 "\n", s->duration_ns, s->seed,
            (uint64_t)s->container_bytes);
    for (uint32_t i = 0; i < s->budget_count; i++)
        fprintf(stream, "%s=%" PRIu64 "\n", s->budgets[i].name, (uint64_t)s->budgets[i].max);
}

static void hash(struct pl_matrix *m)
{
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (!stream)
        pl_memory_refused();
    for (size_t i = 0; i < m->count; i++) {
        struct pl_cell_name name = pl_matrix_name(&m->cells[i]);
        char *key = pl_cell_name_key(&name);
        if (!key)
            pl_memory_refused();
        fprintf(stream, "%s\n%u\n", key, m->cells[i].repetition);
        write_question(stream, &m->cells[i].planned->scenario);
        free(key);
    }
    if (fclose(stream))
        pl_memory_refused();
    pl_bytes_hash(text, size, m->hash, sizeof m->hash);
    free(text);
}

void pl_matrix_make(const struct pl_plan *plan, struct pl_matrix *m)
{
    *m = (struct pl_matrix){.cells = pl_memory_take(plan->cells + 1, sizeof *m->cells)};
    for (size_t i = 0; i < plan->count; i++)
        m->group_count = add_scenario(&plan->planned[i], m->group_count, m);
    hash(m);
}

struct pl_cell_name pl_matrix_name(const struct pl_matrix_cell *c)
{
    return (struct pl_cell_name){
        .scenario = c->planned->scenario.name,
        .allocator = c->cell->stack,
        .format = pl_format_name(c->cell->format),
        .clock = pl_clock_name(c->planned->clock),
        .threads = c->cell->threads,
    };
}

void pl_matrix_free(struct pl_matrix *m)
{
    free(m->cells);
    *m = (struct pl_matrix){0};
}
