/* Checking values against a schema (validate.h). */
#include "harness/report/tests/validate.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool is_type(const char *type, const json_t *value)
{
    if (strcmp(type, "object") == 0)
        return json_is_object(value);
    if (strcmp(type, "array") == 0)
        return json_is_array(value);
    if (strcmp(type, "string") == 0)
        return json_is_string(value);
    if (strcmp(type, "boolean") == 0)
        return json_is_boolean(value);
    if (strcmp(type, "integer") == 0)
        return json_is_number(value) && json_number_value(value) == floor(json_number_value(value));
    return strcmp(type, "number") == 0 && json_is_number(value);
}

static bool fails(char *where, size_t capacity, const char *what)
{
    size_t used = strlen(where);
    snprintf(where + used, capacity - used, ": %s", what);
    return false;
}

static bool check_value(const json_t *schema, const json_t *value, char *where, size_t capacity)
{
    const json_t *type = json_object_get(schema, "type"), *each;
    const json_t *minimum = json_object_get(schema, "minimum");
    const json_t *maximum = json_object_get(schema, "maximum");
    const json_t *one = json_object_get(schema, "const"), *some = json_object_get(schema, "enum");
    bool found = some == NULL;
    size_t i;
    if (type && !is_type(json_string_value(type), value))
        return fails(where, capacity, "of another type");
    if (minimum && json_number_value(value) < json_number_value(minimum))
        return fails(where, capacity, "below its minimum");
    if (maximum && json_number_value(value) > json_number_value(maximum))
        return fails(where, capacity, "above its maximum");
    if (one && !json_equal(one, value))
        return fails(where, capacity, "not the constant");
    json_array_foreach(some, i, each) found |= json_equal(each, value);
    return found ? true : fails(where, capacity, "none of the enumeration");
}

static bool check_members(const json_t *schema, const json_t *value, char *where, size_t capacity)
{
    const json_t *properties = json_object_get(schema, "properties"), *required, *member;
    const json_t *extra = json_object_get(schema, "additionalProperties");
    const char *key;
    size_t i, used = strlen(where);
    json_array_foreach(
        json_object_get(schema, "required"), i,
        required) if (!json_object_get(value,
                                       json_string_value(required))) return fails(where, capacity,
                                                                                  json_string_value(
                                                                                      required));
    json_object_foreach((json_t *)value, key, member)
    {
        const json_t *own = json_object_get(properties, key);
        snprintf(where + used, capacity - used, "/%s", key);
        if (!own && json_is_false(extra))
            return fails(where, capacity, "unknown");
        if ((own || extra) && !validate(own ? own : extra, member, where, capacity))
            return false;
        where[used] = '\0';
    }
    return true;
}

bool validate(const json_t *schema, const json_t *value, char *where, size_t capacity)
{
    const json_t *items = json_object_get(schema, "items"), *item;
    size_t i, used = strlen(where);
    if (!check_value(schema, value, where, capacity))
        return false;
    if (json_is_object(value) && !check_members(schema, value, where, capacity))
        return false;
    json_array_foreach(value, i, item)
    {
        snprintf(where + used, capacity - used, "/%zu", i);
        if (items && !validate(items, item, where, capacity))
            return false;
        where[used] = '\0';
    }
    return true;
}

bool validate_knows(const json_t *schema)
{
    static const char *const known[] = {"$schema",
                                        "title",
                                        "description",
                                        "type",
                                        "required",
                                        "enum",
                                        "const",
                                        "minimum",
                                        "maximum",
                                        "properties",
                                        "additionalProperties",
                                        "items",
                                        "unit",
                                        "class",
                                        "better"};
    const char *key;
    const json_t *value;
    json_object_foreach((json_t *)schema, key, value)
    {
        bool found = false;
        for (size_t i = 0; i < sizeof known / sizeof *known; i++)
            found |= strcmp(known[i], key) == 0;
        if (!found)
            return false;
    }
    json_object_foreach(json_object_get(schema, "properties"), key,
                        value) if (!validate_knows(value)) return false;
    const json_t *extra = json_object_get(schema, "additionalProperties");
    const json_t *items = json_object_get(schema, "items");
    return (!json_is_object(extra) || validate_knows(extra)) && (!items || validate_knows(items));
}
