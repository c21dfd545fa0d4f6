/* Walking through the lines of an instrument's output, for the parsers of this room. */
#ifndef PL_INSTRUMENTS_OUTPUT_LINES_H
#define PL_INSTRUMENTS_OUTPUT_LINES_H

#include <stddef.h>
#include <stdint.h>

#include "allocators/base/error.h"

/** Set the first four, then pl_lines_next. The text may hold any bytes. */
struct pl_lines {
    const char *at; /* what was not read yet */
    const char *end;
    const char *path; /* for messages */
    struct pl_error *error;
    size_t number;        /* of the line, from 1 */
    const char *line;     /* not terminated: it ends with its '\n' */
    const char *line_end; /* its '\n' */
};

/** Moves on. @return 0, or -EINVAL at the end of the text or when the last line is cut */
int pl_lines_next(struct pl_lines *lines);

/** What follows `start` in the line, or NULL when it does not begin so. */
const char *pl_line_after(const struct pl_lines *lines, const char *start);

/** Reads a decimal number up to 2^63 that begins at `at`. @return what follows it, or NULL */
const char *pl_line_number(const struct pl_lines *lines, const char *at, uint64_t *number);

/** Fails with `path:line: PROBLEM; it is cut or damaged: run it again`. @return -EINVAL */
int pl_lines_refuse(const struct pl_lines *lines, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
