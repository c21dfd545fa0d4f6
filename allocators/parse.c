/* From the text of a spec to a checked pl_stack_spec. Allocates nothing. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"
#include "allocators/base/nearest.h"
#include "allocators/base/printable.h"

/* Where the parser stands. */
struct cursor {
    const char *at;
    struct pl_stack_spec *spec;
    struct pl_error *error;
    bool implied; /* `at` is what a short name stands for, no part of the spec's text */
};

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/* Fails with "stack 'TEXT': PROBLEM". */
__attribute__((format(printf, 2, 3))) static int refuse(struct cursor *cursor, const char *format,
                                                        ...)
{
    char problem[400];
    va_list args;
    va_start(args, format);
    vsnprintf(problem, sizeof problem, format, args);
    va_end(args);
    return pl_error_set(cursor->error, -EINVAL, "stack '%.100s': %s", cursor->spec->text, problem);
}

/* Copies up to one of `stops` (or the end) and moves there. False when it doesn't fit. */
static bool take(struct cursor *cursor, const char *stops, char *token, size_t capacity)
{
    size_t length = strcspn(cursor->at, stops);
    if (length >= capacity)
        return false;
    memcpy(token, cursor->at, length);
    token[length] = '\0';
    cursor->at += length;
    return true;
}

static void print_option_names(const struct pl_backend *backend, char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < backend->option_count && used < capacity; i++)
        used += (size_t)snprintf(text + used, capacity - used, "%s%s", used ? ", " : "",
                                 backend->options[i].name);
}

static int refuse_option(struct cursor *cursor, const struct pl_backend *backend, const char *key)
{
    char names[256], kind[64], text[400];
    if (!backend->option_count)
        return refuse(cursor, "%s has no options; expected the name alone", backend->name);
    print_option_names(backend, names, sizeof names);
    snprintf(kind, sizeof kind, "option of %s:", backend->name);
    pl_nearest_say(kind, key, names, text, sizeof text);
    return refuse(cursor, "%s", text);
}

static const struct pl_option *find_option(const struct pl_backend *backend, const char *key)
{
    for (size_t i = 0; i < backend->option_count; i++)
        if (!strcmp(backend->options[i].name, key))
            return &backend->options[i];
    return NULL;
}

/* Of which the number does not say all. */
static bool is_text(const struct pl_option *option)
{
    return option->type == PL_OPTION_PATH || option->type == PL_OPTION_CLASSES;
}

static int parse_value(struct cursor *cursor, struct pl_layer_spec *layer,
                       const struct pl_option *option)
{
    char value[sizeof layer->text];
    struct pl_error problem;
    struct pl_option_value *slot = &layer->values[option - layer->backend->options];
    bool path = option->type == PL_OPTION_PATH;
    if (!take(cursor, path ? "" : ",/", value, sizeof value))
        return refuse(cursor, "%s:%s: longer than %zu B", layer->backend->name, option->name,
                      sizeof value - 1);
    if (slot->set)
        return refuse(cursor, "%s:%s is given twice; expected once", layer->backend->name,
                      option->name);
    if (pl_option_parse(option, value, &slot->number, &problem))
        return refuse(cursor, "%s:%s", layer->backend->name, problem.text);
    slot->set = true;
    if (is_text(option))
        strcpy(layer->text, value);
    return 0;
}

static int parse_option(struct cursor *cursor, struct pl_layer_spec *layer)
{
    char key[PL_STACK_TEXT_MAX];
    take(cursor, "=,/", key, sizeof key);
    const struct pl_option *option = find_option(layer->backend, key);
    if (!option)
        return refuse_option(cursor, layer->backend, key);
    if (*cursor->at != '=')
        return refuse(cursor, "%s:%s has no value; expected %s=...", layer->backend->name, key,
                      key);
    cursor->at++;
    return parse_value(cursor, layer, option);
}

static void set_defaults(struct pl_layer_spec *layer)
{
    for (size_t i = 0; i < layer->backend->option_count; i++) {
        const struct pl_option *option = &layer->backend->options[i];
        if (option->default_text)
            pl_option_parse(option, option->default_text, &layer->values[i].number, NULL);
        if (option->default_text && is_text(option))
            snprintf(layer->text, sizeof layer->text, "%s", option->default_text);
    }
}

static int parse_options(struct cursor *cursor, struct pl_layer_spec *layer)
{
    int rc = 0;
    while (!rc && (*cursor->at == ':' || *cursor->at == ',')) {
        cursor->at++;
        rc = parse_option(cursor, layer);
    }
    return rc;
}

static int check_required(struct cursor *cursor, const struct pl_layer_spec *layer)
{
    for (size_t i = 0; i < layer->backend->option_count; i++) {
        const struct pl_option *option = &layer->backend->options[i];
        if (option->required && !layer->values[i].set)
            return refuse(cursor, "%s has no %s; expected %s:%s=... (%s)", layer->backend->name,
                          option->name, layer->backend->name, option->name, option->help);
    }
    return 0;
}

/* Whether a file's name is that of a shared library: it ends in .so, or in .so and numbers. */
static bool names_library(const char *path)
{
    const char *slash = strrchr(path, '/'), *at = slash ? strstr(slash, ".so") : NULL;
    for (; at; at = strstr(at + 1, ".so"))
        if (at > slash + 1 && strspn(at + 3, ".0123456789") == strlen(at + 3) &&
            (!at[3] || (at[3] == '.' && at[4])))
            return true;
    return false;
}

