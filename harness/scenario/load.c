/* From a file to a checked scenario: YAML by libfyaml, defaults, a tier's overrides, --set. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/nearest.h"
#include "harness/base/files.h"
#include "harness/scenario/check.h"
#include "harness/scenario/decode.h"
#include "harness/scenario/defaults.h"
#include "harness/scenario/document.h"
#include "harness/scenario/extends.h"
#include "harness/scenario/paths.h"

/* The roots that make up a scenario: of the file that it extends, if any, and its own. */
struct layers {
    struct fy_node *root[2];
    const char *path[2];
    size_t count;
};

/* A tier's part of one of the files; messages name the file. */
static int decode_part(struct pl_decoder *d, const struct layers *layers, size_t layer,
                       enum pl_tier tier)
{
    char path[32];
    const char *own = d->path;
    snprintf(path, sizeof path, "/tiers/%s", pl_tier_name(tier));
    struct fy_node *node = fy_node_by_path(layers->root[layer], path, FY_NT, FYNWF_DONT_FOLLOW);
    d->path = layers->path[layer];
    int rc = node ? pl_decode_mapping(d, node, "") : 0;
    d->path = own;
    return rc;
}

/* Over what stands at the base's top: its tier, then the scenario's own keys, and their tier. So
 * what one says oneself holds in each tier, and what one does not say is as in the base's. */
static int decode_tier(struct pl_decoder *d, const struct layers *layers, enum pl_tier tier)
{
    size_t own = layers->count - 1;
    int rc = own ? decode_part(d, layers, 0, tier) : 0;
    if (!rc)
        rc = pl_decode_mapping(d, layers->root[own], "");
    return rc ? rc : decode_part(d, layers, own, tier);
}

static int check_tier_names(struct pl_decoder *d, struct fy_node *root)
{
    struct fy_node *tiers = fy_node_by_path(root, "/tiers", FY_NT, FYNWF_DONT_FOLLOW);
    if (!tiers)
        return 0;
    if (!fy_node_is_mapping(tiers))
        return pl_decode_fail(d, pl_decode_mark(tiers), "tiers takes smoke, default and full");
    int rc = 0;
    void *at = NULL;
    for (struct fy_node_pair *pair; !rc && (pair = fy_node_mapping_iterate(tiers, &at));) {
        char name[32];
        rc = pl_decode_text(d, fy_node_pair_key(pair), "a tier", name, sizeof name);
        if (!rc && pl_tier_parse(name) < 0)
            rc = pl_decode_unknown(d, pl_decode_mark(fy_node_pair_key(pair)), "tier", name,
                                   "smoke, default, full");
    }
    return rc;
}

/* A tier that was not asked for is checked all the same. */
static int check_other_tier(const struct pl_decoder *top, const struct layers *layers,
                            enum pl_tier tier, struct pl_scenario *scratch)
{
    struct pl_decoder other = *top;
    *scratch = *top->scenario;
    other.scenario = scratch;
    int rc = decode_tier(&other, layers, tier);
    return rc ? rc : pl_scenario_check(&other);
}

static bool has_tier(const struct layers *layers, enum pl_tier tier)
{
    char path[32];
    snprintf(path, sizeof path, "/tiers/%s", pl_tier_name(tier));
    for (size_t i = 0; i < layers->count; i++)
        if (fy_node_by_path(layers->root[i], path, FY_NT, FYNWF_DONT_FOLLOW))
            return true;
    return false;
}

static int decode_tiers(struct pl_decoder *d, const struct layers *layers)
{
    struct pl_scenario *scratch = malloc(sizeof *scratch);
    int rc = scratch ? 0 : pl_error_set(d->error, -ENOMEM, "%s: out of memory", d->path);
    for (size_t i = 0; !rc && i < layers->count; i++)
        rc = check_tier_names(d, layers->root[i]);
    for (enum pl_tier tier = 0; !rc && tier < PL_TIER_COUNT; tier++)
        if (tier != d->scenario->tier && has_tier(layers, tier))
            rc = check_other_tier(d, layers, tier, scratch);
    free(scratch);
    return rc ? rc : decode_tier(d, layers, (enum pl_tier)d->scenario->tier);
}

/* The nearest of all keys; where none is near, those that stand beside it. */
static int unknown_key(struct pl_decoder *d, const char *path)
{
    char names[512], prefix[128], end[400];
    const char *dot = strrchr(path, '.');
    struct pl_nearest nearest;
    snprintf(prefix, sizeof prefix, "%.*s", dot ? (int)(dot - path) + 1 : 0, path);
    pl_schema_names(prefix, names, sizeof names);
    if (!*names)
        pl_schema_names("", names, sizeof names);
    pl_nearest_begin(&nearest, path);
    for (size_t i = 0; i < pl_schema_count; i++)
        pl_nearest_try(&nearest, pl_schema[i].path);
    pl_nearest_end(&nearest, names, end, sizeof end);
    return pl_decode_fail(d, (struct pl_mark){0}, "unknown key%s", end);
}

