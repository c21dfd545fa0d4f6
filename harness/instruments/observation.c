/* What instruments do alike: names of files, figures, running the cell (observation.h). */
#include "harness/instruments/observation.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "harness/base/child.h"
#include "harness/base/shell_words.h"
#include "harness/cell/process.h"
#include "harness/measure/outcome.h"
#include "harness/scenario/traits.h"

#define SITES_MAX 10
#define HELPER_TIMEOUT_MS 60000
#define VERSION_TIMEOUT_MS 10000

void pl_observation_path(const struct pl_observation *o, const char *suffix, char *path,
                         size_t capacity)
{
    snprintf(path, capacity, "%s/%s.%s", o->folder, o->stem, suffix);
}

void pl_observation_valgrind_path(const struct pl_observation *o, const char *suffix, char *path,
                                  size_t capacity)
{
    char plain[PL_OBSERVATION_PATH];
    size_t used = 0;
    pl_observation_path(o, suffix, plain, sizeof plain);
    for (const char *at = plain; *at && used + 2 < capacity; at++) {
        if (*at == '%')
            path[used++] = '%';
        path[used++] = *at;
    }
    path[used] = '\0';
}

void pl_observation_file(struct pl_observation *o, const char *suffix)
{
    json_array_append_new(o->files, json_sprintf("%s.%s", o->stem, suffix));
}

void pl_observation_integer(struct pl_observation *o, const char *name, uint64_t value)
{
    json_object_set_new(o->figures, name, json_integer((json_int_t)value));
}

void pl_observation_real(struct pl_observation *o, const char *name, double value)
{
    if (isfinite(value)) /* JSON has neither NaN nor infinities */
        json_object_set_new(o->figures, name, json_real(value));
}

void pl_observation_agree(struct pl_observation *o, const char *what, uint64_t theirs,
                          uint64_t ours)
{
    json_decref(o->agreement);
    o->agreement = json_pack("{s:s, s:I, s:I}", "what", what, "theirs", (json_int_t)theirs, "ours",
                             (json_int_t)ours);
    if (ours)
        json_object_set_new(o->agreement, "ratio", json_real((double)theirs / (double)ours));
}

void pl_observation_sites(struct pl_observation *o, const struct pl_stacks *stacks,
                          const char *unit)
{
    for (size_t i = 0; i < stacks->count && i < SITES_MAX; i++)
        json_array_append_new(o->sites,
                              json_pack("{s:s, s:I, s:s}", "frames", stacks->list[i].frames, "cost",
                                        (json_int_t)stacks->list[i].cost, "unit", unit));
}

/* Whether what an instrument sees in the window is what our books have: FFmpeg's own memory is in
 * none, and what a collector has not freed yet was released. */
static bool is_comparable(const struct pl_observation *o)
{
    const struct pl_pipeline_traits *traits = pl_traits_of(o->scenario);
    bool unbooked = traits->unbooked && traits->unbooked(o->scenario);
    return !unbooked && !o->evidence.final.stack.collected;
}

int pl_observation_peak(struct pl_observation *o, struct pl_stacks *stacks, struct pl_error *error)
{
    uint64_t all = pl_stacks_sum(stacks, NULL), window = pl_stacks_sum(stacks, PL_STACKS_WINDOW);
    uint64_t ours = o->evidence.final.live_bytes_peak;
    pl_observation_integer(o, "peak_bytes", all);
    pl_observation_integer(o, "peak_bytes_window", window);
    pl_observation_integer(o, "peak_bytes_before_window", all - window);
    pl_stacks_sort(stacks);
    pl_observation_sites(o, stacks, "B");
    if (ours && !window)
        return pl_error_set(error, -ENODATA,
                            "no stack of %s's peak passes through %s, where the measured window "
                            "begins; expected a plimsoll-cell that is not stripped",
                            o->instrument->name, PL_STACKS_WINDOW);
    if (is_comparable(o))
        pl_observation_agree(o, "requested bytes at the peak, of the measured window", window,
                             ours);
    return 0;
}

void pl_observation_forget(const struct pl_observation *o, const char *suffix)
{
    char path[PL_OBSERVATION_PATH];
    pl_observation_path(o, suffix, path, sizeof path);
    unlink(path);
}

/* The command in words that a person can paste; the cell itself can't be started by hand. */
static void note_command(struct pl_observation *o, const struct pl_cell_wrapper *wrapper)
{
    o->command[0] = '\0';
    for (size_t i = 0; wrapper->environment && wrapper->environment[i]; i++)
        pl_shell_words_add(o->command, sizeof o->command, wrapper->environment[i]);
    if (wrapper->preload) {
        char text[PL_OBSERVATION_PATH];
        snprintf(text, sizeof text, "LD_PRELOAD=%s", wrapper->preload);
        pl_shell_words_add(o->command, sizeof o->command, text);
    }
    for (size_t i = 0; wrapper->argv && wrapper->argv[i]; i++)
        pl_shell_words_add(o->command, sizeof o->command, wrapper->argv[i]);
    pl_shell_words_add(o->command, sizeof o->command, "plimsoll-cell");
}