/* `@/path/lib.so` behind a heap's name. ld.so(8) parts a list of libraries at spaces and colons,
 * and a list of stacks is parted at commas: none of them may stand in a path. */
static int parse_library(struct cursor *cursor, struct pl_layer_spec *layer)
{
    const char *name = layer->backend->name;
    if (*cursor->at != '@')
        return 0;
    if (!layer->backend->libraries)
        return refuse(cursor, "%s is not a heap with a library of its own; expected %s", name,
                      strcmp(name, "preload") ? name : "preload:path=/...");
    cursor->at++;
    if (!take(cursor, ":,", layer->text, sizeof layer->text))
        return refuse(cursor, "%s@: longer than %zu B", name, sizeof layer->text - 1);
    if (*layer->text != '/' || strchr(layer->text, ' ') || !names_library(layer->text))
        return refuse(cursor,
                      "%s@%.60s is not the path of a library; expected an absolute path that ends "
                      "in .so or .so.N, with no space, ',' or ':' in it",
                      name, layer->text);
    return 0;
}

static int parse_layer(struct cursor *cursor)
{
    char name[PL_STACK_TEXT_MAX], names[256], text[400];
    struct pl_stack_spec *spec = cursor->spec;
    take(cursor, "@:/", name, sizeof name);
    const struct pl_backend *backend = pl_backend_find(name);
    if (!backend) {
        pl_backend_names(false, names, sizeof names);
        pl_nearest_say("heap or layer", name, names, text, sizeof text);
        return refuse(cursor, "%s", text);
    }
    if (spec->depth == PL_STACK_DEPTH_MAX)
        return refuse(cursor, "too many layers; expected at most %d", PL_STACK_DEPTH_MAX);
    struct pl_layer_spec *layer = &spec->layers[spec->depth++];
    layer->backend = backend;
    set_defaults(layer);
    int rc = parse_library(cursor, layer);
    if (!rc)
        rc = parse_options(cursor, layer);
    if (!cursor->implied)
        layer->end = (size_t)(cursor->at - spec->text);
    return rc ? rc : check_required(cursor, layer);
}

static int parse_layers(struct cursor *cursor)
{
    int rc = parse_layer(cursor);
    while (!rc && *cursor->at == '/') {
        cursor->at++;
        rc = parse_layer(cursor);
    }
    return rc;
}

/* `slab` and `limited` alone are short for more. */
static int add_rest(struct cursor *cursor)
{
    const struct pl_backend *only = cursor->spec->layers[0].backend;
    if (cursor->spec->depth > 1 || !only->shorthand_tail)
        return 0;
    cursor->at = only->shorthand_tail;
    cursor->implied = true;
    return parse_layers(cursor);
}

static int check_heap(struct cursor *cursor)
{
    const struct pl_stack_spec *spec = cursor->spec;
    char names[256];
    pl_backend_names(true, names, sizeof names);
    for (size_t i = 0; i + 1 < spec->depth; i++)
        if (spec->layers[i].backend->heap)
            return refuse(cursor, "the heap %s is not last; expected one heap, at the end",
                          spec->layers[i].backend->name);
    if (!spec->layers[spec->depth - 1].backend->heap)
        return refuse(cursor, "no heap at the end; expected %s", names);
    return 0;
}

int pl_stack_parse(const char *text, struct pl_stack_spec *spec, struct pl_error *error)
{
    struct pl_stack_spec parsed = {0};
    struct cursor cursor = {parsed.text, &parsed, error, false};
    size_t length = strlen(text);
    if (length >= sizeof parsed.text)
        return pl_error_set(error, -EINVAL, "stack '%.40s...': longer than %zu B", text,
                            sizeof parsed.text - 1);
    memcpy(parsed.text, text, length + 1);
    int rc = parse_layers(&cursor);
    if (!rc)
        rc = add_rest(&cursor);
    if (!rc)
        rc = check_heap(&cursor);
    if (!rc && !pl_printable_text(text, length)) /* it names cells, wherever they are shown */
        rc = pl_error_set(error, -EINVAL,
                          "stack '%s' is not printable; expected printable UTF-8 alone", text);
    if (!rc)
        *spec = parsed;
    return rc;
}

/* Whether what follows a comma is an option: a name and '='. */
static bool continues_options(const char *text)
{
    size_t length = 0;
    while (is_name_char(text[length]))
        length++;
    return length && text[length] == '=';
}

static const char *end_of_spec(const char *text)
{
    const char *end = text + strcspn(text, ",");
    while (*end && continues_options(end + 1))
        end += 1 + strcspn(end + 1, ",");
    return end;
}

int pl_stack_list_next(const char **list, char *text, size_t capacity, struct pl_error *error)
{
    if (!*list)
        return -ENOENT;
    const char *start = *list + strspn(*list, " ");
    const char *end = end_of_spec(start), *next = *end ? end + 1 : NULL;
    while (end > start && end[-1] == ' ')
        end--;
    size_t length = (size_t)(end - start);
    if (length >= capacity)
        return pl_error_set(error, -ENAMETOOLONG, "stack '%.40s...': longer than %zu B", start,
                            capacity - 1);
    memcpy(text, start, length);
    text[length] = '\0';
    *list = next;
    return 0;
}
