/* Opening a file, and what is made of any series (series_file.h). */
#include "harness/forecast/series_file.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "allocators/base/units.h"
#include "harness/forecast/csv_series.h"
#include "harness/forecast/prometheus_series.h"
#include "harness/forecast/series_reading.h"
#include "harness/stats/forecast.h"

#define FALL 0.5             /* of a level: what falls below is a restart */
#define FALL_CLEAR 0.9       /* likewise, where what follows lies below all that is right before */
#define FALL_FROM 1048576.0  /* bytes: less is a program that begins */
#define RESTARTS_MAX 2       /* more falls are the own doing of a program that gives back */
#define GAP_SHARE 0.25       /* of the time: what is before a longer gap is left out */
#define SPAN_MIN_NS 10000000 /* fits count in seconds since 1970, to 0.24 us */
#define GAP_TOLD 5           /* usual intervals from which on a gap is told */

/* What is left is told by its points: of a series that was reduced, by their share. */
static void keep(struct pl_memory_series *s, size_t first, size_t left)
{
    s->samples = s->samples * left / s->points.count;
    memmove(s->points.t_ns, s->points.t_ns + first, left * sizeof *s->points.t_ns);
    memmove(s->points.values, s->points.values + first, left * sizeof *s->points.values);
    s->points.count = left;
}

static void drop_before(struct pl_memory_series *s, size_t first)
{
    keep(s, first, s->points.count - first);
}

static void settle_gap(struct pl_memory_series *s)
{
    char text[48];
    int64_t span = s->points.t_ns[s->points.count - 1] - s->points.t_ns[0];
    double usual = (double)(span - s->gap_ns) / (double)(s->samples - 1);
    if ((double)s->gap_ns < GAP_TOLD * usual)
        return;
    pl_time_format(s->gap_ns, text, sizeof text);
    if ((double)s->gap_ns < GAP_SHARE * (double)span) {
        pl_memory_series_note(s, "A gap of %s is bridged.", text);
        return;
    }
    size_t first = 0;
    while (s->points.t_ns[first] <= s->gap_at_ns)
        first++;
    drop_before(s, first);
    pl_memory_series_note(s, "What is before a gap of %s is left out.", text);
}

/* Whether as many samples before as after it as a forecast needs lie apart: noise does not. */
static bool is_clear(const struct pl_points *p, size_t i)
{
    const size_t near = PL_FORECAST_SAMPLES_MIN;
    double lowest = p->values[i - 1], highest = p->values[i];
    if (i < near || p->count - i < near)
        return false;
    for (size_t k = 1; k < near; k++) {
        lowest = fmin(lowest, p->values[i - 1 - k]);
        highest = fmax(highest, p->values[i + k]);
    }
    return highest < lowest;
}

static bool falls_at(const struct pl_points *p, size_t i)
{
    double before = p->values[i - 1], now = p->values[i];
    return before >= FALL_FROM &&
           (now < FALL * before || (now < FALL_CLEAR * before && is_clear(p, i)));
}

/* A fall that is followed by too little ends a program, or a new one has hardly begun. */
static void take_before(struct pl_memory_series *s, size_t begin, size_t fall)
{
    size_t after = s->points.count - fall;
    keep(s, begin, fall - begin);
    pl_memory_series_note(s,
                          "It falls by more than half in its last %zu sample%s, as where a "
                          "program ends or is started anew: taken up to there.",
                          after, after == 1 ? "" : "s");
}

static void take_after(struct pl_memory_series *s, size_t fall)
{
    char text[48];
    double share = 1 - s->points.values[fall] / s->points.values[fall - 1];
    pl_time_format(s->points.t_ns[s->points.count - 1] - s->points.t_ns[fall], text, sizeof text);
    drop_before(s, fall);
    pl_memory_series_note(s,
                          "It falls by %.0f %% at once, as where a program is started anew: "
                          "taken from there, the last %s.",
                          100 * share, text);
}

/* Falls from one sample to the next, of a series of anybody's. */
static void settle_restarts(struct pl_memory_series *s)
{
    size_t falls = 0, begin = 0, fall = 0;
    for (size_t i = 1; i < s->points.count; i++) {
        if (!falls_at(&s->points, i))
            continue;
        falls++;
        begin = fall;
        fall = i;
    }
    if (falls > RESTARTS_MAX)
        pl_memory_series_note(
            s, "It falls at once %zu times: taken as the program's own, not as restarts.", falls);
    else if (falls && s->points.count - fall >= PL_FORECAST_SAMPLES_MIN)
        take_after(s, fall);
    else if (falls)
        take_before(s, begin, fall);
}

