/* What memory costs in CPU: the swept stacks of a group, which of them no other beats, and the
 * group's other stacks beside them. Drawn from the medians; the tables and plots/frontier.py show
 * what is decided here. */
#ifndef PL_REPORT_MODEL_FRONTIER_H
#define PL_REPORT_MODEL_FRONTIER_H

#include "harness/report/model/model.h"

/** Room for a point's label, with its NUL. */
#define PL_FRONTIER_LABEL 1024

enum pl_frontier_place {
    PL_FRONTIER_ON,      /* swept, and no other swept stack beats it */
    PL_FRONTIER_BEHIND,  /* swept, and another beats it */
    PL_FRONTIER_AHEAD,   /* not swept, and no swept stack is as good in both */
    PL_FRONTIER_BESIDE,  /* not swept */
    PL_FRONTIER_LEFT_OUT /* killed or failed, or without the figures */
};

struct pl_frontier_point {
    const struct pl_model_row *row;
    const json_t *sweep; /* its template and values; NULL for a stack that is not swept */
    double cpu_percent;  /* of the replay's time; NaN where it is left out */
    double rss_bytes;    /* peak; likewise */
    enum pl_frontier_place place;
};

struct pl_frontier {
    struct pl_frontier_point *points; /* in the order of the group's rows */
    size_t count;                     /* 0 for a group without a sweep */
    size_t left_out;
};

/** Reads a group. @return free() its points */
struct pl_frontier pl_frontier_make(const struct pl_model_group *group);

/** "on", "behind", "ahead", "beside", "left out": for a table and for plots/. */
const char *pl_frontier_place_name(enum pl_frontier_place place);

/** What a picture writes at a point: "dirty=0, n=4", with threads where the group mixes them; the
 *  row's own label where it is not swept. */
void pl_frontier_label(const struct pl_frontier_point *point, char *text);

/** Why a point is left out: its outcome, or the figure that it lacks. */
const char *pl_frontier_why(const struct pl_frontier_point *point);

/** Writes FOLDER/plots/frontiers.json, which plots/frontier.py draws; removes one of an earlier run
 *  where no group has a sweep. @return 0 or a negative errno */
int pl_frontier_write(const struct pl_model *model, const char *folder, struct pl_error *error);

#endif
