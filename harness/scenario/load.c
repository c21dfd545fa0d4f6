/* From a file to a checked scenario: YAML by libfyaml, defaults, a tier's overrides, --set. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/base/nearest.h"
#include "harness/base/files.h"
#include "harness/scenario/check.h"
#include "harness/scenario/decode.h"
#include "harness/scenario/defaults.h"
#include "harness/scenario/extends.h"
#include "harness/scenario/paths.h"
#include "harness/scenario/yaml_tree.h"

/* What makes up a scenario: its own file, and those that it extends. */
struct layers {
    struct fy_node *own;
    const struct pl_chain *chain;
};

static struct fy_node *tier_of(struct fy_node *root, enum pl_tier tier)
{
    char path[32];
    snprintf(path, sizeof path, "/tiers/%s", pl_tier_name(tier));
    return fy_node_by_path(root, path, FY_NT, FYNWF_DONT_FOLLOW);
}

/* What a base says at its top, and in this tier. */
static int decode_base(struct pl_decoder *d, const struct layers *layers,
                       const struct pl_extended *base, enum pl_tier tier)
{
    struct fy_node *root = fy_document_root(base->document), *part = tier_of(root, tier);
    int rc = pl_extends_decode(d, layers->own, base, root);
    return rc || !part ? rc : pl_extends_decode(d, layers->own, base, part);
}

/* The farthest base first: its top, its tier, and so on to the scenario's own keys, and their tier.
 * So what one says oneself holds in each tier, and what one does not say is as in the base's. */
static int decode_tier(struct pl_decoder *d, const struct layers *layers, enum pl_tier tier)
{
    struct fy_node *part = tier_of(layers->own, tier);
    int rc = 0;
    for (size_t i = layers->chain->count; !rc && i-- > 0;)
        rc = decode_base(d, layers, &layers->chain->bases[i], tier);
    if (!rc)
        rc = pl_decode_mapping(d, layers->own, "");
    return rc || !part ? rc : pl_decode_mapping(d, part, "");
}

static int check_tier_names(struct pl_decoder *d, struct fy_node *root)
{
    struct fy_node *tiers = fy_node_by_path(root, "/tiers", FY_NT, FYNWF_DONT_FOLLOW);
    if (!tiers)
        return 0;
    if (!fy_node_is_mapping(tiers))
        return pl_decode_fail(d, pl_decode_mark(tiers),
                              "tiers: unknown tier; expected smoke, default or full");
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
    bool has = tier_of(layers->own, tier) != NULL;
    for (size_t i = 0; i < layers->chain->count; i++)
        has |= tier_of(fy_document_root(layers->chain->bases[i].document), tier) != NULL;
    return has;
}

static int check_all_tier_names(struct pl_decoder *d, const struct layers *layers)
{
    const char *own = d->path;
    int rc = 0;
    for (size_t i = 0; !rc && i < layers->chain->count; i++) {
        d->path = layers->chain->bases[i].path;
        rc = check_tier_names(d, fy_document_root(layers->chain->bases[i].document));
        d->path = own;
    }
    return rc ? rc : check_tier_names(d, layers->own);
}

static int decode_tiers(struct pl_decoder *d, const struct layers *layers)
{
    struct pl_scenario *scratch = malloc(sizeof *scratch);
    int rc = scratch ? 0 : pl_error_set(d->error, -ENOMEM, "%s: out of memory", d->path);
    if (!rc)
        rc = check_all_tier_names(d, layers);
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
        return pl_decode_fail(d, (struct pl_mark){0}, "no value; expected KEY=VALUE");
    if (pl_yaml_tree_build(text, strlen(text), "value", &document, &reason))
        return pl_decode_fail(d, (struct pl_mark){0}, "'%s' can't be read as a value", text);
    const struct pl_key *row = pl_schema_find(key);
    struct fy_node *value = fy_document_root(document);
    int rc;
    if (row && row->kind == PL_KEY_SECTION)
        rc = pl_decode_fail(d, (struct pl_mark){0}, "a section; expected one of its keys");
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
    char key[PL_KEY_PATH_MAX];
    const char *equals = strchr(setting, '=');
    d->setting = setting;
    if (!equals || equals == setting || (size_t)(equals - setting) >= sizeof key)
        return pl_decode_fail(d, (struct pl_mark){0}, "no '='; expected KEY=VALUE");
    snprintf(key, sizeof key, "%.*s", (int)(equals - setting), setting);
    d->setting = key;
    int rc = set_value(d, key, equals + 1);
    d->setting = NULL;
    return rc;
}

