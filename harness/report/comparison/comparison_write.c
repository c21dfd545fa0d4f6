/* compare.md, compare.json and compare.xml, written together. */
#include "harness/report/comparison/comparison.h"
#include "harness/report/outputs.h"

struct named {
    const struct pl_comparison *comparison;
    const char *base, *new; /* the folders */
};

static void make_markdown(FILE *out, const void *context)
{
    const struct named *n = context;
    pl_comparison_markdown(out, n->comparison, n->base, n->new);
}

static void make_json(FILE *out, const void *context)
{
    const struct named *n = context;
    pl_comparison_json(out, n->comparison, n->base, n->new);
}

static void make_junit(FILE *out, const void *context)
{
    pl_comparison_junit(out, ((const struct named *)context)->comparison);
}

int pl_comparison_write(const struct pl_comparison *c, const char *folder, const char *base,
                        const char *new, struct pl_error *error)
{
    static const struct pl_output outputs[] = {
        {"compare.md", make_markdown}, {"compare.json", make_json}, {"compare.xml", make_junit}};
    return pl_outputs_write(folder, outputs, sizeof outputs / sizeof *outputs,
                            &(struct named){c, base, new}, error);
}
