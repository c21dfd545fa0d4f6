/* Keys that hold lists: stacks, formats, threads, spans of time and expectations. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/scenario/decode.h"

#define CHURN_MIN_NS INT64_C(100000000) /* a sender that changes faster never fills a latency */

/* Appends to a text of comma-separated items. */
static int append(struct pl_decoder *d, struct fy_node *node, char *list, size_t capacity,
                  const char *item)
{
    size_t used = strlen(list);
    int n = snprintf(list + used, capacity - used, "%s%s", used ? "," : "", item);
    if (n < 0 || (size_t)n >= capacity - used)
        return pl_decode_fail(d, pl_decode_mark(node), "the list is too long");
    return 0;
}

typedef int (*item_check)(struct pl_decoder *, struct fy_node *, const char *item);

/* A sequence of texts, or one text, into a comma-separated list. */
static int decode_list(struct pl_decoder *d, struct fy_node *key, struct fy_node *value,
                       const char *what, char *list, size_t capacity, item_check check)
{
    char item[PL_STACK_TEXT_MAX];
    list[0] = '\0';
    if (value && fy_node_is_scalar(value)) {
        int rc = pl_decode_text(d, value, what, item, sizeof item);
        if (!rc)
            rc = check(d, value, item);
        return rc ? rc : append(d, value, list, capacity, item);
    }
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "%s is not a list; expected [a, b]", what);
    if (fy_node_sequence_is_empty(value))
        return pl_decode_fail(d, pl_decode_mark(key ? key : value),
                              "%s: the list is empty; expected [a, b]", what);
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        int rc = pl_decode_text(d, node, what, item, sizeof item);
        if (!rc)
            rc = check(d, node, item);
        if (!rc)
            rc = append(d, node, list, capacity, item);
        if (rc)
            return rc;
    }
    return 0;
}

static int check_stack(struct pl_decoder *d, struct fy_node *node, const char *item)
{
    struct pl_stack_spec spec;
    struct pl_error reason;
    if (pl_stack_parse(item, &spec, &reason))
        return pl_decode_fail(d, pl_decode_mark(node), "%s", reason.text);
    return 0;
}

static int check_stack_or_group(struct pl_decoder *d, struct fy_node *node, const char *item)
{
    return pl_stack_group_find(item) ? 0 : check_stack(d, node, item);
}

static int check_stack_group(struct pl_decoder *d, struct fy_node *node, const char *item)
{
    if (strcmp(item, "all") == 0 || strcmp(item, "unlimited") == 0)
        return 0; /* "limited" reads as a stack, too */
    return check_stack(d, node, item);
}

static int check_format(struct pl_decoder *d, struct fy_node *node, const char *item)
{
    if (pl_format_parse(item) >= 0)
        return 0;
    char names[128];
    pl_format_names(names, sizeof names);
    return pl_decode_unknown(d, pl_decode_mark(node), "format", item, names);
}

int pl_decode_allocators(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    char list[PL_LIST_TEXT_MAX];
    struct pl_error reason;
    int rc = decode_list(d, key, value, "allocators", list, sizeof list, check_stack_or_group);
    if (!rc && pl_stack_list_expand(list, d->scenario->allocators, sizeof d->scenario->allocators,
                                    &reason))
        rc = pl_decode_fail(d, pl_decode_mark(value), "allocators: %s", reason.text);
    return rc;
}

int pl_decode_formats(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    return decode_list(d, key, value, "formats", d->scenario->formats, sizeof d->scenario->formats,
                       check_format);
}

int pl_decode_entry(struct pl_decoder *d, struct fy_node *mapping, const char *what,
                    pl_entry_decoder decode, void *entry)
{
    if (!fy_node_is_mapping(mapping))
        return pl_decode_fail(d, pl_decode_mark(mapping),
                              "%s is not a list of mappings; expected [{key: value}]", what);
    void *at = NULL;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(mapping, &at));) {
        char key[64];
        int rc = pl_decode_text(d, fy_node_pair_key(pair), "a key", key, sizeof key);
        if (!rc && !fy_node_pair_value(pair))
            rc = pl_decode_fail(d, pl_decode_mark(fy_node_pair_key(pair)), "%s has no value", key);
        if (!rc)
            rc = decode(d, fy_node_pair_value(pair), key, entry);
        if (rc)
            return rc;
    }
    return 0;
}

