/* Running the scripts (draw.h). */
#include "harness/report/draw.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"

#define HOW "for pictures: apt-get install python3-matplotlib, then `%s` again"

/* @param beside the sources @param installed where `make install` put it */
static struct pl_draw draw_by(const char *beside, const char *installed, const char *again)
{
    return (struct pl_draw){
        .python = "/usr/bin/python3",
        .script = access(beside, R_OK) == 0 ? beside : installed,
        .timeout_ms = 60000,
        .again = again,
    };
}

struct pl_draw pl_draw_default(void)
{
    return draw_by(PL_SOURCE_DIR "/plots/plot.py", PL_DATA_DIR "/plots/plot.py", "plimsoll report");
}

struct pl_draw pl_draw_agreement(void)
{
    return draw_by(PL_SOURCE_DIR "/plots/agreement.py", PL_DATA_DIR "/plots/agreement.py",
                   "plimsoll agreement");
}

static const char *name_of(const struct pl_draw *draw)
{
    const char *slash = strrchr(draw->script, '/');
    return slash ? slash + 1 : draw->script;
}

int pl_draw_pictures(const struct pl_draw *draw, const char *folder, struct pl_error *error)
{
    char reason[300] = "";
    /* -E -s: nothing of a user's environment may change a picture; -B: no cache in the tree */
    const char *const argv[] = {draw->python, "-E", "-s", "-B", draw->script, "--", folder, NULL};
    int status = 0, complaints = memfd_create(name_of(draw), MFD_CLOEXEC);
    if (complaints < 0)
        return pl_error_set(error, -errno, "no pictures: %s", strerror(errno));
    struct pl_child child = {.argv = argv,
                             .in = -1,
                             .out = -1,
                             .complaints = complaints,
                             .timeout_ms = draw->timeout_ms};
    int rc = pl_child_run(&child, &status);
    if (rc == -ETIMEDOUT) {
        pl_error_set(error, rc, "no pictures: %s took longer than %u s; run it by hand: %s %s",
                     name_of(draw), draw->timeout_ms / 1000, draw->script, folder);
    } else if (rc) {
        pl_error_set(error, rc, "no pictures: %s: %s; " HOW, draw->python, strerror(-rc),
                     draw->again);
    } else if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        pl_child_last_line(complaints, reason, sizeof reason);
        if (!reason[0])
            snprintf(reason, sizeof reason, "%s ended without a word", name_of(draw));
        rc = pl_error_set(error, -EIO, "no pictures: %s; " HOW, reason, draw->again);
    }
    close(complaints);
    return rc;
}
