/* Escapes for what is not printable (printable.h). */
#include "allocators/base/printable.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define ESCAPE_BYTES 8 /* the longest is \u2028 */

/* The well-formed sequences, by what their first two bytes may be. */
static const struct form {
    uint8_t first_low, first_high, second_low, second_high, bytes, bits;
} forms[] = {
    {0x00, 0x7f, 0, 0, 1, 0x7f},       {0xc2, 0xdf, 0x80, 0xbf, 2, 0x1f},
    {0xe0, 0xe0, 0xa0, 0xbf, 3, 0x0f}, {0xe1, 0xec, 0x80, 0xbf, 3, 0x0f},
    {0xed, 0xed, 0x80, 0x9f, 3, 0x0f}, {0xee, 0xef, 0x80, 0xbf, 3, 0x0f},
    {0xf0, 0xf0, 0x90, 0xbf, 4, 0x07}, {0xf1, 0xf3, 0x80, 0xbf, 4, 0x07},
    {0xf4, 0xf4, 0x80, 0x8f, 4, 0x07},
};

static const struct form *form_of(const uint8_t *at, size_t left)
{
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        const struct form *f = &forms[i];
        if (at[0] < f->first_low || at[0] > f->first_high)
            continue;
        bool whole = left >= f->bytes &&
                     (f->bytes == 1 || (at[1] >= f->second_low && at[1] <= f->second_high));
        return whole ? f : NULL;
    }
    return NULL;
}

size_t pl_printable_read(const char *text, size_t left, uint32_t *character)
{
    const uint8_t *at = (const uint8_t *)text;
    const struct form *f = form_of(at, left);
    if (!f)
        return 0;
    *character = at[0] & f->bits;
    for (size_t i = 1; i < f->bytes; i++) {
        if ((at[i] & 0xc0) != 0x80)
            return 0;
        *character = *character << 6 | (at[i] & 0x3f);
    }
    return f->bytes;
}

bool pl_printable_is(uint32_t c)
{
    static const struct {
        uint32_t first, last;
    } hidden[] = {
        {0x00, 0x1f},     {0x7f, 0x9f},     {0x061c, 0x061c}, {0x200e, 0x200f},
        {0x2028, 0x2029}, {0x202a, 0x202e}, {0x2066, 0x2069},
    };
    for (size_t i = 0; i < sizeof hidden / sizeof *hidden; i++)
        if (c >= hidden[i].first && c <= hidden[i].last)
            return false;
    return true;
}

bool pl_printable_text(const char *text, size_t size)
{
    uint32_t c;
    for (size_t at = 0, bytes; at < size; at += bytes) {
        bytes = pl_printable_read(text + at, size - at, &c);
        if (!bytes || !pl_printable_is(c))
            return false;
    }
    return true;
}

/* What stands for the next character: itself or its escape. @return bytes of `text` it took */
static size_t next(const char *text, size_t left, const char *kept, char *shown)
{
    uint32_t c;
    size_t bytes = pl_printable_read(text, left, &c);
    if (bytes && (pl_printable_is(c) || (c && c < 0x80 && strchr(kept, (int)c)))) {
        memcpy(shown, text, bytes);
        shown[bytes] = '\0';
    } else if (!bytes || c < 0x80) {
        snprintf(shown, ESCAPE_BYTES, "\\x%02x", (unsigned)(uint8_t)*text);
    } else {
        snprintf(shown, ESCAPE_BYTES, "\\u%04x", (unsigned)(c & 0xffff));
    }
    return bytes ? bytes : 1;
}

size_t pl_printable_copy(char *to, size_t capacity, const char *text, size_t size)
{
    size_t whole = 0, used = 0;
    char shown[ESCAPE_BYTES];
    for (size_t at = 0; at < size;) {
        at += next(text + at, size - at, "", shown);
        size_t length = strlen(shown);
        if (whole == used && used + length < capacity) {
            memcpy(to + used, shown, length);
            used += length;
        }
        whole += length;
    }
    to[used] = '\0';
    return whole;
}

char *pl_printable_dup(const char *text)
{
    char none[1];
    size_t size = strlen(text), whole = pl_printable_copy(none, sizeof none, text, size);
    char *copy = malloc(whole + 1);
    if (copy)
        pl_printable_copy(copy, whole + 1, text, size);
    return copy;
}

void pl_printable_write(FILE *out, const char *text, size_t size, const char *kept)
{
    char shown[ESCAPE_BYTES];
    for (size_t at = 0; at < size;) {
        at += next(text + at, size - at, kept, shown);
        fputs(shown, out);
    }
}

void pl_printable_line(FILE *out, const char *format, ...)
{
    char *line = NULL;
    va_list args;
    va_start(args, format);
    int length = vasprintf(&line, format, args);
    va_end(args);
    if (length >= 0) {
        pl_printable_write(out, line, (size_t)length, "");
        free(line);
    }
    fputc('\n', out);
}
