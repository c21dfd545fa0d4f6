/* What the scripts are told, and running them (draw.h). */
#include "harness/report/draw.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/base/files.h"
#include "harness/results/document.h"

#define GET "`ci/setup` installs it, then `%s` again"

/* How the scripts of plots/ end. */
enum {
    DREW = 0,
    UNFIT = 2, /* what is given, or where it is to go */
    NO_MATPLOTLIB = 3,
    FULL = 4 /* the disk */
};

#define GRACE_MS 2000 /* to remove what was half written */

/* Where the scripts stand: beside the sources, where `make install` and where a package puts them.
 */
#define SCRIPTS(name)                                                  \
    (const char *const[])                                              \
    {                                                                  \
        PL_SOURCE_DIR name, PL_DATA_DIR name, PL_PACKAGE_DATA_DIR name \
    }

static struct pl_draw draw_by(const char *const scripts[3], const char *again)
{
    int at = 0;
    while (at < 2 && access(scripts[at], R_OK) != 0)
        at++;
    return (struct pl_draw){"/usr/bin/python3", scripts[at], .timeout_ms = 60000, .again = again};
}

struct pl_draw pl_draw_default(void)
{
    return draw_by(SCRIPTS("/plots/plot.py"), "plimsoll report");
}

struct pl_draw pl_draw_agreement(void)
{
    return draw_by(SCRIPTS("/plots/agreement.py"), "plimsoll agreement");
}

static const char *name_of(const struct pl_draw *draw)
{
    const char *slash = strrchr(draw->script, '/');
    return slash ? slash + 1 : draw->script;
}

/* Why Python itself did not run. */
static int not_started(const struct pl_draw *draw, int rc, struct pl_error *error)
{
    if (rc == -ENOENT)
        return pl_error_set(error, rc, "no pictures: %s is missing: " GET, draw->python,
                            draw->again);
    return pl_error_set(error, rc, "no pictures: %s can't be started: %s", draw->python,
                        strerror(-rc));
}

/* A script that was ended, or that fell over itself: its last line is then Python's of the error.
 */
static int crashed(const struct pl_draw *draw, const char *folder, int status, const char *reason,
                   struct pl_error *error)
{
    char how[300];
    if (WIFSIGNALED(status))
        snprintf(how, sizeof how, "it was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        snprintf(how, sizeof how, "%s", reason[0] ? reason : "it ended without a word");
    return pl_error_set(error, -EIO, "no pictures: %s crashed: %s; to see where: %s -E -s %s %s",
                        name_of(draw), how, draw->python, draw->script, folder);
}

/* Each end with its own remedy. */
static int explain(const struct pl_draw *draw, const char *folder, int status, const char *reason,
                   struct pl_error *error)
{
    int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    if (code == NO_MATPLOTLIB)
        return pl_error_set(error, -EIO, "no pictures: %s: " GET, reason, draw->again);
    if (code == FULL)
        return pl_error_set(error, -ENOSPC, "no pictures: %s; make room there, then `%s` again",
                            reason, draw->again);
    if (code == UNFIT && reason[0])
        return pl_error_set(error, -EIO, "no pictures: %s", reason);
    return crashed(draw, folder, status, reason, error);
}

/* A folder in which nothing could be written says that there are pictures. */
static void forget_empty(const char *folder)
{
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/plots", folder);
    rmdir(path); /* fails where something is in it */
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
                             .stderr_fd = complaints,
                             .timeout_ms = draw->timeout_ms,
                             .grace_ms = GRACE_MS};
    int rc = pl_child_run(&child, &status);
    pl_child_last_line(complaints, reason, sizeof reason);
    close(complaints);
    if (rc || status != DREW)
        forget_empty(folder);
    if (rc == -ETIMEDOUT)
        return pl_error_set(error, rc,
                            "no pictures: %s took longer than %u s; run it by hand: %s %s",
                            name_of(draw), draw->timeout_ms / 1000, draw->script, folder);
    if (rc)
        return not_started(draw, rc, error);
    return status == DREW ? 0 : explain(draw, folder, status, reason, error);
}

static int write_file(const char *path, const struct pl_model *m, const char *name,
                      json_t *pictures, struct pl_error *error)
{
    struct pl_file file;
    json_t *of = json_pack("{s:s, s:i, s:O}", "started",
                           pl_document_string(json_object_get(m->root, "run"), "started"), "cells",
                           (int)json_array_size(json_object_get(m->root, "cells")), name, pictures);
    int rc = of ? pl_file_open(&file, path, error) : pl_error_set(error, -ENOMEM, "out of memory");
    if (!rc) {
        json_dumpf(of, file.stream, JSON_INDENT(1) | JSON_REAL_PRECISION(12));
        rc = pl_file_commit(&file, error);
    }
    json_decref(of);
    return rc;
}

int pl_drawing_write(const struct pl_model *m, const char *folder, const char *name,
                     json_t *pictures, struct pl_error *error)
{
    char path[4200];
    snprintf(path, sizeof path, "%.4000s/plots", folder);
    int rc = json_array_size(pictures) ? pl_folder_make(path, error) : 0;
    snprintf(path, sizeof path, "%.4000s/plots/%.100s.json", folder, name);
    if (!json_array_size(pictures))
        unlink(path);
    else if (!rc)
        rc = write_file(path, m, name, pictures, error);
    if (rc)
        forget_empty(folder);
    return rc;
}
