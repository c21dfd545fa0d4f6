/* From the records of a file of heaptrack's to events (import.h). */
#include "harness/trace/heaptrack/import.h"

#include <errno.h>
#include <string.h>

#include "harness/base/map.h"
#include "harness/trace/heaptrack/kinds.h"
#include "harness/trace/heaptrack/sites.h"
#include "harness/trace/heaptrack/survey.h"

enum { THREAD = 1 };

struct importer {
    struct pl_heaptrack_records records;
    const struct pl_heaptrack_survey *survey;
    struct pl_trace_writer *writer;
    struct pl_heaptrack_sites sites;
    struct pl_map addresses;         /* of live blocks, in a raw file */
    struct pl_heaptrack_kinds kinds; /* in an interpreted one */
    uint64_t time_ms, unknown_frees, missed_frees;
};

static int write_free(struct importer *im, uint32_t slot)
{
    struct pl_trace_event e = {.kind = PL_TRACE_FREE,
                               .thread = THREAD,
                               .time_ms = im->time_ms,
                               .slot = slot,
                               .touched_pages = PL_TRACE_UNTOLD};
    return pl_trace_write(im->writer, &e);
}

static int write_allocation(struct importer *im, uint64_t bytes, uint64_t node, uint32_t *slot)
{
    struct pl_trace_event e = {
        .kind = PL_TRACE_ALLOCATE, .thread = THREAD, .time_ms = im->time_ms, .size = bytes};
    int rc = bytes > PL_TRACE_SIZE_MAX ? -EINVAL
                                       : pl_heaptrack_site(&im->sites, im->writer, node, &e.site);
    if (!rc)
        rc = pl_trace_write(im->writer, &e);
    *slot = e.slot;
    return rc;
}

/* An address that comes again: its free was missed. */
static int put_right(struct importer *im, uint64_t pointer)
{
    const int64_t slot = pl_map_find(&im->addresses, pointer);
    if (slot < 0)
        return 0;
    pl_map_remove(&im->addresses, pointer);
    im->missed_frees++;
    return write_free(im, (uint32_t)slot);
}

static int allocate_at(struct importer *im)
{
    struct pl_heaptrack_records *r = &im->records;
    uint64_t bytes, node, pointer;
    uint32_t slot;
    if (!pl_heaptrack_number(r, &bytes) || !pl_heaptrack_number(r, &node) ||
        !pl_heaptrack_number(r, &pointer) || !pointer)
        return -EINVAL;
    int rc = put_right(im, pointer);
    if (!rc)
        rc = write_allocation(im, bytes, node, &slot);
    return rc ? rc : pl_map_add(&im->addresses, pointer, slot);
}

static int free_at(struct importer *im)
{
    uint64_t pointer;
    if (!pl_heaptrack_number(&im->records, &pointer))
        return -EINVAL;
    const int64_t slot = pl_map_find(&im->addresses, pointer);
    im->unknown_frees += slot < 0;
    if (slot < 0)
        return 0;
    pl_map_remove(&im->addresses, pointer);
    return write_free(im, (uint32_t)slot);
}

static int add_kind(struct importer *im)
{
    uint64_t bytes, node;
    if (!pl_heaptrack_number(&im->records, &bytes) || !pl_heaptrack_number(&im->records, &node) ||
        node > UINT32_MAX)
        return -EINVAL;
    struct pl_heaptrack_kind *kind = pl_heaptrack_add(&im->kinds.list, sizeof *kind);
    if (!kind)
        return -ENOMEM;
    *kind = (struct pl_heaptrack_kind){.bytes = bytes, .node = (uint32_t)node};
    return 0;
}

static struct pl_heaptrack_kind *kind_of(struct importer *im)
{
    uint64_t number;
    return pl_heaptrack_number(&im->records, &number) ? pl_heaptrack_kind(&im->kinds, number)
                                                      : NULL;
}

static int allocate_kind(struct importer *im)
{
    struct pl_heaptrack_kind *kind = kind_of(im);
    uint32_t slot;
    int rc = kind ? write_allocation(im, kind->bytes, kind->node, &slot) : -EINVAL;
    return rc ? rc : pl_heaptrack_kind_came(&im->kinds, kind, slot);
}

static int free_kind(struct importer *im)
{
    struct pl_heaptrack_kind *kind = kind_of(im);
    if (!kind)
        return -EINVAL;
    const int64_t slot = pl_heaptrack_kind_goes(&im->kinds, kind);
    im->unknown_frees += slot < 0;
    return slot < 0 ? 0 : write_free(im, (uint32_t)slot);
}

static int look(struct importer *im)
{
    uint64_t pages;
    if (!pl_heaptrack_number(&im->records, &pages) ||
        pages > PL_TRACE_SIZE_MAX / im->survey->page_bytes)
        return -EINVAL;
    struct pl_trace_event e = {
        .kind = PL_TRACE_RSS, .time_ms = im->time_ms, .rss_bytes = pages * im->survey->page_bytes};
    return pl_trace_write(im->writer, &e);
}

