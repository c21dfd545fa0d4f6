#include "harness/results/clean.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/printable.h"
#include "harness/base/spare_memory.h"

json_t *pl_clean_string(const char *text)
{
    char *clean = pl_printable_dup(text);
    json_t *string = clean ? json_string(clean) : NULL;
    if (!string)
        pl_memory_refused();
    free(clean);
    return string;
}

static int clean_string(json_t *string)
{
    const char *text = json_string_value(string);
    size_t size = json_string_length(string);
    if (pl_printable_text(text, size))
        return 0;
    char none[1];
    size_t whole = pl_printable_copy(none, sizeof none, text, size);
    char *clean = malloc(whole + 1);
    if (!clean)
        return -ENOMEM;
    pl_printable_copy(clean, whole + 1, text, size);
    int rc = json_string_set(string, clean) ? -ENOMEM : 0;
    free(clean);
    return rc;
}

static bool has_clean_keys(json_t *object)
{
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value)
    {
        if (!pl_printable_text(key, strlen(key)))
            return false;
    }
    return true;
}

/* All members anew, so that their order stays. */
static int clean_keys(json_t *object)
{
    const char *key;
    json_t *value, *clean = json_object();
    int rc = clean ? 0 : -ENOMEM;
    json_object_foreach(object, key, value)
    {
        char *name = rc ? NULL : pl_printable_dup(key);
        rc = name && json_object_set(clean, name, value) == 0 ? 0 : -ENOMEM;
        free(name);
    }
    if (!rc && (json_object_clear(object) || json_object_update(object, clean)))
        rc = -ENOMEM;
    json_decref(clean);
    return rc;
}

int pl_clean_tree(json_t *root)
{
    const char *key;
    json_t *each;
    size_t i;
    int rc = 0;
    if (json_is_string(root))
        return clean_string(root);
    if (json_is_object(root) && !has_clean_keys(root))
        rc = clean_keys(root);
    json_object_foreach(root, key, each) rc = rc ? rc : pl_clean_tree(each);
    json_array_foreach(root, i, each) rc = rc ? rc : pl_clean_tree(each);
    return rc;
}
