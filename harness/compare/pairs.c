/* The order of pairs, and what is run again (pairs.h). */
#include "harness/compare/pairs.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/random.h"
#include "harness/base/spare_memory.h"
#include "harness/compare/judge.h"
#include "harness/compare/match.h"
#include "harness/compare/pair_arm.h"

/* How far one cell has come. */
struct track {
    const struct pl_pair_cell *cell;
    int done;    /* pairs */
    int wanted;  /* pairs, as far as known */
    bool warm;   /* its first pair was thrown away */
    bool noisy;  /* it has a metric of class N */
    bool failed; /* a program can't run it */
};

struct pairs {
    const struct pl_pairs_options *options;
    struct pl_pair_arm arms[2]; /* base, new */
    struct track *tracks;
    uint64_t random;
    size_t done;
    json_t *failed; /* cells that a program can't run */
    struct pl_error first_failure;
};

static bool has_noisy(const json_t *cell)
{
    const json_t *metrics = json_object_get(cell, "metrics");
    for (size_t i = 0; i < pl_metric_count; i++)
        if (pl_metrics[i].class == PL_CLASS_N && json_object_get(metrics, pl_metrics[i].name))
            return true;
    return false;
}

/* A failing cell is left out, told and recorded; a signal or a lost disk ends everything. */
static int note_failure(struct pairs *p, struct track *t, const struct pl_pair_arm *arm, int rc,
                        const struct pl_error *error)
{
    t->failed = true;
    t->wanted = t->done;
    json_t *failure = pl_cell_name_json(&t->cell->name);
    json_object_update_new(failure, json_pack("{s:s, s:s}", "side", arm->side, "why", error->text));
    json_array_append_new(p->failed, failure);
    if (!p->first_failure.text[0])
        p->first_failure = *error;
    return rc == -EINVAL ? 0 : rc;
}

static int run_pair(struct pairs *p, struct track *t, int repetition)
{
    struct pl_error error = {""};
    const json_t *cells[2] = {NULL, NULL};
    int first = (int)(pl_random_next(&p->random) >> 63);
    for (int i = 0; i < 2; i++) {
        int side = i == 0 ? first : !first;
        int rc =
            pl_pair_arm_run(&p->arms[side], p->options, t->cell, repetition, &cells[side], &error);
        if (rc == -EINTR)
            return rc;
        if (rc)
            return note_failure(p, t, &p->arms[side], rc, &error);
    }
    if (repetition >= 0)
        t->noisy |= has_noisy(cells[0]) && has_noisy(cells[1]);
    return 0;
}

static size_t planned(const struct pairs *p)
{
    size_t total = 0;
    for (size_t i = 0; i < p->options->cell_count; i++)
        total += (size_t)p->tracks[i].wanted;
    return total;
}

static int step(struct pairs *p, struct track *t)
{
    const struct pl_pairs_options *o = p->options;
    int rc = 0;
    if (o->progress)
        o->progress(o->context, t->cell, p->done, planned(p));
    if (!t->warm)
        rc = run_pair(p, t, -1);
    t->warm = true;
    if (!rc && !t->failed)
        rc = run_pair(p, t, t->done);
    if (rc || t->failed)
        return rc;
    t->done++;
    p->done++;
    if (t->done >= PL_JUDGE_BAND_RUNS && !t->noisy)
        t->wanted = t->done;
    return 0;
}

static void shuffle(struct pairs *p, size_t *order, size_t count)
{
    for (size_t i = 0; i < count; i++)
        order[i] = i;
    for (size_t i = count; i > 1; i--) {
        size_t other = pl_random_next(&p->random) % i, swap = order[i - 1];
        order[i - 1] = order[other];
        order[other] = swap;
    }
}

/* Rounds over all cells that want more pairs, each in an order of its own. */
static int run_rounds(struct pairs *p)
{
    size_t count = p->options->cell_count;
    size_t *order = calloc(count, sizeof *order);
    int rc = order ? 0 : -ENOMEM;
    for (bool more = true; !rc && more;) {
        more = false;
        shuffle(p, order, count);
        for (size_t i = 0; !rc && i < count; i++) {
            struct track *t = &p->tracks[order[i]];
            if (t->done >= t->wanted)
                continue;
            rc = step(p, t);
            more = true;
        }
    }
    free(order);
    return rc;
}

