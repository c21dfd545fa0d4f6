/* The sizes of buffers that a pool keeps, as one writes them: 1KiBx128+64KiBx32+256KiBx16. */
#ifndef PL_ALLOCATORS_BASE_SIZE_CLASSES_H
#define PL_ALLOCATORS_BASE_SIZE_CLASSES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PL_SIZE_CLASSES_MAX = 16, PL_SIZE_CLASS_COUNT_MAX = 65536 };

struct pl_size_class {
    uint64_t size;  /* bytes of a buffer, 1 B to 1 GiB */
    uint64_t count; /* buffers kept at most */
};

struct pl_size_classes {
    struct pl_size_class classes[PL_SIZE_CLASSES_MAX]; /* sizes ascend */
    size_t count;
};

/** Reads a list. @return false when an item is no SIZExCOUNT or out of range, when the sizes do not
 *  ascend, or when there are too many */
bool pl_size_classes_parse(const char *text, struct pl_size_classes *classes);

/** The smallest class that holds `size` bytes; classes->count for none. */
size_t pl_size_classes_find(const struct pl_size_classes *classes, uint64_t size);

#endif
