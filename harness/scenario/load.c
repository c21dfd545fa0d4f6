/* From a file to a checked scenario: YAML by libfyaml, defaults, a tier's overrides, --set. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"
#include "harness/scenario/check.h"
#include "harness/scenario/decode.h"
#include "harness/scenario/defaults.h"
#include "harness/scenario/text.h"

/* libfyaml's own words for what is no YAML, with the place of the first error. */
static int syntax_error(const char *path, struct fy_diag *diag, struct pl_error *error)
{
    void *at = NULL;
    struct fy_diag_error *first = fy_diag_errors_iterate(diag, &at);
    if (!first)
        return pl_error_set(error, -EINVAL, "%s:1:1: the scenario is empty", path);
    int line = first->line > 0 ? first->line : 1, column = first->column > 0 ? first->column : 1;
    return pl_error_set(error, -EINVAL, "%s:%d:%d: %s", path, line, column, first->msg);
}

static int build_document(const char *text, size_t size, const char *path,
                          struct fy_document **document, struct pl_error *error)
{
    int rc = pl_text_check(text, size, path, error);
    if (rc)
        return rc;
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&diag_config);
    if (!diag)
        return pl_error_set(error, -ENOMEM, "%s: out of memory", path);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    *document = NULL;
    /* Not fy_document_build_from_string: it prints to stderr where there is no document. */
    if (parser && fy_parser_set_string(parser, text, size) == 0)
        *document = fy_parse_load_document(parser);
    struct fy_document *second = *document ? fy_parse_load_document(parser) : NULL;
    rc = *document ? 0 : syntax_error(path, diag, error);
    if (second) {
        rc = pl_error_set(error, -EINVAL, "%s:1:1: two YAML documents; one would be right", path);
        fy_document_destroy(second);
        fy_document_destroy(*document);
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return rc;
}

/* Decodes one tier's mapping over what the file says at its top. */
static int decode_tier(struct pl_decoder *d, const struct pl_decoder *base,
                       struct pl_scenario *scratch, struct fy_node_pair *pair)
{
    char name[32];
    int rc = pl_decode_text(d, fy_node_pair_key(pair), "a tier", name, sizeof name);
    int tier = rc ? -1 : pl_tier_parse(name);
    if (!rc && tier < 0)
        rc = pl_decode_fail(d, pl_decode_mark(fy_node_pair_key(pair)),
                            "'%s' is no tier; smoke, default and full would be right", name);
    if (rc)
        return rc;
    if ((uint32_t)tier == d->scenario->tier)
        return pl_decode_mapping(d, fy_node_pair_value(pair), "");
    struct pl_decoder other = *base;
    *scratch = *base->scenario;
    other.scenario = scratch;
    rc = pl_decode_mapping(&other, fy_node_pair_value(pair), "");
    return rc ? rc : pl_scenario_check(&other);
}

/* Applies the wanted tier; the others are only checked, each over the file's top. */
static int decode_tiers(struct pl_decoder *d, struct fy_node *root)
{
    struct fy_node *tiers = fy_node_by_path(root, "/tiers", FY_NT, FYNWF_DONT_FOLLOW);
    if (!tiers)
        return 0;
    if (!fy_node_is_mapping(tiers))
        return pl_decode_fail(d, pl_decode_mark(tiers), "tiers takes smoke, default and full");
    struct pl_scenario *copies = malloc(2 * sizeof *copies); /* the file's top, and a scratch */
    if (!copies)
        return pl_error_set(d->error, -ENOMEM, "%s: out of memory", d->path);
    struct pl_decoder base = *d;
    copies[0] = *d->scenario;
    base.scenario = &copies[0];
    int rc = 0;
    void *at = NULL;
    for (struct fy_node_pair *pair; !rc && (pair = fy_node_mapping_iterate(tiers, &at));)
        rc = decode_tier(d, &base, &copies[1], pair);
    free(copies);
    return rc;
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
    char names[512];
    pl_schema_names("", names, sizeof names);
    return pl_decode_fail(d, (struct pl_mark){0}, "no such key; known at the top: %s", names);
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
    if (build_document(text, strlen(text), "value", &document, &reason))
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

/* A recording's path in the file is relative to the file; one given by --set, to where one is. */
static int resolve(const struct pl_scenario *s, char file[PL_PATH_MAX], struct pl_error *error)
{
    const char *slash = strrchr(s->path, '/');
    if (!file[0] || file[0] == '/' || !slash)
        return 0;
    char joined[sizeof s->path + PL_PATH_MAX];
    snprintf(joined, sizeof joined, "%.*s/%s", (int)(slash - s->path), s->path, file);
    if (strlen(joined) >= PL_PATH_MAX)
        return pl_error_set(error, -ENAMETOOLONG, "%s: the path of %s is too long", s->path, file);
    memcpy(file, joined, strlen(joined) + 1);
    return 0;
}

static int resolve_files(struct pl_scenario *s, struct pl_error *error)
{
    int rc = resolve(s, s->traffic.file, error);
    for (uint32_t i = 0; !rc && i < s->media.source_count; i++)
        rc = resolve(s, s->media.sources[i], error);
    return rc ? rc : resolve(s, s->blocks.file, error);
}

static int decode_all(struct pl_decoder *d, struct fy_node *root, const char *const *settings,
                      size_t setting_count)
{
    int rc = pl_decode_mapping(d, root, "");
    if (!rc)
        rc = decode_tiers(d, root);
    if (!rc)
        rc = resolve_files(d->scenario, d->error);
    for (size_t i = 0; !rc && i < setting_count; i++)
        rc = apply_setting(d, settings[i]);
    if (!rc)
        rc = pl_scenario_check(d);
    return rc;
}

int pl_scenario_parse(const char *text, size_t size, const char *path, enum pl_tier tier,
                      const char *const *settings, size_t setting_count,
                      struct pl_scenario *scenario, struct pl_error *error)
{
    struct fy_document *document = NULL;
    struct pl_scenario *s = malloc(sizeof *s);
    struct pl_decoder *decoder = calloc(1, sizeof *decoder);
    int rc = s && decoder ? build_document(text, size, path, &document, error)
                          : pl_error_set(error, -ENOMEM, "%s: out of memory", path);
    if (!rc) {
        pl_scenario_defaults(s, path, tier);
        *decoder = (struct pl_decoder){.scenario = s, .error = error, .path = path};
        rc = decode_all(decoder, fy_document_root(document), settings, setting_count);
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
    int rc = pl_file_read(path, &text, &size, error);
    if (!rc)
        rc = pl_scenario_parse(text, size, path, tier, settings, setting_count, scenario, error);
    free(text);
    return rc;
}
