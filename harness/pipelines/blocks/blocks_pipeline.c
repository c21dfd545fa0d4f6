/* The pipeline `blocks`: cycles of blocks in the loop (blocks.h). */
#include "harness/pipelines/blocks/blocks_pipeline.h"

#include <errno.h>
#include <string.h>

#include "harness/pipelines/blocks/blocks.h"
#include "harness/traffic/material.h"

struct running {
    struct blocks blocks;
    struct pl_event step;
};

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
    if (!rc && blocks_record_capacity(&s->blocks, p) > BLOCKS_RECORDS_MAX)
        rc = pl_error_set(error, -EINVAL,
                          "%s: more than %u blocks would be held at a time; expected less "
                          "blocks.live or blocks.survivors",
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
    return pl_arena_cost(sizeof(struct running)) +
           blocks_arena_bytes(&s->blocks, profile_of(recording));
}

static uint32_t event_count(const struct pl_scenario *s)
{
    (void)s;
    return 1;
}

static int64_t on_step(void *context, int64_t now_ns)
{
    blocks_step(context, now_ns);
    return now_ns + BLOCKS_STEP_NS;
}

static int open(const struct pl_pipeline_inputs *in, void **state, struct pl_error *error)
{
    struct running *r = pl_arena_take(in->arena, sizeof *r);
    if (!r || !blocks_open(&r->blocks, &in->scenario->blocks, profile_of(in->recording),
                           pl_sides_network(in->sides), in->seed, in->arena))
        return pl_error_set(error, -ENOMEM, "the arena is too small for the blocks");
    r->blocks.class_index = (uint32_t)class_index(in->scenario);
    r->step = (struct pl_event){.fire = on_step, .context = &r->blocks};
    pl_loop_add(in->loop, &r->step, 0);
    *state = r;
    return 0;
}

static void close(void *state, int64_t now_ns)
{
    struct running *r = state;
    (void)now_ns;
    blocks_close(&r->blocks);
}

const struct pl_pipeline pl_blocks = {
    .name = "blocks",
    .program = "plimsoll-cell",
    .check = check,
    .arena_bytes = arena_bytes,
    .event_count = event_count,
    .open = open,
    .close = close,
};
