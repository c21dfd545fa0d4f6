/* Which version of a heap there is, and which options it reads. The heap tells in a process that it
 * serves: nobody else loads its library. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/backend.h"

#define PARTS 3

/* Major, minor and patch, of "5.3.0-0-g54ea", "gperftools 2.10" or "19". */
static void read_version(const char *text, unsigned long parts[PARTS])
{
    text += strcspn(text, "0123456789");
    for (size_t i = 0; i < PARTS; i++) {
        char *end;
        parts[i] = *text >= '0' && *text <= '9' ? strtoul(text, &end, 10) : 0;
        text = parts[i] || *text == '0' ? end : text;
        if (*text == '.')
            text++;
        else
            text += strlen(text);
    }
}

int pl_version_compare(const char *a, const char *b)
{
    unsigned long x[PARTS], y[PARTS];
    read_version(a, x);
    read_version(b, y);
    for (size_t i = 0; i < PARTS; i++)
        if (x[i] != y[i])
            return x[i] < y[i] ? -1 : 1;
    return 0;
}

bool pl_option_is_read(const struct pl_option *option, const char *version)
{
    return !version[0] || ((!option->since || pl_version_compare(version, option->since) >= 0) &&
                           (!option->before || pl_version_compare(version, option->before) < 0));
}

/* The tunables that a version reads, or those that it does not. */
static void print_options(const struct pl_backend *backend, const char *version, bool read,
                          char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < backend->option_count && used < capacity; i++)
        if (backend->options[i].tunable &&
            pl_option_is_read(&backend->options[i], version) == read)
            used += (size_t)snprintf(text + used, capacity - used, "%s%s", used ? ", " : "",
                                     backend->options[i].name);
}

static int refuse(const struct pl_stack_spec *spec, const struct pl_option *option,
                  const char *version, struct pl_error *error)
{
    const struct pl_backend *backend = spec->layers[spec->depth - 1].backend;
    char names[200], when[64] = "";
    print_options(backend, version, true, names, sizeof names);
    if (option->before && pl_version_compare(version, option->before) >= 0)
        snprintf(when, sizeof when, "versions before %s do", option->before);
    else
        snprintf(when, sizeof when, "%s does", option->since);
    return pl_error_set(
        error, -EINVAL, "stack '%.100s': %s %.40s does not read %s (%s); expected %s", spec->text,
        backend->name, version, option->name, when, option->instead ? option->instead : names);
}

/* A cap that the heap does not tell: what is asked beyond it would be measured as asked. */
static int check_cap(const struct pl_stack_spec *spec, const struct pl_option *option,
                     const struct pl_option_value *value, const char *version,
                     struct pl_error *error)
{
    if (!option->capped || !version[0] || (int64_t)value->number <= option->cap ||
        pl_version_compare(version, option->capped) < 0)
        return 0;
    return pl_error_set(error, -EINVAL,
                        "stack '%.100s': %s %.40s takes %s up to %lld B alone (versions before %s "
                        "take more); expected no more than that",
                        spec->text, pl_stack_heap(spec), version, option->name,
                        (long long)option->cap, option->capped);
}

int pl_stack_check_version(const struct pl_stack_spec *spec, const char *version,
                           struct pl_error *error)
{
    const struct pl_layer_spec *heap = &spec->layers[spec->depth - 1];
    int rc = 0;
    for (size_t i = 0; i < heap->backend->option_count && !rc; i++) {
        const struct pl_option *option = &heap->backend->options[i];
        if (!heap->values[i].set)
            continue;
        rc = pl_option_is_read(option, version)
                 ? check_cap(spec, option, &heap->values[i], version, error)
                 : refuse(spec, option, version, error);
    }
    return rc;
}

void pl_stack_unread(const struct pl_stack_spec *spec, const char *version, char *text,
                     size_t capacity)
{
    print_options(spec->layers[spec->depth - 1].backend, version, false, text, capacity);
}

int pl_stack_library(const struct pl_stack_spec *spec, char *path, size_t capacity)
{
    const struct pl_layer_spec *heap = &spec->layers[spec->depth - 1];
    path[0] = '\0';
    if (!heap->text[0])
        return heap->backend->libraries ? pl_library_find(heap->backend->libraries, path, capacity)
                                        : 0;
    return (size_t)snprintf(path, capacity, "%s", heap->text) < capacity ? 0 : -ENAMETOOLONG;
}

int pl_stack_version(const struct pl_stack_spec *spec, char *version, size_t capacity,
                     struct pl_error *error)
{
    const struct pl_backend *backend = spec->layers[spec->depth - 1].backend;
    char path[512];
    version[0] = '\0';
    int rc = backend->preloaded ? pl_malloc_check(spec, error) : 0;
    if (!rc && backend->version && !pl_stack_library(spec, path, sizeof path))
        backend->version(path, version, capacity);
    return rc;
}
