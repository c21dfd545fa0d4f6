/* Printing the committed counterparts (counterparts_table.h). */
#include "harness/report/terminal/counterparts_table.h"

#include <math.h>

#include "harness/report/writers/text.h"
#include "harness/results/counterparts.h"
#include "harness/results/document.h"

static void print_names(FILE *out, const json_t *names)
{
    const json_t *name;
    size_t i;
    json_array_foreach(names, i, name)
    {
        fputs(i ? ", `" : "`", out);
        pl_text_plain(out, json_string_value(name));
        fputc('`', out);
    }
}

/* "877.5 MiB, 624.2: -28.9 % (of 30)" */
static void print_figure(FILE *out, const json_t *row, const char *figure, const char *tolerated)
{
    char real_text[PL_TEXT_FIGURE], model_text[PL_TEXT_FIGURE];
    double real = json_number_value(json_object_get(json_object_get(row, "real"), figure));
    double model = json_number_value(json_object_get(json_object_get(row, "modelled"), figure));
    double most =
        json_number_value(json_object_get(json_object_get(row, "tolerated_percent"), tolerated));
    if (!json_object_get(json_object_get(row, "tolerated_percent"), tolerated)) {
        fputs("- | ", out);
        return;
    }
    pl_text_bytes(real_text, real);
    pl_text_bytes(model_text, model);
    double off = pl_counterparts_error(model, real);
    fprintf(out, "%s, %s: **%+.*f %%** (%g) | ", real_text, model_text, fabs(off) < 1 ? 2 : 1, off,
            most);
}

static void print_pair(FILE *out, const json_t *row)
{
    fputs("| `", out);
    pl_text_plain(out, pl_document_string(row, "model"));
    fputs("`, ", out);
    pl_text_markdown(out, pl_document_string(row, "stack"));
    fputs(" | ", out);
    pl_text_markdown(out, pl_document_string(row, "counterpart"));
    fputs(", ", out);
    pl_text_markdown(out, pl_document_string(row, "counterpart_stack"));
    fputs(" | ", out);
    print_figure(out, row, "peak_bytes", "peak");
    print_figure(out, row, "mean_bytes", "mean");
    pl_text_markdown(out, pl_document_string(row, "held"));
    fputs(". Off: ", out);
    pl_text_markdown(out, pl_document_string(row, "why"));
    fputs(" | ", out);
    pl_text_markdown(out, pl_document_string(row, "versions"));
    fprintf(out, ", %.20s |\n", pl_document_string(row, "date"));
}

static void print_none(FILE *out, const json_t *row)
{
    fputs("| ", out);
    print_names(out, json_object_get(row, "models"));
    fputs(" | none: ", out);
    pl_text_markdown(out, pl_document_string(row, "why"));
    fputs(" | - | - | - | - |\n", out);
}

static void print_claim(FILE *out, const json_t *row)
{
    static const char *const keys[] = {"document", "claim", "verdict", "measured", "by"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        fputs(i ? " | " : "| ", out);
        pl_text_markdown(out, pl_document_string(row, keys[i]));
    }
    fputs(" |\n", out);
}

void pl_counterparts_table(FILE *out, const json_t *root)
{
    const json_t *row;
    size_t i;
    fputs(
        "| model, stack | real program | peak: real, model, off (tolerated, %) | mean, likewise | "
        "what is held against what | measured |\n|---|---|---|---|---|---|\n",
        out);
    json_array_foreach(json_object_get(root, "pairs"), i, row) print_pair(out, row);
    json_array_foreach(json_object_get(root, "none"), i, row) print_none(out, row);
    fputs("\n| document | claim | | measured | by |\n|---|---|---|---|---|\n", out);
    json_array_foreach(json_object_get(root, "claims"), i, row) print_claim(out, row);
}
