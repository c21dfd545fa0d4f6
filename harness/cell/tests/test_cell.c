/* Real cells: what ends them, what is known of it afterwards, and that nothing is left behind. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/mark.h"
#include "harness/cell/cgroup.h"
#include "harness/cell/process.h"
#include "harness/cell/tests/cell_rig.h"

#define S INT64_C(1000000000)
#define MIB (UINT64_C(1) << 20)

/* A sanitizer's own memory comes on top of what a cell weighs. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#else
#define SANITIZED 0
#endif

static int open_rig(void **state)
{
    struct cell_rig *rig = calloc(1, sizeof *rig);
    assert_non_null(rig);
    cell_rig_open(rig, "stalled-reader");
    rig->scenario.duration_ns = 20 * S;
    rig->scenario.receiver.stalls[0].until_ns = 10 * S;
    *state = rig;
    return 0;
}

static int close_rig(void **state)
{
    cell_rig_close(*state);
    free(*state);
    return 0;
}

static int run(struct cell_rig *rig, const char *stack, const volatile sig_atomic_t *interrupted,
               struct pl_cell_evidence *e, struct pl_error *error)
{
    struct pl_cell_options options = cell_rig_options(rig, stack);
    options.interrupted = interrupted;
    return pl_cell_run(&options, e, error);
}

static void run_well(struct cell_rig *rig, const char *stack, struct pl_cell_evidence *e)
{
    struct pl_error error;
    if (run(rig, stack, NULL, e, &error))
        fail_msg("%s", error.text);
}

static void a_cell_leaves_its_curve_and_its_books(void **state)
{
    struct pl_cell_evidence e;
    run_well(*state, "glibc", &e);
    assert_true(e.has_final && e.wait_status == 0);
    assert_int_equal(e.sample_count, 201); /* 20 s by 100 ms, both ends */
    for (size_t i = 0; i < e.sample_count; i++)
        assert_int_equal(e.samples[i].t_ns, (int64_t)i * 100000000);
    assert_int_equal(e.final.counts.integrity_errors, 0);
    assert_int_equal(e.final.leaked_bytes, 0);
    assert_int_equal(e.container, PL_CONTAINER_NONE);
    uint64_t flying = e.final.classes[0].acquires - e.final.classes[0].releases;
    assert_int_equal(flying, e.final.counts.held); /* the books are of the window's end */
    assert_true(flying > 0);
    assert_true(e.final.counts.received > 13700 && e.final.counts.received < 13800);
    /* 10 s of stall: 6890 packets of 2768 B of objects, and RSS of about that. */
    assert_true(e.final.live_bytes_peak > 18 * MIB && e.final.rss_bytes_peak > 18 * MIB);
    assert_true(SANITIZED || e.final.rss_bytes_peak < 30 * MIB);
    pl_cell_evidence_free(&e);
}

/* What a cell tells on its way. */
struct told {
    uint32_t times;
    int64_t last_ns;
    bool forward; /* each was later than the one before */
};

static void note_sample(void *context, int64_t t_ns)
{
    struct told *told = context;
    told->forward &= t_ns > told->last_ns || told->times == 0;
    told->last_ns = t_ns;
    told->times++;
}

static void samples_are_told_as_they_come(void **state)
{
    struct cell_rig *rig = *state;
    struct told told = {.forward = true};
    struct pl_cell_evidence e;
    struct pl_error error;
    struct pl_cell_options options = cell_rig_options(rig, "glibc");
    options.on_sample = note_sample;
    options.context = &told;
    rig->scenario.duration_ns = 600 * S; /* more than one pipe holds */
    if (pl_cell_run(&options, &e, &error))
        fail_msg("%s", error.text);
    assert_true(told.times > 1 && told.times < e.sample_count);
    assert_int_equal(told.last_ns, 600 * S);
    assert_true(told.forward);
    pl_cell_evidence_free(&e);
}

/* What is measured is not the harness: before the first packet next to nothing is resident. */
static void the_harness_weighs_nothing(void **state)
{
    struct pl_cell_evidence e;
    run_well(*state, "glibc", &e);
    assert_true(SANITIZED || e.samples[0].rss_bytes < 512 * 1024);
    pl_cell_evidence_free(&e);
}

