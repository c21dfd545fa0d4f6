/* The key `background`: allocations that go on beside any pipeline of ours. */
#include <errno.h>
#include <string.h>

#include "harness/scenario/block_keys.h"
#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

#define CLASS "background" /* where an entry names none */
#define RATE_MAX 1000000   /* a second */
#define QUEUE_MAX (1u << 22)

static int decode_queue(struct pl_decoder *d, struct fy_node *node, struct pl_background *b)
{
    int64_t queue;
    int rc = pl_decode_integer(d, node, "background: queue", &queue);
    if (!rc && (queue < 0 || queue > QUEUE_MAX))
        rc =
            pl_decode_fail(d, pl_decode_mark(node),
                           "background: queue is out of range; expected 0 to %u blocks", QUEUE_MAX);
    if (!rc)
        b->queue = (uint32_t)queue;
    return rc;
}

static int decode_key(struct pl_decoder *d, struct fy_node *value, const char *key, void *entry)
{
    struct pl_background *b = entry;
    if (strcmp(key, "class") == 0)
        return pl_decode_name(d, value, "background: class", b->class);
    if (strcmp(key, "rate") == 0)
        return pl_decode_factor(d, value, "background: rate", RATE_MAX, &b->rate);
    if (strcmp(key, "size") == 0)
        return pl_decode_sizes(d, value, "background: size", &b->size_min, &b->size_max);
    if (strcmp(key, "queue") == 0)
        return decode_queue(d, value, b);
    if (strcmp(key, "from") == 0)
        return pl_decode_time(d, value, "background: from", &b->span.from_ns);
    if (strcmp(key, "until") == 0)
        return pl_decode_time(d, value, "background: until", &b->span.until_ns);
    return pl_decode_unknown(d, pl_decode_mark(value), "key of background:", key,
                             "class, rate, size, queue, from, until");
}

static int decode_one(struct pl_decoder *d, struct fy_node *node)
{
    struct pl_scenario *s = d->scenario;
    if (s->background_count == PL_BACKGROUND_MAX)
        return pl_decode_fail(d, pl_decode_mark(node), "background: more than %d",
                              PL_BACKGROUND_MAX);
    struct pl_background *b = &s->background[s->background_count++];
    *b = (struct pl_background){.class = CLASS, .span = {0, INT64_MAX}};
    int rc = pl_decode_entry(d, node, "background", decode_key, b);
    if (!rc && (b->rate <= 0 || !b->size_max))
        rc = pl_decode_fail(
            d, pl_decode_mark(node),
            "background: a rate or a size is missing; expected each with a rate and a size");
    return rc;
}

int pl_decode_background(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    d->scenario->background_count = 0;
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(
            d, pl_decode_mark(value ? value : key),
            "background is not a list; expected [{rate: 200, size: 64B..4KiB, queue: 100}]");
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        int rc = decode_one(d, node);
        if (rc)
            return rc;
    }
    return 0;
}

static struct pl_mark mark(const struct pl_decoder *d)
{
    return d->marks[pl_schema_find("background") - pl_schema];
}

int pl_background_check(struct pl_decoder *d)
{
    struct pl_scenario *s = d->scenario;
    if (s->background_count && s->clock != PL_CLOCK_VIRTUAL)
        return pl_decode_fail(d, mark(d),
                              "background goes on in virtual time; expected the virtual clock");
    for (uint32_t i = 0; i < s->background_count; i++) {
        struct pl_background *b = &s->background[i];
        int rc = pl_spans_resolve(d, "background", &b->span, 1);
        if (!rc)
            rc = pl_blocks_class_check(d, mark(d), "background", b->class, b->size_max);
        if (rc)
            return rc;
    }
    return 0;
}

bool pl_background_has_class(const struct pl_scenario *s, const char *name)
{
    for (uint32_t i = 0; i < s->background_count; i++)
        if (strcmp(s->background[i].class, name) == 0)
            return true;
    return false;
}
