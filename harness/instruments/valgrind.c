#include "harness/instruments/valgrind.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "harness/base/child.h"

int pl_valgrind_check(struct pl_error *error)
{
    char path[PL_OBSERVATION_PATH];
    if (pl_child_find("valgrind", path, sizeof path))
        return pl_error_set(error, -ENOENT, "valgrind is not in PATH");
    return 0;
}

/* Names a file if the tool got so far as to write it. */
static void note_file(struct pl_observation *o, const char *suffix)
{
    char path[PL_OBSERVATION_PATH];
    pl_observation_path(o, suffix, path, sizeof path);
    if (access(path, F_OK) == 0)
        pl_observation_file(o, suffix);
}

int pl_valgrind_run(struct pl_observation *o, const char *tool, const char *const *options,
                    struct pl_error *error)
{
    char program[PL_OBSERVATION_PATH], path[PL_OBSERVATION_PATH * 2];
    char tool_option[64], out[sizeof path + 64], log[sizeof path + 64];
    const char *argv[PL_WRAPPER_WORDS_MAX] = {program, tool_option, "--vgdb=no", log, out};
    size_t count = 5;
    if (pl_child_find("valgrind", program, sizeof program))
        return pl_error_set(error, -ENOTSUP, "valgrind is not in PATH");
    pl_observation_version(o, program);
    snprintf(tool_option, sizeof tool_option, "--tool=%s", tool);
    pl_observation_valgrind_path(o, "log", path, sizeof path);
    snprintf(log, sizeof log, "--log-file=%s", path);
    pl_observation_valgrind_path(o, "out", path, sizeof path);
    snprintf(out, sizeof out, "--%s-out-file=%s", tool, path);
    for (size_t i = 0; options[i] && count + 1 < PL_WRAPPER_WORDS_MAX; i++)
        argv[count++] = options[i];
    pl_observation_forget(o, "out");
    pl_observation_forget(o, "log");
    struct pl_cell_wrapper wrapper = {.argv = argv, .slowdown = o->instrument->slowdown};
    int rc = pl_observation_run(o, &wrapper, error);
    o->cell.wrapper = NULL;
    note_file(o, "out");
    note_file(o, "log");
    return rc;
}