static void two_runs_have_the_same_books(void **state)
{
    struct pl_cell_evidence a, b;
    run_well(*state, "limited:max=4MiB/slab/glibc", &a);
    run_well(*state, "limited:max=4MiB/slab/glibc", &b);
    assert_true(a.final.stack.refusals > 0);
    assert_memory_equal(&a.final.counts, &b.final.counts, sizeof a.final.counts);
    assert_memory_equal(&a.final.stack, &b.final.stack, sizeof a.final.stack);
    assert_memory_equal(&a.final.classes, &b.final.classes, sizeof a.final.classes);
    assert_int_equal(a.sample_count, b.sample_count);
    for (size_t i = 0; i < a.sample_count; i++)
        assert_int_equal(a.samples[i].live_bytes, b.samples[i].live_bytes);
    pl_cell_evidence_free(&a);
    pl_cell_evidence_free(&b);
}

static void the_kernel_kills_at_the_containers_line(void **state)
{
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    if (rig->containers.kind == PL_CONTAINER_RLIMIT) {
        print_message("skipped: %s\n", rig->containers.why_not);
        skip();
    }
    rig->scenario.container_bytes = SANITIZED ? 40 * MIB : 12 * MIB;
    run_well(rig, "glibc", &e);
    assert_false(e.has_final);
    assert_true(WIFSIGNALED(e.wait_status) && WTERMSIG(e.wait_status) == SIGKILL);
    assert_true(e.kernel.known && e.kernel.oom_kills >= 1);
    assert_true(e.sample_count > 1);
    assert_true(e.samples[e.sample_count - 1].rss_bytes < rig->scenario.container_bytes);
    char cell[sizeof rig->containers.run + 16];
    struct stat status;
    snprintf(cell, sizeof cell, "%s/cell-0", rig->containers.run);
    assert_int_equal(stat(cell, &status), -1); /* a container goes with its cell */
    pl_cell_evidence_free(&e);
}

static void under_rlimit_the_heap_gives_null(void **state)
{
    if (SANITIZED)
        skip(); /* a sanitizer's shadow is beyond any RLIMIT_DATA */
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    enum pl_container_kind had = rig->containers.kind;
    rig->containers.kind = PL_CONTAINER_RLIMIT; /* as where no cgroup can be had */
    rig->scenario.container_bytes = 12 * MIB;
    run_well(rig, "glibc", &e);
    uint64_t failures = 0;
    for (uint32_t i = 0; i < e.final.class_count; i++)
        failures += e.final.classes[i].failures;
    assert_true(e.has_final && failures > 0);
    assert_int_equal(e.final.counts.integrity_errors, 0);
    assert_int_equal(e.container, PL_CONTAINER_RLIMIT);
    assert_false(e.kernel.known);
    rig->containers.kind = had;
    pl_cell_evidence_free(&e);
}

static void a_cell_that_takes_too_long_is_stopped(void **state)
{
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    rig->scenario.duration_ns = 30 * 24 * 3600 * S;
    rig->scenario.sample_interval_ns = 3600 * S;
    rig->scenario.timeout_ns = S / 5;
    run_well(rig, "glibc", &e);
    assert_true(e.timed_out && !e.has_final);
    pl_cell_evidence_free(&e);
}

