/* Lines of text that need not be text (output_lines.h). */
#include "harness/instruments/output_lines.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int pl_lines_refuse(const struct pl_lines *lines, const char *format, ...)
{
    char problem[200];
    va_list args;
    va_start(args, format);
    vsnprintf(problem, sizeof problem, format, args);
    va_end(args);
    return pl_error_set(lines->error, -EINVAL,
                        "%s:%zu: %s; it is cut or damaged: run the instrument again", lines->path,
                        lines->number, problem);
}

int pl_lines_next(struct pl_lines *lines)
{
    lines->number++;
    const char *newline =
        lines->at < lines->end ? memchr(lines->at, '\n', (size_t)(lines->end - lines->at)) : NULL;
    if (!newline)
        return pl_lines_refuse(lines, "it ends here");
    lines->line = lines->at;
    lines->line_end = newline;
    lines->at = newline + 1;
    return 0;
}

const char *pl_line_after(const struct pl_lines *lines, const char *start)
{
    size_t length = strlen(start), have = (size_t)(lines->line_end - lines->line);
    if (have < length || memcmp(lines->line, start, length) != 0)
        return NULL;
    return lines->line + length;
}

const char *pl_line_number(const struct pl_lines *lines, const char *at, uint64_t *number)
{
    const char *start = at;
    uint64_t value = 0;
    for (; at < lines->line_end && *at >= '0' && *at <= '9'; at++) {
        if (value > (UINT64_C(1) << 63) / 10 - 1)
            return NULL;
        value = value * 10 + (uint64_t)(*at - '0');
    }
    if (at == start)
        return NULL;
    *number = value;
    return at;
}
