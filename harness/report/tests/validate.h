/* A validator of the few keywords of JSON Schema that results/schema.json uses. */
#ifndef PL_REPORT_TESTS_VALIDATE_H
#define PL_REPORT_TESTS_VALIDATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

/** @param where takes the path of the first thing that does not fit
 *  @return whether the value satisfies the schema */
bool validate(const json_t *schema, const json_t *value, char *where, size_t capacity);

/** Whether a schema uses only keywords that validate() knows. */
bool validate_knows(const json_t *schema);

#endif
