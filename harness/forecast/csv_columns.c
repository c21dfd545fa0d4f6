/* Reading the first line of a table (csv_columns.h). */
#include "harness/forecast/csv_columns.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "harness/forecast/moment.h"

#define PS_KIB 1024

char pl_csv_delimiter(const char *line)
{
    static const char delimiters[] = ",;\t";
    for (const char *d = delimiters; *d; d++)
        if (strchr(line, *d))
            return *d;
    return ' ';
}

/* @return behind the field */
static char *cut_quoted(char *at)
{
    char *to = at, *from = at;
    for (; *from && (*from != '"' || from[1] == '"'); from++) {
        from += *from == '"';
        *to++ = *from;
    }
    from += *from == '"';
    *to = '\0';
    return from;
}

static void trim(char *field)
{
    for (size_t n = strlen(field); n && isspace((unsigned char)field[n - 1]); n--)
        field[n - 1] = '\0';
}

void pl_csv_cut(char *text, char delimiter, struct pl_csv_line *line)
{
    const char ends[] = {delimiter, delimiter == ' ' ? '\t' : delimiter, '\0'};
    line->count = 0;
    while (line->count < PL_CSV_FIELDS_MAX) {
        while (*text == ' ' || (delimiter == ' ' && *text == '\t'))
            text++;
        if (delimiter == ' ' && !*text)
            return;
        bool quoted = *text == '"';
        char *field = text += quoted;
        if (quoted)
            text = cut_quoted(text);
        text += strcspn(text, ends);
        char end = *text;
        *text = '\0';
        if (!quoted)
            trim(field);
        line->fields[line->count++] = field;
        if (!end)
            return;
        text++;
    }
}

static bool is_figure(const char *field)
{
    char *end;
    strtod(field, &end);
    return end != field || strcmp(field, "null") == 0;
}

static bool names_time(const char *name)
{
    static const char *const beginnings[] = {"t_",   "time",    "date", "epoch",
                                             "unix", "elapsed", "ts"};
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncasecmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return strcmp(name, "t") == 0;
}

static int refuse_choice(const struct pl_memory_reading *r, const struct pl_csv_line *first,
                         const struct pl_csv_columns *c, struct pl_error *error)
{
    char names[300] = "";
    size_t used = 0;
    for (size_t i = 0; i < first->count && used < sizeof names - 1; i++)
        if (!c->timed || i != c->time)
            used += (size_t)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "",
                                     first->fields[i]);
    return pl_error_set(error, -EINVAL,
                        "%s:1: which column is the memory is not clear; expected --series with one "
                        "of: %s",
                        r->path, names);
}

/* The one that was wished for; else the only one of RSS, or the only one beside the time. */
static int find_memory(const struct pl_memory_reading *r, const struct pl_csv_line *first,
                       struct pl_csv_columns *c, struct pl_error *error)
{
    size_t fitting = 0, others = 0, other = 0;
    for (size_t i = 0; i < first->count; i++) {
        const char *name = first->fields[i];
        if (c->timed && i == c->time)
            continue;
        others++;
        other = i;
        if (r->wishes->series ? strcmp(name, r->wishes->series) == 0
                              : strcasestr(name, "rss") || strcasestr(name, "resident")) {
            fitting++;
            c->memory = i;
        }
    }
    if (!fitting && !r->wishes->series && others == 1)
        c->memory = other;
    else if (fitting != 1)
        return refuse_choice(r, first, c, error);
    return 0;
}

/* Grafana heads its first column Time. */
static int find_unit(const struct pl_memory_reading *r, const struct pl_csv_line *first,
                     struct pl_csv_columns *c, struct pl_error *error)
{
    if (r->wishes->unit_bytes > 0)
        c->bytes = r->wishes->unit_bytes;
    else if (c->named)
        c->bytes = pl_moment_bytes(first->fields[c->memory]);
    if (c->bytes > 0)
        return 0;
    c->assumed = true;
    if (c->named && c->timed && strcmp(first->fields[c->time], "Time") == 0)
        c->bytes = 1;
    else if (!c->named && c->delimiter == ' ')
        c->bytes = PS_KIB;
    else
        return pl_error_set(error, -EINVAL,
                            "%s:1: the unit of the memory is not said; expected --unit, such as "
                            "--unit KiB or --unit B",
                            r->path);
    return 0;
}

static int find_time(const struct pl_memory_reading *r, const struct pl_csv_line *first,
                     struct pl_csv_columns *c, struct pl_error *error)
{
    for (size_t i = first->count; c->named && i-- > 0;)
        if (names_time(first->fields[i])) {
            c->timed = true;
            c->time = i;
            c->time_unit_ns = pl_moment_unit(first->fields[i]);
        }
    if (!c->named && first->count > 2)
        return pl_error_set(error, -EINVAL,
                            "%s:1: %zu columns without names; expected a first line that names "
                            "them, or two: time and memory",
                            r->path, first->count);
    if (!c->named && first->count == 2)
        c->timed = true;
    if (c->timed && r->wishes->interval_ns)
        return pl_error_set(error, -EINVAL,
                            "%s:1: a column of time and --interval; expected one of them", r->path);
    if (!c->timed && !r->wishes->interval_ns)
        return pl_error_set(error, -EINVAL,
                            "%s:1: no column of time; expected one, or --interval TIME", r->path);
    return 0;
}

int pl_csv_columns_find(const struct pl_memory_reading *r, const struct pl_csv_line *first,
                        char delimiter, struct pl_csv_columns *columns, struct pl_error *error)
{
    struct pl_csv_columns c = {.delimiter = delimiter, .count = first->count};
    if (!first->count)
        return pl_error_set(error, -EINVAL, "%s:1: an empty line; expected figures", r->path);
    c.named = !is_figure(first->fields[first->count - 1]);
    if (!c.named && r->wishes->series)
        return pl_error_set(error, -EINVAL, "%s:1: the columns have no names; expected no --series",
                            r->path);
    int rc = find_time(r, first, &c, error);
    if (!rc && c.named)
        rc = find_memory(r, first, &c, error);
    else if (!rc)
        c.memory = first->count - 1;
    rc = rc ? rc : find_unit(r, first, &c, error);
    if (!rc)
        *columns = c;
    return rc;
}
