/* Has a script of plots/ draw a folder's pictures, in a process of its own, and tells it what the
 * report decides: a file of FOLDER/plots/ each. */
#ifndef PL_REPORT_DRAW_H
#define PL_REPORT_DRAW_H

#include "harness/report/model/model.h"

struct pl_draw {
    const char *python;  /* an absolute path */
    const char *script;  /* plot.py or agreement.py */
    unsigned timeout_ms; /* then it is killed */
    const char *again;   /* the command that draws again */
};

/** Debian's Python, whatever comes first in PATH, and plot.py beside the sources or installed. */
struct pl_draw pl_draw_default(void);

/** The same with agreement.py. */
struct pl_draw pl_draw_agreement(void);

/** @return 0 or a negative errno, with a line that says how to get the pictures */
int pl_draw_pictures(const struct pl_draw *draw, const char *folder, struct pl_error *error);

/** Writes FOLDER/plots/NAME.json: the pictures as they are listed, and which results they are of;
 *  removes one of an earlier run where there are none.
 *  @return 0 or a negative errno */
int pl_drawing_write(const struct pl_model *model, const char *folder, const char *name,
                     json_t *pictures, struct pl_error *error);

#endif
