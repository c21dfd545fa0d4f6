/* Reads conditions off the schema's table (conditions.h). */
#include "harness/scenario/conditions.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/scenario/defaults.h"
#include "harness/scenario/schema.h"

/* Keys that change no figure, or that the results hold in another place. */
static bool is_elsewhere(const char *path)
{
    static const char *const elsewhere[] = {"name",
                                            "title",
                                            "about",
                                            "counterpart",
                                            "traffic.file",
                                            "traffic.sdp",
                                            "program.directory",
                                            "program.build",
                                            "blocks.file",
                                            "trace.file",
                                            "broadcast.video",
                                            "broadcast.sound",
                                            "duration",
                                            "timeout",
                                            "repeat",
                                            "seed",
                                            "budget",
                                            "gate",
                                            "clock"};
    for (size_t i = 0; i < sizeof elsewhere / sizeof *elsewhere; i++)
        if (strcmp(elsewhere[i], path) == 0)
            return true;
    return false;
}

static void write_value(const struct pl_key *key, const struct pl_scenario *s, char *text)
{
    const char *at = (const char *)s + key->offset;
    text[0] = '\0';
    switch (key->kind) {
    case PL_KEY_TEXT:
        snprintf(text, PL_CONDITION_TEXT_MAX, "%s", at);
        break;
    case PL_KEY_SIZE:
    case PL_KEY_TIME:
        snprintf(text, PL_CONDITION_TEXT_MAX, "%" PRId64, *(const int64_t *)(const void *)at);
        break;
    case PL_KEY_COUNT:
    case PL_KEY_CHOICE:
        snprintf(text, PL_CONDITION_TEXT_MAX, "%" PRIu32, *(const uint32_t *)(const void *)at);
        break;
    case PL_KEY_FACTOR:
    case PL_KEY_SHARE:
        snprintf(text, PL_CONDITION_TEXT_MAX, "%.17g", *(const double *)(const void *)at);
        break;
    case PL_KEY_BOOL:
        snprintf(text, PL_CONDITION_TEXT_MAX, "%s",
                 *(const bool *)(const void *)at ? "true" : "false");
        break;
    default: /* a section has no value; the seed and what is special are named elsewhere */
        break;
    }
}

static void name_spans(const char *key, const struct pl_span *spans, uint32_t count,
                       pl_condition_function take, void *context)
{
    char text[PL_CONDITION_TEXT_MAX] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64 "-%" PRId64,
                                 i ? "," : "", spans[i].from_ns, spans[i].until_ns);
    if (used)
        take(context, key, text);
}

static void name_churn(const struct pl_scenario *s, pl_condition_function take, void *context)
{
    char text[PL_CONDITION_TEXT_MAX] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < s->traffic.churn_count; i++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%" PRId64, i ? "," : "",
                                 s->traffic.churn_ns[i]);
    if (used)
        take(context, "traffic.churn", text);
}

static void name_classes(const struct pl_scenario *s, pl_condition_function take, void *context)
{
    char key[PL_NAME_MAX + 16], text[PL_NAME_MAX + 32];
    for (uint32_t i = 0; i < s->class_count; i++) {
        const struct pl_class *c = &s->classes[i];
        snprintf(key, sizeof key, "classes.%s", c->name);
        snprintf(text, sizeof text, "%" PRIu64 " %s", c->size,
                 c->budget >= 0 ? s->budgets[c->budget].name : "");
        take(context, key, text);
    }
}

void pl_scenario_conditions(const struct pl_scenario *s, pl_condition_function take, void *context)
{
    struct pl_scenario unset;
    char value[PL_CONDITION_TEXT_MAX], fallback[PL_CONDITION_TEXT_MAX];
    pl_scenario_defaults(&unset, s->path, (enum pl_tier)s->tier);
    for (size_t i = 0; i < pl_schema_count; i++) {
        const struct pl_key *key = &pl_schema[i];
        if (is_elsewhere(key->path))
            continue;
        write_value(key, s, value);
        write_value(key, &unset, fallback);
        if (strcmp(value, fallback) != 0)
            take(context, key->path, value);
    }
    name_spans("receiver.stalls", s->receiver.stalls, s->receiver.stall_count, take, context);
    name_spans("traffic.outages", s->traffic.outages, s->traffic.outage_count, take, context);
    name_churn(s, take, context);
    name_classes(s, take, context);
}
