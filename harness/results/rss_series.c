/* Reading the first three columns of a series (rss_series.h); cell.c writes them. */
#include "harness/results/rss_series.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/measure/metrics.h"
#include "harness/results/document.h"

#define HEAD "t_ns,rss_bytes,live_bytes"
#define FOLDER "series/"

/* Nothing outside the folder is read, whatever a document says. */
static int find(const char *folder, const json_t *cell, char *path, size_t capacity,
                struct pl_error *error)
{
    const char *name = pl_document_string(cell, "series");
    const char *file = name + strlen(FOLDER);
    if (!*name)
        return pl_error_set(error, -EINVAL, "%s: the cell of %.100s kept no series", folder,
                            pl_document_string(cell, "allocator"));
    if (strncmp(name, FOLDER, strlen(FOLDER)) != 0 || !*file || strchr(file, '/'))
        return pl_error_set(error, -EINVAL, "%s: '%.100s' is not a name of a series", folder, name);
    int n = snprintf(path, capacity, "%s/%s", folder, name);
    if (n < 0 || (size_t)n >= capacity)
        return pl_error_set(error, -EINVAL, "%.80s...: the path is too long", folder);
    return 0;
}

int pl_rss_series_look(const char *folder, const json_t *cell, struct pl_error *error)
{
    char path[4096 + 300];
    if (!*pl_document_string(cell, "series")) /* pairs keep the first repetition's */
        return 0;
    int rc = find(folder, cell, path, sizeof path, error);
    if (!rc && access(path, F_OK))
        rc = pl_error_set(error, -ENOENT, "%s: the series of a cell is missing", path);
    return rc ? -ENOENT : 0;
}

static size_t lines_of(const char *text)
{
    size_t lines = 1;
    for (; (text = strchr(text, '\n')); text++)
        lines++;
    return lines;
}

/* A number of nothing but digits, and the comma or the end of the line behind it. */
static bool read_number(const char **at, double most, int64_t *number)
{
    char *end;
    if (!isdigit((unsigned char)**at))
        return false;
    errno = 0;
    *number = strtoll(*at, &end, 10);
    if (errno || (double)*number > most || (*end != ',' && *end != '\n'))
        return false;
    *at = end + 1;
    return true;
}

/* The first three columns of the line that ends there; time goes on from line to line. */
static bool read_line(const char *line, const char *end, struct pl_rss_series *s)
{
    int64_t t, rss, live = -1;
    if (!read_number(&line, PL_RANGE_SECONDS * 1e9, &t) ||
        !read_number(&line, PL_RANGE_COUNT, &rss) ||
        (*line != ',' && !read_number(&line, PL_RANGE_COUNT, &live)) || line > end + 1 ||
        (s->count && t <= s->t_ns[s->count - 1]))
        return false;
    s->t_ns[s->count] = t;
    s->live_bytes[s->count] = live < 0 ? (double)NAN : (double)live;
    s->rss_bytes[s->count++] = (double)rss;
    return true;
}

/* A last line without its end is of a file that was cut. */
static int read_lines(const char *text, const char *path, struct pl_rss_series *s,
                      struct pl_error *error)
{
    size_t number = 2;
    const char *line = strchr(text, '\n');
    if (!line || strncmp(text, HEAD, strlen(HEAD)) != 0)
        return pl_error_set(error, -EINVAL,
                            "%s:1: not a series of samples; expected %s... as its head", path,
                            HEAD);
    for (line++; *line; number++) {
        const char *end = strchr(line, '\n');
        if (!end || !read_line(line, end, s))
            return pl_error_set(error, -EINVAL,
                                "%s:%zu: not a sample; expected a later time (up to %.0g ns), an "
                                "RSS and live bytes (up to %.0f); run it again",
                                path, number, PL_RANGE_SECONDS * 1e9, PL_RANGE_COUNT);
        line = end + 1;
    }
    return s->count ? 0 : pl_error_set(error, -EINVAL, "%s: no samples in it", path);
}

int pl_rss_series_read(const char *folder, const json_t *cell, struct pl_rss_series *series,
                       struct pl_error *error)
{
    char path[4096], *text = NULL;
    size_t size = 0;
    struct pl_rss_series s = {0};
    struct pl_error reason;
    int rc = find(folder, cell, path, sizeof path, error);
    if (rc)
        return rc;
    rc = pl_file_read(path, PL_FILE_BYTES_MAX, &text, &size, &reason);
    if (rc)
        return pl_error_set(error, rc == -ENOMEM ? rc : -EINVAL, "%s", reason.text);
    size_t most = lines_of(text);
    s.t_ns = malloc(most * sizeof *s.t_ns);
    s.rss_bytes = malloc(most * sizeof *s.rss_bytes);
    s.live_bytes = malloc(most * sizeof *s.live_bytes);
    rc = s.t_ns && s.rss_bytes && s.live_bytes ? read_lines(text, path, &s, error)
                                               : pl_error_set(error, -ENOMEM, "out of memory");
    free(text);
    if (rc)
        pl_rss_series_free(&s);
    else
        *series = s;
    return rc;
}

int pl_rss_series_check(const char *folder, const json_t *cell, struct pl_error *error)
{
    struct pl_rss_series s = {0};
    int rc = pl_rss_series_look(folder, cell, error);
    if (!rc && *pl_document_string(cell, "series"))
        rc = pl_rss_series_read(folder, cell, &s, error);
    pl_rss_series_free(&s);
    return rc;
}

void pl_rss_series_free(struct pl_rss_series *s)
{
    free(s->t_ns);
    free(s->rss_bytes);
    free(s->live_bytes);
    *s = (struct pl_rss_series){0};
}
