#include "harness/trace/heaptrack/records.h"

#include <errno.h>
#include <string.h>

enum { FORMAT_MAX = 3, FORMAT_1_IN_ALL_BUT_NAME = 0x010200 };

/* Letter, blank, fields. */
static int begin(struct pl_heaptrack_records *r, struct pl_error *error)
{
    const struct pl_heaptrack_lines *l = &r->lines;
    r->letter = l->line[0];
    r->end = l->line + l->length;
    r->at = l->length > 2 ? l->line + 2 : r->end;
    return l->length > 1 && l->line[1] != ' '
               ? pl_heaptrack_refuse(r, "a record that can't be read", error)
               : 1;
}

/* heaptrack makes its file before it writes to it: of a program that is killed early it is empty.
 */
static int no_such_file(const struct pl_heaptrack_records *r, struct pl_error *error)
{
    if (!r->lines.number && !r->lines.is_cut)
        return pl_error_set(error, -EINVAL,
                            "%.300s is empty; expected what heaptrack wrote until the program's "
                            "end",
                            r->lines.name);
    return pl_error_set(
        error, -EINVAL,
        "%.300s is not a file of heaptrack's; expected heaptrack.PROGRAM.PID.zst, or .raw.zst",
        r->lines.name);
}

/* Before 1.0.0 there was a 1.2.0 with the first format, which did not say so. */
static bool take_versions(struct pl_heaptrack_records *r)
{
    uint64_t version, format = 0;
    if (r->letter != 'v' || !pl_heaptrack_number(r, &version) || version > UINT32_MAX)
        return false;
    if (!pl_heaptrack_number(r, &format))
        format = version == FORMAT_1_IN_ALL_BUT_NAME;
    r->version = (uint32_t)version;
    r->format = format < UINT32_MAX ? (uint32_t)format : UINT32_MAX;
    return true;
}

int pl_heaptrack_records_open(struct pl_heaptrack_records *r, FILE *stream, const char *name,
                              struct pl_error *error)
{
    *r = (struct pl_heaptrack_records){.letter = '\0'};
    int rc = pl_heaptrack_lines_open(&r->lines, stream, name, error);
    if (rc)
        return rc;
    rc = pl_heaptrack_lines_next(&r->lines, error);
    if (rc == 1 && r->lines.length && r->lines.line[0] == 'v')
        rc = begin(r, error);
    if (rc >= 0)
        rc = rc == 1 && take_versions(r) ? 0 : no_such_file(r, error);
    if (!rc && (r->format == 0 || r->format > FORMAT_MAX))
        rc = pl_error_set(error, -EINVAL,
                          "%.300s is a file of heaptrack's in format %u; expected 1 to %d, of "
                          "heaptrack 1.0 to 1.5",
                          name, r->format, FORMAT_MAX);
    if (rc)
        pl_heaptrack_records_close(r);
    return rc;
}

/* A word of the command may hold ends of lines: what follows them is no record. heaptrack has
 * always written `I`, two numbers, behind the command. */
static bool is_command(struct pl_heaptrack_records *r)
{
    const struct pl_heaptrack_lines *l = &r->lines;
    uint64_t number;
    if (!r->is_within_command)
        return false;
    if (l->length > 2 && memcmp(l->line, "I ", 2) == 0) {
        r->at = l->line + 2;
        r->end = l->line + l->length;
        r->is_within_command =
            !pl_heaptrack_number(r, &number) || !pl_heaptrack_number(r, &number) || r->at < r->end;
    }
    return r->is_within_command;
}

int pl_heaptrack_records_next(struct pl_heaptrack_records *r, struct pl_error *error)
{
    int rc;
    while ((rc = pl_heaptrack_lines_next(&r->lines, error)) > 0) {
        const char letter = r->lines.length ? r->lines.line[0] : '#';
        if (is_command(r) || letter == '#' || letter == 'S')
            continue;
        r->is_within_command = letter == 'X';
        return begin(r, error);
    }
    return rc;
}

static int digit_of(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool pl_heaptrack_number(struct pl_heaptrack_records *r, uint64_t *number)
{
    const char *at = r->at;
    uint64_t value = 0;
    for (int digit; at < r->end && (digit = digit_of(*at)) >= 0; at++) {
        if (value >> 60)
            return false;
        value = value << 4 | (uint64_t)digit;
    }
    if (at == r->at || (at < r->end && *at != ' '))
        return false;
    r->at = at < r->end ? at + 1 : at;
    *number = value;
    return true;
}

static bool take_length(struct pl_heaptrack_records *r, size_t *length)
{
    uint64_t told;
    if (!pl_heaptrack_number(r, &told) || told > (uint64_t)(r->end - r->at))
        return false;
    *length = (size_t)told;
    return true;
}

bool pl_heaptrack_text(struct pl_heaptrack_records *r, bool words, const char **text,
                       size_t *length)
{
    if (r->format >= 3) {
        if (!take_length(r, length))
            return false;
    } else {
        const char *blank = words ? memchr(r->at, ' ', (size_t)(r->end - r->at)) : NULL;
        *length = (size_t)((blank ? blank : r->end) - r->at);
    }
    *text = r->at;
    r->at += *length;
    if (r->at < r->end && *r->at != ' ')
        return false;
    r->at += r->at < r->end;
    return true;
}

int pl_heaptrack_refuse(const struct pl_heaptrack_records *r, const char *wrong,
                        struct pl_error *error)
{
    return pl_error_set(error, -EINVAL, "%.300s:%llu: %s", r->lines.name,
                        (unsigned long long)r->lines.number, wrong);
}

void pl_heaptrack_records_close(struct pl_heaptrack_records *r)
{
    pl_heaptrack_lines_close(&r->lines);
}
