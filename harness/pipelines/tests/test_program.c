/* What runs and measures a foreign program: a tree of processes, the keeper above it, its output.
 */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/pipelines/program/descendants.h"
#include "harness/pipelines/program/exec_words.h"
#include "harness/pipelines/program/keeper.h"
#include "harness/pipelines/program/output.h"
#include "harness/pipelines/program/ports.h"
#include "harness/pipelines/program/process_tree.h"

extern char **environ;

static struct pl_keeper start(char *const *argv, int out_fd)
{
    struct pl_keeper keeper;
    struct pl_error error = {""};
    struct pl_keeper_orders orders = {.argv = argv, .envp = environ, .out_fd = out_fd};
    if (pl_keeper_start(&orders, &keeper, &error))
        fail_msg("%s", error.text);
    return keeper;
}

static struct pl_keeper start_shell(const char *script, int out_fd)
{
    char *argv[] = {"sh", "-c", (char *)(uintptr_t)script, NULL};
    return start(argv, out_fd);
}

/* Waits up to 5 s for as many. */
static struct pl_process_tree_figures await_processes(struct pl_process_tree *tree, uint32_t count)
{
    struct pl_process_tree_figures f = {0};
    for (int i = 0; i < 500; i++) {
        assert_int_equal(pl_process_tree_read(tree, PL_PROCESS_TREE_WHOLE, &f), 0);
        if (f.processes == count)
            break;
        usleep(10000);
    }
    assert_int_equal(f.processes, count);
    return f;
}

static void daemons_are_found_and_ended(void **state)
{
    (void)state;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;
    struct pl_keeper keeper =
        start_shell("for i in 1 2 3; do setsid sh -c 'setsid sleep 100 & exit' & done; wait", null);
    struct pl_process_tree tree;
    pl_process_tree_open(&tree, keeper.pid, NULL);
    for (int i = 0; i < 500 && !pl_keeper_ended(&keeper, &status); i++)
        usleep(10000);
    struct pl_process_tree_figures f = await_processes(&tree, 3);
    assert_int_equal(f.threads, 3);
    assert_true(f.rss_bytes > 3 * 4096 && f.vsz_bytes > f.rss_bytes);
    pid_t members[3] = {tree.members[0].pid, tree.members[1].pid, tree.members[2].pid};
    pl_keeper_end(&keeper);
    for (int i = 0; i < 3; i++)
        assert_int_equal(kill(members[i], 0), -1);
    pl_process_tree_close(&tree);
    close(null);
}

static void processor_time_of_the_dead_counts(void **state)
{
    (void)state;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status;
    struct pl_keeper keeper = start_shell(
        "sh -c 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done'; exec sleep 100", null);
    struct pl_process_tree tree;
    struct pl_process_tree_figures f = {0};
    pl_process_tree_open(&tree, keeper.pid, NULL);
    for (int i = 0; i < 3000 && (f.processes != 1 || f.cpu_user_ns < 20000000); i++) {
        usleep(10000);
        assert_int_equal(pl_process_tree_read(&tree, PL_PROCESS_TREE_WHOLE, &f), 0);
    }
    assert_true(f.cpu_user_ns >= 20000000);
    assert_true(f.faults_minor > 0);
    assert_false(pl_keeper_ended(&keeper, &status));
    pl_keeper_end(&keeper);
    pl_process_tree_close(&tree);
    close(null);
}

static void how_it_ended_is_told_once(void **state)
{
    (void)state;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status = 0;
    struct pl_keeper keeper = start_shell("exit 5", null);
    for (int i = 0; i < 500 && !pl_keeper_ended(&keeper, &status); i++)
        usleep(10000);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    assert_false(pl_keeper_ended(&keeper, &status));
    pl_keeper_end(&keeper);
    close(null);
}

/* Runs it to its end, watched. @return how it ended */
static int watch_shell(const char *script, struct pl_ptrace_crash *crash)
{
#ifdef __SANITIZE_THREAD__
    skip(); /* it starts a thread in what is forked, which stops before anybody looks */
#endif
    char *argv[] = {"sh", "-c", (char *)(uintptr_t)script, NULL};
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC), status = -1;
    struct pl_keeper keeper;
    struct pl_keeper_orders orders = {
        .argv = argv, .envp = environ, .out_fd = null, .watched = true};
    assert_int_equal(pl_keeper_start(&orders, &keeper, NULL), 0);
    for (int i = 0; i < 1000 && !pl_keeper_ended(&keeper, &status); i++)
        usleep(10000);
    pl_keeper_end(&keeper);
    close(null);
    *crash = keeper.crash;
    if (!keeper.watched) {
        print_message("skipped: no program may be traced here\n");
        skip();
    }
    return status;
}

/* Its own parent waits for it, and goes on. */
static void a_crash_of_a_worker_is_seen(void **state)
{
    struct pl_ptrace_crash crash;
    (void)state;
    int status = watch_shell("sh -c 'kill -TRAP $$'; sh -c 'kill -SEGV $$'; exit 5", &crash);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 5);
    assert_int_equal(crash.signal, SIGTRAP); /* the first one */
    assert_string_equal(crash.program, "sh");
    /* of a daemon, whose master waits for it, too */
    watch_shell("(setsid sh -c \"sh -c 'kill -ABRT \\$\\$'; sleep 100\" &); sleep 1", &crash);
    assert_int_equal(crash.signal, SIGABRT);
}

