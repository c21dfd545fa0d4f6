#include "allocators/base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "allocators/base/printable.h"

/* Room for a line whose escapes make it longer, so that only what is shown is cut. */
#define FORMATTED_BYTES 4096

int pl_error_set(struct pl_error *error, int code, const char *format, ...)
{
    if (error) {
        char text[FORMATTED_BYTES];
        va_list args;
        va_start(args, format);
        vsnprintf(text, sizeof text, format, args);
        va_end(args);
        /* what a person wrote is quoted in it, whatever it holds */
        pl_printable_copy(error->text, sizeof error->text, text, strlen(text));
    }
    return code;
}