/* What was there before the settings. */
struct unset {
    struct pl_decoder decoder;
    struct pl_scenario scenario;
};

/* What the check says with all settings but one. @param scratch is overwritten */
static int check_without(const struct unset *unset, struct pl_scenario *scratch,
                         const char *const *settings, size_t count, size_t left_out,
                         struct pl_error *error)
{
    struct pl_decoder d = unset->decoder;
    int rc = 0;
    *scratch = unset->scenario;
    d.scenario = scratch;
    d.error = error;
    for (size_t i = 0; !rc && i < count; i++)
        rc = i == left_out ? 0 : apply_setting(&d, settings[i]);
    return rc ? rc : pl_scenario_check(&d);
}

/* "--set a, b" of those without which the check would say something else, or nothing; where none is
 * such a one, of all. */
static void name_settings(const struct unset *unset, struct pl_scenario *scratch,
                          const char *const *settings, size_t count, const char *why, char *text,
                          size_t capacity)
{
    size_t used = 0;
    for (int all = 0; !used && all <= 1; all++)
        for (size_t i = 0; i < count && used < capacity; i++) {
            struct pl_error other = {""};
            if (!all && check_without(unset, scratch, settings, count, i, &other) &&
                strcmp(other.text, why) == 0)
                continue;
            used += (size_t)snprintf(text + used, capacity - used, "%s%.*s", used ? ", " : "--set ",
                                     (int)strcspn(settings[i], "="), settings[i]);
        }
}

/* What no longer fits by what was set is no matter of a line of the file. */
static int blame_settings(struct pl_decoder *d, const struct unset *unset,
                          const char *const *settings, size_t count, int rc)
{
    char names[160] = "";
    struct pl_error why = *d->error, ignored;
    size_t length = strlen(d->path), place;
    if (check_without(unset, d->scenario, settings, 0, 0, &ignored) ||
        strncmp(why.text, d->path, length) != 0 || why.text[length] != ':')
        return rc;
    place = length + 1 + strspn(why.text + length + 1, "0123456789:");
    place += strspn(why.text + place, " ");
    name_settings(unset, d->scenario, settings, count, why.text, names, sizeof names);
    const char *key = names + strlen("--set "); /* a key is named once */
    if (strncmp(why.text + place, key, strlen(key)) == 0 && why.text[place + strlen(key)] == ':')
        place += strlen(key) + 2;
    return pl_error_set(d->error, rc, "%s: %s", names, why.text + place);
}

static int set_and_check(struct pl_decoder *d, const char *const *settings, size_t count)
{
    struct unset *unset = malloc(sizeof *unset);
    if (!unset)
        return pl_error_set(d->error, -ENOMEM, "%s: out of memory", d->path);
    *unset = (struct unset){*d, *d->scenario};
    int rc = 0;
    for (size_t i = 0; !rc && i < count; i++)
        rc = apply_setting(d, settings[i]);
    if (!rc && (rc = pl_scenario_check(d)) && d->error)
        rc = blame_settings(d, unset, settings, count, rc);
    free(unset);
    return rc;
}

static int decode_all(struct pl_decoder *d, const struct layers *layers,
                      const char *const *settings, size_t setting_count)
{
    int rc = decode_tiers(d, layers);
    if (!rc)
        rc = pl_scenario_resolve(d->scenario, d->scenario->path, d->error);
    if (rc)
        return rc;
    return setting_count ? set_and_check(d, settings, setting_count) : pl_scenario_check(d);
}

static int decode_document(struct pl_decoder *d, struct fy_document *document,
                           const char *const *settings, size_t setting_count)
{
    struct pl_chain *chain = calloc(1, sizeof *chain);
    struct layers layers = {fy_document_root(document), chain};
    if (!chain)
        return pl_error_set(d->error, -ENOMEM, "%s: out of memory", d->path);
    int rc = pl_extends_open(d, layers.own, chain);
    if (!rc)
        rc = decode_all(d, &layers, settings, setting_count);
    pl_extends_close(chain);
    free(chain);
    return rc;
}

int pl_scenario_parse(const char *text, size_t size, const char *path, enum pl_tier tier,
                      const char *const *settings, size_t setting_count,
                      struct pl_scenario *scenario, struct pl_error *error)
{
    struct fy_document *document = NULL;
    struct pl_scenario *s = malloc(sizeof *s);
    struct pl_decoder *decoder = calloc(1, sizeof *decoder);
    int rc = s && decoder ? pl_yaml_tree_build(text, size, path, &document, error)
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
