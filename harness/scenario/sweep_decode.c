/* The key `sweep`: templates of stacks, and the values for their places (sweep.h). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/scenario/decode.h"
#include "harness/scenario/sweep.h"

#define NAME_CHARACTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"

/* One entry while it is read. */
struct entry {
    struct pl_swept swept;                      /* its template, and the names in their order */
    struct fy_node *node;                       /* of the template */
    struct fy_node *values[PL_SWEEP_NAMES_MAX]; /* a list each */
};

static int fail_template(struct pl_decoder *d, const struct entry *e, const char *what)
{
    return pl_decode_fail(d, e->swept.mark, "sweep: %s in '%.100s'", what, e->swept.template);
}

/* @return the index of a name among the entry's, or -1 */
static int index_of(const struct entry *e, const char *name, size_t length)
{
    for (uint32_t i = 0; i < e->swept.value_count; i++)
        if (strlen(e->swept.values[i].name) == length &&
            strncmp(e->swept.values[i].name, name, length) == 0)
            return (int)i;
    return -1;
}

/* One place, from its brace on; each must have values. @param used which names have a place */
static int check_place(struct pl_decoder *d, const struct entry *e, const char *at, bool *used)
{
    size_t length = strspn(at + 1, NAME_CHARACTERS);
    if (at[1 + length] != '}')
        return fail_template(d, e, strchr(at, '}') ? "a place is no {name}" : "an unclosed brace");
    int index = index_of(e, at + 1, length);
    if (length == 0)
        return fail_template(d, e, "a place without a name");
    if (index < 0)
        return pl_decode_fail(d, e->swept.mark,
                              "sweep: {%.*s} has no values; expected %.*s: [a, b] beside it",
                              (int)length, at + 1, (int)length, at + 1);
    used[index] = true;
    return 0;
}

static int check_places(struct pl_decoder *d, const struct entry *e)
{
    bool used[PL_SWEEP_NAMES_MAX] = {false};
    for (const char *at = e->swept.template; *(at += strcspn(at, "{}"));) {
        int rc = *at == '{' ? check_place(d, e, at, used)
                            : fail_template(d, e, "a brace that nothing opens");
        if (rc)
            return rc;
        at += strcspn(at, "}") + 1;
    }
    for (uint32_t i = 0; i < e->swept.value_count; i++)
        if (!used[i])
            return pl_decode_fail(
                d, pl_decode_mark(e->values[i]),
                "sweep: the values of '%s' are used nowhere; expected {%s} in the stack",
                e->swept.values[i].name, e->swept.values[i].name);
    if (e->swept.value_count == 0)
        return fail_template(d, e, "there is no {name}");
    return 0;
}

static int take_template(struct pl_decoder *d, struct entry *e, struct fy_node *value)
{
    e->node = value;
    e->swept.mark = d->setting ? (struct pl_mark){0} : pl_decode_mark(value);
    int rc = pl_decode_text(d, value, "stack", e->swept.template, sizeof e->swept.template);
    if (!rc && strpbrk(e->swept.template, "\t\n\r"))
        rc = pl_decode_fail(d, e->swept.mark, "sweep: a stack is one line without tabs");
    return rc;
}

static int take_values(struct pl_decoder *d, struct entry *e, struct fy_node *key, const char *name,
                       struct fy_node *value)
{
    size_t length = strlen(name);
    if (length == 0 || length >= PL_NAME_MAX || strspn(name, NAME_CHARACTERS) != length)
        return pl_decode_fail(d, pl_decode_mark(key), "sweep: '%s' is not a name of a place", name);
    if (e->swept.value_count == PL_SWEEP_NAMES_MAX)
        return pl_decode_fail(d, pl_decode_mark(key), "sweep: more than %d names in one template",
                              PL_SWEEP_NAMES_MAX);
    if (!value || !fy_node_is_sequence(value) || fy_node_sequence_is_empty(value))
        return pl_decode_fail(d, pl_decode_mark(key), "sweep: %s is not a list; expected [a, b]",
                              name);
    e->values[e->swept.value_count] = value;
    memcpy(e->swept.values[e->swept.value_count++].name, name, length + 1);
    return 0;
}

static int read_entry(struct pl_decoder *d, struct fy_node *mapping, struct entry *e)
{
    void *at = NULL;
    if (!fy_node_is_mapping(mapping))
        return pl_decode_fail(d, pl_decode_mark(mapping),
                              "sweep is not a list; expected [{stack: \"a:b={c}\", c: [1, 2]}]");
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(mapping, &at));) {
        char name[64];
        struct fy_node *key = fy_node_pair_key(pair), *value = fy_node_pair_value(pair);
        int rc = pl_decode_text(d, key, "a key", name, sizeof name);
        if (!rc)
            rc = strcmp(name, "stack") == 0 ? take_template(d, e, value)
                                            : take_values(d, e, key, name, value);
        if (rc)
            return rc;
    }
    if (!e->node)
        return pl_decode_fail(d, pl_decode_mark(mapping),
                              "sweep: an entry without a stack; expected one");
    return check_places(d, e);
}

/* The value that is `number`th in the list of a name. */
static int set_value(struct pl_decoder *d, struct entry *e, uint32_t name, int number)
{
    struct fy_node *node = fy_node_sequence_get_by_index(e->values[name], number);
    struct pl_sweep_value *value = &e->swept.values[name];
    int rc = pl_decode_text(d, node, value->name, value->text, sizeof value->text);
    if (!rc && (!value->text[0] || strpbrk(value->text, "{}\t\n\r")))
        rc = pl_decode_fail(d, pl_decode_mark(node),
                            "sweep: a value of %s is text of one line without braces", value->name);
    return rc;
}

static int add_stack(struct pl_decoder *d, struct entry *e)
{
    struct pl_stack_spec spec;
    struct pl_error reason;
    if (pl_sweep_fill(&e->swept))
        return fail_template(d, e, "values that make the stack too long");
    if (pl_stack_parse(e->swept.stack, &spec, &reason))
        return pl_decode_fail(d, e->swept.mark, "sweep: %s", reason.text);
    if (pl_sweep_count(d->scenario) == PL_STACKS_MAX || pl_sweep_add(d->scenario, &e->swept))
        return pl_decode_fail(d, e->swept.mark, "sweep: more than %d stacks", PL_STACKS_MAX);
    return 0;
}

/* Counts through the lists as an odometer does: the last name runs fastest. */
static bool advance(const struct entry *e, int *numbers)
{
    for (uint32_t i = e->swept.value_count; i-- > 0;) {
        if (++numbers[i] < fy_node_sequence_item_count(e->values[i]))
            return true;
        numbers[i] = 0;
    }
    return false;
}

static int expand(struct pl_decoder *d, struct entry *e)
{
    int numbers[PL_SWEEP_NAMES_MAX] = {0};
    do {
        int rc = 0;
        for (uint32_t i = 0; !rc && i < e->swept.value_count; i++)
            rc = set_value(d, e, i, numbers[i]);
        if (!rc)
            rc = add_stack(d, e);
        if (rc)
            return rc;
    } while (advance(e, numbers));
    return 0;
}

int pl_decode_sweep(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    d->scenario->sweep[0] = '\0';
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "sweep is not a list; expected [{stack: \"a:b={c}\", c: [1, 2]}]");
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        struct entry e = {.node = NULL};
        int rc = read_entry(d, node, &e);
        if (!rc)
            rc = expand(d, &e);
        if (rc)
            return rc;
    }
    return 0;
}
