#include "harness/cli/selection.h"

#include <stdlib.h>

#include "harness/base/spare_memory.h"
#include "harness/cli/cli.h"
#include "harness/cli/shard_plan.h"

/* The plan that every machine makes alike: no history is read. */
static int cut(struct pl_selection *s, const json_t *document, struct pl_error *error)
{
    json_t *own = document ? NULL : pl_shard_plan_make(&s->matrix, s->shards, NULL, NULL, 0);
    int rc = pl_shard_plan_apply(document ? document : own, &s->matrix, s->shard_of, error);
    json_decref(own);
    return rc;
}

static int check_count(const struct pl_arguments *a, const json_t *document)
{
    json_int_t planned = json_integer_value(json_object_get(document, "shards"));
    if (!document || planned == (json_int_t)a->shards)
        return PL_EXIT_OK;
    return pl_cli_usage("--shard %u/%u: %s has %lld shards; expected I/%lld", a->shard, a->shards,
                        a->plan, (long long)planned, (long long)planned);
}

int pl_selection_make(const struct pl_arguments *a, const struct pl_plan *plan,
                      const json_t *document, struct pl_selection *s)
{
    struct pl_error error;
    *s = (struct pl_selection){.shard = a->shard, .shards = a->shards};
    pl_matrix_make(plan, &s->matrix);
    s->wanted = pl_memory_take(s->matrix.count + 1, sizeof *s->wanted);
    if (a->shard) {
        s->shard_of = pl_memory_take(s->matrix.count + 1, sizeof *s->shard_of);
        int code = check_count(a, document);
        if (code != PL_EXIT_OK)
            return code;
        if (cut(s, document, &error))
            return pl_cli_fail(PL_EXIT_MACHINE, &error);
    }
    for (size_t i = 0; i < s->matrix.count; i++) {
        s->wanted[i] = !a->shard || s->shard_of[i] == a->shard;
        s->count += s->wanted[i];
    }
    return PL_EXIT_OK;
}

struct pl_matrix_record pl_selection_record(const struct pl_selection *s, const char *commit)
{
    return (struct pl_matrix_record){s->matrix.count, s->matrix.hash, commit,
                                     s->shard,        s->shards,      s->shard_of};
}

struct pl_selection_left pl_selection_left(const struct pl_selection *s)
{
    struct pl_selection_left left = {0};
    for (size_t i = 0; i < s->matrix.count; i++) {
        const struct pl_planned *p = s->matrix.cells[i].planned;
        double seconds = (double)p->scenario.duration_ns / 1e9;
        if (!s->wanted[i])
            continue;
        left.cells++;
        left.seconds += seconds;
        left.real_seconds += p->clock == PL_CLOCK_WALL ? seconds : 0;
    }
    return left;
}

void pl_selection_free(struct pl_selection *s)
{
    pl_matrix_free(&s->matrix);
    free(s->shard_of);
    free(s->wanted);
    *s = (struct pl_selection){0};
}
