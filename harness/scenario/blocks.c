/* Keys of the pipeline blocks: what must fit together. */
#include <string.h>

#include "harness/scenario/check.h"

/* Where the key stands, or the section where its default does not fit. */
static int fail_at(struct pl_decoder *d, const char *key, const char *what)
{
    struct pl_mark mark = d->marks[pl_schema_find(key) - pl_schema];
    if (!mark.line)
        mark = d->marks[pl_schema_find("blocks") - pl_schema];
    return pl_decode_fail(d, mark, "%s", what);
}

int pl_blocks_check(struct pl_decoder *d)
{
    const struct pl_blocks_settings *b = &d->scenario->blocks;
    if (d->scenario->pipeline != PL_PIPELINE_BLOCKS)
        return 0;
    if (strcmp(d->scenario->threads, "1") != 0)
        return fail_at(d, "threads", "threads: the pipeline blocks has one thread");
    if (b->idle_ns >= b->cycle_ns)
        return fail_at(d, "blocks.idle", "blocks.idle: a cycle must be longer than its idle part");
    if (b->survivor_lifetime_ns < b->cycle_ns ||
        b->survivor_lifetime_ns >= b->cycle_ns * PL_BLOCKS_SURVIVAL_MAX)
        return fail_at(d, "blocks.survivor_lifetime",
                       "blocks.survivor_lifetime: from 1 to 63 cycles would be right");
    if (d->scenario->duration_ns < 4 * b->cycle_ns)
        return fail_at(d, "duration", "duration: 4 cycles at least would be right");
    if (d->scenario->sample_interval_ns > b->idle_ns)
        return fail_at(d, "sample_interval",
                       "sample_interval is wider than blocks.idle: no trough would be seen");
    return 0;
}
