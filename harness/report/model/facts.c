/* Sentences of the reports (facts.h). */
#include "harness/report/model/facts.h"

#include <stdio.h>
#include <string.h>

#include "harness/report/writers/text.h"
#include "harness/results/document.h"

void pl_fact_run(const struct pl_model *m, char *text, size_t capacity)
{
    const json_t *run = json_object_get(m->root, "run");
    const json_t *suite = json_object_get(m->root, "suite");
    snprintf(text, capacity, "plimsoll %.40s, %.40s tier, started %.40s, %zu cells%s",
             pl_document_string(suite, "version"), pl_document_string(run, "tier"),
             pl_document_string(run, "started"), m->cell_count,
             json_is_false(json_object_get(run, "complete"))
                 ? "; STOPPED before its end: cells are missing"
                 : "");
}

void pl_fact_alert(const char *alert, double t_seconds, double value, char *text, size_t capacity)
{
    char figure[PL_TEXT_FIGURE];
    size_t name = strcspn(alert, " ");
    bool bytes = name >= 6 && strncmp(alert + name - 6, "_bytes", 6) == 0;
    (bytes ? pl_text_bytes : pl_text_count)(figure, value);
    snprintf(text, capacity, "at %.1f s: %s (%s)", t_seconds, alert, figure);
}