static int settle(struct pl_memory_reading *r, struct pl_error *error)
{
    struct pl_memory_series *s = r->series;
    s->samples = r->reducer.samples;
    if (!s->samples)
        return pl_error_set(error, -EINVAL, "%s: no samples in it; expected times and bytes",
                            r->path);
    if (pl_reducer_points(&r->reducer, &s->points))
        return pl_error_set(error, -ENOMEM, "out of memory");
    if (r->empty)
        pl_memory_series_note(s, "%" PRIu64 " samples without a value are left out.", r->empty);
    if (s->points.count > 2) /* of two, the time between them is no gap */
        settle_gap(s);
    if (!s->own)
        settle_restarts(s);
    if (s->points.count < PL_FORECAST_SAMPLES_MIN)
        return pl_error_set(error, -EINVAL, "%s: only %zu sample%s%s; expected %d or more", r->path,
                            s->points.count, s->points.count == 1 ? "" : "s",
                            s->note_count && s->samples < r->reducer.samples
                                ? " since the last gap or restart"
                                : "",
                            PL_FORECAST_SAMPLES_MIN);
    if (s->points.t_ns[s->points.count - 1] - s->points.t_ns[0] < SPAN_MIN_NS)
        return pl_error_set(
            error, -EINVAL,
            "%s: it lasts less than 10 ms; expected a longer series, or another unit of "
            "its times",
            r->path);
    return 0;
}

/* What comes by a pipe is read twice: to tell of which kind it is, and then as such. */
static FILE *open_stdin(struct pl_error *error)
{
    char bytes[1 << 16];
    FILE *file = tmpfile();
    bool is_kept = file != NULL;
    for (size_t n; is_kept && (n = fread(bytes, 1, sizeof bytes, stdin)) > 0;)
        is_kept = fwrite(bytes, 1, n, file) == n;
    if (is_kept && !ferror(stdin) && fseek(file, 0, SEEK_SET) == 0)
        return file;
    pl_error_set(error, -EINVAL, "stdin: can't be read, or kept in a temporary file: %s",
                 strerror(errno));
    if (file)
        fclose(file);
    return NULL;
}

static FILE *open_file(const char *path, struct pl_error *error)
{
    struct stat status;
    if (strcmp(path, "-") == 0)
        return open_stdin(error);
    if (stat(path, &status) == 0 && !S_ISREG(status.st_mode)) { /* a pipe would be waited for */
        pl_error_set(error, -EINVAL, "%s: not a regular file; expected a series", path);
        return NULL;
    }
    FILE *file = fopen(path, "rbe");
    if (!file)
        pl_error_set(error, -EINVAL, "%s: %s", path, strerror(errno));
    return file;
}

/* Programs of Windows begin text so. */
static void skip_mark(FILE *file)
{
    char mark[3];
    if (fread(mark, 1, sizeof mark, file) != sizeof mark || memcmp(mark, "\xef\xbb\xbf", 3) != 0)
        rewind(file);
}

/* The first byte that is no blank; a file of ours, of ps or of Grafana begins otherwise. */
static bool is_json(FILE *file)
{
    int c;
    long begin = ftell(file);
    do
        c = getc(file);
    while (c == ' ' || c == '\n' || c == '\r' || c == '\t');
    fseek(file, begin, SEEK_SET);
    return c == '{' || c == '[';
}

int pl_memory_series_read(const char *path, const struct pl_memory_series_wishes *wishes,
                          struct pl_memory_series *series, struct pl_error *error)
{
    struct pl_memory_series s = {0};
    const char *name = strcmp(path, "-") == 0 ? "stdin" : path;
    struct pl_memory_reading r = {.path = name, .wishes = wishes, .series = &s};
    FILE *file = open_file(path, error);
    if (!file)
        return -EINVAL;
    skip_mark(file);
    int rc = is_json(file) ? pl_prometheus_series_read(&r, file, error)
                           : pl_csv_series_read(&r, file, error);
    fclose(file);
    rc = rc ? rc : settle(&r, error);
    pl_reducer_free(&r.reducer);
    if (rc)
        pl_memory_series_free(&s);
    else
        *series = s;
    return rc;
}
