#include "harness/scenario/block_keys.h"

#include <stdio.h>
#include <string.h>

int pl_decode_sizes(struct pl_decoder *d, struct fy_node *node, const char *what, uint64_t *min,
                    uint64_t *max)
{
    char text[64];
    struct pl_error reason;
    int rc = pl_decode_text(d, node, what, text, sizeof text);
    if (rc)
        return rc;
    char *dots = strstr(text, "..");
    if (dots)
        *dots = '\0';
    if (pl_size_parse(text, min, &reason) || pl_size_parse(dots ? dots + 2 : text, max, &reason))
        return pl_decode_fail(d, pl_decode_mark(node), "%s: %s", what, reason.text);
    if (*min < 1 || *max < *min || *max > PL_CLASS_BYTES_MAX)
        return pl_decode_fail(d, pl_decode_mark(node),
                              "%s is out of range; expected a size or a range from 1 B to 1 GiB, "
                              "such as 64B..4KiB",
                              what);
    return 0;
}

/* Its size follows from what needs it. */
static int make_class(struct pl_decoder *d, struct pl_mark mark, const char *list, const char *name)
{
    struct pl_scenario *s = d->scenario;
    if (s->class_count == PL_CLASSES_MAX)
        return pl_decode_fail(d, mark,
                              "%s: no room for its class %s beside %d others; expected at most "
                              "%d in all (entries may share one)",
                              list, name, PL_CLASSES_MAX, PL_CLASSES_MAX);
    struct pl_class *class = &s->classes[s->class_count];
    *class = (struct pl_class){.budget = PL_BUDGET_FREE};
    snprintf(class->name, sizeof class->name, "%s", name);
    s->class_fits |= 1u << s->class_count++;
    return 0;
}

int pl_blocks_class_check(struct pl_decoder *d, struct pl_mark mark, const char *list,
                          const char *name, uint64_t size_max)
{
    const struct pl_scenario *s = d->scenario;
    int i = pl_scenario_class(s, name);
    if (i < 0)
        return make_class(d, mark, list, name);
    if (!(s->class_fits & 1u << i) && s->classes[i].size < size_max)
        return pl_decode_fail(
            d, mark, "%s: a block of %llu B is larger than the class %s of %llu B", list,
            (unsigned long long)size_max, name, (unsigned long long)s->classes[i].size);
    return 0;
}
