/* The pipeline `blocks`: its checks, and its jobs in the arena (jobs.h). */
#include "harness/pipelines/blocks/blocks_pipeline.h"

#include <errno.h>
#include <string.h>

#include "harness/pipelines/blocks/jobs.h"
#include "harness/traffic/material.h"

static int class_index(const struct pl_scenario *s)
{
    for (uint32_t i = 0; i < s->class_count; i++)
        if (strcmp(s->classes[i].name, "block") == 0)
            return (int)i;
    return -1;
}

static const struct pl_profile *profile_of(const struct pl_recording *recording)
{
    const struct pl_material *material = pl_recording_material(recording);
    return pl_material_file(material, 0);
}

/* Idle work draws from those that live shortly, a cycle fills up with those that do not. */
static int check_lives(const struct pl_scenario *s, const struct pl_profile *p,
                       struct pl_error *error)
{
    bool shortly = false, longer = false;
    for (uint32_t i = 0; i < p->row_count; i++) {
        longer |= p->rows[i].life >= BLOCKS_HELD_FROM;
        shortly |= p->rows[i].life < BLOCKS_HELD_FROM;
    }
    if (shortly && longer)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%s: %s: all blocks on one side of a lifetime of %d; expected blocks of "
                        "shorter and of longer lifetimes",
                        s->path, s->blocks.file, BLOCKS_HELD_FROM);
}

static int check_profile(const struct pl_scenario *s, const struct pl_profile *p,
                         struct pl_error *error)
{
    uint64_t size = s->classes[class_index(s)].size;
    if (size < p->largest)
        return pl_error_set(error, -EINVAL,
                            "%s: class block has %llu B, but the largest block of %s has %u B",
                            s->path, (unsigned long long)size, s->blocks.file, p->largest);
    int rc = check_lives(s, p, error);
    if (!rc &&
        (uint64_t)s->blocks.jobs * blocks_record_capacity(&s->blocks, p) > BLOCKS_RECORDS_MAX)
        rc = pl_error_set(error, -EINVAL,
                          "%s: more than %u blocks would be held at a time; expected less "
                          "blocks.live, blocks.jobs or blocks.survivors",
                          s->path, BLOCKS_RECORDS_MAX);
    return rc;
}

static int check(const struct pl_scenario *s, const struct pl_recording *recording,
                 enum pl_format format, struct pl_error *error)
{
    (void)format; /* blocks hold no samples */
    if (class_index(s) < 0)
        return pl_error_set(error, -EINVAL, "%s: no class 'block'; expected one for this pipeline",
                            s->path);
    return recording ? check_profile(s, profile_of(recording), error) : 0;
}

static size_t arena_bytes(const struct pl_scenario *s, const struct pl_recording *recording,
                          enum pl_format format)
{
    (void)format;
    return pl_arena_cost(sizeof(struct blocks_running)) +
           pl_arena_cost(s->blocks.jobs * sizeof(struct blocks_job)) +
           s->blocks.jobs * blocks_arena_bytes(&s->blocks, profile_of(recording));
}

static uint32_t event_count(const struct pl_scenario *s)
{
    return s->blocks.jobs;
}

static int open(const struct pl_pipeline_inputs *in, void **state, struct pl_error *error)
{
    struct blocks_running *r = pl_arena_take(in->arena, sizeof *r);
    bool opened = r != NULL;
    if (opened) {
        r->count = in->scenario->blocks.jobs;
        r->jobs = pl_arena_take(in->arena, r->count * sizeof *r->jobs);
        opened = r->jobs != NULL;
    }
    for (uint32_t i = 0; opened && i < r->count; i++)
        opened = blocks_open_job(&r->jobs[i], in, i, (uint32_t)class_index(in->scenario));
    if (!opened)
        return pl_error_set(error, -ENOMEM, "the arena is too small for the blocks");
    *state = r;
    return 0;
}

static void close(void *state, int64_t now_ns)
{
    struct blocks_running *r = state;
    (void)now_ns;
    for (uint32_t i = 0; i < r->count; i++)
        blocks_close_job(&r->jobs[i]);
}

const struct pl_pipeline pl_blocks = {
    .name = "blocks",
    .program = "plimsoll-cell",
    .live_program = "plimsoll-live",
    .check = check,
    .arena_bytes = arena_bytes,
    .event_count = event_count,
    .open = open,
    .close = close,
};
