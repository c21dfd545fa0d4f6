/* The pipeline blocks: its traits, and what of its keys must fit together. */
#include <stdio.h>
#include <string.h>

#include "allocators/base/units.h"
#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

/* Where the key stands, or the section where its default does not fit. */
static int fail_at(struct pl_decoder *d, const char *key, const char *what)
{
    struct pl_mark mark = d->marks[pl_schema_find(key) - pl_schema];
    if (!mark.line)
        mark = d->marks[pl_schema_find("blocks") - pl_schema];
    return pl_decode_fail(d, mark, "%s", what);
}

static int check(struct pl_decoder *d)
{
    const struct pl_blocks_settings *b = &d->scenario->blocks;
    if (b->idle_ns >= b->cycle_ns)
        return fail_at(d, "blocks.idle",
                       "blocks.idle is not shorter than its cycle; expected a shorter time");
    if (b->survivor_lifetime_ns < b->cycle_ns ||
        b->survivor_lifetime_ns >= b->cycle_ns * PL_BLOCKS_SURVIVAL_MAX)
        return fail_at(d, "blocks.survivor_lifetime",
                       "blocks.survivor_lifetime is out of range; expected 1 to 63 cycles");
    if (d->scenario->workers.renew == PL_RENEW_JOB && b->idle_work > 0)
        return fail_at(d, "blocks.idle_work",
                       "blocks.idle_work: with workers.renew: job no thread is there to do it; "
                       "expected 0%");
    if (d->scenario->duration_ns < 4 * b->cycle_ns) {
        char least[32], text[96];
        pl_time_format(4 * b->cycle_ns, least, sizeof least);
        snprintf(text, sizeof text, "duration is shorter than 4 cycles; expected %s or more",
                 least);
        return fail_at(d, "duration", text);
    }
    if (d->scenario->sample_interval_ns > b->idle_ns)
        return fail_at(d, "sample_interval",
                       "sample_interval is wider than blocks.idle; expected a shorter one, to "
                       "sample the troughs");
    return 0;
}

static void cycle(const struct pl_scenario *s, int64_t *cycle_ns, int64_t *idle_ns)
{
    bool spread = s->blocks.jobs > 1 && s->blocks.start == PL_BLOCKS_SPREAD;
    *cycle_ns = s->blocks.cycle_ns;
    *idle_ns = spread ? 0 : s->blocks.idle_ns;
}

static uint32_t files(const struct pl_scenario *s, const char *paths[PL_FILES_MAX])
{
    paths[0] = s->blocks.file;
    return 1;
}

const struct pl_pipeline_traits pl_traits_blocks = {
    .name = "blocks",
    .sections = (const char *const[]){"blocks", "workers", NULL},
    .classes = (const char *const[]){"block", NULL},
    .needed = (const char *const[]){"classes", NULL},
    .large = "this blocks.live",
    .material = PL_MATERIAL_PROFILE,
    .cycle = cycle,
    .threads_max = PL_THREADS_MAX,
    .workers = true,
    .live = true,
    .files = files,
    .check = check,
};
