/* Text that may be shown: what a terminal would obey, hide or turn around is written as an escape.
 * Stands beside error.h, whose lines it keeps clean; the harness uses it where text comes in. */
#ifndef PL_ALLOCATORS_BASE_PRINTABLE_H
#define PL_ALLOCATORS_BASE_PRINTABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** Reads one character of UTF-8 (RFC 3629 section 4: nothing overlong, no surrogates).
 *  @param left bytes that there are, at least 1
 *  @return its bytes, 0 where there is no whole character */
size_t pl_printable_read(const char *at, size_t left, uint32_t *character);

/** Whether a character may be shown: no control (C0, DEL, C1), none that sets the direction of what
 *  follows (UAX #9), no separator of lines or paragraphs. */
bool pl_printable_is(uint32_t character);

/** Whether a text holds nothing that pl_printable_copy would replace. */
bool pl_printable_text(const char *text, size_t size);

/**
 * Copies text with what is not printable replaced by `\x1b`, or `\u202e` beyond ASCII; a byte that
 * is no UTF-8 becomes `\xff`.
 * @param capacity of `to`, at least 1; what does not fit is cut between two characters
 * @return bytes of the whole, without the NUL, as snprintf
 */
size_t pl_printable_copy(char *to, size_t capacity, const char *text, size_t size);

/** @return a copy as above that is freed with free(), or NULL when out of memory */
char *pl_printable_dup(const char *text);

/** Writes text as above. @param kept characters that are written as they are, e.g. "\n" */
void pl_printable_write(FILE *out, const char *text, size_t size, const char *kept);

/** Writes one line: formats it as printf, cleans it as above and ends it. */
void pl_printable_line(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
