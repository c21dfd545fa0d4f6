/* The YAML tree of a scenario's text. */
#ifndef PL_SCENARIO_YAML_TREE_H
#define PL_SCENARIO_YAML_TREE_H

#include <libfyaml.h>
#include <stddef.h>

#include "allocators/base/error.h"

/** Reads one YAML document.
 *  @param path stands in messages
 *  @param document set on success; fy_document_destroy it
 *  @return 0, or -EINVAL or -ENOMEM and one line: path:line:column: what is wrong */
int pl_yaml_tree_build(const char *text, size_t size, const char *path,
                       struct fy_document **document, struct pl_error *error);

#endif
