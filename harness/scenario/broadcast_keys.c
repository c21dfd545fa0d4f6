/* The pipeline broadcast: its traits, and what of its keys must fit together. */
#include <stdio.h>
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

/* Places that clients have, of which a load has some taken. */
static int check_load(struct pl_decoder *d, const struct pl_broadcast_settings *b)
{
    char text[160];
    uint32_t most = pl_load_most(&d->scenario->load);
    if (most && b->rejoin_ns)
        return fail_at(d, "broadcast.rejoin",
                       "broadcast.rejoin and load both say when clients come; expected one");
    if (most <= b->clients)
        return 0;
    snprintf(text, sizeof text,
             "load: %u sessions, more than broadcast.clients, of which there are %u; expected as "
             "many of these",
             most, b->clients);
    return fail_at(d, "load", text);
}

/* How many pictures are live is checked, and nobody else's blocks can be told from them. */
static int check_classes(struct pl_decoder *d)
{
    static const char *const pictures[] = {"frame", "image"};
    char text[160];
    for (size_t i = 0; i < sizeof pictures / sizeof *pictures; i++) {
        bool session = pl_session_has_class(d->scenario, pictures[i]);
        if (!session && !pl_background_has_class(d->scenario, pictures[i]))
            continue;
        const char *key = session ? "session.objects" : "background";
        snprintf(text, sizeof text,
                 "%s: class %s is for pictures alone; expected another, such as client", key,
                 pictures[i]);
        return fail_at(d, key, text);
    }
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
    int rc = check_viewers(d, b);
    rc = rc ? rc : check_load(d, b);
    return rc ? rc : check_classes(d);
}

static uint32_t files(const struct pl_scenario *s, const char *paths[PL_FILES_MAX])
{
    paths[0] = s->broadcast.video;
    paths[1] = s->broadcast.sound;
    return pl_session_profiles(s, paths, 2);
}

const struct pl_pipeline_traits pl_traits_broadcast = {
    .name = "broadcast",
    .sections = (const char *const[]){"broadcast", "session", "workers", NULL},
    .classes = (const char *const[]){"frame", "image", "text", "node", "audio", "client", NULL},
    .needed = (const char *const[]){"classes", NULL},
    .large = "these broadcast.pictures and session.objects",
    .material = PL_MATERIAL_FILES,
    .packets = true,
    .evicts = true,
    .ffmpeg = true,
    .workers = true,
    .restless = true, /* a viewer that leaves is back at once */
    .live = true,
    .sessions = true,
    .threads_max = PL_THREADS_MAX,
    .files = files,
    .check = check,
};
