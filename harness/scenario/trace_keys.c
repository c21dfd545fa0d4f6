/* The pipeline trace: its traits, and the memory classes that pools serve it by. */
#include <stdio.h>
#include <string.h>

#include "harness/scenario/check.h"
#include "harness/scenario/traits.h"

/* What stands for a program's sizes where nothing else is said: powers of four, as programs ask for
 * many small blocks and few large ones. */
static const struct pl_class usual[] = {
    {"b64", 64, -1},        {"b256", 256, -1},      {"b1k", 1 << 10, -1},     {"b4k", 4 << 10, -1},
    {"b16k", 16 << 10, -1}, {"b64k", 64 << 10, -1}, {"b256k", 256 << 10, -1},
};

static int fail(struct pl_decoder *d, const char *key, const char *what)
{
    return pl_decode_fail(d, d->marks[pl_schema_find(key) - pl_schema], "%s", what);
}

static int check_classes(struct pl_decoder *d)
{
    const struct pl_scenario *s = d->scenario;
    if (s->class_count == PL_CLASSES_MAX)
        return fail(d, "classes", "classes: 7 at most, one more is of what fits none of them");
    for (uint32_t i = 0; i < s->class_count; i++) {
        if (s->classes[i].budget >= 0)
            return fail(d, "classes",
                        "classes: those of a trace draw on no budget; limited:max=SIZE "
                        "limits all of them together");
        if (strcmp(s->classes[i].name, "other") == 0)
            return fail(
                d, "classes",
                "classes: 'other' is the class of what fits no other; expected another name");
        if (s->classes[i].size == 0)
            return fail(d, "classes", "classes: one without a size; expected a size in each");
        if (i && s->classes[i].size <= s->classes[i - 1].size)
            return fail(d, "classes", "classes: the smallest first, each larger than the last");
    }
    return 0;
}

static bool has_other(const struct pl_scenario *s)
{
    return s->class_count && strcmp(s->classes[s->class_count - 1].name, "other") == 0 &&
           s->classes[s->class_count - 1].size == PL_CLASS_ANY;
}

static int check(struct pl_decoder *d)
{
    struct pl_scenario *s = d->scenario;
    int rc = has_other(s) ? 0 : check_classes(d);
    if (!rc && s->class_fits)
        rc = fail(d, "classes", "classes: those of a trace have no format to fit; expected a size");
    if (rc || has_other(s))
        return rc;
    if (!s->class_count) {
        memcpy(s->classes, usual, sizeof usual);
        s->class_count = sizeof usual / sizeof *usual;
    }
    s->classes[s->class_count++] = (struct pl_class){"other", PL_CLASS_ANY, -1};
    snprintf(s->formats, sizeof s->formats, "own");
    return 0;
}

static uint32_t files(const struct pl_scenario *s, const char *paths[PL_FILES_MAX])
{
    paths[0] = s->trace.file;
    return 1;
}

const struct pl_pipeline_traits pl_traits_trace = {
    .name = "trace",
    .sections = (const char *const[]){"trace", NULL},
    .refused = (const char *const[]){"limits", "formats", "threads", "background", NULL},
    .large = "this trace",
    .material = PL_MATERIAL_TAPE,
    .live = true,
    .any_size = true,
    .threads_max = 1,
    .files = files,
    .check = check,
};
