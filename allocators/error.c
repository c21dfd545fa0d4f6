/* The one-line error of error.h. */
#include "allocators/error.h"

#include <stdarg.h>
#include <stdio.h>

int pl_error_set(struct pl_error *error, int code, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
    }
    return code;
}
