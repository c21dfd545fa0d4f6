/* Marks of folders: who made one is told from its name, and only what its maker left is taken. */
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
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/mark.h"
#include "harness/base/temporary.h"

static char root[] = "/tmp/plimsoll-test-XXXXXX";

static int make_root(void **state)
{
    (void)state;
    return mkdtemp(root) && setenv("TMPDIR", root, 1) == 0 ? 0 : -1;
}

static int remove_root(void **state)
{
    (void)state;
    return rmdir(root); /* which only an empty folder lets happen */
}

static void a_mark_has_one_form(void **state)
{
    static const char *const others[] = {"",
                                         "exporter",
                                         "123",
                                         "1-2",
                                         "1-2-",
                                         "1-2-3-4",
                                         "1-0-3",
                                         "a-2-3",
                                         "1--2-3",
                                         "1-2-3x",
                                         " 1-2-3",
                                         "1-+2-3",
                                         "1-2-99999999999999999999"};
    char mark[PL_MARK_MAX];
    (void)state;
    pl_mark_own(mark);
    assert_true(pl_mark_is(mark));
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_false(pl_mark_is(others[i]));
        assert_false(pl_mark_ended(others[i]));
    }
}

/* The mark of a child that has ended; its number may be another's by now, its start time not. */
static void mark_of_the_dead(char mark[PL_MARK_MAX])
{
    int ends[2], status;
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        memset(mark, 0, PL_MARK_MAX);
        pl_mark_own(mark);
        _exit(write(ends[1], mark, PL_MARK_MAX) != PL_MARK_MAX);
    }
    assert_int_equal(read(ends[0], mark, PL_MARK_MAX), PL_MARK_MAX);
    siginfo_t info; /* nobody has waited for it yet */
    assert_int_equal(waitid(P_PID, (id_t)child, &info, WEXITED | WNOWAIT), 0);
    assert_true(pl_mark_ended(mark));
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    close(ends[0]);
    close(ends[1]);
}

static void the_living_are_told_from_the_dead(void **state)
{
    char own[PL_MARK_MAX], dead[PL_MARK_MAX], reused[PL_MARK_MAX + 8];
    (void)state;
    pl_mark_own(own);
    assert_false(pl_mark_ended(own));
    mark_of_the_dead(dead);
    assert_true(pl_mark_ended(dead));
    /* our number, but somebody before us had it */
    snprintf(reused, sizeof reused, "%.*s-1", (int)(strrchr(own, '-') - own), own);
    assert_true(pl_mark_ended(reused));
    /* another namespace's number tells nothing: the lock has to */
    snprintf(reused, sizeof reused, "1%s", own);
    assert_true(pl_mark_ended(reused));
}

static void what_is_held_is_not_taken_over(void **state)
{
    char path[128], mark[PL_MARK_MAX];
    (void)state;
    mark_of_the_dead(mark);
    snprintf(path, sizeof path, "%s/held", root);
    int fd = pl_mark_hold(path, 0700);
    assert_true(fd >= 0);
    assert_int_equal(pl_mark_take_over(path, mark), -1);
    assert_int_equal(pl_mark_hold(path, 0700), -EBUSY);
    close(fd);
    fd = pl_mark_take_over(path, mark);
    assert_true(fd >= 0);
    close(fd);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(pl_mark_take_over(path, mark), -1); /* gone */
    assert_int_equal(symlink("/", path), 0);
    assert_int_equal(pl_mark_take_over(path, mark), -1); /* a link is nobody's */
    assert_int_equal(unlink(path), 0);
}

static void make(const char *path)
{
    char inner[256];
    assert_int_equal(mkdir(path, 0700), 0);
    snprintf(inner, sizeof inner, "%s/file", path);
    close(open(inner, O_WRONLY | O_CREAT, 0600));
}

static void temporary_folders_of_the_dead_go(void **state)
{
    char left[160], foreign[128], mark[PL_MARK_MAX];
    struct pl_temporary first, second;
    struct pl_error error;
    (void)state;
    mark_of_the_dead(mark);
    snprintf(left, sizeof left, "%s/plimsoll-calibrate-%s", root, mark);
    snprintf(foreign, sizeof foreign, "%s/plimsoll-results-2026-11", root);
    make(left);
    make(foreign);
    assert_int_equal(pl_temporary_make(&first, "one", &error), 0);
    assert_int_equal(access(left, F_OK), -1);
    assert_int_equal(access(foreign, F_OK), 0);
    struct stat status;
    assert_int_equal(stat(first.path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0700);
    assert_int_equal(pl_temporary_make(&second, "two", &error), 0);
    assert_int_equal(access(first.path, F_OK), 0);
    pl_temporary_remove(&first);
    pl_temporary_remove(&first);
    pl_temporary_remove(&second);
    char inner[256];
    snprintf(inner, sizeof inner, "%s/file", foreign);
    assert_int_equal(unlink(inner), 0);
    assert_int_equal(rmdir(foreign), 0);
}

static void a_place_that_is_not_there_is_told(void **state)
{
    struct pl_temporary temporary;
    struct pl_error error;
    (void)state;
    setenv("TMPDIR", "/nowhere", 1);
    assert_int_equal(pl_temporary_make(&temporary, "one", &error), -ENOENT);
    assert_non_null(strstr(error.text, "TMPDIR names another place"));
    pl_temporary_remove(&temporary);
    setenv("TMPDIR", root, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_mark_has_one_form),
        cmocka_unit_test(the_living_are_told_from_the_dead),
        cmocka_unit_test(what_is_held_is_not_taken_over),
        cmocka_unit_test(temporary_folders_of_the_dead_go),
        cmocka_unit_test(a_place_that_is_not_there_is_told),
    };
    return cmocka_run_group_tests(tests, make_root, remove_root);
}
