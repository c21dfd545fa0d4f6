/* Whatever a results document holds, it is refused with one line, or every report and a comparison
 * with itself are made of it. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/compare/comparison.h"
#include "harness/report/model/model.h"
#include "harness/report/page/page.h"
#include "harness/report/report.h"
#include "harness/report/terminal/table.h"
#include "harness/report/writers/junit.h"
#include "harness/report/writers/report_json.h"
#include "harness/results/clean.h"
#include "harness/results/document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef char *(*maker)(const struct pl_model *, const char *, const char *, size_t *);

static void make_pages(const struct pl_model *m)
{
    static const maker makers[] = {pl_markdown_make, pl_html_make};
    for (size_t i = 0; i < 2; i++) {
        size_t size;
        char *text = makers[i](m, "/nowhere", "no pictures: none are asked for", &size);
        if (memchr(text, '\x1b', size))
            abort(); /* a terminal would obey it */
        free(text);
    }
}

static void make_streams(const struct pl_model *m)
{
    FILE *out = fopen("/dev/null", "w");
    if (!out)
        abort();
    pl_report_json(out, m);
    pl_junit_write(out, m);
    pl_report_table(out, m->root, NULL);
    fclose(out);
}

static void compare_with_itself(json_t *root)
{
    struct pl_comparison comparison;
    struct pl_error error;
    json_t *again = json_deep_copy(root);
    if (pl_comparison_make(root, again, NULL, &comparison, &error) == 0)
        pl_comparison_free(&comparison);
    json_decref(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_model model;
    struct pl_error error = {""};
    json_t *root = json_loadb((const char *)data, size, 0, NULL);
    if (!root)
        return 0;
    if (pl_clean_tree(root))
        abort();
    if (pl_model_build(&model, root, &error) == 0) {
        make_pages(&model);
        make_streams(&model);
        compare_with_itself(root);
        pl_model_free(&model);
    } else if (!error.text[0] || strchr(error.text, '\n')) {
        abort(); /* a refusal is one line */
    }
    json_decref(root);
    return 0;
}
