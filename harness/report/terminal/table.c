/* What a run prints (table.h): sections of the report, and as much of others as has room. */
#include "harness/report/terminal/table.h"

#include "harness/report/sections/sections.h"
#include "harness/report/writers/terminal.h"

struct printed {
    struct pl_model model;
    const char *folder;
};

static void write_held(struct pl_doc *doc, const struct printed *p)
{
    if (!p->folder)
        return;
    struct pl_held_list list = pl_held_make(&p->model, p->folder, NULL);
    if (list.count) {
        pl_doc_section(doc, (struct pl_place){0},
                       "Models held against real programs, net of the first sample");
        pl_report_held(doc, &list);
    }
    pl_held_free(&list);
}

static void write_run(struct pl_doc *doc, const void *context)
{
    const struct printed *p = context;
    for (size_t i = 0; i < p->model.group_count; i++)
        pl_report_group(doc, &p->model.groups[i]);
    pl_report_failures(doc, &p->model);
    pl_report_observed(doc, &p->model);
    pl_report_warnings(doc, &p->model);
    write_held(doc, p);
}

void pl_report_table(FILE *out, const json_t *results, const char *folder)
{
    struct printed p = {.folder = folder};
    struct pl_error error;
    if (pl_model_build(&p.model, results, &error)) {
        fprintf(out, "no table: %s\n", error.text);
        p.model = (struct pl_model){.root = json_incref((json_t *)results)};
    }
    pl_terminal_print(out, (struct pl_terminal_layout){0}, write_run, &p);
    pl_model_free(&p.model);
}
