/* Checking a scenario's text (text.h). */
#include "harness/scenario/text.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

#include "allocators/base/printable.h"

int pl_text_check(const char *text, size_t size, const char *path, struct pl_error *error)
{
    unsigned line = 1, column = 1;
    for (size_t at = 0; at < size; column++) {
        uint32_t character = 0;
        size_t bytes = pl_printable_read(text + at, size - at, &character);
        if (bytes == 0 || character == 0)
            return pl_error_set(error, -EINVAL,
                                "%s:%u:%u: this is not text; expected UTF-8 without NULs", path,
                                line, column);
        if (!pl_printable_is(character) && !(character < 0x80 && strchr("\t\n\r", text[at])))
            return pl_error_set(error, -EINVAL,
                                "%s:%u:%u: U+%04X is not printable; expected printable text", path,
                                line, column, (unsigned)character);
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
