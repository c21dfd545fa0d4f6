/* Reading a trace (reader.h): section by section, event by event. */
#include "harness/trace/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/trace/decode_events.h"
#include "harness/trace/head.h"
#include "harness/trace/section.h"

struct pl_trace_reader {
    FILE *stream;
    char name[512];
    ZSTD_DCtx *decompressor;
    struct pl_trace_bytes stored, content;
    struct pl_trace_section section;
    struct pl_trace_decoder decoder;
    struct pl_trace_head head;
    struct pl_trace_bytes text; /* of all sites: frames, each with a NUL behind it */
    size_t *frames;             /* of each site, where its first frame begins in the text */
    uint32_t site_capacity;
    bool has_ended;
};

static int corrupt(const struct pl_trace_reader *r, const char *wrong, struct pl_error *error)
{
    if (errno == ENOMEM)
        return pl_error_set(error, -ENOMEM, "%s: out of memory", r->name);
    return pl_error_set(error, -EINVAL, "%s: the trace is corrupt at event %llu: %s", r->name,
                        (unsigned long long)r->decoder.live.totals.events + 1, wrong);
}

static int truncated(const struct pl_trace_reader *r, struct pl_error *error)
{
    return pl_error_set(error, -ENODATA,
                        "%s: the trace is cut off: it can be read up to event %llu", r->name,
                        (unsigned long long)r->decoder.live.totals.events);
}

static int read_section(struct pl_trace_reader *r, struct pl_error *error)
{
    const char *wrong = NULL;
    int rc = pl_trace_section_read(r->stream, &r->section, r->decompressor, &r->stored, &r->content,
                                   &wrong);
    r->section.number++;
    errno = rc == -ENOMEM ? ENOMEM : 0;
    if (rc == -ENODATA)
        return truncated(r, error);
    if (rc == -EIO)
        return pl_error_set(error, -EIO, "%s can't be read: %s", r->name, strerror(EIO));
    return rc ? corrupt(r, wrong, error) : 0;
}

static int check_start(struct pl_trace_reader *r, struct pl_error *error)
{
    struct pl_trace_start start;
    if (fread(&start, sizeof start, 1, r->stream) != 1 ||
        memcmp(start.magic, pl_trace_start.magic, sizeof start.magic) != 0)
        return pl_error_set(error, -EINVAL,
                            "%s is not a trace; expected one that plimsoll record made", r->name);
    if (start.version == pl_trace_start.version && !start.zero)
        return 0;
    return pl_error_set(
        error, -EINVAL,
        "%s is a trace of version %u; expected version %u, which this plimsoll writes", r->name,
        start.version, pl_trace_start.version);
}

static int read_head(struct pl_trace_reader *r, struct pl_error *error)
{
    int rc = check_start(r, error);
    if (!rc)
        rc = read_section(r, error);
    if (rc)
        return rc;
    if (r->section.kind != PL_TRACE_HEAD)
        return corrupt(r, "a section before the head", error);
    const char *wrong = pl_trace_head_take(&r->content, &r->head);
    return wrong ? corrupt(r, wrong, error) : 0;
}

int pl_trace_open_stream(FILE *stream, const char *name, struct pl_trace_reader **reader,
                         struct pl_error *error)
{
    struct pl_trace_reader *r = calloc(1, sizeof *r);
    if (!r) {
        fclose(stream);
        return pl_error_set(error, -ENOMEM, "%s: out of memory", name);
    }
    r->stream = stream;
    snprintf(r->name, sizeof r->name, "%s", name);
    r->decompressor = ZSTD_createDCtx();
    int rc = r->decompressor ? read_head(r, error)
                             : pl_error_set(error, -ENOMEM, "%s: out of memory", name);
    if (rc)
        pl_trace_close(r);
    else
        *reader = r;
    return rc;
}

/* A pipe would wait for its writer. */
static FILE *open_file(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fdopen(fd, "rb");
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    close(fd);
    return NULL;
}

int pl_trace_open(const char *path, struct pl_trace_reader **reader, struct pl_error *error)
{
    FILE *stream = open_file(path);
    if (!stream)
        return pl_error_set(error, -errno, "%.400s can't be read: %s", path, strerror(errno));
    return pl_trace_open_stream(stream, path, reader, error);
}

const struct pl_trace_head *pl_trace_head(const struct pl_trace_reader *r)
{
    return &r->head;
}

const struct pl_trace_totals *pl_trace_totals(const struct pl_trace_reader *r)
{
    return &r->decoder.live.totals;
}

