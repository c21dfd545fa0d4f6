/* The one-line error of error.h. */
#include "allocators/error.h"

#include <stdarg.h>
#include <stdio.h>

/* What a person wrote is quoted in it, whatever it holds. */
static void keep_one_line(char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text < ' ' || *text == 0x7f)
            *text = '?';
}

int pl_error_set(struct pl_error *error, int code, const char *format, ...)
{
    if (error) {
        va_list args;
        va_start(args, format);
        vsnprintf(error->text, sizeof error->text, format, args);
        va_end(args);
        keep_one_line(error->text);
    }
    return code;
}
