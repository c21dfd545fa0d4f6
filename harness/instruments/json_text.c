#include "harness/instruments/json_text.h"

#include <errno.h>

json_t *pl_json_text_load(const char *text, size_t size, const char *path, struct pl_error *error)
{
    json_error_t where;
    json_t *root = json_loadb(text, size, 0, &where);
    if (root)
        return root;
    for (char *at = where.text; *at; at++) /* it quotes the text */
        if ((unsigned char)*at < ' ')
            *at = '?';
    pl_error_set(error, -EINVAL, "%s:%d: no whole JSON: %.100s", path, where.line, where.text);
    return NULL;
}

const char *pl_json_text_line(const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    for (const char *at = text; at && *at; at++)
        if ((unsigned char)*at < ' ')
            return NULL;
    return text && *text ? text : NULL;
}
