#include "harness/instruments/stacks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"

int pl_stacks_add(struct pl_stacks *s, const char *frames, size_t length, uint64_t cost)
{
    if (s->count == s->capacity) {
        size_t capacity = s->capacity ? 2 * s->capacity : 64;
        struct pl_stack_cost *larger = realloc(s->list, capacity * sizeof *larger);
        if (!larger)
            return -ENOMEM;
        s->list = larger;
        s->capacity = capacity;
    }
    char *copy = strndup(frames, length);
    if (!copy)
        return -ENOMEM;
    s->list[s->count++] = (struct pl_stack_cost){copy, cost};
    return 0;
}

/* The number behind the last space. @return whether there is one, and frames before it */
static bool read_cost(const char *line, size_t length, size_t *frames, uint64_t *cost)
{
    size_t at = length;
    while (at > 0 && line[at - 1] >= '0' && line[at - 1] <= '9')
        at--;
    if (at == length || length - at > 19 || at < 2 || line[at - 1] != ' ')
        return false;
    *cost = 0;
    for (size_t i = at; i < length; i++)
        *cost = *cost * 10 + (uint64_t)(line[i] - '0');
    *frames = at - 1;
    if (line[*frames - 1] == ';') /* heaptrack ends each frame with one, the last too */
        --*frames;
    return *frames > 0;
}

int pl_stacks_parse(const char *text, size_t size, const char *path, struct pl_stacks *s,
                    struct pl_error *error)
{
    size_t number = 0;
    int rc = 0;
    for (const char *end = text + size; !rc && text < end;) {
        const char *newline = memchr(text, '\n', (size_t)(end - text));
        size_t length = newline ? (size_t)(newline - text) : (size_t)(end - text), frames;
        uint64_t cost;
        number++;
        if (!newline || memchr(text, '\0', length) || !read_cost(text, length, &frames, &cost))
            rc = pl_error_set(error, -EINVAL, "%s:%zu: %s; expected 'frame;frame cost'", path,
                              number, newline ? "no stack with a cost" : "the last line is cut");
        else if (cost && pl_stacks_add(s, text, frames, cost))
            rc = pl_error_set(error, -ENOMEM, "out of memory");
        text += length + 1;
    }
    if (rc)
        pl_stacks_free(s);
    return rc;
}

int pl_stacks_read(const char *path, struct pl_stacks *s, struct pl_error *error)
{
    char *text = NULL;
    size_t size;
    int rc = pl_file_read(path, PL_FILE_OUTPUT_BYTES_MAX, &text, &size, error);
    if (!rc)
        rc = pl_stacks_parse(text, size, path, s, error);
    free(text);
    return rc;
}

int pl_stacks_write(const struct pl_stacks *s, const char *path, struct pl_error *error)
{
    struct pl_file file;
    int rc = pl_file_open(&file, path, error);
    if (rc)
        return rc;
    for (size_t i = 0; i < s->count; i++)
        fprintf(file.stream, "%s %" PRIu64 "\n", s->list[i].frames, s->list[i].cost);
    return pl_file_commit(&file, error);
}

bool pl_stack_cost_passes(const struct pl_stack_cost *stack, const char *function)
{
    size_t length = strlen(function);
    for (const char *at = stack->frames; at; at = strchr(at, ';')) {
        at += *at == ';';
        if (strncmp(at, function, length) == 0 && strchr("; (", at[length]))
            return true; /* strchr finds the end of the text, too */
    }
    return false;
}

uint64_t pl_stacks_sum(const struct pl_stacks *s, const char *function)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < s->count; i++)
        if (!function || pl_stack_cost_passes(&s->list[i], function))
            sum += s->list[i].cost;
    return sum;
}

static int dearest_first(const void *a, const void *b)
{
    const struct pl_stack_cost *x = a, *y = b;
    if (x->cost != y->cost)
        return x->cost < y->cost ? 1 : -1;
    return strcmp(x->frames, y->frames);
}

void pl_stacks_sort(struct pl_stacks *s)
{
    if (s->count)
        qsort(s->list, s->count, sizeof *s->list, dearest_first);
}

void pl_stacks_free(struct pl_stacks *s)
{
    for (size_t i = 0; i < s->count; i++)
        free(s->list[i].frames);
    free(s->list);
    *s = (struct pl_stacks){0};
}
