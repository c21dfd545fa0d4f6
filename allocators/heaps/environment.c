/* Turns a heap and its options into what the allocator reads when its process starts. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/backend.h"

enum { VALUE_MAX = 32 };

/* CPUs online, whatever this process is pinned to: the cell may be pinned, the server is not. */
static uint64_t online_cpus(void)
{
    long cpus = sysconf(_SC_NPROCESSORS_ONLN);
    return cpus > 0 ? (uint64_t)cpus : 1;
}

static void print_choice(const struct pl_option *option, uint64_t index, char *text)
{
    const char *at = option->choices;
    for (; index; index--)
        at = strchr(at, '|') + 1;
    snprintf(text, VALUE_MAX, "%.*s", (int)strcspn(at, "|"), at);
}

static void print_value(const struct pl_tuning *tuning, const struct pl_option *option,
                        const struct pl_option_value *value, char *text)
{
    uint64_t number = value->set ? value->number : option->per_cpu * online_cpus();
    if (option->type == PL_OPTION_BOOL)
        snprintf(text, VALUE_MAX, "%s", number ? tuning->on : tuning->off);
    else if (option->type == PL_OPTION_CHOICE)
        print_choice(option, number, text);
    else
        snprintf(text, VALUE_MAX, "%" PRId64, (int64_t)number / (option->unit ? option->unit : 1));
}

static int add_tunables(const struct pl_layer_spec *heap, struct pl_environment *environment,
                        struct pl_error *error)
{
    const struct pl_tuning *tuning = heap->backend->tuning;
    bool first = true;
    int rc = 0;
    for (size_t i = 0; i < heap->backend->option_count && !rc; i++) {
        const struct pl_option *option = &heap->backend->options[i];
        char value[VALUE_MAX];
        if (!option->tunable || (!heap->values[i].set && !option->per_cpu))
            continue;
        print_value(tuning, option, &heap->values[i], value);
        if (!tuning->variable)
            rc = pl_environment_add(environment, error, "%s=%s", option->tunable, value);
        else if (first)
            rc = pl_environment_add(environment, error, "%s=%s%c%s", tuning->variable,
                                    option->tunable, tuning->assign, value);
        else
            rc = pl_environment_extend(environment, error, "%c%s%c%s", tuning->separator,
                                       option->tunable, tuning->assign, value);
        first = false;
    }
    return rc;
}

static int find_library(const struct pl_stack_spec *spec, const struct pl_layer_spec *heap,
                        char *path, size_t capacity, struct pl_error *error)
{
    if (heap->text[0]) {
        snprintf(path, capacity, "%s", heap->text);
        return 0;
    }
    int rc = pl_library_find(heap->backend->libraries, path, capacity);
    return rc ? pl_error_set(error, rc, "stack '%.100s': %s: %s", spec->text, heap->backend->name,
                             heap->backend->missing)
              : 0;
}

/* The proxy of another version would take the installed library of the scalable allocator. */
static int add_companion(const struct pl_layer_spec *heap, struct pl_environment *environment,
                         struct pl_error *error)
{
    char path[PATH_MAX];
    if (!heap->text[0] || !heap->backend->companion)
        return 0;
    snprintf(path, sizeof path, "%.*s/%s", (int)(strrchr(heap->text, '/') - heap->text), heap->text,
             heap->backend->companion);
    return access(path, R_OK) ? 0 : pl_environment_extend(environment, error, ":%s", path);
}

int pl_stack_environment(const struct pl_stack_spec *spec, struct pl_environment *environment,
                         struct pl_error *error)
{
    const struct pl_layer_spec *heap = &spec->layers[spec->depth - 1];
    struct pl_environment made = {.count = 0};
    char path[PATH_MAX];
    int rc = 0;
    if (heap->backend->libraries || heap->text[0]) {
        rc = find_library(spec, heap, path, sizeof path, error);
        if (!rc)
            rc = pl_environment_preload(&made, path, error);
        if (!rc)
            rc = add_companion(heap, &made, error);
    }
    if (!rc && heap->backend->tuning)
        rc = add_tunables(heap, &made, error);
    if (!rc)
        *environment = made;
    return rc;
}