/* Of either form what belongs to the other has no place there. */
static int take_own(struct importer *im)
{
    const bool interpreted = im->survey->is_interpreted;
    struct pl_heaptrack_records *r = &im->records;
    switch (r->letter) {
    case '+':
        return interpreted ? allocate_kind(im) : allocate_at(im);
    case '-':
        return interpreted ? free_kind(im) : free_at(im);
    case 't':
        return pl_heaptrack_take_node(&im->sites, r, interpreted);
    case 'a':
        return interpreted ? add_kind(im) : -EINVAL;
    case 's':
        return interpreted ? pl_heaptrack_take_string(&im->sites, r) : -EINVAL;
    case 'i':
        return interpreted ? pl_heaptrack_take_place(&im->sites, r) : -EINVAL;
    case 'm':
        return interpreted ? -EINVAL : pl_heaptrack_take_object(&im->sites, r);
    default:
        return -EINVAL;
    }
}

static int take(struct importer *im)
{
    switch (im->records.letter) {
    case 'x':
        return pl_heaptrack_take_program(&im->sites, &im->records);
    case 'X':
    case 'I':
    case 'A':
        return 0;
    case 'c':
        return pl_heaptrack_time(&im->records, &im->time_ms) ? 0 : -EINVAL;
    case 'R':
        return look(im);
    default:
        return take_own(im);
    }
}

static int tell(const struct importer *im, int rc, struct pl_error *error)
{
    if (rc == -EINVAL)
        return pl_heaptrack_refuse(&im->records,
                                   "a record that can't be read, or says what can't be", error);
    if (rc == -EOVERFLOW)
        return pl_heaptrack_refuse(&im->records, "more is live than a trace may hold", error);
    return pl_error_set(error, rc, "%.300s can't be imported: %s", im->records.lines.name,
                        strerror(-rc));
}

/* @return with a line in `error` */
static int take_all(struct importer *im, struct pl_error *error)
{
    int rc;
    while ((rc = pl_heaptrack_records_next(&im->records, error)) > 0) {
        const int taken = take(im);
        if (taken)
            return tell(im, taken, error);
    }
    return rc;
}

static int write_all(struct importer *im, struct pl_trace_totals *totals, struct pl_error *error)
{
    int rc = take_all(im, error);
    struct pl_trace_totals *counted = pl_trace_writer_totals(im->writer);
    counted->unknown_frees = im->unknown_frees;
    counted->missed_frees = im->missed_frees;
    *totals = *counted;
    const int ended = pl_trace_writer_close(im->writer, !rc);
    return rc || !ended ? rc : tell(im, ended, error);
}

/* What came by memalign and pvalloc it does not see in any release (1.4, 1.5), but for its frees.
 */
static void describe_assumptions(const struct pl_heaptrack_survey *s, char *text, size_t capacity)
{
    snprintf(text, capacity,
             "heaptrack %u.%u.%u, %s: all is of one thread; what came by memalign and pvalloc is "
             "missing; no alignments, no resizes but a free and an allocation each; blocks are "
             "touched in whole%s; RSS has files' pages and heaptrack's own%s",
             s->version >> 16, s->version >> 8 & 255, s->version & 255,
             s->is_interpreted ? "interpreted" : "raw",
             s->is_interpreted ? "; of equal ones of a call site the oldest goes first" : "",
             s->is_attached ? "; what was there before heaptrack was attached is missing" : "");
}

static void fill_head(const struct pl_heaptrack_survey *s, struct pl_trace_head *head)
{
    *head = (struct pl_trace_head){.duration_ms = s->duration_ms,
                                   .site_frames = PL_HEAPTRACK_FRAMES_MAX};
    memcpy(head->program, s->program, sizeof head->program);
    memcpy(head->command, s->command, sizeof head->command);
    describe_assumptions(s, head->imported, sizeof head->imported);
    if (s->has_end && !s->is_cut)
        snprintf(head->ended, sizeof head->ended, "it exited, or heaptrack left it");
    else
        snprintf(head->lost, sizeof head->lost, "heaptrack's file is cut off%s",
                 s->is_cut ? " within a line" : ", or the program was killed");
}

int pl_heaptrack_import(FILE *from, const char *name, FILE *to, struct pl_trace_head *head,
                        struct pl_trace_totals *totals, struct pl_error *error)
{
    struct pl_heaptrack_survey survey;
    struct importer im = {.survey = &survey};
    int rc = pl_heaptrack_survey(from, name, &survey, error);
    if (!rc)
        rc = pl_heaptrack_records_open(&im.records, from, name, error);
    if (rc)
        return rc;
    fill_head(&survey, head);
    im.writer = pl_trace_writer_open(to, head);
    rc = im.writer ? write_all(&im, totals, error) : tell(&im, -ENOMEM, error);
    pl_heaptrack_records_close(&im.records);
    pl_heaptrack_sites_free(&im.sites);
    pl_heaptrack_kinds_free(&im.kinds);
    pl_map_free(&im.addresses);
    return rc;
}
