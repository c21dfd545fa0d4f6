/* The variables of an environment (allocator.h), one behind the other in one text: it crosses
 * processes, and a list of libraries may be as long as their paths are. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "allocators/allocator.h"

static const char *skip(const struct pl_environment *environment, size_t count)
{
    const char *at = environment->text;
    while (count--)
        at += strlen(at) + 1;
    return at;
}

static size_t used_bytes(const struct pl_environment *environment)
{
    return (size_t)(skip(environment, environment->count) - environment->text);
}

static int refuse(struct pl_error *error)
{
    return pl_error_set(error, -ENAMETOOLONG,
                        "the libraries and settings of a heap take more than %d B of the "
                        "environment; expected libraries by shorter paths",
                        PL_ENVIRONMENT_BYTES);
}

const char *pl_environment_at(const struct pl_environment *environment, size_t index)
{
    return skip(environment, index);
}

const char *pl_environment_find(const struct pl_environment *environment, const char *name)
{
    size_t length = strlen(name);
    const char *at = environment->text;
    for (size_t i = 0; i < environment->count; i++, at += strlen(at) + 1)
        if (strncmp(at, name, length) == 0 && at[length] == '=')
            return at;
    return NULL;
}

/* At `used`, where a NUL follows. */
__attribute__((format(printf, 3, 0))) static int print(struct pl_environment *environment,
                                                       size_t used, const char *format,
                                                       va_list args, struct pl_error *error)
{
    size_t room = sizeof environment->text - used;
    int length = vsnprintf(environment->text + used, room, format, args);
    return (size_t)length < room ? 0 : refuse(error);
}

int pl_environment_add(struct pl_environment *environment, struct pl_error *error,
                       const char *format, ...)
{
    va_list args;
    size_t used = used_bytes(environment);
    if (environment->count == PL_ENVIRONMENT_MAX)
        return pl_error_set(error, -ENAMETOOLONG, "more than %d variables for the heap",
                            PL_ENVIRONMENT_MAX);
    va_start(args, format);
    int rc = print(environment, used, format, args, error);
    va_end(args);
    environment->count += !rc;
    return rc;
}

int pl_environment_extend(struct pl_environment *environment, struct pl_error *error,
                          const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int rc = print(environment, used_bytes(environment) - 1, format, args, error);
    va_end(args);
    return rc;
}

/* ld.so(8): spaces and colons separate the list, without an escape. */
int pl_environment_preload(struct pl_environment *environment, const char *path,
                           struct pl_error *error)
{
    if (strpbrk(path, " :"))
        return pl_error_set(error, -EINVAL,
                            "%.300s can't be preloaded; expected a path without spaces and colons",
                            path);
    const char *found = pl_environment_find(environment, "LD_PRELOAD");
    if (!found)
        return pl_environment_add(environment, error, "LD_PRELOAD=%s", path);
    size_t used = used_bytes(environment), length = strlen(path);
    size_t at = (size_t)(found - environment->text) + strlen("LD_PRELOAD=");
    if (length + 1 > sizeof environment->text - used)
        return refuse(error);
    char *list = environment->text + at;
    memmove(list + length + 1, list, used - at);
    memcpy(list, path, length);
    list[length] = ':';
    return 0;
}
