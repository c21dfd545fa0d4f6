/* `plimsoll import`: makes a trace of what another tool recorded. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/base/files.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/trace/heaptrack/import.h"

#define OUT_DEFAULT "plimsoll.trace"

/* It is read twice: a pipe can't be, and would wait for its writer. */
static FILE *open_recording(const char *path)
{
    struct stat status;
    const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) == 0 && S_ISREG(status.st_mode))
        return fdopen(fd, "rb");
    errno = S_ISDIR(status.st_mode) ? EISDIR : EINVAL;
    close(fd);
    return NULL;
}

static void report(const char *path, const struct pl_trace_head *head,
                   const struct pl_trace_totals *t)
{
    pl_printable_line(stderr,
                      "plimsoll: %s: %" PRIu64 " events of %" PRIu64 " blocks, %" PRIu64
                      " B live at the peak",
                      path, t->events, t->blocks, t->live_bytes_peak);
    if (head->lost[0])
        pl_printable_line(stderr, "plimsoll: %s: %s; what is whole is in it", path, head->lost);
    if (t->unknown_frees)
        pl_printable_line(stderr,
                          "plimsoll: %s: %" PRIu64 " frees skipped, of blocks that came before, or "
                          "by memalign or pvalloc",
                          path, t->unknown_frees);
    if (t->missed_frees)
        pl_printable_line(stderr,
                          "plimsoll: %s: %" PRIu64
                          " frees put in that were not recorded: their addresses came again",
                          path, t->missed_frees);
    pl_printable_line(stderr, "plimsoll: %s: made of a recording of %s", path, head->imported);
}

static int import(FILE *from, const char *name, const char *out, struct pl_error *error)
{
    struct pl_trace_head head;
    struct pl_trace_totals totals;
    struct pl_file file;
    int rc = pl_file_open(&file, out, error);
    if (rc)
        return rc;
    rc = pl_heaptrack_import(from, name, file.stream, &head, &totals, error);
    if (rc)
        pl_file_discard(&file);
    else
        rc = pl_file_commit(&file, error);
    if (!rc)
        report(out, &head, &totals);
    return rc;
}

static int exit_code(int rc)
{
    return rc == -ENOMEM || rc == -ENOSPC ? PL_EXIT_MACHINE : PL_EXIT_USAGE;
}

int pl_cli_import(int argc, char **argv)
{
    const char *out = OUT_DEFAULT;
    struct pl_error error = {""};
    const int code = pl_arguments_take(&argc, argv, "--out", false, &out);
    if (code)
        return code;
    if (argc > 2)
        return pl_cli_usage("%d words; expected one FILE, and --out FILE for another name",
                            argc - 1);
    if (argc != 2 || argv[1][0] == '-')
        return pl_cli_usage("no recording; expected one FILE such as heaptrack.PROGRAM.PID.zst "
                            "and, if need be, --out FILE");
    FILE *from = open_recording(argv[1]);
    int rc =
        from ? import(from, argv[1], out, &error)
             : pl_error_set(&error, -errno, "%.400s can't be read: %s", argv[1], strerror(errno));
    if (from)
        fclose(from);
    return rc ? pl_cli_fail(exit_code(rc), &error) : PL_EXIT_OK;
}
