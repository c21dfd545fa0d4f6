/* What a scenario's text must be before a YAML parser sees it. */
#ifndef PL_SCENARIO_TEXT_H
#define PL_SCENARIO_TEXT_H

#include <stddef.h>

#include "allocators/base/error.h"

/**
 * Checks that a text is UTF-8 (RFC 3629) without NULs, and holds no YAML directives: libfyaml
 * 0.7.12 never returns from a directive with a broken character in it, and no scenario needs one.
 * @param path stands in the message
 * @return 0 or -EINVAL with `path:line:column: ...`
 */
int pl_text_check(const char *text, size_t size, const char *path, struct pl_error *error);

#endif
