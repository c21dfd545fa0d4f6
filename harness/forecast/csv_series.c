/* Reading the lines of a table (csv_series.h). */
#include "harness/forecast/csv_series.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "harness/forecast/csv_columns.h"
#include "harness/forecast/moment.h"

#define LINE_MAX_BYTES 8192
#define OWN_HEAD "t_ns,rss_bytes,live_bytes"
#define PAGE 4096         /* what bytes are multiples of */
#define BYTES_FEW 1e6     /* no program has less: figures below are of a larger unit */
#define KIB_MANY 67108864 /* 64 GiB in KiB: few have as much, and bytes look like it */
#define KIB_FEW 4096      /* 4 MiB in KiB: of less, multiples of a page may be by chance */

struct table {
    struct pl_memory_reading *reading;
    struct pl_csv_columns columns;
    char head[LINE_MAX_BYTES]; /* which loops around ps repeat; "" without one */
    size_t line;
    double highest;
    bool unended; /* the present line */
    bool pages;   /* all figures are multiples of a page */
};

static int refuse(const struct table *t, struct pl_error *error, const char *what)
{
    return pl_error_set(error, -EINVAL, "%s:%zu: %s", t->reading->path, t->line, what);
}

/* @return 0; 1 at the end; -EINVAL for what is no line of text */
static int next_line(struct table *t, FILE *file, char text[LINE_MAX_BYTES], struct pl_error *error)
{
    text[LINE_MAX_BYTES - 2] = '\n';
    if (!fgets(text, LINE_MAX_BYTES, file))
        return ferror(file) ? refuse(t, error, "can't be read to its end") : 1;
    t->line++;
    if (text[LINE_MAX_BYTES - 2] != '\n' && text[LINE_MAX_BYTES - 2])
        return refuse(t, error, "a line of more than 8 KiB; expected a table");
    size_t length = strlen(text);
    for (size_t i = 0; i < length; i++)
        if (iscntrl((unsigned char)text[i]) && !isspace((unsigned char)text[i]))
            return refuse(t, error, "not text; expected lines of time and memory");
    if (!length || (text[length - 1] != '\n' && !feof(file)))
        return refuse(t, error, "not text; expected lines of time and memory");
    t->unended = text[length - 1] != '\n';
    while (length && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
    return 0;
}

/* A figure, with or without a unit behind it: "12.5 MiB". Empty and null are none: NaN. */
static bool read_memory(const struct table *t, const char *field, double *bytes)
{
    char *end;
    *bytes = (double)NAN;
    if (!*field || strcmp(field, "null") == 0)
        return true;
    double figure = strtod(field, &end), unit = t->columns.bytes;
    if (end == field || !isfinite(figure))
        return false;
    while (*end == ' ')
        end++;
    if (*end && (!isalpha((unsigned char)*end) || (unit = pl_moment_bytes(end)) <= 0))
        return false;
    *bytes = figure * unit;
    return true;
}

static int read_sample(struct table *t, const struct pl_csv_line *line, struct pl_error *error)
{
    struct pl_memory_reading *r = t->reading;
    int64_t t_ns = (int64_t)(r->reducer.samples + r->empty) * r->wishes->interval_ns;
    double bytes;
    if (line->count != t->columns.count)
        return pl_error_set(error, -EINVAL, "%s:%zu: %zu columns; expected %zu, as in line 1",
                            r->path, t->line, line->count, t->columns.count);
    if (t->columns.timed &&
        !pl_moment_read(line->fields[t->columns.time], t->columns.time_unit_ns, &t_ns))
        return refuse(t, error, "no time; expected ISO 8601, or a number since 1970");
    if (!read_memory(t, line->fields[t->columns.memory], &bytes))
        return refuse(t, error, "the memory is no number; expected 0 or more");
    if (isnan(bytes)) {
        r->empty++;
        return 0;
    }
    t->highest = fmax(t->highest, bytes / t->columns.bytes);
    t->pages &= fmod(bytes / t->columns.bytes, PAGE) == 0;
    return pl_memory_reading_add(r, t->line, t_ns, bytes, error);
}

static int read_first(struct table *t, char *text, struct pl_error *error)
{
    struct pl_csv_line line;
    char delimiter = pl_csv_delimiter(text);
    t->reading->series->own = strncmp(text, OWN_HEAD, strlen(OWN_HEAD)) == 0;
    strcpy(t->head, text);
    pl_csv_cut(text, delimiter, &line);
    int rc = pl_csv_columns_find(t->reading, &line, delimiter, &t->columns, error);
    if (rc || t->columns.named)
        return rc;
    t->head[0] = '\0';
    return read_sample(t, &line, error);
}

/* An assumed unit has to give what a program can have. */
static int check_unit(const struct table *t, struct pl_error *error)
{
    bool kib = t->columns.bytes > 1;
    bool odd =
        kib ? t->highest > KIB_MANY || (t->pages && t->highest > KIB_FEW) : t->highest < BYTES_FEW;
    if (!t->columns.assumed || !odd)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%s: the figures may be KiB or bytes; expected --unit, such as --unit KiB "
                        "or --unit B",
                        t->reading->path);
}

static int read_lines(struct table *t, FILE *file, struct pl_error *error)
{
    char text[LINE_MAX_BYTES];
    struct pl_csv_line line;
    int rc;
    while (!(rc = next_line(t, file, text, error))) {
        if (!*text || (t->line > 1 && t->head[0] && strcmp(text, t->head) == 0))
            continue;
        if (!t->columns.count) {
            rc = read_first(t, text, error);
        } else {
            pl_csv_cut(text, t->columns.delimiter, &line);
            rc = read_sample(t, &line, error);
        }
        if (rc)
            return rc;
    }
    if (t->unended && t->line > 1)
        pl_memory_series_note(t->reading->series,
                              "Its last line has no end: the last figure may be cut off.");
    return rc < 0 ? rc : check_unit(t, error);
}

int pl_csv_series_read(struct pl_memory_reading *reading, FILE *file, struct pl_error *error)
{
    struct table *t = calloc(1, sizeof *t);
    if (!t)
        return pl_error_set(error, -ENOMEM, "out of memory");
    t->reading = reading;
    t->pages = true;
    int rc = read_lines(t, file, error);
    free(t);
    return rc;
}