static void other_ends_are_no_crash(void **state)
{
    struct pl_ptrace_crash crash;
    (void)state;
    int status = watch_shell("sh -c 'kill -TERM $$'; sh -c 'exit 11'; sh -c 'kill -KILL $$'; "
                             "trap true ABRT; kill -ABRT $$; exit 3",
                             &crash);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    assert_int_equal(crash.signal, 0);
    status = watch_shell("kill -SEGV $$", &crash); /* the first process's is its status */
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
    assert_int_equal(crash.signal, 0);
}

/* Stopped and continued as ever; a stop that did not hold would end it with 4. */
static void who_is_watched_can_be_stopped(void **state)
{
    struct pl_ptrace_crash crash;
    (void)state;
    int status = watch_shell("sh -c 'kill -STOP $$; exit 6' & w=$!; sleep 0.3; "
                             "grep -q '^State:.[Tt]' /proc/$w/status || exit 4; "
                             "kill -CONT $w; wait $w",
                             &crash);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 6);
}

static void what_can_not_start_says_why(void **state)
{
    (void)state;
    struct pl_keeper keeper;
    struct pl_error error = {""};
    char *argv[] = {"/no/such/program", NULL};
    struct pl_keeper_orders orders = {.argv = argv, .envp = environ, .out_fd = STDERR_FILENO};
    assert_int_equal(pl_keeper_start(&orders, &keeper, &error), -ENOENT);
    assert_non_null(strstr(error.text, "there is no program '/no/such/program'"));
    argv[0] = "/etc/passwd";
    assert_int_equal(pl_keeper_start(&orders, &keeper, &error), -EACCES);
    argv[0] = "sh";
    orders.directory = "/no/such/folder";
    assert_int_equal(pl_keeper_start(&orders, &keeper, &error), -ENOENT);
    assert_non_null(strstr(error.text, "/no/such/folder"));
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nobody is left */
}

static void output_is_kept_up_to_its_bound(void **state)
{
    (void)state;
    char path[] = "/tmp/plimsoll-test-output-XXXXXX";
    int fd = mkstemp(path);
    regex_t pattern;
    struct pl_output o;
    assert_int_equal(regcomp(&pattern, "^ready [0-9]+$", REG_EXTENDED | REG_NOSUB), 0);
    assert_int_equal(pl_output_open(&o, path), 0);
    o.awaited = &pattern;
    struct pl_keeper keeper = start_shell("echo not ready 1; printf 'rea'; sleep 0.1; echo dy 12; "
                                          "head -c 5000000 /dev/zero | tr '\\0' x; echo; echo last",
                                          o.write_fd);
    close(o.write_fd);
    o.write_fd = -1;
    while (o.read_fd >= 0) {
        pl_output_take(&o);
        usleep(100);
    }
    assert_true(o.matched);
    assert_string_equal(o.last, "last");
    assert_int_equal(o.bytes, 12 + 9 + 5000000 + 1 + 5);
    uint64_t bytes = o.bytes;
    pl_output_close(&o);
    char end[128] = "", missing[64];
    off_t size = lseek(fd, 0, SEEK_END);
    assert_true(pread(fd, end, sizeof end - 1, size - 64) > 0);
    snprintf(missing, sizeof missing, "[%llu B more were printed",
             (unsigned long long)(bytes - PL_OUTPUT_BYTES_MAX));
    assert_non_null(strstr(end, missing));
    pl_keeper_end(&keeper);
    regfree(&pattern);
    close(fd);
    unlink(path);
}

static void environments_are_merged(void **state)
{
    (void)state;
    const char *heap[] = {"LD_PRELOAD=/x.so", "MALLOC_CONF=a:1"};
    struct pl_words own = {"OWN=1\0MALLOC_CONF=b:2\0", 2};
    setenv("MALLOC_ARENA_MAX", "1", 1);
    setenv("OWN", "0", 1);
    char **list = pl_exec_words_environment(heap, 2, &own);
    int own_count = 0, conf_count = 0;
    assert_non_null(list);
    for (char **at = list; *at; at++) {
        assert_int_not_equal(strncmp(*at, "MALLOC_ARENA_MAX=", 17), 0);
        own_count += strcmp(*at, "OWN=1") == 0;
        assert_string_not_equal(*at, "OWN=0");
        conf_count += strcmp(*at, "MALLOC_CONF=b:2") == 0;
    }
    assert_int_equal(own_count, 1);
    assert_int_equal(conf_count, 1);
    free(list);
    unsetenv("MALLOC_ARENA_MAX");
}

static int count_one(void *context, pid_t pid)
{
    (void)pid;
    return ++*(int *)context == 2 ? -E2BIG : 0;
}

static void descendants_stop_where_they_are_told(void **state)
{
    (void)state;
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC), count = 0;
    struct pl_keeper keeper = start_shell("sleep 100 & sleep 100 & wait", null);
    struct pl_process_tree tree;
    pl_process_tree_open(&tree, keeper.pid, NULL);
    await_processes(&tree, 3);
    assert_int_equal(pl_descendants_of(keeper.pid, count_one, &count), -E2BIG);
    pl_keeper_end(&keeper);
    pl_process_tree_close(&tree);
    close(null);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(daemons_are_found_and_ended),
        cmocka_unit_test(processor_time_of_the_dead_counts),
        cmocka_unit_test(how_it_ended_is_told_once),
        cmocka_unit_test(a_crash_of_a_worker_is_seen),
        cmocka_unit_test(other_ends_are_no_crash),
        cmocka_unit_test(who_is_watched_can_be_stopped),
        cmocka_unit_test(what_can_not_start_says_why),
        cmocka_unit_test(output_is_kept_up_to_its_bound),
        cmocka_unit_test(environments_are_merged),
        cmocka_unit_test(descendants_stop_where_they_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
