#include "harness/trace/heaptrack/survey.h"

#include <errno.h>
#include <string.h>

enum { PAGE_BYTES_MAX = 1 << 30 };

#define TIME_MS_MAX (UINT64_C(1) << 40)

bool pl_heaptrack_time(struct pl_heaptrack_records *r, uint64_t *ms)
{
    uint64_t told;
    if (!pl_heaptrack_number(r, &told) || told > TIME_MS_MAX)
        return false;
    *ms = told;
    return true;
}

static void copy(char to[PL_TRACE_TEXT_MAX], const char *text, size_t length)
{
    snprintf(to, PL_TRACE_TEXT_MAX, "%.*s", (int)(length < INT16_MAX ? length : INT16_MAX), text);
}

static bool take_page(struct pl_heaptrack_records *r, struct pl_heaptrack_survey *s)
{
    uint64_t bytes;
    if (!pl_heaptrack_number(r, &bytes) || !bytes || bytes > PAGE_BYTES_MAX)
        return false;
    s->page_bytes = bytes;
    return true;
}

/* A raw one has size, node and pointer; an interpreted one its kind. */
static bool take_allocation(struct pl_heaptrack_records *r, struct pl_heaptrack_survey *s)
{
    uint64_t first;
    if (!s->allocations++)
        s->is_interpreted = pl_heaptrack_number(r, &first) && r->at == r->end;
    return true;
}

static bool take_exe(struct pl_heaptrack_records *r, struct pl_heaptrack_survey *s)
{
    const char *text;
    size_t length;
    if (!pl_heaptrack_text(r, false, &text, &length))
        return false;
    copy(s->program, text, length);
    return true;
}

static bool take(struct pl_heaptrack_records *r, struct pl_heaptrack_survey *s)
{
    switch (r->letter) {
    case 'x':
        return take_exe(r, s);
    case 'X':
        copy(s->command, r->at, (size_t)(r->end - r->at));
        return true;
    case 'I':
        return take_page(r, s);
    case 'A':
        s->is_attached = true;
        return true;
    case 'c':
        return pl_heaptrack_time(r, &s->duration_ms);
    case '+':
        return take_allocation(r, s);
    default:
        return true;
    }
}

/* Only what heaptrack writes when a program exits is sure to end with the time and what is
 * resident: of one that was killed the last lines are cut off. */
static int read_through(struct pl_heaptrack_records *r, struct pl_heaptrack_survey *s,
                        struct pl_error *error)
{
    char before = '\0';
    int rc;
    while ((rc = pl_heaptrack_records_next(r, error)) > 0) {
        if (!take(r, s))
            return pl_heaptrack_refuse(r, "a number that can't be", error);
        s->has_end = before == 'c' && r->letter == 'R';
        before = r->letter;
    }
    s->is_cut = r->lines.is_cut;
    s->version = r->version;
    return rc;
}

/* An interpreted file does not name the program's. */
static void name_program(struct pl_heaptrack_survey *s)
{
    if (!s->program[0])
        copy(s->program, s->command, strcspn(s->command, " "));
}

int pl_heaptrack_survey(FILE *stream, const char *name, struct pl_heaptrack_survey *survey,
                        struct pl_error *error)
{
    struct pl_heaptrack_records records;
    *survey = (struct pl_heaptrack_survey){.page_bytes = PL_TRACE_PAGE_BYTES};
    int rc = pl_heaptrack_records_open(&records, stream, name, error);
    if (rc)
        return rc;
    rc = read_through(&records, survey, error);
    pl_heaptrack_records_close(&records);
    name_program(survey);
    if (rc || survey->allocations)
        return rc;
    return pl_error_set(error, -EINVAL, "%.400s holds no allocation%s", name,
                        survey->is_cut ? ": it is cut off" : "");
}
