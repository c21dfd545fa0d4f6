/* Lists of alerts (alerts.h). */
#include "harness/report/model/raised_alerts.h"

#include <string.h>

#include "harness/report/writers/text.h"
#include "harness/results/document.h"

#define SHOWN_MAX 4 /* of a row */

void pl_alert_text(const char *alert, double t_seconds, double value, char *text, size_t capacity)
{
    char figure[PL_TEXT_FIGURE];
    size_t name = strcspn(alert, " ");
    bool bytes = name >= 6 && strncmp(alert + name - 6, "_bytes", 6) == 0;
    if (bytes)
        pl_text_bytes(figure, value);
    else
        pl_text_count(figure, value);
    snprintf(text, capacity, "at %.1f s: %s (%s)", t_seconds, alert, figure);
}

static const json_t *alerts_of(const json_t *cell)
{
    return json_object_get(cell, "alerts");
}

bool pl_alerts_any(const struct pl_model_group *g)
{
    for (size_t i = 0; i < g->row_count; i++)
        for (size_t k = 0; k < g->rows[i].cell_count; k++)
            if (json_array_size(alerts_of(g->rows[i].cells[k])))
                return true;
    return false;
}

void pl_alerts_of_row(const struct pl_model_row *row, char *text, size_t capacity)
{
    size_t count = 0, used = 0, i;
    const json_t *each;
    char one[256];
    text[0] = '\0';
    for (size_t k = 0; k < row->cell_count; k++)
        json_array_foreach(alerts_of(row->cells[k]), i, each)
        {
            if (count++ >= SHOWN_MAX)
                continue;
            pl_alert_text(pl_document_string(each, "alert"),
                          json_number_value(json_object_get(each, "t_seconds")),
                          json_number_value(json_object_get(each, "value")), one, sizeof one);
            used += (size_t)snprintf(text + used, used < capacity ? capacity - used : 0, "%s%s",
                                     used ? "; " : "", one);
            used = used < capacity ? used : capacity;
        }
    if (count > SHOWN_MAX && used < capacity)
        snprintf(text + used, capacity - used, "; ... and %zu more", count - SHOWN_MAX);
}