static bool is_flagged(const struct pl_match *m, size_t screening)
{
    double *values = pl_memory_take(2 * m->base_count + 1, sizeof *values);
    bool flagged = false;
    for (size_t i = 0; !flagged && i < pl_metric_count; i++) {
        if (pl_metrics[i].class != PL_CLASS_N)
            continue;
        double *base = values, *new = values + m->base_count;
        size_t count = pl_match_pairs(m, pl_metrics[i].name, base, new);
        count = count < screening ? count : screening;
        flagged =
            count >= PL_JUDGE_PAIRS_MIN && pl_judge_flags(&(struct pl_judge_values){base, count},
                                                          &(struct pl_judge_values){new, count});
    }
    free(values);
    return flagged;
}

/* Asks for fresh pairs of every cell that the first stage flagged. */
static int plan_confirming(struct pairs *p)
{
    const struct pl_pairs_options *o = p->options;
    struct pl_matches all;
    if (!o->confirming || !p->arms[0].root || !p->arms[1].root)
        return 0;
    int rc = pl_matches_make(p->arms[0].root, p->arms[1].root, &all, NULL);
    if (rc)
        return rc;
    for (size_t m = 0; m < all.count; m++)
        for (size_t i = 0; i < o->cell_count; i++) {
            struct track *t = &p->tracks[i];
            if (!t->failed && t->noisy &&
                pl_cell_name_equal(&all.matches[m].name, &t->cell->name) &&
                is_flagged(&all.matches[m], o->screening))
                t->wanted = (int)(o->screening + o->confirming);
        }
    pl_matches_free(&all);
    return 0;
}

static int open_all(struct pairs *p, struct pl_error *error)
{
    const struct pl_pairs_options *o = p->options;
    static const char *const sides[] = {"base", "new"};
    p->tracks = calloc(o->cell_count, sizeof *p->tracks);
    p->failed = json_array();
    if (!p->tracks || !p->failed)
        return pl_error_set(error, -ENOMEM, "out of memory");
    for (size_t i = 0; i < o->cell_count; i++)
        p->tracks[i] = (struct track){.cell = &o->cells[i], .wanted = (int)o->screening};
    for (int side = 0; side < 2; side++) {
        p->arms[side] = (struct pl_pair_arm){
            .side = sides[side], .program = o->programs[side], .directory = o->directories[side]};
        int rc = pl_pair_arm_open(&p->arms[side], o->folder, o->force, error);
        if (rc)
            return rc;
    }
    return 0;
}

/* Both or none: half of the pairs is of no use. */
static int write_all(struct pairs *p, bool complete, struct pl_error *error)
{
    char id[64];
    struct pl_file files[2] = {0};
    snprintf(id, sizeof id, "%llx-%x", (unsigned long long)time(NULL), (unsigned)getpid());
    int rc = 0;
    for (int side = 0; !rc && side < 2; side++) {
        const struct pl_pairing pairing = {id, complete, p->failed};
        rc = pl_pair_arm_write(&p->arms[side], p->options, &pairing, &files[side], error);
    }
    for (int side = 0; !rc && side < 2; side++)
        rc = pl_file_commit(&files[side], error);
    for (int side = 0; side < 2; side++)
        pl_file_discard(&files[side]);
    return rc;
}

static void tell_failed(const struct pairs *p)
{
    const json_t *failure;
    size_t i;
    json_array_foreach(p->failed, i, failure)
    {
        if (p->options->failed)
            p->options->failed(p->options->context,
                               json_string_value(json_object_get(failure, "why")));
    }
}

/* Nothing to compare is an error of the input; a part is told by the warnings. */
static int conclude(struct pairs *p, int rc, struct pl_error *error)
{
    struct pl_error second = {""};
    if (rc && rc != -EINTR)
        pl_error_set(error, rc, "%s",
                     p->first_failure.text[0] ? p->first_failure.text : strerror(-rc));
    if (p->done == 0 && !rc)
        return pl_error_set(error, -EINVAL, "%s", p->first_failure.text);
    tell_failed(p);
    int written = p->done ? write_all(p, rc == 0, &second) : 0;
    if (written && !rc)
        return pl_error_set(error, written, "%s", second.text);
    return rc;
}

int pl_pairs_run(const struct pl_pairs_options *options, struct pl_error *error)
{
    struct pairs p = {.options = options, .random = options->seed};
    int rc = open_all(&p, error);
    if (!rc) {
        rc = run_rounds(&p);
        if (!rc)
            rc = plan_confirming(&p);
        if (!rc)
            rc = run_rounds(&p);
        rc = conclude(&p, rc, error);
    }
    pl_pair_arm_close(&p.arms[0]);
    pl_pair_arm_close(&p.arms[1]);
    json_decref(p.failed);
    free(p.tracks);
    return rc;
}
