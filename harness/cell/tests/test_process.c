/* What a cell's process is started as: a script in its place tells what it finds. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/cell/process.h"

static const char script[] = "#!/bin/sh\n"
                             "exec >&4\n"
                             "grep -E '^(THP_enabled|Cpus_allowed_list):' /proc/self/status\n"
                             "echo oom $(cat /proc/self/oom_score_adj)\n"
                             "echo personality $(cat /proc/self/personality)\n"
                             "echo job $(cat <&3)\n"
                             "echo group $(($(cut -d' ' -f5 /proc/$$/stat) == $$))\n"
                             "echo files $(ls /proc/$$/fd | tr '\\n' ' ')\n"
                             "export -p | grep -v PWD\n";

struct told {
    char text[8192];
    int status;
};

static void start(const struct pl_process_options *options, struct told *told)
{
    struct pl_process process;
    struct pl_error error;
    size_t used = 0;
    if (pl_process_start(options, &process, &error))
        fail_msg("%s", error.text);
    for (ssize_t n;
         (n = read(process.record_fd, told->text + used, sizeof told->text - 1 - used)) > 0;)
        used += (size_t)n;
    told->text[used] = '\0';
    close(process.record_fd);
    assert_int_equal(waitpid(process.pid, &told->status, 0), process.pid);
}

static int job(void)
{
    char path[] = "/tmp/plimsoll-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    unlink(path);
    assert_int_equal(write(fd, "hello", 5), 5);
    lseek(fd, 0, SEEK_SET);
    return fd;
}

static void a_cell_finds_what_was_meant_for_it_and_no_more(void **state)
{
    (void)state;
    char path[] = "/tmp/plimsoll-test-XXXXXX";
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, script, sizeof script - 1), sizeof script - 1);
    fchmod(fd, 0755);
    close(fd);
    setenv("PLIMSOLL_TEST_LEAK", "1", 1);
    struct pl_environment environment = {.text = "MALLOC_CONF=narenas:8", .count = 1};
    struct pl_container none = {.kind = PL_CONTAINER_NONE, .procs_fd = -1};
    struct pl_process_options options = {.program = path,
                                         .environment = &environment,
                                         .container = &none,
                                         .job_fd = job(),
                                         .pinned = true};
    struct told told;
    start(&options, &told);
    assert_int_equal(told.status, 0);
    if (strstr(told.text, "THP_enabled:")) /* since Linux 5.0 */
        assert_non_null(strstr(told.text, "THP_enabled:\t0"));
    char *cpus = strstr(told.text, "Cpus_allowed_list:\t");
    assert_non_null(cpus);
    assert_int_equal(strcspn(cpus + 19, ",-\n"), strcspn(cpus + 19, "\n")); /* one processor */
    assert_non_null(strstr(told.text, "oom 1000\n"));
    if (pl_process_can_fix_addresses())
        assert_non_null(strstr(told.text, "personality 00040000\n")); /* ADDR_NO_RANDOMIZE */
    assert_non_null(strstr(told.text, "job hello\n"));
    assert_non_null(strstr(told.text, "group 1\n"));
    assert_non_null(strstr(told.text, "MALLOC_CONF='narenas:8'"));
    assert_non_null(strstr(told.text, "LC_ALL='C'"));
    assert_null(strstr(told.text, "PLIMSOLL_TEST_LEAK"));
    /* 0 to 4, and 10 or 255, by which the shell reads its script */
    assert_non_null(strstr(told.text, "files 0 1 "));
    close(options.job_fd);
    unlink(path);
}

/* The processor of one that ran there. */
static int processor_of(uint32_t lane)
{
    struct pl_environment environment = {.count = 0};
    struct pl_container none = {.kind = PL_CONTAINER_NONE, .procs_fd = -1};
    struct pl_process_options options = {.program = "/bin/true",
                                         .environment = &environment,
                                         .container = &none,
                                         .job_fd = job(),
                                         .pinned = true,
                                         .lane = lane};
    struct pl_process process;
    struct pl_error error;
    int status;
    assert_int_equal(pl_process_start(&options, &process, &error), 0);
    assert_int_equal(waitpid(process.pid, &status, 0), process.pid);
    close(process.record_fd);
    close(process.said_fd);
    close(options.job_fd);
    return process.cpu;
}

/* From the last one on, each lane its own; there is none behind the first one. */
static void lanes_have_processors_of_their_own(void **state)
{
    (void)state;
    uint32_t lanes = pl_process_lanes();
    for (uint32_t lane = 1; lane < lanes && lane < 4; lane++) {
        int before = processor_of(lane - 1), after = processor_of(lane);
        assert_true(after >= 0 && after < before);
    }
    assert_int_equal(processor_of(lanes), -1);
}

/* What a wrapper is given: the cell's path behind its own words, and its variables behind the
 * heap's. */
static void a_wrapper_comes_first(void **state)
{
    (void)state;
    static const char *const argv[] = {
        "/bin/sh", "-c", "echo \"$0 $1 $2|$DUMP|$LC_ALL|$HEAP|$HOME\" >&4", "zero", "one", NULL};
    static const char *const variables[] = {"DUMP=a b", NULL};
    struct pl_environment environment = {.text = "HEAP=1", .count = 1};
    struct pl_container none = {.kind = PL_CONTAINER_NONE, .procs_fd = -1};
    struct pl_cell_wrapper wrapper = {.argv = argv, .environment = variables, .slowdown = 1};
    struct pl_process_options options = {.program = "/the/cell",
                                         .environment = &environment,
                                         .container = &none,
                                         .wrapper = &wrapper,
                                         .job_fd = job()};
    struct told told;
    start(&options, &told);
    assert_int_equal(told.status, 0);
    assert_string_equal(told.text, "zero one /the/cell|a b|C|1|\n");
    close(options.job_fd);
}

static void a_program_that_cannot_be_started_is_said(void **state)
{
    (void)state;
    struct pl_environment environment = {.count = 0};
    struct pl_container none = {.kind = PL_CONTAINER_NONE, .procs_fd = -1};
    struct pl_process_options options = {.program = "/no/such/cell",
                                         .environment = &environment,
                                         .container = &none,
                                         .job_fd = job()};
    struct pl_process process;
    struct pl_error error = {""};
    assert_int_equal(pl_process_start(&options, &process, &error), -ENOENT);
    assert_string_equal(error.text, "can't start /no/such/cell: No such file or directory");
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no zombie is left */
    close(options.job_fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_cell_finds_what_was_meant_for_it_and_no_more),
        cmocka_unit_test(lanes_have_processors_of_their_own),
        cmocka_unit_test(a_wrapper_comes_first),
        cmocka_unit_test(a_program_that_cannot_be_started_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