static int check_threads(struct pl_decoder *d, struct fy_node *node, const char *item)
{
    if (pl_threads_parse(item))
        return 0;
    return pl_decode_fail(d, pl_decode_mark(node),
                          "threads: '%s' is out of range; expected numbers from 1 to %d", item,
                          PL_THREADS_MAX);
}

int pl_decode_threads(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    return decode_list(d, key, value, "threads", d->scenario->threads, sizeof d->scenario->threads,
                       check_threads);
}

static int decode_span_key(struct pl_decoder *d, struct fy_node *value, const char *key,
                           void *entry)
{
    struct pl_span *span = entry;
    if (strcmp(key, "from") == 0)
        return pl_decode_time(d, value, "from", &span->from_ns);
    if (strcmp(key, "until") == 0)
        return pl_decode_time(d, value, "until", &span->until_ns);
    return pl_decode_unknown(d, pl_decode_mark(value), "key of a span of time:", key,
                             "from, until");
}

int pl_decode_spans(struct pl_decoder *d, struct fy_node *key, struct fy_node *value,
                    const char *what, struct pl_span *spans, uint32_t max, uint32_t *count)
{
    *count = 0;
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "%s is not a list; expected [{from: 0s, until: -10s}]", what);
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        if (*count == max)
            return pl_decode_fail(d, pl_decode_mark(node), "%s: more than %u", what, max);
        struct pl_span *span = &spans[(*count)++];
        *span = (struct pl_span){0, INT64_MAX};
        int rc = pl_decode_entry(d, node, what, decode_span_key, span);
        if (rc)
            return rc;
    }
    return 0;
}

int pl_decode_viewer_stalls(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_broadcast_settings *b = &d->scenario->broadcast;
    return pl_decode_spans(d, key, value, "broadcast.stalls", b->stalls, PL_STALLS_MAX,
                           &b->stall_count);
}

int pl_decode_stalls(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_receiver_settings *receiver = &d->scenario->receiver;
    return pl_decode_spans(d, key, value, "receiver.stalls", receiver->stalls, PL_STALLS_MAX,
                           &receiver->stall_count);
}

int pl_decode_outages(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_traffic_settings *traffic = &d->scenario->traffic;
    return pl_decode_spans(d, key, value, "traffic.outages", traffic->outages, PL_STALLS_MAX,
                           &traffic->outage_count);
}

static int add_churn(struct pl_decoder *d, struct fy_node *node)
{
    struct pl_traffic_settings *traffic = &d->scenario->traffic;
    if (traffic->churn_count == PL_CHURNS_MAX)
        return pl_decode_fail(d, pl_decode_mark(node), "traffic.churn: more than %d times",
                              PL_CHURNS_MAX);
    int64_t *ns = &traffic->churn_ns[traffic->churn_count++];
    int rc = pl_decode_time(d, node, "traffic.churn", ns);
    if (!rc && *ns < CHURN_MIN_NS)
        rc = pl_decode_fail(d, pl_decode_mark(node),
                            "traffic.churn is out of range; expected 100ms or more");
    return rc;
}

int pl_decode_churn(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    d->scenario->traffic.churn_count = 0;
    if (value && fy_node_is_scalar(value))
        return add_churn(d, value);
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "traffic.churn is neither a time nor a list; expected [1s, 5s]");
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        int rc = add_churn(d, node);
        if (rc)
            return rc;
    }
    return 0;
}

static int decode_bounds(struct pl_decoder *d, struct fy_node *mapping, struct pl_expectation *e)
{
    if (!fy_node_is_mapping(mapping))
        return pl_decode_fail(d, pl_decode_mark(mapping),
                              "metrics is not a mapping; expected {name: \"<= value\"}");
    void *at = NULL;
    for (struct fy_node_pair *pair; (pair = fy_node_mapping_iterate(mapping, &at));) {
        if (e->bound_count == PL_BOUNDS_MAX)
            return pl_decode_fail(d, pl_decode_mark(mapping), "more than %d bounds", PL_BOUNDS_MAX);
        struct pl_bound *bound = &e->bounds[e->bound_count++];
        bound->mark = pl_decode_mark(fy_node_pair_key(pair));
        int rc = pl_decode_text(d, fy_node_pair_key(pair), "a metric", bound->metric,
                                sizeof bound->metric);
        if (!rc)
            rc = pl_decode_text(d, fy_node_pair_value(pair), bound->metric, bound->text,
                                sizeof bound->text);
        if (rc)
            return rc;
    }
    return 0;
}

