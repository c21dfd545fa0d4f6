/* plimsoll-fits SCHEMA: whether the document on stdin fits it, for tests that run a program. Ends
 * with 1 and a line where it does not. */
#include <stdio.h>

#include "harness/report/tests/validate.h"

int main(int argc, char **argv)
{
    json_error_t error;
    char where[512] = "";
    json_t *schema = argc == 2 ? json_load_file(argv[1], JSON_REJECT_DUPLICATES, &error) : NULL;
    json_t *value = schema ? json_loadf(stdin, JSON_REJECT_DUPLICATES, &error) : NULL;
    if (!value)
        printf("no document: %s\n", argc == 2 ? error.text : "plimsoll-fits SCHEMA");
    else if (!validate_knows(schema))
        printf("the schema has keywords that nobody checks\n");
    bool fits = value && validate_knows(schema) && validate(schema, value, where, sizeof where);
    if (value && where[0])
        printf("%s\n", where);
    json_decref(value);
    json_decref(schema);
    return !fits;
}
