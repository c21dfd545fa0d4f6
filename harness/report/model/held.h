/* Models held against their counterparts: of each row of a model that names a real program, both
 * curves of resident memory, and how far the model's peak and mean are off. The counterpart's curve
 * is taken from the same run, or else from results/counterparts.json.
 *
 * What is held: RSS net of each one's own first sample, which is before the load began: so a
 * program's code, tables and start are left out, and so is what the model's process weighs. The
 * means are over time; a curve that lasts another time, as where hours are replayed in seconds, is
 * stretched to it. */
#ifndef PL_REPORT_MODEL_HELD_H
#define PL_REPORT_MODEL_HELD_H

#include "harness/report/model/model.h"
#include "harness/results/rss_series.h"

/** One of the two. */
struct pl_held_curve {
    struct pl_rss_series net; /* bytes above the first sample; the model's time */
    double first_bytes;       /* at the first sample */
    double peak_bytes;        /* net */
    double mean_bytes;        /* net, over time */
    double seconds;           /* that it lasted, before it was stretched */
};

struct pl_held {
    const struct pl_model_group *group;
    const struct pl_model_row *row; /* the model's */
    const char *counterpart;
    const char *stack; /* the counterpart's */
    const char *date;  /* of a committed curve, with `versions`; NULL: both are in this run */
    const char *versions;
    struct pl_held_curve model, real;
    bool stretched;
};

struct pl_held_list {
    struct pl_held *rows;
    size_t count;
    json_t *committed; /* what `date` and `versions` point into */
};

/** Finds all of a run. Rows with a limit that the program has not, or that ended before their time,
 *  and those without a curve of the counterpart are left out.
 *  @param folder of the model's results @param committed the file's path, or NULL for ours; one
 * that can't be read is none
 *  @return pl_held_free */
struct pl_held_list pl_held_make(const struct pl_model *model, const char *folder,
                                 const char *committed);

/** Takes one that was never made, or half. */
void pl_held_free(struct pl_held_list *list);

/** How far the model is off, percent of the real figure. */
double pl_held_peak_error(const struct pl_held *held);
double pl_held_mean_error(const struct pl_held *held);

/** A list of objects for report.json. */
json_t *pl_held_json(const struct pl_held_list *list);

#endif
