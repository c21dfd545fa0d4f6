/* Reads the sizes of buffers that a pool keeps. Allocates nothing: a cell parses its spec too. */
#include "allocators/base/size_classes.h"

#include <string.h>

#include "allocators/base/units.h"

enum { ITEM_MAX = 48 };

static bool parse_count(const char *text, uint64_t *count)
{
    uint64_t value = 0;
    if (!*text)
        return false;
    for (; *text; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = 10 * value + (uint64_t)(*text - '0');
        if (value > PL_SIZE_CLASS_COUNT_MAX)
            return false;
    }
    *count = value;
    return value > 0;
}

/* No unit has an x in it. */
static bool parse_item(const char *text, size_t length, struct pl_size_class *class)
{
    char item[ITEM_MAX];
    if (length >= sizeof item)
        return false;
    memcpy(item, text, length);
    item[length] = '\0';
    char *times = strchr(item, 'x');
    if (!times)
        return false;
    *times = '\0';
    return !pl_size_parse(item, &class->size, NULL) && class->size > 0 &&
           class->size <= UINT64_C(1) << 30 && parse_count(times + 1, &class->count);
}

bool pl_size_classes_parse(const char *text, struct pl_size_classes *classes)
{
    struct pl_size_classes read = {.count = 0};
    for (;; text++) {
        size_t length = strcspn(text, "+");
        struct pl_size_class *class = &read.classes[read.count];
        if (read.count == PL_SIZE_CLASSES_MAX || !parse_item(text, length, class))
            return false;
        if (read.count && class->size <= class[-1].size)
            return false;
        read.count++;
        text += length;
        if (!*text)
            break;
    }
    *classes = read;
    return true;
}

size_t pl_size_classes_find(const struct pl_size_classes *classes, uint64_t size)
{
    size_t i = 0;
    while (i < classes->count && classes->classes[i].size < size)
        i++;
    return i;
}
