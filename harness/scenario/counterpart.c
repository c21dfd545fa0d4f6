/* Finds the scenario that a model is held against (counterpart.h). */
#include "harness/scenario/counterpart.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/nearest.h"
#include "harness/base/files.h"
#include "harness/scenario/extends.h"
#include "harness/scenario/yaml_tree.h"

#define NAME_MAX_LENGTH (sizeof((struct pl_scenario *)0)->counterpart - 1)
#define FOLDERS 3 /* the file's own, that of the scenarios, and theirs of real programs */
#define ENDING ".yaml"

static size_t list_folders(const struct pl_decoder *d, char folders[FOLDERS][PL_PATH_MAX])
{
    const char *slash = strrchr(d->path, '/'), *scenarios = pl_scenario_folder();
    snprintf(folders[0], PL_PATH_MAX, "%.*s", slash ? (int)(slash - d->path) : 1,
             slash ? d->path : ".");
    if (!scenarios)
        return 1;
    snprintf(folders[1], PL_PATH_MAX, "%s", scenarios);
    snprintf(folders[2], PL_PATH_MAX, "%s/real", scenarios);
    return FOLDERS;
}

/* Reads the text of one key at a file's top. @return whether it is there */
static bool read_key(const char *path, const char *key, char *text, size_t capacity)
{
    char *yaml = NULL;
    size_t size = 0, length = 0;
    struct fy_document *document = NULL;
    struct pl_error ignored;
    const char *value = NULL;
    if (pl_file_read(path, PL_SCENARIO_BYTES_MAX, &yaml, &size, &ignored) == 0 &&
        pl_yaml_tree_build(yaml, size, path, &document, &ignored) == 0) {
        struct fy_node *node =
            fy_node_by_path(fy_document_root(document), key, FY_NT, FYNWF_DONT_FOLLOW);
        value = node && fy_node_is_scalar(node) ? fy_node_get_scalar(node, &length) : NULL;
    }
    if (value)
        snprintf(text, capacity, "%.*s", (int)length, value);
    fy_document_destroy(document);
    free(yaml);
    return value != NULL;
}

/* What a scenario says itself, or else those of the same folder that it extends. */
static void read_pipeline(const char *folder, const char *name, char *text, size_t capacity)
{
    char path[PL_PATH_MAX + 128], base[NAME_MAX_LENGTH + 1];
    snprintf(base, sizeof base, "%s", name);
    *text = '\0';
    for (int i = 0; i <= PL_EXTENDS_MAX; i++) {
        snprintf(path, sizeof path, "%.*s/%s" ENDING, PL_PATH_MAX - 1, folder, base);
        if (read_key(path, "/pipeline", text, capacity) ||
            !read_key(path, "/extends", base, sizeof base))
            return;
    }
}

static bool is_real(const char *pipeline)
{
    return strcmp(pipeline, pl_pipeline_kind_name(PL_PIPELINE_PROGRAM)) == 0 ||
           strcmp(pipeline, pl_pipeline_kind_name(PL_PIPELINE_TRACE)) == 0;
}

/* Tries the names of a folder's real programs. */
static void try_folder(const char *folder, struct pl_nearest *nearest)
{
    struct dirent **entries = NULL;
    char pipeline[32], one[NAME_MAX_LENGTH + 1];
    int count = scandir(folder, &entries, NULL, alphasort);
    for (int i = 0; i < count; i++) {
        const char *file = entries[i]->d_name;
        size_t length = strlen(file), ending = sizeof ENDING - 1;
        if (length > ending && length - ending <= NAME_MAX_LENGTH &&
            strcmp(file + length - ending, ENDING) == 0) {
            snprintf(one, sizeof one, "%.*s", (int)(length - ending), file);
            read_pipeline(folder, one, pipeline, sizeof pipeline);
            if (is_real(pipeline))
                pl_nearest_try(nearest, one);
        }
        free(entries[i]);
    }
    free(entries);
}

static int not_found(struct pl_decoder *d, struct pl_mark mark, char folders[FOLDERS][PL_PATH_MAX],
                     size_t count)
{
    const char *name = d->scenario->counterpart;
    struct pl_nearest nearest;
    char end[200];
    pl_nearest_begin(&nearest, name);
    for (size_t i = 0; i < count; i++)
        try_folder(folders[i], &nearest);
    pl_nearest_end(&nearest, "a scenario of a real program", end, sizeof end);
    return pl_decode_fail(d, mark, "counterpart: unknown scenario %s%s", name, end);
}

static int check_real(struct pl_decoder *d, struct pl_mark mark, const char *folder)
{
    const char *name = d->scenario->counterpart;
    char pipeline[32];
    read_pipeline(folder, name, pipeline, sizeof pipeline);
    if (is_real(pipeline))
        return 0;
    return pl_decode_fail(
        d, mark,
        "counterpart: %s is a model itself; expected a scenario of a program or of a trace", name);
}

static int check_own(struct pl_decoder *d, struct pl_mark mark)
{
    const struct pl_scenario *s = d->scenario;
    if (!*s->counterpart || strpbrk(s->counterpart, "/."))
        return pl_decode_fail(d, mark, "counterpart: '%s' is not a name of a scenario",
                              s->counterpart);
    if (strcmp(s->counterpart, s->name) == 0)
        return pl_decode_fail(d, mark, "counterpart: this scenario itself; expected another one");
    if (s->pipeline == PL_PIPELINE_PROGRAM)
        return pl_decode_fail(
            d, mark,
            "counterpart: a scenario of a program is real itself; expected no counterpart");
    return 0;
}

int pl_counterpart_check(struct pl_decoder *d, struct pl_mark mark)
{
    char folders[FOLDERS][PL_PATH_MAX], path[PL_PATH_MAX + 128];
    int rc = check_own(d, mark);
    if (rc)
        return rc;
    size_t count = list_folders(d, folders);
    for (size_t i = 0; i < count; i++) {
        int n = snprintf(path, sizeof path, "%s/%s" ENDING, folders[i], d->scenario->counterpart);
        if (n > 0 && (size_t)n < sizeof path && access(path, R_OK) == 0)
            return check_real(d, mark, folders[i]);
    }
    return not_found(d, mark, folders, count);
}
