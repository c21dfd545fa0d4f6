/* Wrapping sentences (wrap.h). */
#include "harness/report/writers/wrap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocators/base/printable.h"

#define WIDTH_MIN 40 /* narrower ones are taken for a mistake */

static bool is_kept(FILE *out)
{
    struct stat status;
    int descriptor = fileno(out);
    return out != stdout && descriptor >= 0 && fstat(descriptor, &status) == 0 &&
           S_ISREG(status.st_mode);
}

size_t pl_wrap_width(FILE *out, size_t otherwise)
{
    const char *columns = getenv("COLUMNS");
    struct winsize size = {.ws_col = 0};
    unsigned long width = columns && !is_kept(out) ? strtoul(columns, NULL, 10) : 0;
    int descriptor = fileno(out);
    if (!width && descriptor >= 0 && isatty(descriptor) &&
        ioctl(descriptor, TIOCGWINSZ, &size) == 0)
        width = size.ws_col;
    return width ? (width < WIDTH_MIN ? WIDTH_MIN : (size_t)width) : otherwise;
}

/* Bytes but those that carry on a character. */
static size_t columns_of(const char *text, size_t length)
{
    size_t columns = 0;
    for (size_t i = 0; i < length; i++)
        columns += ((unsigned char)text[i] & 0xc0) != 0x80;
    return columns;
}

size_t pl_wrap_columns(const char *text)
{
    return columns_of(text, strlen(text));
}

/* Where a line begins that begins with a word so long. */
static size_t beginning(size_t column, size_t columns, size_t width)
{
    if (column + columns <= width || column < PL_WRAP_BENEATH)
        return column;
    return columns + PL_WRAP_BENEATH <= width ? width - columns : PL_WRAP_BENEATH;
}

void pl_wrap(FILE *out, const char *text, size_t at, size_t column, size_t width)
{
    if (width && column > width / 2 && column + pl_wrap_columns(text) > width)
        column = PL_WRAP_BENEATH;
    bool first = true;
    for (const char *word = text; *word; first = false) {
        size_t length = strcspn(word, " "), columns = columns_of(word, length);
        size_t next = first ? column : at + 1;
        if (width && (next < at || (next + columns > width && (!first || at > PL_WRAP_BENEATH)))) {
            fputc('\n', out);
            at = 0;
            next = beginning(column, columns, width);
        }
        fprintf(out, "%*s", (int)(next - at), "");
        pl_printable_write(out, word, length, "");
        at = next + columns;
        word += length + (word[length] == ' ');
    }
    fputc('\n', out);
}
