/* Helper programs: what they are given, that none outlives its time, and how they are quoted. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/child.h"
#include "harness/base/shell_words.h"

static void a_child_gets_what_it_is_given(void **state)
{
    static const char *const argv[] = {"/bin/sh", "-c", "echo $A; cat; echo no >&2; exit 3", NULL};
    static const char *const environment[] = {"A=b", NULL};
    int in = memfd_create("in", 0), out = memfd_create("out", 0), status = 0;
    char text[64] = "";
    (void)state;
    assert_int_equal(write(in, "c\n", 2), 2);
    lseek(in, 0, SEEK_SET);
    struct pl_child child = {argv, environment, in, out, out, 10000, NULL, 0, false};
    assert_int_equal(pl_child_run(&child, &status), 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    assert_true(pread(out, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, "b\nc\nno\n");
    close(in);
    close(out);
}

static void a_child_is_stopped(void **state)
{
    static const char *const argv[] = {"/bin/sleep", "60", NULL};
    volatile sig_atomic_t interrupted = 1;
    int status = 0;
    (void)state;
    struct pl_child late = {argv, NULL, -1, -1, -1, 50, NULL, 0, false};
    assert_int_equal(pl_child_run(&late, &status), -ETIMEDOUT);
    struct pl_child unwanted = {argv, NULL, -1, -1, -1, 10000, &interrupted, 0, false};
    assert_int_equal(pl_child_run(&unwanted, &status), -EINTR);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* none is left */
}

static void a_child_may_clean_up_first(void **state)
{
    static const char *const tidy[] = {"/bin/sh", "-c",
                                       "trap 'exit 7' TERM; while :; do sleep 0.01; done", NULL};
    static const char *const deaf[] = {"/bin/sh", "-c",
                                       "trap '' TERM; while :; do sleep 0.01; done", NULL};
    int status = 0;
    (void)state;
    struct pl_child child = {tidy, NULL, -1, -1, -1, 200, NULL, 10000, false};
    assert_int_equal(pl_child_run(&child, &status), -ETIMEDOUT);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 7);
    struct pl_child stubborn = {deaf, NULL, -1, -1, -1, 200, NULL, 200, false};
    assert_int_equal(pl_child_run(&stubborn, &status), -ETIMEDOUT);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

/* Whoever holds the pipe's writing end is alive. */
static bool all_have_ended(int reading_end)
{
    struct pollfd end = {.fd = reading_end, .events = POLLIN};
    return poll(&end, 1, 5000) == 1 && (end.revents & POLLHUP);
}

static void a_group_is_stopped_as_a_whole(void **state)
{
    static const char *const argv[] = {"/bin/sh", "-c", "sleep 60 & wait", NULL};
    int ends[2], status = 0;
    (void)state;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    struct pl_child late = {argv, NULL, -1, ends[1], -1, 200, NULL, 0, true};
    assert_int_equal(pl_child_run(&late, &status), -ETIMEDOUT);
    close(ends[1]);
    assert_true(all_have_ended(ends[0]));
    close(ends[0]);
}

/* Runs a helper that starts another one, in a process that is killed meanwhile. @return the end of
 * a pipe that all of them hold */
static int kill_a_controller(bool group)
{
    static const char *const argv[] = {"/bin/sh", "-c", "echo; sleep 60 & wait", NULL};
    static const char *const alone[] = {"/bin/sh", "-c", "echo; exec sleep 60", NULL};
    int ends[2], status = 0;
    char byte;
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    pid_t controller = fork();
    if (controller == 0) {
        struct pl_child child = {
            group ? argv : alone, NULL, -1, ends[1], -1, 60000, NULL, 0, group};
        _exit(pl_child_run(&child, &status) != 0);
    }
    close(ends[1]);
    assert_int_equal(read(ends[0], &byte, 1), 1); /* it runs */
    kill(controller, SIGKILL);
    assert_int_equal(waitpid(controller, &status, 0), controller);
    return ends[0];
}

static void helpers_die_with_their_controller(void **state)
{
    (void)state;
    for (int group = 0; group <= 1; group++) {
        int end = kill_a_controller(group);
        assert_true(all_have_ended(end));
        close(end);
    }
}

