/* The curves of a report: for each row of its tables resident memory and live bytes over the
 * replay's time, few enough points to draw. */
#ifndef PL_REPORT_MODEL_CURVES_H
#define PL_REPORT_MODEL_CURVES_H

#include "harness/report/model/model.h"
#include "harness/stats/downsample.h"

/** A row's repetitions: the one with the median peak is drawn, the others are its band. */
struct pl_row_curves {
    size_t runs;               /* repetitions whose series could be read; 0: the rest is empty */
    const json_t *cell;        /* the one that is drawn */
    double peak_bytes;         /* of its RSS */
    struct pl_points rss;      /* bytes */
    struct pl_points live;     /* bytes */
    struct pl_points band_low; /* over the repetitions; empty where they agree */
    struct pl_points band_high;
};

/** The peak of the repetition that is drawn, in bytes, where it lies a hundredth or more above
 * every sample: RSS was so high for a moment between two of them. @return 0 where it does not */
double pl_row_curves_peak_between(const struct pl_row_curves *curves);

struct pl_curves {
    struct pl_row_curves *rows; /* of all groups, one after the other */
    size_t row_count;
    size_t points;                 /* of all curves together */
    struct pl_row_curves **groups; /* the first row of each, in the order of the model */
};

/** Reads the series of every row. A file that is missing or damaged is left out.
 *  @param folder the results lie there @param points_max of all curves together: beyond it each
 *  loses detail, but no peak
 *  @return pl_curves_free */
struct pl_curves pl_curves_load(const struct pl_model *model, const char *folder,
                                size_t points_max);

void pl_curves_free(struct pl_curves *curves);

#endif