static void say_end(const struct pl_cell_evidence *e, char *text, size_t capacity)
{
    if (e->timed_out)
        snprintf(text, capacity, "was stopped when its time was up");
    else if (e->has_final && e->final.at_ceiling)
        snprintf(text, capacity,
                 "stopped itself at half of the memory that this machine had to "
                 "spare; a shorter --set duration needs less");
    else if (WIFSIGNALED(e->wait_status))
        snprintf(text, capacity, "was ended by signal %d (%s)", WTERMSIG(e->wait_status),
                 strsignal(WTERMSIG(e->wait_status)));
    else
        snprintf(text, capacity, "ended with exit code %d", WEXITSTATUS(e->wait_status));
}

/* Valgrind 3.19 tells its guest of RDTSCP where the processor has none, and can't run it then:
 * libhwy, which FFmpeg 5.1 brings along, does so before main. */
static bool was_beyond(const struct pl_cell_evidence *e)
{
    return !e->timed_out && WIFSIGNALED(e->wait_status) && WTERMSIG(e->wait_status) == SIGILL;
}

int pl_observation_run(struct pl_observation *o, const struct pl_cell_wrapper *wrapper,
                       struct pl_error *error)
{
    char end[200];
    note_command(o, wrapper);
    o->cell.wrapper = wrapper;
    int rc = pl_cell_run(&o->cell, &o->evidence, error);
    if (rc)
        return rc;
    const struct pl_cell_evidence *e = &o->evidence;
    o->ran = e->has_final && !e->final.at_ceiling && e->wait_status == 0;
    if (o->ran)
        return 0;
    if (was_beyond(e))
        return pl_error_set(error, -ENOTSUP,
                            "%s does not know an instruction that a library of the cell executes "
                            "on this processor; %s.log names it",
                            o->instrument->name, o->stem);
    say_end(e, end, sizeof end);
    return pl_error_set(error, -EIO, "the cell %s under %s; its log is %s.log", end,
                        o->instrument->name, o->stem);
}

/* In a folder that others may write to: no link is followed, no pipe waited for. */
static int open_or_null(const char *path, int flags)
{
    return open(path ? path : "/dev/null", flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0666);
}

int pl_observation_help(struct pl_observation *o, const char *const *argv, const char *in,
                        const char *out, struct pl_error *error)
{
    char log[PL_OBSERVATION_PATH];
    int status = 0;
    pl_observation_path(o, "log", log, sizeof log);
    struct pl_child child = {
        .argv = argv,
        .in = open_or_null(in, O_RDONLY),
        .out = open_or_null(out, O_WRONLY | O_CREAT | O_TRUNC),
        .stderr_fd = open_or_null(log, O_WRONLY | O_CREAT | O_APPEND),
        .timeout_ms = HELPER_TIMEOUT_MS,
        .interrupted = o->cell.interrupted,
    };
    int rc = child.in < 0 || child.out < 0 || child.stderr_fd < 0 ? -errno
                                                                  : pl_child_run(&child, &status);
    const int files[] = {child.in, child.out, child.stderr_fd};
    for (size_t i = 0; i < 3; i++)
        if (files[i] >= 0)
            close(files[i]);
    if (rc == -ETIMEDOUT)
        return pl_error_set(error, rc, "%s took longer than %d s", argv[0],
                            HELPER_TIMEOUT_MS / 1000);
    if (rc)
        return pl_error_set(error, rc, "%s: %s", argv[0], strerror(-rc));
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    return pl_error_set(error, -EIO, "%s failed (%s %d); %s.log says why", argv[0],
                        WIFSIGNALED(status) ? "signal" : "exit code",
                        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status), o->stem);
}

void pl_observation_version(struct pl_observation *o, const char *program)
{
    const char *const argv[] = {program, "--version", NULL};
    int out = memfd_create("version", MFD_CLOEXEC), status = 0;
    struct pl_child child = {.argv = argv,
                             .in = -1,
                             .out = out,
                             .stderr_fd = -1,
                             .timeout_ms = VERSION_TIMEOUT_MS,
                             .interrupted = o->cell.interrupted};
    if (out >= 0 && pl_child_run(&child, &status) == 0 && status == 0)
        pl_child_last_line(out, o->version, sizeof o->version);
    if (out >= 0)
        close(out);
}
