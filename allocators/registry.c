/* The table of backends, and what a person is told about each. */
#include <stdio.h>
#include <string.h>

#include "allocators/backend.h"

#define PL_BACKEND(name) extern const struct pl_backend pl_backend_##name;
#include "allocators/backends.def"
#undef PL_BACKEND

#define PL_BACKEND(name) &pl_backend_##name,
static const struct pl_backend *const backends[] = {
#include "allocators/backends.def"
};
#undef PL_BACKEND

#ifdef __has_feature
#define HAS_FEATURE(feature) __has_feature(feature)
#else
#define HAS_FEATURE(feature) 0
#endif

/* gcc's ASan refuses to start behind a preloaded library, and every sanitizer replaces malloc. */
#if defined __SANITIZE_ADDRESS__ || defined __SANITIZE_THREAD__ || \
    HAS_FEATURE(address_sanitizer) || HAS_FEATURE(thread_sanitizer)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

bool pl_backend_sanitized(void)
{
    return SANITIZED;
}

const struct pl_backend *pl_backend_find(const char *name)
{
    for (size_t i = 0; i < PL_ARRAY_COUNT(backends); i++)
        if (!strcmp(backends[i]->name, name))
            return backends[i];
    return NULL;
}

void pl_backend_names(bool heaps_only, char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < PL_ARRAY_COUNT(backends) && used < capacity; i++)
        if (backends[i]->heap || !heaps_only)
            used += (size_t)snprintf(text + used, capacity - used, "%s%s", used ? ", " : "",
                                     backends[i]->name);
}

/* Neither a heap of its own kind (native, or one that a path names) nor one for a single thread. */
static bool is_for_all(const struct pl_backend *backend)
{
    for (size_t i = 0; i < backend->option_count; i++)
        if (backend->options[i].required)
            return false;
    return backend->heap && !backend->native && !backend->one_thread;
}

void pl_backend_heaps(char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < PL_ARRAY_COUNT(backends) && used < capacity; i++)
        if (is_for_all(backends[i]))
            used += (size_t)snprintf(text + used, capacity - used, "%s%s", used ? "," : "",
                                     backends[i]->name);
}

const char *pl_backend_missing(const struct pl_backend *backend)
{
    char path[512];
    if (!backend->preloaded)
        return NULL;
    if (SANITIZED)
        return "this build has a sanitizer, whose runtime replaces malloc; expected a build "
               "without one";
    if (backend->libraries && pl_library_find(backend->libraries, path, sizeof path))
        return backend->missing;
    return NULL;
}

static void list_options(const struct pl_backend *backend, char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < backend->option_count && used < capacity; i++) {
        const struct pl_option *option = &backend->options[i];
        used +=
            (size_t)snprintf(text + used, capacity - used, "%s%s=%s", used ? " " : "", option->name,
                             option->default_text ? option->default_text : "auto");
    }
}

bool pl_backend_info(size_t index, struct pl_backend_info *info)
{
    if (index >= PL_ARRAY_COUNT(backends))
        return false;
    const struct pl_backend *backend = backends[index];
    info->name = backend->name;
    info->summary = backend->summary;
    info->heap = backend->heap;
    info->missing = pl_backend_missing(backend);
    list_options(backend, info->options, sizeof info->options);
    return true;
}
