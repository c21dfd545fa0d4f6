/* The pipeline broadcast: its traits, and what of its keys must fit together. */
#include <string.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

/* Where the key stands, or the section where its default does not fit. */
static int fail_at(struct pl_decoder *d, const char *key, const char *what)
{
    struct pl_mark mark = d->marks[pl_schema_find(key) - pl_schema];
    if (!mark.line)
        mark = d->marks[pl_schema_find("broadcast") - pl_schema];
    return pl_decode_fail(d, mark, "%s", what);
}

static int check_viewers(struct pl_decoder *d, const struct pl_broadcast_settings *b)
{
    if (b->stalled > b->clients)
        return fail_at(d, "broadcast.stalled",
                       "broadcast.stalled: more viewers than broadcast.clients");
    if (b->stalled && !b->stall_count)
        return fail_at(d, "broadcast.stalled",
                       "broadcast.stalled without broadcast.stalls; expected both");
    if (b->stall_count && !b->stalled)
        return fail_at(d, "broadcast.stalls",
                       "broadcast.stalls without broadcast.stalled; expected both");
    if (b->rejoin_ns && b->rejoin_ns < 1000000)
        return fail_at(d, "broadcast.rejoin",
                       "broadcast.rejoin is out of range; expected 1 ms or more, or 0s for never");
    return 0;
}

static int check(struct pl_decoder *d)
{
    const struct pl_broadcast_settings *b = &d->scenario->broadcast;
    uint32_t width, height;
    if (!pl_sides_parse(b->picture, 16, 8192, &width, &height) || width % 2 || height % 2)
        return fail_at(
            d, "broadcast.picture",
            "broadcast.picture is not a size; expected WIDTHxHEIGHT, 16 to 8192 pixels, even");
    if (!pl_sides_parse(b->terminal, 8, 400, &width, &height))
        return fail_at(d, "broadcast.terminal",
                       "broadcast.terminal is not a size; expected COLUMNSxROWS, 8 to 400 of each");
    return check_viewers(d, b);
}

static uint32_t files(const struct pl_scenario *s, const char *paths[PL_SOURCES_MAX])
{
    paths[0] = s->broadcast.video;
    paths[1] = s->broadcast.sound;
    return 2;
}

const struct pl_pipeline_traits pl_traits_broadcast = {
    .name = "broadcast",
    .sections = (const char *const[]){"broadcast", "workers", NULL},
    .classes = (const char *const[]){"frame", "image", "text", "node", "audio", "client", NULL},
    .needed = (const char *const[]){"classes", NULL},
    .large = "these broadcast.pictures",
    .material = PL_MATERIAL_FILES,
    .packets = true,
    .evicts = true,
    .ffmpeg = true,
    .workers = true,
    .restless = true, /* a viewer that leaves is back at once */
    .live = true,
    .threads_max = PL_THREADS_MAX,
    .files = files,
    .check = check,
};