static void under_a_wrapper_the_time_is_scaled_and_nothing_is_timed(void **state)
{
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    struct pl_error error;
    static const char *const env[] = {"/usr/bin/env", NULL}, *const late[] = {"/bin/sleep", "60",
                                                                              NULL};
    struct pl_cell_wrapper wrapper = {.argv = env, .slowdown = 10};
    struct pl_cell_options options = cell_rig_options(rig, "glibc");
    options.wrapper = &wrapper;
    rig->scenario.timeout_ns = S;
    if (pl_cell_run(&options, &e, &error))
        fail_msg("%s", error.text);
    assert_true(e.has_final && e.wait_status == 0);
    assert_int_equal(e.final.acquires_timed, 0);
    assert_true(e.final.live_bytes_peak > 18 * MIB);
    pl_cell_evidence_free(&e);
    /* `sleep 60 plimsoll-cell` complains at once; a timeout that is scaled down would be none */
    wrapper = (struct pl_cell_wrapper){.argv = late, .slowdown = 2};
    assert_int_equal(pl_cell_run(&options, &e, &error), 0);
    assert_true(!e.has_final && !e.timed_out && WIFEXITED(e.wait_status));
    assert_int_not_equal(WEXITSTATUS(e.wait_status), 0);
    pl_cell_evidence_free(&e);
}

/* Its last word is the cell's path: it waits beyond any timeout. */
static void a_wrapper_that_hangs_is_stopped(void **state)
{
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    struct pl_error error;
    static const char *const hangs[] = {"/usr/bin/tail", "-q", "-n", "0", "-f", NULL};
    struct pl_cell_wrapper wrapper = {.argv = hangs, .slowdown = 2};
    struct pl_cell_options options = cell_rig_options(rig, "glibc");
    options.wrapper = &wrapper;
    struct timespec before, after;
    rig->scenario.timeout_ns = S / 5;
    clock_gettime(CLOCK_MONOTONIC, &before);
    if (pl_cell_run(&options, &e, &error))
        fail_msg("%s", error.text);
    clock_gettime(CLOCK_MONOTONIC, &after);
    int64_t took = (after.tv_sec - before.tv_sec) * S + after.tv_nsec - before.tv_nsec;
    assert_true(e.timed_out && !e.has_final);
    assert_true(took >= 2 * S / 5 && took < 10 * S); /* twice the scenario's */
    pl_cell_evidence_free(&e);
}

/* What takes 3 s of real time can't be done in one. The wrapper sleeps as long again: with twice
 * the timeout a cell has 8 s under the wall clock, and 2 s under the virtual one. */
static void the_wall_clock_has_its_timeout_beyond_the_duration(void **state)
{
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    struct pl_error error;
    static const char *const slow[] = {"/bin/sh", "-c", "sleep 3; exec \"$0\"", NULL};
    struct pl_cell_wrapper wrapper = {.argv = slow, .slowdown = 2};
    struct pl_cell_options options = cell_rig_live_options(rig, "glibc");
    options.wrapper = &wrapper;
    rig->scenario.timeout_ns = S;
    rig->scenario.duration_ns = 3 * S;
    rig->scenario.receiver.stall_count = 0;
    assert_int_equal(pl_cell_run(&options, &e, &error), 0);
    assert_true(e.has_final && !e.timed_out);
    pl_cell_evidence_free(&e);
    options.clock = PL_CLOCK_VIRTUAL;
    options.threads = 1;
    assert_int_equal(pl_cell_run(&options, &e, &error), 0);
    assert_true(!e.has_final && e.timed_out);
    pl_cell_evidence_free(&e);
}

/* Without a container nothing else would stop it: the machine is spared. */
static void a_cell_without_a_container_stops_at_the_ceiling(void **state)
{
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    struct pl_error error;
    uint64_t ceiling = SANITIZED ? 40 * MIB : 12 * MIB;
    rig->scenario.receiver.stalls[0].until_ns = INT64_MAX;
    struct pl_cell_options options = cell_rig_options(rig, "glibc");
    options.ceiling_bytes = ceiling;
    assert_int_equal(pl_cell_run(&options, &e, &error), 0);
    assert_true(e.has_final && e.final.at_ceiling);
    assert_true(e.final.t_ns < 20 * S);
    assert_int_equal(e.final.t_ns, e.samples[e.sample_count - 1].t_ns);
    assert_true(e.samples[e.sample_count - 1].rss_bytes > ceiling);
    assert_true(e.samples[e.sample_count - 2].rss_bytes <= ceiling);
    assert_int_equal(e.final.leaked_bytes, 0);
    pl_cell_evidence_free(&e);
}

