/* What is said of a frontier, and what plots/frontier.py is told (frontier.h). */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/model/drawing.h"
#include "harness/report/model/frontier.h"
#include "harness/report/writers/text.h"
#include "harness/results/document.h"

const char *pl_frontier_place_name(enum pl_frontier_place place)
{
    static const char *const names[] = {"on", "behind", "ahead", "beside", "left out"};
    return names[place];
}

void pl_frontier_label(const struct pl_frontier_point *p, char *text)
{
    json_t *values = json_object_get(p->sweep, "values"), *value;
    const char *name, *threads = p->row->label + strlen(p->row->stack);
    snprintf(text, PL_FRONTIER_LABEL, "%s", json_object_size(values) ? "" : p->row->label);
    json_object_foreach(values, name, value)
        pl_text_add(text, PL_FRONTIER_LABEL, "%s%s=%s", text[0] ? ", " : "", name,
                    json_is_string(value) ? json_string_value(value) : "");
    if (json_object_size(values))
        pl_text_add(text, PL_FRONTIER_LABEL, "%s", threads);
}

const char *pl_frontier_why(const struct pl_frontier_point *p)
{
    if (p->row->outcome != PL_OUTCOME_BOUNDED && p->row->outcome != PL_OUTCOME_GROWING)
        return pl_outcome_name(p->row->outcome);
    return p->row->metrics[PL_MODEL_rss_bytes_peak].count ? "no CPU measured" : "no RSS measured";
}

static json_t *point_json(const struct pl_frontier_point *p)
{
    char label[PL_FRONTIER_LABEL];
    pl_frontier_label(p, label);
    json_t *point =
        json_pack("{s:s, s:s, s:s}", "label", label, "template",
                  pl_document_string(p->sweep, "stack"), "place", pl_frontier_place_name(p->place));
    if (p->place == PL_FRONTIER_LEFT_OUT) {
        json_object_set_new(point, "why", json_string(pl_frontier_why(p)));
        return point;
    }
    json_object_set_new(point, "cpu_percent", json_real(p->cpu_percent));
    json_object_set_new(point, "rss_bytes", json_real(p->rss_bytes));
    return point;
}

/* @return NULL for a group without a sweep */
static json_t *group_json(const struct pl_model_group *g)
{
    const struct pl_frontier f = pl_frontier_make(g);
    if (!f.count)
        return NULL;
    json_t *points = json_array();
    for (size_t i = 0; i < f.count; i++)
        json_array_append_new(points, point_json(&f.points[i]));
    free(f.points);
    return json_pack("{s:s, s:o}", "picture", g->picture, "points", points);
}

int pl_frontier_write(const struct pl_model *m, const char *folder, struct pl_error *error)
{
    json_t *groups = json_array(), *group;
    for (size_t i = 0; i < m->group_count; i++)
        if ((group = group_json(&m->groups[i])))
            json_array_append_new(groups, group);
    int rc = pl_drawing_write(m, folder, "frontiers", groups, error);
    json_decref(groups);
    return rc;
}
