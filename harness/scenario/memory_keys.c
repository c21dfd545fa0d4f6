/* Keys about memory: classes, the budgets they draw on, and the container. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/scenario/decode.h"

static int check_name(struct pl_decoder *d, struct fy_node *node, const char *name)
{
    size_t valid = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    if (*name && !name[valid] && strlen(name) < PL_NAME_MAX)
        return 0;
    return pl_decode_fail(d, pl_decode_mark(node),
                          "'%s' is not a name; expected a-z, 0-9 and _, at most %d", name,
                          PL_NAME_MAX - 1);
}

int pl_decode_name(struct pl_decoder *d, struct fy_node *node, const char *what,
                   char name[PL_NAME_MAX])
{
    int rc = pl_decode_text(d, node, what, name, PL_NAME_MAX);
    return rc ? rc : check_name(d, node, name);
}

/* The index of a budget, made when it is new: classes may stand before the limits. */
static int budget_index(struct pl_decoder *d, struct fy_node *node, const char *name)
{
    struct pl_scenario *s = d->scenario;
    for (uint32_t i = 0; i < s->budget_count; i++)
        if (strcmp(s->budgets[i].name, name) == 0)
            return (int)i;
    if (check_name(d, node, name))
        return -1;
    if (s->budget_count == PL_BUDGETS_MAX) {
        pl_decode_fail(d, pl_decode_mark(node), "more than %d budgets", PL_BUDGETS_MAX);
        return -1;
    }
    snprintf(s->budgets[s->budget_count].name, PL_NAME_MAX, "%s", name);
    return (int)s->budget_count++;
}

static struct pl_class *class_named(struct pl_decoder *d, struct fy_node *node, const char *name)
{
    struct pl_scenario *s = d->scenario;
    for (uint32_t i = 0; i < s->class_count; i++)
        if (strcmp(s->classes[i].name, name) == 0)
            return &s->classes[i];
    if (check_name(d, node, name))
        return NULL;
    if (s->class_count == PL_CLASSES_MAX) {
        pl_decode_fail(d, pl_decode_mark(node), "more than %d classes", PL_CLASSES_MAX);
        return NULL;
    }
    struct pl_class *class = &s->classes[s->class_count++];
    snprintf(class->name, sizeof class->name, "%s", name);
    class->budget = -1;
    return class;
}

int pl_decode_class(struct pl_decoder *d, const char *name, const char *attribute,
                    struct fy_node *value)
{
    struct pl_class *class = class_named(d, value, name);
    if (!class)
        return -EINVAL;
    if (strcmp(attribute, "size") == 0 && fy_node_is_scalar(value) &&
        strcmp(fy_node_get_scalar0(value), "fit") == 0) {
        d->scenario->class_fits |= 1u << (class - d->scenario->classes);
        return 0;
    }
    if (strcmp(attribute, "size") == 0) {
        uint64_t bytes;
        d->scenario->class_fits &= ~(1u << (class - d->scenario->classes));
        int rc = pl_decode_size(d, value, "size", &bytes);
        if (!rc && (bytes < 1 || bytes > PL_CLASS_BYTES_MAX))
            rc = pl_decode_fail(d, pl_decode_mark(value),
                                "size is out of range; expected 1 B to 1 GiB");
        if (!rc)
            class->size = bytes;
        return rc;
    }
    if (strcmp(attribute, "budget") == 0) {
        char budget[PL_NAME_MAX];
        int rc = pl_decode_text(d, value, "budget", budget, sizeof budget);
        if (!rc)
            class->budget = budget_index(d, value, budget);
        return rc ? rc : class->budget < 0 ? -EINVAL : 0;
    }
    return pl_decode_unknown(d, pl_decode_mark(value), "key of a class:", attribute,
                             "size, budget");
}

static int decode_class_mapping(struct pl_decoder *d, const char *name, struct fy_node *mapping)
{
    if (!fy_node_is_mapping(mapping))
        return pl_decode_fail(d, pl_decode_mark(mapping),
                              "class %s is not a mapping; expected {size: ..., budget: ...}", name);
    void *at = NULL;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(mapping, &at));) {
        char attribute[64];
        int rc = pl_decode_text(d, fy_node_pair_key(pair), "a key", attribute, sizeof attribute);
        if (!rc)
            rc = pl_decode_class(d, name, attribute, fy_node_pair_value(pair));
        if (rc)
            return rc;
    }
    return 0;
}

/* Calls `each` for every key of a map of free names. */
static int each_name(struct pl_decoder *d, struct fy_node *key, struct fy_node *mapping,
                     const char *what,
                     int (*each)(struct pl_decoder *, const char *, struct fy_node *))
{
    if (!mapping || !fy_node_is_mapping(mapping))
        return pl_decode_fail(d, pl_decode_mark(mapping ? mapping : key),
                              "%s is not a mapping; expected names with values below it", what);
    void *at = NULL;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(mapping, &at));) {
        char name[64];
        int rc = pl_decode_text(d, fy_node_pair_key(pair), "a name", name, sizeof name);
        if (!rc)
            rc = check_name(d, fy_node_pair_key(pair), name);
        if (!rc && !fy_node_pair_value(pair))
            rc = pl_decode_fail(d, pl_decode_mark(fy_node_pair_key(pair)), "%s has no value", name);
        if (!rc)
            rc = each(d, name, fy_node_pair_value(pair));
        if (rc)
            return rc;
    }
    return 0;
}

int pl_decode_classes(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    return each_name(d, key, value, "classes", decode_class_mapping);
}

int pl_decode_limit(struct pl_decoder *d, const char *name, struct fy_node *value)
{
    uint64_t bytes;
    int rc = pl_decode_size(d, value, name, &bytes);
    if (!rc && bytes == 0)
        rc = pl_decode_fail(d, pl_decode_mark(value),
                            "limit %s is 0; expected a size, or no such limit", name);
    if (rc)
        return rc;
    int index = budget_index(d, value, name);
    if (index < 0)
        return -EINVAL;
    d->scenario->budgets[index].max = bytes;
    return 0;
}

int pl_decode_limits(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    return each_name(d, key, value, "limits", pl_decode_limit);
}

int pl_decode_container(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    (void)key;
    char text[64];
    struct pl_error reason;
    uint64_t bytes = 0;
    int rc = pl_decode_text(d, value, "container", text, sizeof text);
    if (rc)
        return rc;
    if (strcmp(text, "none") == 0) {
        d->scenario->container_bytes = 0;
        return 0;
    }
    if (pl_size_parse(text, &bytes, &reason))
        return pl_decode_fail(d, pl_decode_mark(value), "container: %s, or none", reason.text);
    if (bytes < 8u << 20)
        return pl_decode_fail(
            d, pl_decode_mark(value),
            "container: %s is out of range; expected 8MiB or more, which a cell needs", text);
    d->scenario->container_bytes = bytes;
    return 0;
}
