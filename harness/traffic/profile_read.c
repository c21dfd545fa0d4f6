/* Reading a profile's text (profile.h). */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/traffic/profile.h"

#define PROFILE_BYTES_MAX (UINT64_C(256) << 20)

#define SIZE_MAX_BYTES (UINT32_C(1) << 30)
#define ROWS_MAX 100000
#define COUNT_MAX (UINT64_C(1) << 40)

/* A whole number and what ends it. @return behind the end, NULL for anything else */
static const char *take(const char *at, char end, uint64_t *number)
{
    char *behind;
    if (*at < '0' || *at > '9')
        return NULL;
    errno = 0;
    *number = strtoull(at, &behind, 10);
    return errno || *behind != end ? NULL : behind + 1;
}

static bool take_row(const char *line, struct pl_profile_row *row, uint64_t *count)
{
    uint64_t size = 0, life = 0;
    const char *at = take(line, '\t', &size);
    at = at ? take(at, '\t', &life) : NULL;
    at = at ? take(at, '\n', count) : NULL;
    if (!at || size < 1 || size > SIZE_MAX_BYTES || life > PL_PROFILE_LIFE_MAX || *count < 1 ||
        *count > COUNT_MAX)
        return false;
    *row = (struct pl_profile_row){.size = (uint32_t)size, .life = (uint32_t)life};
    return true;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

static int read_rows(const char *text, const char *path, struct pl_profile *p,
                     struct pl_error *error)
{
    uint32_t number = 1;
    for (const char *line = text; *line; line = strchr(line, '\n') + 1, number++) {
        struct pl_profile_row *row = &p->rows[p->row_count];
        uint64_t count = 0;
        if (*line == '#' && strchr(line, '\n'))
            continue;
        if (!strchr(line, '\n') || !take_row(line, row, &count))
            return pl_error_set(error, -EINVAL,
                                "%s:%u: not a block; expected SIZE, LIFE and COUNT, separated by "
                                "tabs (size 1 to %u B, life 0 to %d)",
                                path, number, SIZE_MAX_BYTES, PL_PROFILE_LIFE_MAX);
        p->blocks += count;
        row->upto = p->blocks;
        p->largest = row->size > p->largest ? row->size : p->largest;
        p->row_count++;
    }
    return p->row_count ? 0 : pl_error_set(error, -EINVAL, "%s:1: no blocks in it", path);
}

int pl_profile_parse(const char *text, const char *path, struct pl_profile **profile,
                     struct pl_error *error)
{
    size_t lines = count_lines(text);
    size_t bytes = sizeof **profile + (lines + 1) * sizeof(struct pl_profile_row);
    if (lines > ROWS_MAX)
        return pl_error_set(error, -EINVAL, "%s: more than %d lines", path, ROWS_MAX);
    struct pl_profile *p = calloc(1, bytes);
    if (!p)
        return pl_error_set(error, -ENOMEM, "%s: out of memory", path);
    int rc = read_rows(text, path, p, error);
    if (rc) {
        free(p);
        return rc;
    }
    pl_profile_finish(p);
    *profile = p;
    return 0;
}

int pl_profile_read(const char *path, struct pl_profile **profile, struct pl_error *error)
{
    char *text = NULL;
    size_t size = 0;
    int rc = pl_file_read(path, PROFILE_BYTES_MAX, &text, &size, error);
    if (!rc && memchr(text, '\0', size))
        rc = pl_error_set(error, -EINVAL, "%s:1: this is not text", path);
    if (!rc)
        rc = pl_profile_parse(text, path, profile, error);
    free(text);
    return rc;
}
