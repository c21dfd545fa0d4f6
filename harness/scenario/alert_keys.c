/* Keys about alerts: `alerts` of a scenario, and what an expectation says of them. */
#include "harness/scenario/alert.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/scenario/check.h"

#define FORM "expected such as [rss_bytes > 64MiB]"

static int parse_at(struct pl_decoder *d, struct fy_node *node, struct pl_alert *alert)
{
    char text[128];
    struct pl_error reason;
    if (!fy_node_is_scalar(node))
        return pl_decode_fail(d, pl_decode_mark(node), "alerts: one is not a comparison; " FORM);
    int rc = pl_decode_text(d, node, "alerts", text, sizeof text);
    if (!rc && pl_alert_parse(text, alert, &reason))
        rc = pl_decode_fail(d, pl_decode_mark(node), "alerts: %s", reason.text);
    alert->mark = d->setting ? (struct pl_mark){0} : pl_decode_mark(node);
    return rc;
}

static struct pl_alert *find(struct pl_scenario *s, const char *text)
{
    for (uint32_t i = 0; i < s->alert_count; i++)
        if (strcmp(s->alerts[i].text, text) == 0)
            return &s->alerts[i];
    return NULL;
}

static int add(struct pl_decoder *d, struct fy_node *node)
{
    struct pl_scenario *s = d->scenario;
    struct pl_alert alert;
    int rc = parse_at(d, node, &alert);
    if (!rc && find(s, alert.text))
        rc = pl_decode_fail(d, pl_decode_mark(node), "alerts: '%s' is given twice; expected once",
                            alert.text);
    if (!rc && s->alert_count == PL_ALERTS_MAX)
        rc = pl_decode_fail(d, pl_decode_mark(node), "more than %d alerts", PL_ALERTS_MAX);
    if (!rc)
        s->alerts[s->alert_count++] = alert;
    return rc;
}

typedef int (*taker)(struct pl_decoder *, struct fy_node *, void *);

/* One text, or a list of them. */
static int each(struct pl_decoder *d, struct fy_node *key, struct fy_node *value, taker take,
                void *context)
{
    if (value && fy_node_is_scalar(value))
        return take(d, value, context);
    if (!value || !fy_node_is_sequence(value))
        return pl_decode_fail(d, pl_decode_mark(value ? value : key),
                              "alerts is not a list; " FORM);
    void *at = NULL;
    for (struct fy_node *node; (node = fy_node_sequence_iterate(value, &at));) {
        int rc = take(d, node, context);
        if (rc)
            return rc;
    }
    return 0;
}

static int take_alert(struct pl_decoder *d, struct fy_node *node, void *context)
{
    (void)context;
    return add(d, node);
}

int pl_decode_alerts(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    d->scenario->alert_count = 0;
    memset(d->scenario->alerts, 0, sizeof d->scenario->alerts);
    return each(d, key, value, take_alert, NULL);
}

static int take_expected(struct pl_decoder *d, struct fy_node *node, void *context)
{
    struct pl_expectation *e = context;
    struct pl_alert alert;
    size_t used = strlen(e->alerts);
    int rc = parse_at(d, node, &alert);
    if (!rc && used + strlen(alert.text) + 2 > sizeof e->alerts)
        rc = pl_decode_fail(d, alert.mark, "the list is too long");
    if (!rc)
        snprintf(e->alerts + used, sizeof e->alerts - used, "%s%s", used ? "," : "", alert.text);
    return rc;
}

int pl_decode_expected_alerts(struct pl_decoder *d, struct fy_node *value, struct pl_expectation *e)
{
    const char *none = "none";
    e->alerts[0] = '\0';
    if (fy_node_is_scalar(value) && fy_node_compare_string(value, none, strlen(none))) {
        snprintf(e->alerts, sizeof e->alerts, "%s", none);
        return 0;
    }
    int rc = each(d, value, value, take_expected, e);
    if (!rc && !e->alerts[0])
        rc = pl_decode_fail(d, e->mark, "alerts is empty; expected none, or those that are raised");
    return rc;
}

/* "live_frames" means the class `frames` or, where there is none, `frame`. */
static int class_of(const struct pl_scenario *s, const char *quantity)
{
    char name[PL_ALERT_TEXT_MAX];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(quantity, " ") - 5, quantity + 5);
    for (int plural = 0; plural < 2; plural++) {
        for (uint32_t i = 0; i < s->class_count; i++)
            if (strcmp(s->classes[i].name, name) == 0)
                return (int)i;
        size_t length = strlen(name);
        if (length < 2 || name[length - 1] != 's')
            return -1;
        name[length - 1] = '\0';
    }
    return -1;
}

/* What a quantity may be called: "live_frames, live_samples". */
static void name_classes(const struct pl_scenario *s, char *names, size_t capacity)
{
    size_t used = 0;
    for (uint32_t i = 0; i < s->class_count && used < capacity; i++) {
        const char *name = s->classes[i].name;
        bool plural = name[strlen(name) - 1] == 's';
        used += (size_t)snprintf(names + used, capacity - used, "%slive_%s%s", i ? ", " : "", name,
                                 plural ? "" : "s");
    }
}

static int resolve(struct pl_decoder *d, struct pl_alert *alert)
{
    const struct pl_scenario *s = d->scenario;
    char names[PL_CLASSES_MAX * (PL_NAME_MAX + 8)] = "";
    if (alert->quantity != PL_ALERT_LIVE_BLOCKS)
        return 0;
    alert->class_index = class_of(s, alert->text);
    if (alert->class_index >= 0)
        return 0;
    name_classes(s, names, sizeof names);
    d->setting = alert->mark.line ? NULL : "alerts"; /* where it was written */
    char quantity[PL_ALERT_TEXT_MAX];
    snprintf(quantity, sizeof quantity, "%.*s", (int)strcspn(alert->text, " "), alert->text);
    int rc = pl_decode_unknown(d, alert->mark, "quantity of an alert:", quantity, names);
    d->setting = NULL;
    return rc;
}

static int check_expected(struct pl_decoder *d, const struct pl_expectation *e)
{
    char text[PL_ALERT_TEXT_MAX];
    const char *list = e->alerts;
    if (strcmp(list, "none") == 0)
        return 0;
    while (pl_alert_list_next(&list, text))
        if (!find(d->scenario, text))
            return pl_decode_fail(
                d, e->mark,
                "expect: '%s' is not one of the scenario's alerts; expected one of its list alerts",
                text);
    return 0;
}

int pl_alerts_check(struct pl_decoder *d)
{
    struct pl_scenario *s = d->scenario;
    int rc = 0;
    for (uint32_t i = 0; !rc && i < s->alert_count; i++)
        rc = resolve(d, &s->alerts[i]);
    for (uint32_t i = 0; !rc && i < s->expectation_count; i++)
        rc = check_expected(d, &s->expectations[i]);
    return rc;
}