static bool add_site(struct pl_trace_reader *r, size_t begin)
{
    struct pl_trace_totals *totals = &r->decoder.live.totals;
    if (totals->sites == r->site_capacity) {
        const uint32_t capacity = 2 * r->site_capacity + 64;
        size_t *grown = reallocarray(r->frames, capacity, sizeof *grown);
        if (!grown)
            return false;
        r->frames = grown;
        r->site_capacity = capacity;
    }
    r->frames[totals->sites++] = begin;
    return true;
}

/* Each line becomes a text of its own, the empty one behind a site too. */
static const char *take_sites(struct pl_trace_reader *r)
{
    size_t line = r->text.count, site = line;
    const size_t count = r->content.count;
    errno = 0;
    if (!count || memchr(r->content.at, '\0', count) || r->content.at[count - 1] != '\n')
        return "call sites that can't be read";
    pl_trace_append(&r->text, r->content.at, count);
    if (r->text.failed)
        return errno = ENOMEM, "out of memory";
    for (size_t i = line; i < r->text.count; i++) {
        if (r->text.at[i] != '\n')
            continue;
        r->text.at[i] = '\0';
        if (i == line) {
            if (!add_site(r, site))
                return errno = ENOMEM, "out of memory";
            site = i + 1;
        }
        line = i + 1;
    }
    return site == r->text.count ? NULL : "a call site that is cut off";
}

const char *pl_trace_frame(const struct pl_trace_reader *r, uint32_t site, uint32_t index)
{
    if (!site || site > r->decoder.live.totals.sites)
        return NULL;
    const char *frame = (const char *)r->text.at + r->frames[site - 1];
    while (*frame && index--)
        frame += strlen(frame) + 1;
    return *frame ? frame : NULL;
}

static bool agree(const struct pl_trace_totals *counted, const struct pl_trace_totals *told)
{
    return counted->events == told->events && counted->blocks == told->blocks &&
           counted->live_bytes_peak == told->live_bytes_peak &&
           counted->live_blocks_peak == told->live_blocks_peak && counted->slots == told->slots &&
           counted->threads == told->threads && counted->sites == told->sites;
}

static int take_end(struct pl_trace_reader *r, struct pl_error *error)
{
    struct pl_trace_totals told = {0};
    errno = 0;
    const char *wrong = pl_trace_totals_take(&r->content, &told);
    if (!wrong && !agree(&r->decoder.live.totals, &told))
        wrong = "an end that tells of other events";
    if (!wrong && fgetc(r->stream) != EOF)
        wrong = "more behind its end";
    if (wrong)
        return corrupt(r, wrong, error);
    r->decoder.live.totals = told;
    r->has_ended = true;
    return 0;
}

static int take_section(struct pl_trace_reader *r, struct pl_error *error)
{
    const char *wrong = pl_trace_decoder_end(&r->decoder);
    errno = 0;
    if (wrong)
        return corrupt(r, wrong, error);
    int rc = read_section(r, error);
    if (rc)
        return rc;
    switch (r->section.kind) {
    case PL_TRACE_EVENTS:
        wrong = pl_trace_decoder_begin(&r->decoder, r->section.events, &r->content);
        break;
    case PL_TRACE_SITES:
        wrong = take_sites(r);
        break;
    case PL_TRACE_END:
        return take_end(r, error);
    default:
        wrong = "a second head";
    }
    return wrong ? corrupt(r, wrong, error) : 0;
}

int pl_trace_next(struct pl_trace_reader *r, struct pl_trace_event *event, struct pl_error *error)
{
    while (!r->decoder.left) {
        int rc = r->has_ended ? 0 : take_section(r, error);
        if (rc || r->has_ended)
            return rc;
    }
    const char *wrong = pl_trace_decode(&r->decoder, event);
    return wrong ? corrupt(r, wrong, error) : 1;
}

void pl_trace_close(struct pl_trace_reader *r)
{
    if (!r)
        return;
    fclose(r->stream);
    ZSTD_freeDCtx(r->decompressor);
    pl_trace_decoder_free(&r->decoder);
    free(r->stored.at);
    free(r->content.at);
    free(r->text.at);
    free(r->frames);
    free(r);
}

int pl_trace_survey(const char *path, struct pl_trace_totals *totals, struct pl_error *error)
{
    struct pl_trace_reader *reader;
    struct pl_trace_event event;
    int rc = pl_trace_open(path, &reader, error);
    if (rc)
        return rc;
    while ((rc = pl_trace_next(reader, &event, error)) > 0)
        continue;
    *totals = *pl_trace_totals(reader);
    pl_trace_close(reader);
    return rc;
}