static int decode_condition(struct pl_decoder *d, struct fy_node *value, struct pl_expectation *e)
{
    int rc = pl_decode_text(d, value, "container", e->container, sizeof e->container);
    static const char *const kinds[] = {"any", "cgroup", "rlimit", "none"};
    for (size_t i = 0; !rc && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(e->container, kinds[i]) == 0)
            return 0;
    return rc ? rc
              : pl_decode_unknown(d, pl_decode_mark(value), "container to expect:", e->container,
                                  "any, cgroup, rlimit, none");
}

static int decode_clock(struct pl_decoder *d, struct fy_node *value, struct pl_expectation *e)
{
    int rc = pl_decode_text(d, value, "clock", e->clock, sizeof e->clock);
    if (rc || strcmp(e->clock, "any") == 0 || pl_clock_parse(e->clock) >= 0)
        return rc;
    return pl_decode_unknown(d, pl_decode_mark(value), "clock to expect:", e->clock,
                             "any, virtual, wall");
}

static int check_outcome(struct pl_decoder *d, struct fy_node *node, const char *item)
{
    static const char *const outcomes[] = {"bounded",      "growing", "oom_killed",
                                           "alloc_failed", "crashed", "exited"};
    for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
        if (strcmp(item, outcomes[i]) == 0)
            return 0;
    return pl_decode_unknown(d, pl_decode_mark(node), "outcome to expect:", item,
                             "bounded, growing, oom_killed, alloc_failed, crashed, exited");
}

static int decode_expectation_key(struct pl_decoder *d, struct fy_node *value, const char *key,
                                  void *entry)
{
    struct pl_expectation *e = entry;
    if (strcmp(key, "stacks") == 0)
        return decode_list(d, value, value, "stacks", e->stacks, sizeof e->stacks,
                           check_stack_group);
    if (strcmp(key, "formats") == 0)
        return decode_list(d, value, value, "formats", e->formats, sizeof e->formats, check_format);
    if (strcmp(key, "threads") == 0)
        return decode_list(d, value, value, "threads", e->threads, sizeof e->threads,
                           check_threads);
    if (strcmp(key, "container") == 0)
        return decode_condition(d, value, e);
    if (strcmp(key, "clock") == 0)
        return decode_clock(d, value, e);
    if (strcmp(key, "outcome") == 0)
        return decode_list(d, value, value, "outcome", e->outcome, sizeof e->outcome,
                           check_outcome);
    if (strcmp(key, "from") == 0)
        return pl_decode_time(d, value, "from", &e->from_ns);
    if (strcmp(key, "metrics") == 0)
        return decode_bounds(d, value, e);
    if (strcmp(key, "alerts") == 0)
        return pl_decode_expected_alerts(d, value, e);
    return pl_decode_unknown(d, pl_decode_mark(value), "key of an expectation:", key,
                             "stacks, formats, threads, container, clock, outcome, from, metrics, "
                             "alerts");
}

int pl_decode_expect(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    struct pl_scenario *s = d->scenario;
    s->expectation_count = 0;
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "expect is not a list; expected [{stacks: all, outcome: bounded}]");
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        if (s->expectation_count == PL_EXPECTATIONS_MAX)
            return pl_decode_fail(d, pl_decode_mark(node), "more than %d expectations",
                                  PL_EXPECTATIONS_MAX);
        struct pl_expectation *e = &s->expectations[s->expectation_count++];
        *e = (struct pl_expectation){
            .container = "any", .clock = "any", .mark = pl_decode_mark(node)};
        int rc = pl_decode_entry(d, node, "expect", decode_expectation_key, e);
        if (!rc && e->from_ns < 0)
            rc = pl_decode_fail(d, e->mark, "from is out of range; expected 0s or more");
        if (!rc && (!e->stacks[0] || (!e->outcome[0] && !e->bound_count && !e->alerts[0])))
            rc = pl_decode_fail(
                d, e->mark,
                "an incomplete expectation; expected stacks, and an outcome, metrics or alerts");
        if (rc)
            return rc;
    }
    return 0;
}
