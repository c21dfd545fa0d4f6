/* Loading JSON that another program wrote, with one line for what it is not. */
#ifndef PL_INSTRUMENTS_JSON_TEXT_H
#define PL_INSTRUMENTS_JSON_TEXT_H

#include <jansson.h>

#include "allocators/base/error.h"

/** @param path for messages @return the root, json_decref; or NULL with `path:line: what is wrong`
 */
json_t *pl_json_text_load(const char *text, size_t size, const char *path, struct pl_error *error);

/** A text of an object that is one line and not empty. @return it, or NULL */
const char *pl_json_text_line(const json_t *object, const char *key);

#endif
