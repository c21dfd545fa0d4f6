/* Reading the scenario that another extends (extends.h). */
#include "harness/scenario/extends.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/scenario/paths.h"
#include "harness/scenario/yaml_tree.h"

static struct fy_node *named_by(struct fy_node *root)
{
    return fy_node_by_path(root, "/extends", FY_NT, FYNWF_DONT_FOLLOW);
}

/* An absolute path, so that what its recordings are relative to is known afterwards, too. */
static int find_elsewhere(const char *name, struct pl_extended *base, struct pl_error *reason)
{
    char found[PL_PATH_MAX], *absolute;
    int rc = pl_scenario_find_base(name, found, sizeof found, reason);
    if (rc)
        return rc;
    absolute = realpath(found, NULL);
    if (!absolute || strlen(absolute) >= sizeof base->path)
        rc = pl_error_set(reason, absolute ? -ENAMETOOLONG : -errno, "can't read %.400s", found);
    else
        memcpy(base->path, absolute, strlen(absolute) + 1);
    free(absolute);
    base->elsewhere = true;
    return rc;
}

/* @param from the one that extends it, NULL: the scenario that was asked for */
static int find_base(const struct pl_decoder *d, const char *name, const struct pl_extended *from,
                     struct pl_extended *base, struct pl_error *reason)
{
    const char *path = from ? from->path : d->path, *slash = strrchr(path, '/');
    int n = snprintf(base->path, sizeof base->path, "%.*s%s.yaml",
                     slash ? (int)(slash - path) + 1 : 0, path, name);
    base->elsewhere = from && from->elsewhere;
    if (n > 0 && (size_t)n < sizeof base->path && access(base->path, R_OK) == 0)
        return 0;
    return find_elsewhere(name, base, reason);
}

static bool is_same_file(const char *a, const char *b)
{
    struct stat one, other;
    return stat(a, &one) == 0 && stat(b, &other) == 0 && one.st_ino == other.st_ino &&
           one.st_dev == other.st_dev;
}

static bool closes_circle(const struct pl_decoder *d, const struct pl_chain *chain,
                          const char *path)
{
    bool known = is_same_file(d->scenario->path, path);
    for (size_t i = 0; i < chain->count; i++)
        known |= is_same_file(chain->bases[i].path, path);
    return known;
}

static int read_base(struct pl_decoder *d, struct fy_node *at, const char *name,
                     struct pl_chain *chain)
{
    size_t size = 0;
    struct pl_error reason;
    struct pl_extended *base = &chain->bases[chain->count];
    const struct pl_extended *from = chain->count ? base - 1 : NULL;
    if (find_base(d, name, from, base, &reason))
        return pl_decode_fail(d, pl_decode_mark(at), "extends: %s", reason.text);
    if (closes_circle(d, chain, base->path))
        return pl_decode_fail(
            d, pl_decode_mark(at),
            "extends: %s extends itself in a circle; expected a scenario that does not", name);
    chain->count++;
    if (pl_file_read(base->path, PL_SCENARIO_BYTES_MAX, &base->text, &size, &reason))
        return pl_decode_fail(d, pl_decode_mark(at), "extends: %s", reason.text);
    return pl_yaml_tree_build(base->text, size, base->path, &base->document, d->error);
}

/* @param name set to what the file of `root` extends; "" when it extends none */
static int read_name(struct pl_decoder *d, struct fy_node *root, char *name, size_t capacity)
{
    struct fy_node *at = named_by(root);
    name[0] = '\0';
    int rc = at ? pl_decode_text(d, at, "extends", name, capacity) : 0;
    if (!rc && at && (!*name || strchr(name, '/') || strchr(name, '.')))
        rc = pl_decode_fail(
            d, pl_decode_mark(at),
            "extends: '%s' is not a name of a scenario; expected one of a file beside "
            "this one, or of `plimsoll list scenarios`, without folder and .yaml",
            name);
    return rc;
}

/* One step up. @param root set to what was opened, NULL at the chain's end */
static int open_next(struct pl_decoder *d, struct fy_node **root, char *name, size_t capacity,
                     struct pl_chain *chain)
{
    struct fy_node *own = *root;
    int rc = read_name(d, own, name, capacity);
    *root = NULL;
    if (rc || !*name)
        return rc;
    if (chain->count == PL_EXTENDS_MAX)
        return pl_decode_fail(d, pl_decode_mark(named_by(own)),
                              "extends: more than %d scenarios extend each other", PL_EXTENDS_MAX);
    rc = read_base(d, named_by(own), name, chain);
    if (!rc)
        *root = fy_document_root(chain->bases[chain->count - 1].document);
    return rc;
}

int pl_extends_open(struct pl_decoder *d, struct fy_node *root, struct pl_chain *chain)
{
    struct pl_scenario *s = d->scenario;
    const char *own = d->path;
    int rc = open_next(d, &root, s->extends, sizeof s->extends, chain);
    while (!rc && root) {
        struct pl_extended *base = &chain->bases[chain->count - 1];
        d->path = base->path;
        rc = open_next(d, &root, base->extends, sizeof base->extends, chain);
    }
    d->path = own;
    return rc;
}

void pl_extends_close(struct pl_chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        fy_document_destroy(chain->bases[i].document);
        free(chain->bases[i].text);
    }
}

/* From here on its keys stand where they were taken over. */
static void move_marks(struct pl_decoder *d, struct pl_mark to)
{
    struct pl_scenario *s = d->scenario;
    for (size_t i = 0; i < pl_schema_count; i++)
        if (d->marks[i].line)
            d->marks[i] = to;
    for (uint32_t i = 0; i < s->alert_count; i++)
        s->alerts[i].mark = to;
    for (uint32_t i = 0; i < s->expectation_count; i++) {
        s->expectations[i].mark = to;
        s->expectations[i].inherited = true;
        for (uint32_t k = 0; k < s->expectations[i].bound_count; k++)
            s->expectations[i].bounds[k].mark = to;
    }
}

int pl_extends_decode(struct pl_decoder *d, struct fy_node *root, const struct pl_extended *base,
                      struct fy_node *mapping)
{
    char extends[sizeof d->scenario->extends];
    const char *own = d->path;
    memcpy(extends, d->scenario->extends, sizeof extends);
    memcpy(d->scenario->extends, base->extends, sizeof extends);
    d->path = base->path;
    int rc = pl_decode_mapping(d, mapping, "");
    d->path = own;
    memcpy(d->scenario->extends, extends, sizeof extends);
    if (!rc && base->elsewhere)
        rc = pl_scenario_resolve(d->scenario, base->path, d->error);
    if (!rc)
        move_marks(d, pl_decode_mark(named_by(root)));
    return rc;
}

/* It was read before the other keys were: here it may only stand where it did then. */
int pl_decode_extends(struct pl_decoder *d, struct fy_node *key, struct fy_node *value)
{
    char name[sizeof d->scenario->extends];
    int rc = pl_decode_text(d, value, "extends", name, sizeof name);
    if (!rc && (d->setting || strcmp(name, d->scenario->extends) != 0))
        rc = pl_decode_fail(
            d, pl_decode_mark(key),
            "extends is not at the top level; expected at the top of a scenario's file");
    return rc;
}