static void an_interrupted_cell_is_killed(void **state)
{
    struct cell_rig *rig = *state;
    struct pl_cell_evidence e;
    struct pl_error error;
    volatile sig_atomic_t interrupted = 1;
    assert_int_equal(run(rig, "glibc", &interrupted, &e, &error), -EINTR);
}

static void a_missing_library_is_said(void **state)
{
    struct pl_cell_evidence e;
    struct pl_error error;
    assert_true(run(*state, "preload:path=/no/such.so", NULL, &e, &error) < 0);
    assert_non_null(strstr(error.text, "/no/such.so"));
}

/* The cell's heap is told exactly what its spec says, and arena counts always. */
static void the_environment_is_clean(void **state)
{
    struct pl_cell_evidence e;
    setenv("MALLOC_ARENA_MAX", "1", 1);
    run_well(*state, "glibc:mmap_threshold=64KiB", &e);
    assert_int_equal(e.environment.count, 1);
    assert_non_null(strstr(pl_environment_at(&e.environment, 0), "glibc.malloc.arena_max="));
    assert_non_null(
        strstr(pl_environment_at(&e.environment, 0), "glibc.malloc.mmap_threshold=65536"));
    pl_cell_evidence_free(&e);
}

/* @return a process of ours in a cgroup that is made for it */
static pid_t occupy(const char *folder)
{
    assert_int_equal(mkdir(folder, 0755), 0);
    pid_t sleeper = fork();
    if (sleeper == 0) {
        pl_cgroup_write(folder, "cgroup.procs", "0");
        pause();
    }
    uint64_t pid = 0;
    for (int i = 0; i < 30000 && !pl_cgroup_number(folder, "cgroup.procs", NULL, &pid); i++)
        usleep(1000);
    assert_int_equal(pid, sleeper);
    return sleeper;
}

/* Opens containers in another process, since a folder is named after its own, and writes the mark
 * of that process, which ends. */
static void start_another_run(char mark[PL_MARK_MAX])
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t other = fork();
    if (other == 0) {
        struct pl_containers second;
        pl_containers_open(&second);
        pl_mark_own(mark);
        pl_containers_close(&second);
        _exit(write(ends[1], mark, PL_MARK_MAX) != PL_MARK_MAX);
    }
    assert_int_equal(read(ends[0], mark, PL_MARK_MAX), PL_MARK_MAX);
    assert_int_equal(waitpid(other, &status, 0), other);
    assert_int_equal(status, 0);
    close(ends[0]);
    close(ends[1]);
}

static bool lives(pid_t child)
{
    return waitpid(child, NULL, WNOHANG) == 0;
}

/* A run that was killed leaves its folder; the next start removes it, and leaves a live one be. */
static void stale_cgroups_are_removed_and_live_ones_kept(void **state)
{
    struct cell_rig *rig = *state;
    struct stat status;
    char mark[PL_MARK_MAX], stale[2304], child[2400];
    if (rig->containers.kind == PL_CONTAINER_RLIMIT)
        skip();
    start_another_run(mark);
    snprintf(stale, sizeof stale, "%s/plimsoll-%s", rig->containers.own, mark);
    snprintf(child, sizeof child, "%s/cell-0", stale);
    assert_int_equal(mkdir(stale, 0755), 0);
    pid_t sleeper = occupy(child);
    start_another_run(mark);
    int result = 0;
    assert_int_equal(waitpid(sleeper, &result, 0), sleeper);
    assert_true(WIFSIGNALED(result) && WTERMSIG(result) == SIGKILL);
    assert_int_not_equal(stat(stale, &status), 0);
    assert_int_equal(stat(rig->containers.run, &status), 0);
}

