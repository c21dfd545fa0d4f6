/* A red-black tree of texts, libc's (index.h). */
#include "harness/base/index.h"

#include <errno.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct numbered {
    const char *key;
    size_t number;
    char copy[];
};

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct numbered *)a)->key, ((const struct numbered *)b)->key);
}

static struct numbered *numbered_of(const struct pl_index *index, const char *key)
{
    struct numbered wanted = {.key = key};
    void *node = tfind(&wanted, &index->root, by_key);
    return node ? *(struct numbered **)node : NULL;
}

size_t pl_index_find(const struct pl_index *index, const char *key)
{
    const struct numbered *entry = numbered_of(index, key);
    return entry ? entry->number : PL_INDEX_NONE;
}

int pl_index_set(struct pl_index *index, const char *key, size_t number)
{
    struct numbered *entry = numbered_of(index, key);
    if (entry) {
        entry->number = number;
        return 0;
    }
    entry = malloc(sizeof *entry + strlen(key) + 1);
    if (!entry)
        return -ENOMEM;
    strcpy(entry->copy, key);
    entry->key = entry->copy;
    entry->number = number;
    if (tsearch(entry, &index->root, by_key))
        return 0;
    free(entry);
    return -ENOMEM;
}

void pl_index_free(struct pl_index *index)
{
    tdestroy(index->root, free);
    index->root = NULL;
}
