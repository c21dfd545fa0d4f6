/* What is said of a frontier, and what plots/frontier.py is told (frontier.h). */
#include <stdio.h>
#include <string.h>

#include "harness/report/model/columns.h"
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

void pl_frontier_cpu(const struct pl_frontier_point *p, char *text)
{
    if (p->cpu_percent < 1000)
        snprintf(text, PL_TEXT_FIGURE, "%#.3g", p->cpu_percent);
    else
        pl_text_count(text, p->cpu_percent);
}

const char *pl_frontier_why(const struct pl_frontier_point *p)
{
    if (p->row->outcome != PL_OUTCOME_BOUNDED && p->row->outcome != PL_OUTCOME_GROWING)
        return pl_outcome_name(p->row->outcome);
    return p->row->metrics[PL_MODEL_rss_bytes_peak].count ? "no CPU measured" : "no RSS measured";
}

void pl_frontier_fact(const struct pl_model_group *g, const struct pl_frontier *f, char *text,
                      size_t capacity)
{
    snprintf(text, capacity,
             "on: no other swept stack takes less of both, memory and CPU. ahead: a stack that is "
             "not swept, and that no swept one equals in both.");
    if (f->left_out)
        pl_text_add(text, capacity,
                    " %zu %s left out: what was killed or failed has no place among those that "
                    "went on.",
                    f->left_out, f->left_out > 1 ? "stacks are" : "stack is");
    if (g->repetitions < 2)
        pl_text_add(text, capacity,
                    " With one repetition CPU is off by some percent, and neighbours may change "
                    "places: --repeat 5 would tell.");
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
    struct pl_frontier f;
    if (pl_frontier_make(g, &f) || !f.count)
        return NULL;
    json_t *points = json_array();
    for (size_t i = 0; i < f.count; i++)
        json_array_append_new(points, point_json(&f.points[i]));
    pl_frontier_free(&f);
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