/* Below a map of free names: classes.packet.size, limits.packets. */
static int set_named(struct pl_decoder *d, const char *path, struct fy_node *value)
{
    char name[64];
    if (sscanf(path, "limits.%63[a-z0-9_]", name) == 1 && strlen(path) == 7 + strlen(name))
        return pl_decode_limit(d, name, value);
    char attribute[64];
    if (sscanf(path, "classes.%63[a-z0-9_].%63[a-z]", name, attribute) == 2)
        return pl_decode_class(d, name, attribute, value);
    return unknown_key(d, path);
}

/* A changed condition means that what `expect` says may no longer hold: not checked, never a pass.
 * Taking the container away is a condition that expectations name. */
static void note_condition(struct pl_decoder *d, const struct pl_key *row, const char *key)
{
    bool kept = row && row->flags & PL_KEY_CONDITION;
    if (row && strcmp(row->path, "container") == 0)
        kept = d->scenario->container_bytes == 0;
    if (kept || d->scenario->conditions_left)
        return;
    d->scenario->conditions_left = true;
    snprintf(d->scenario->conditions_left_by, sizeof d->scenario->conditions_left_by, "%s", key);
}

static int set_value(struct pl_decoder *d, const char *key, const char *text)
{
    struct fy_document *document = NULL;
    struct pl_error reason;
    if (!*text)
        return pl_decode_fail(d, (struct pl_mark){0}, "has no value; KEY=VALUE would be right");
    if (pl_document_build(text, strlen(text), "value", &document, &reason))
        return pl_decode_fail(d, (struct pl_mark){0}, "'%s' can't be read as a value", text);
    const struct pl_key *row = pl_schema_find(key);
    struct fy_node *value = fy_document_root(document);
    int rc;
    if (row && row->kind == PL_KEY_SECTION)
        rc = pl_decode_fail(d, (struct pl_mark){0}, "a section; one of its keys would be right");
    else if (row)
        rc = pl_decode_value(d, row, NULL, value);
    else
        rc = set_named(d, key, value);
    if (!rc)
        note_condition(d, row, key);
    fy_document_destroy(document);
    return rc;
}

static int apply_setting(struct pl_decoder *d, const char *setting)
{
    char key[128];
    const char *equals = strchr(setting, '=');
    d->setting = setting;
    if (!equals || equals == setting || (size_t)(equals - setting) >= sizeof key)
        return pl_decode_fail(d, (struct pl_mark){0}, "KEY=VALUE would be right");
    snprintf(key, sizeof key, "%.*s", (int)(equals - setting), setting);
    d->setting = key;
    int rc = set_value(d, key, equals + 1);
    d->setting = NULL;
    return rc;
}

static int decode_all(struct pl_decoder *d, const struct layers *layers,
                      const char *const *settings, size_t setting_count)
{
    int rc = decode_tiers(d, layers);
    if (!rc)
        rc = pl_scenario_resolve(d->scenario, d->scenario->path, d->error);
    for (size_t i = 0; !rc && i < setting_count; i++)
        rc = apply_setting(d, settings[i]);
    if (!rc)
        rc = pl_scenario_check(d);
    return rc;
}

/* Opens what the scenario extends and decodes it, before its own keys are. */
static int decode_extended(struct pl_decoder *d, struct fy_document *own, struct pl_extended *base,
                           struct layers *layers)
{
    int rc = pl_extends_open(d, fy_document_root(own), base);
    if (rc || !base->document)
        return rc;
    layers->path[layers->count] = base->path;
    layers->root[layers->count++] = fy_document_root(base->document);
    return pl_extends_decode(d, fy_document_root(own), base);
}

static int decode_document(struct pl_decoder *d, struct fy_document *document,
                           const char *const *settings, size_t setting_count)
{
    struct pl_extended base = {0};
    struct layers layers = {.count = 0};
    int rc = decode_extended(d, document, &base, &layers);
    layers.path[layers.count] = d->path;
    layers.root[layers.count++] = fy_document_root(document);
    if (!rc)
        rc = decode_all(d, &layers, settings, setting_count);
    pl_extends_close(&base);
    return rc;
}

int pl_scenario_parse(const char *text, size_t size, const char *path, enum pl_tier tier,
                      const char *const *settings, size_t setting_count,
                      struct pl_scenario *scenario, struct pl_error *error)
{
    struct fy_document *document = NULL;
    struct pl_scenario *s = malloc(sizeof *s);
    struct pl_decoder *decoder = calloc(1, sizeof *decoder);
    int rc = s && decoder ? pl_document_build(text, size, path, &document, error)
                          : pl_error_set(error, -ENOMEM, "%s: out of memory", path);
    if (!rc) {
        pl_scenario_defaults(s, path, tier);
        *decoder = (struct pl_decoder){.scenario = s, .error = error, .path = path};
        rc = decode_document(decoder, document, settings, setting_count);
        fy_document_destroy(document);
    }
    if (!rc)
        *scenario = *s;
    free(decoder);
    free(s);
    return rc;
}

int pl_scenario_load(const char *path, enum pl_tier tier, const char *const *settings,
                     size_t setting_count, struct pl_scenario *scenario, struct pl_error *error)
{
    char *text = NULL;
    size_t size = 0;
    int rc = pl_file_read(path, PL_SCENARIO_BYTES_MAX, &text, &size, error);
    if (!rc)
        rc = pl_scenario_parse(text, size, path, tier, settings, setting_count, scenario, error);
    free(text);
    return rc;
}
