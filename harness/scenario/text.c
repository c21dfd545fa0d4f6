/* Checking a scenario's text (text.h). */
#include "harness/scenario/text.h"

#include <errno.h>
#include <stdint.h>

/* Bytes of the character at `at`, 0 where there is none: the well-formed sequences of RFC 3629
 * section 4, so neither overlong ones nor surrogates nor what lies beyond U+10FFFF. */
static size_t character_bytes(const uint8_t *at, size_t left)
{
    static const struct {
        uint8_t first_low, first_high, second_low, second_high, bytes;
    } forms[] = {
        {0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2}, {0xe0, 0xe0, 0xa0, 0xbf, 3},
        {0xe1, 0xec, 0x80, 0xbf, 3}, {0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
        {0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4}, {0xf4, 0xf4, 0x80, 0x8f, 4},
    };
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (at[0] < forms[i].first_low || at[0] > forms[i].first_high)
            continue;
        if (left < forms[i].bytes ||
            (forms[i].bytes > 1 && (at[1] < forms[i].second_low || at[1] > forms[i].second_high)))
            return 0;
        for (size_t k = 2; k < forms[i].bytes; k++)
            if (at[k] < 0x80 || at[k] > 0xbf)
                return 0;
        return forms[i].bytes;
    }
    return 0;
}

int pl_text_check(const char *text, size_t size, const char *path, struct pl_error *error)
{
    unsigned line = 1, column = 1;
    for (size_t at = 0; at < size; column++) {
        size_t bytes = character_bytes((const uint8_t *)text + at, size - at);
        if (bytes == 0)
            return pl_error_set(error, -EINVAL,
                                "%s:%u:%u: this is no text: UTF-8 without NULs would be right",
                                path, line, column);
        if (text[at] == '%' && column == 1)
            return pl_error_set(error, -EINVAL, "%s:%u:%u: YAML directives are not taken", path,
                                line, column);
        if (text[at] == '\n' || text[at] == '\r') {
            line += text[at] == '\n';
            column = 0;
        }
        at += bytes;
    }
    return 0;
}