static void a_child_starts_with_plain_signals(void **state)
{
    static const char *const argv[] = {"/bin/grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status",
                                       NULL};
    int out = memfd_create("out", 0), status = 0;
    char text[128] = "";
    sigset_t blocked;
    (void)state;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGTERM);
    sigprocmask(SIG_BLOCK, &blocked, NULL);
    signal(SIGXFSZ, SIG_IGN);
    signal(SIGHUP, SIG_IGN); /* as under nohup: it stays */
    struct pl_child child = {argv, NULL, -1, out, -1, 10000, NULL, 0, false};
    assert_int_equal(pl_child_run(&child, &status), 0);
    assert_true(pread(out, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000001\n");
    signal(SIGXFSZ, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    sigprocmask(SIG_UNBLOCK, &blocked, NULL);
    close(out);
}

static void a_program_that_is_not_there_is_told(void **state)
{
    static const char *const argv[] = {"/no/such/program", NULL};
    int status = 0;
    (void)state;
    struct pl_child child = {argv, NULL, -1, -1, -1, 10000, NULL, 0, true};
    assert_int_equal(pl_child_run(&child, &status), -ENOENT);
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

/* The helper itself ends at once, and what it started has something to put in order. */
static void a_group_may_clean_up_first(void **state)
{
    static const char *const argv[] = {
        "/bin/sh", "-c",
        "sh -c \"trap 'sleep 0.2; echo tidy; exit' TERM; echo; sleep 60 & wait\" & wait", NULL};
    int out = memfd_create("out", 0), status = 0;
    char text[64] = "";
    (void)state;
    struct pl_child late = {argv, NULL, -1, out, -1, 500, NULL, 5000, true};
    assert_int_equal(pl_child_run(&late, &status), -ETIMEDOUT);
    assert_true(pread(out, text, sizeof text - 1, 0) > 0);
    assert_string_equal(text, "\ntidy\n");
    close(out);
}

static void a_program_is_found_beside_this_one(void **state)
{
    char path[4096];
    (void)state;
    assert_int_equal(pl_child_find_beside("test_child", path, sizeof path), 0);
    assert_int_equal(access(path, X_OK), 0);
    assert_int_equal(pl_child_find_beside("test_child", path, 12), -ENOENT);
    assert_int_equal(pl_child_find_beside("no_such_program", path, sizeof path), -ENOENT);
}

static void a_program_is_found_in_path(void **state)
{
    char path[256], *kept = strdup(getenv("PATH"));
    (void)state;
    setenv("PATH", ":relative:/nowhere:/etc:/bin", 1);
    assert_int_equal(pl_child_find("sh", path, sizeof path), 0);
    assert_string_equal(path, "/bin/sh");
    assert_int_equal(pl_child_find("passwd.", path, sizeof path), -ENOENT);
    assert_int_equal(pl_child_find("hostname-no", path, sizeof path), -ENOENT);
    setenv("PATH", "/", 1);
    assert_int_equal(pl_child_find("etc", path, sizeof path), -ENOENT); /* a folder */
    setenv("PATH", "/etc", 1);
    assert_int_equal(pl_child_find("passwd", path, sizeof path), -ENOENT); /* no program */
    unsetenv("PATH");
    assert_int_equal(pl_child_find("sh", path, sizeof path), -ENOENT);
    setenv("PATH", kept, 1);
    free(kept);
}

static void words_are_quoted(void **state)
{
    char text[64] = "run";
    (void)state;
    pl_shell_words_add(text, sizeof text, "a=b/c,d");
    pl_shell_words_add(text, sizeof text, "e f");
    pl_shell_words_add(text, sizeof text, "it's");
    pl_shell_words_add(text, sizeof text, "");
    assert_string_equal(text, "run a=b/c,d 'e f' 'it'\\''s' ''");
    for (int i = 0; i < 20; i++)
        pl_shell_words_add(text, sizeof text, "what does not fit is cut");
    assert_true(strlen(text) < sizeof text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_child_gets_what_it_is_given),
        cmocka_unit_test(a_child_is_stopped),
        cmocka_unit_test(a_child_may_clean_up_first),
        cmocka_unit_test(a_group_is_stopped_as_a_whole),
        cmocka_unit_test(a_group_may_clean_up_first),
        cmocka_unit_test(helpers_die_with_their_controller),
        cmocka_unit_test(a_child_starts_with_plain_signals),
        cmocka_unit_test(a_program_that_is_not_there_is_told),
        cmocka_unit_test(a_program_is_found_beside_this_one),
        cmocka_unit_test(a_program_is_found_in_path),
        cmocka_unit_test(words_are_quoted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
