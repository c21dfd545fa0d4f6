/* Writing a trace (writer.h): sections, each in the form that compresses better. */
#include "harness/trace/writer.h"

#include <errno.h>

#include "harness/trace/encode_events.h"
#include "harness/trace/head.h"
#include "harness/trace/section.h"

/* A section is what a cut-off file loses at most, and what a reader holds at a time. */
enum { SECTION_EVENTS = 1 << 16, SECTION_BYTES = 3 << 20, SITES_BYTES = 1 << 20 };

struct pl_trace_writer {
    FILE *stream;
    ZSTD_CCtx *compressor;
    struct pl_trace_encoder encoder;
    struct pl_trace_bytes sites, content, packed[PL_TRACE_FORMS];
    uint64_t sections;
    int rc; /* what has failed */
};

static int store(struct pl_trace_writer *w, const struct pl_trace_bytes *packed)
{
    errno = EIO;
    w->sections++;
    return fwrite(packed->at, 1, packed->count, w->stream) == packed->count ? 0 : -errno;
}

static int pack(struct pl_trace_writer *w, enum pl_trace_section_kind kind, uint32_t events,
                const struct pl_trace_bytes *content, struct pl_trace_bytes *packed)
{
    const struct pl_trace_section section = {.kind = kind, .events = events, .number = w->sections};
    return pl_trace_section_pack(&section, content, w->compressor, packed);
}

static int store_text(struct pl_trace_writer *w, enum pl_trace_section_kind kind,
                      struct pl_trace_bytes *content)
{
    int rc = pack(w, kind, 0, content, &w->packed[0]);
    content->count = 0;
    return rc ? rc : store(w, &w->packed[0]);
}

static int store_events(struct pl_trace_writer *w)
{
    int rc = w->sites.count ? store_text(w, PL_TRACE_SITES, &w->sites) : 0;
    for (int form = 0; form < PL_TRACE_FORMS && !rc; form++) {
        pl_trace_encoder_lay_out(&w->encoder, (enum pl_trace_form)form, &w->content);
        rc = pack(w, PL_TRACE_EVENTS, w->encoder.events, &w->content, &w->packed[form]);
    }
    pl_trace_encoder_next(&w->encoder);
    if (rc)
        return rc;
    return store(w, &w->packed[w->packed[1].count < w->packed[0].count]);
}

static int begin(struct pl_trace_writer *w, const struct pl_trace_head *head)
{
    errno = EIO;
    if (fwrite(&pl_trace_start, 1, sizeof pl_trace_start, w->stream) != sizeof pl_trace_start)
        return -errno;
    w->content.count = 0;
    pl_trace_head_put(head, &w->content);
    return store_text(w, PL_TRACE_HEAD, &w->content);
}

struct pl_trace_writer *pl_trace_writer_open(FILE *stream, const struct pl_trace_head *head)
{
    struct pl_trace_writer *w = calloc(1, sizeof *w);
    if (!w)
        return NULL;
    w->stream = stream;
    w->compressor = ZSTD_createCCtx();
    if (!w->compressor) {
        free(w);
        return NULL;
    }
    w->rc = begin(w, head);
    return w;
}

uint32_t pl_trace_write_site(struct pl_trace_writer *w, const char *const *frames, uint32_t count)
{
    if (w->sites.count > SITES_BYTES && !w->rc)
        w->rc = store_text(w, PL_TRACE_SITES, &w->sites);
    for (uint32_t i = 0; i < count && i < PL_TRACE_FRAMES_MAX; i++) {
        pl_trace_append(&w->sites, frames[i], strlen(frames[i]));
        pl_trace_append(&w->sites, "\n", 1);
    }
    pl_trace_append(&w->sites, "\n", 1);
    return w->sites.failed ? 0 : ++w->encoder.live.totals.sites;
}

static void complete(const struct pl_trace_encoder *encoder, struct pl_trace_event *e)
{
    const bool tells =
        e->kind == PL_TRACE_FREE || e->kind == PL_TRACE_RESIZE || e->kind == PL_TRACE_TOUCHED;
    if (!tells || !pl_trace_live_has(&encoder->live, e->slot))
        return;
    const uint64_t size = encoder->live.slots[e->slot].size;
    const uint64_t pages = size / PL_TRACE_PAGE_BYTES;
    if (size < PL_TRACE_TOLD_FROM)
        e->touched_pages = PL_TRACE_UNTOLD;
    else if (e->touched_pages != PL_TRACE_UNTOLD && e->touched_pages > pages)
        e->touched_pages = pages;
}

int pl_trace_write(struct pl_trace_writer *w, struct pl_trace_event *event)
{
    if (w->rc)
        return w->rc;
    complete(&w->encoder, event);
    int rc = pl_trace_encode(&w->encoder, event);
    if (rc == -EINVAL)
        return rc; /* nothing of it was taken in */
    w->rc = rc;
    if (!rc && (w->encoder.events == SECTION_EVENTS || w->encoder.bytes > SECTION_BYTES))
        w->rc = store_events(w);
    return w->rc;
}

struct pl_trace_totals *pl_trace_writer_totals(struct pl_trace_writer *w)
{
    return &w->encoder.live.totals;
}

static int end(struct pl_trace_writer *w)
{
    int rc = w->encoder.events ? store_events(w) : 0;
    w->content.count = 0;
    pl_trace_totals_put(&w->encoder.live.totals, &w->content);
    return rc ? rc : store_text(w, PL_TRACE_END, &w->content);
}

int pl_trace_writer_close(struct pl_trace_writer *w, bool with_end)
{
    if (!w)
        return 0;
    int rc = w->rc ? w->rc : with_end ? end(w) : 0;
    ZSTD_freeCCtx(w->compressor);
    pl_trace_encoder_free(&w->encoder);
    free(w->sites.at);
    free(w->content.at);
    for (int form = 0; form < PL_TRACE_FORMS; form++)
        free(w->packed[form].at);
    free(w);
    return rc;
}
