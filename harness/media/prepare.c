/* What is done before the window (media_state.h). */
#include <errno.h>

#include "harness/media/exactness.h"
#include "harness/media/media_state.h"
#include "harness/media/run_in_child.h"

/* What the process that prepares finds out; it lies in the memory that it shares with this one. */
struct prepared {
    int rc;
    struct pl_error error;
    struct pl_media_facts facts;
};

static struct pl_media_source_options options_of(struct running *r, uint32_t index,
                                                 struct pl_media_facts *facts)
{
    return (struct pl_media_source_options){
        .material = pl_recording_material(r->in.recording),
        .index = index,
        .video = r->plan.video,
        .payload = r->settings->payload,
        .buffers = r->in.format == PL_FORMAT_FFMPEG ? &r->buffers : NULL,
        .facts = facts,
    };
}

static int record_clip(struct running *r, uint32_t index, struct prepared *p)
{
    struct pl_media_feed feed;
    struct pl_media_source_options options = options_of(r, index, &p->facts);
    int rc = pl_media_feed_open(&feed, &options, r->settings, r->in.format, &r->plan, &p->error);
    if (!rc)
        rc = pl_media_feed_record(&feed, r->feeds[index].clip, &p->error);
    pl_media_feed_close(&feed);
    return rc;
}

static void prepare_sources(struct running *r, struct prepared *p)
{
    for (uint32_t i = 0; !p->rc && i < r->settings->source_count; i++) {
        struct pl_media_source_options options = options_of(r, i, &p->facts);
        p->rc = pl_media_exactness(&options, r->settings, r->in.format, &r->plan, &p->error);
        if (!p->rc && r->feeds[i].clip)
            p->rc = record_clip(r, i, p);
    }
}

struct work {
    struct running *running;
    struct prepared *prepared;
};

static void work_in_child(void *context)
{
    struct work *work = context;
    prepare_sources(work->running, work->prepared);
}

/* Every clip has its place before another process fills it. */
static bool take_clips(struct running *r)
{
    for (uint32_t i = 0; i < r->settings->source_count; i++) {
        uint8_t *clip = pl_arena_take(r->in.arena, pl_media_clip_bytes(&r->plan));
        if (!clip)
            return false;
        pl_media_feed_clip(&r->feeds[i], &r->plan, clip);
    }
    return true;
}

/* @param index of the stream: what one decodes, the others do, too */
static int open_feeds(struct running *r, uint32_t index, struct pl_error *error)
{
    int rc = 0;
    for (uint32_t i = 0; !rc && i < r->settings->source_count; i++) {
        struct pl_media_source_options options = options_of(r, i, r->in.media);
        options.known = index > 0;
        rc = pl_media_feed_open(&r->feeds[i], &options, r->settings, r->in.format, &r->plan, error);
    }
    return rc;
}

/* Every stream decodes by itself, or has a place of its own in clips that all play. */
static int open_all_feeds(struct streams *all, bool live, struct pl_error *error)
{
    const struct running *first = all->stream[0];
    int rc = 0;
    for (uint32_t k = 0; !rc && k < all->count; k++) {
        struct running *r = all->stream[k];
        if (live)
            rc = open_feeds(r, k, error);
        for (uint32_t i = 0; !live && k && i < r->settings->source_count; i++)
            pl_media_feed_clip(&r->feeds[i], &r->plan, first->feeds[i].clip);
    }
    return rc;
}

int prepare(struct streams *all, struct pl_error *error)
{
    struct running *r = all->stream[0];
    bool live = r->settings->decode != 0;
    struct prepared *p = pl_arena_take(r->in.arena, sizeof *p);
    if (!p || (!live && !take_clips(r)))
        return pl_error_set(error, -ENOMEM, "the cell can't start: its arena is too small");
    int rc = 0;
    p->facts = *r->in.media; /* an encoder has written its file's head */
    if (r->in.observed)
        prepare_sources(r, p);
    else
        rc = pl_media_run_in_child(work_in_child, &(struct work){r, p}, error);
    if (rc || p->rc)
        return rc ? rc : pl_error_set(error, p->rc, "%s", p->error.text);
    *r->in.media = p->facts;
    return open_all_feeds(all, live, error);
}