/* Whatever it is called, and whoever made it: a cgroup that no run of ours made is left alone. */
static void cgroups_of_others_are_left_alone(void **state)
{
    struct cell_rig *rig = *state;
    char mark[PL_MARK_MAX], own[PL_MARK_MAX], folder[2400], below[2432];
    if (rig->containers.kind == PL_CONTAINER_RLIMIT)
        skip();
    start_another_run(mark);
    pl_mark_own(own);
    const char *const names[] = {"plimsoll-exporter", "plimsoll-1", "plimsoll-0-0-0", own, mark};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        bool marked = names[i] == own || names[i] == mark;
        snprintf(folder, sizeof folder, "%s/%s%s", rig->containers.own, marked ? "plimsoll-" : "",
                 names[i]);
        if (names[i] != own) /* that one stands: the rig's */
            assert_int_equal(mkdir(folder, 0755), 0);
        /* not what a run's folder holds, even below a mark of the dead */
        snprintf(below, sizeof below, "%s/other", folder);
        pid_t sleeper = occupy(below);
        char again[PL_MARK_MAX];
        start_another_run(again);
        assert_true(lives(sleeper));
        kill(sleeper, SIGKILL);
        assert_int_equal(waitpid(sleeper, NULL, 0), sleeper);
        for (int wait_ms = 0; rmdir(below) && wait_ms < 2000; wait_ms++)
            usleep(1000);
        if (names[i] != own)
            assert_int_equal(rmdir(folder), 0);
    }
}

static bool no_memory(const char *path)
{
    (void)path;
    return false;
}

static bool memory(const char *path)
{
    (void)path;
    return true;
}

static void own_cgroup_is_found_in_any_layout(void **state)
{
    (void)state;
    static const char hybrid[] =
        "30 23 0:26 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory\n"
        "31 23 0:27 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n";
    static const char unified[] =
        "30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n";
    static const char docker[] =
        "30 23 0:26 /docker/abc /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";
    static const struct {
        const char *mounts, *groups;
        bool (*has)(const char *);
        int rc, version;
        const char *path;
    } cases[] = {
        {hybrid, "4:memory:/a/b\n0::/\n", no_memory, 0, 1, "/sys/fs/cgroup/memory/a/b"},
        {hybrid, "4:cpu,memory:/\n0::/x\n", no_memory, 0, 1, "/sys/fs/cgroup/memory"},
        {unified, "0::/user.slice/s.scope\n", memory, 0, 2, "/sys/fs/cgroup/user.slice/s.scope"},
        {unified, "0::/\n", memory, 0, 2, "/sys/fs/cgroup"},
        {unified, "0::/\n", no_memory, -ENOENT, 0, NULL},
        {docker, "4:memory:/docker/abc\n", no_memory, 0, 1, "/sys/fs/cgroup/memory"},
        {docker, "4:memory:/docker/abc/d\n", no_memory, 0, 1, "/sys/fs/cgroup/memory/d"},
        {"", "", memory, -ENOENT, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char path[256];
        int version = 0;
        assert_int_equal(pl_cgroup_find(cases[i].mounts, cases[i].groups, cases[i].has, path,
                                        sizeof path, &version),
                         cases[i].rc);
        if (cases[i].path) {
            assert_string_equal(path, cases[i].path);
            assert_int_equal(version, cases[i].version);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_cell_leaves_its_curve_and_its_books, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(samples_are_told_as_they_come, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(the_harness_weighs_nothing, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(two_runs_have_the_same_books, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(the_kernel_kills_at_the_containers_line, open_rig,
                                        close_rig),
        cmocka_unit_test_setup_teardown(under_rlimit_the_heap_gives_null, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_cell_that_takes_too_long_is_stopped, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_cell_without_a_container_stops_at_the_ceiling, open_rig,
                                        close_rig),
        cmocka_unit_test_setup_teardown(under_a_wrapper_the_time_is_scaled_and_nothing_is_timed,
                                        open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_wrapper_that_hangs_is_stopped, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(the_wall_clock_has_its_timeout_beyond_the_duration,
                                        open_rig, close_rig),
        cmocka_unit_test_setup_teardown(an_interrupted_cell_is_killed, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(a_missing_library_is_said, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(the_environment_is_clean, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(cgroups_of_others_are_left_alone, open_rig, close_rig),
        cmocka_unit_test_setup_teardown(stale_cgroups_are_removed_and_live_ones_kept, open_rig,
                                        close_rig),
        cmocka_unit_test(own_cgroup_is_found_in_any_layout),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
