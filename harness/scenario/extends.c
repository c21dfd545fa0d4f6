/* Reading the scenario that another extends (extends.h). */
#include "harness/scenario/extends.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/scenario/document.h"
#include "harness/scenario/paths.h"

static struct fy_node *named_by(struct fy_node *root)
{
    return fy_node_by_path(root, "/extends", FY_NT, FYNWF_DONT_FOLLOW);
}

/* An absolute path, so that what its recordings are relative to is known afterwards, too. */
static int find_elsewhere(const char *name, struct pl_extended *base, struct pl_error *reason)
{
    char found[PL_PATH_MAX], *absolute;
    int rc = pl_scenario_find(name, found, sizeof found, reason);
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

static int find_base(const struct pl_decoder *d, struct pl_extended *base, struct pl_error *reason)
{
    const char *name = d->scenario->extends, *slash = strrchr(d->path, '/');
    int n = snprintf(base->path, sizeof base->path, "%.*s%s.yaml",
                     slash ? (int)(slash - d->path) + 1 : 0, d->path, name);
    if (n > 0 && (size_t)n < sizeof base->path && access(base->path, R_OK) == 0)
        return 0;
    return find_elsewhere(name, base, reason);
}

static int read_base(struct pl_decoder *d, struct fy_node *at, struct pl_extended *base)
{
    size_t size = 0;
    struct pl_error reason;
    if (find_base(d, base, &reason) ||
        pl_file_read(base->path, PL_SCENARIO_BYTES_MAX, &base->text, &size, &reason))
        return pl_decode_fail(d, pl_decode_mark(at), "extends: %s", reason.text);
    int rc = pl_document_build(base->text, size, base->path, &base->document, d->error);
    if (!rc && named_by(fy_document_root(base->document)))
        rc = pl_decode_fail(d, pl_decode_mark(at),
                            "extends: %s extends another itself; one that does not would be right",
                            d->scenario->extends);
    return rc;
}

int pl_extends_open(struct pl_decoder *d, struct fy_node *root, struct pl_extended *base)
{
    struct pl_scenario *s = d->scenario;
    struct fy_node *at = named_by(root);
    if (!at)
        return 0;
    int rc = pl_decode_text(d, at, "extends", s->extends, sizeof s->extends);
    if (rc)
        return rc;
    if (!*s->extends || strchr(s->extends, '/') || strchr(s->extends, '.'))
        return pl_decode_fail(d, pl_decode_mark(at), "extends: '%s' is no name of a scenario",
                              s->extends);
    return read_base(d, at, base);
}

void pl_extends_close(struct pl_extended *base)
{
    fy_document_destroy(base->document);
    free(base->text);
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
        for (uint32_t k = 0; k < s->expectations[i].bound_count; k++)
            s->expectations[i].bounds[k].mark = to;
    }
}

int pl_extends_decode(struct pl_decoder *d, struct fy_node *root, const struct pl_extended *base)
{
    const char *own = d->path;
    d->path = base->path;
    int rc = pl_decode_mapping(d, fy_document_root(base->document), "");
    d->path = own;
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
        rc = pl_decode_fail(d, pl_decode_mark(key),
                            "extends stands at the top of a scenario's file, and nowhere else");
    return rc;
}
