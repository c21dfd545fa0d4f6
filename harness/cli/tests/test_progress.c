/* The live line: how much is left where it is known how long a cell takes, and where it is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/cli/progress.h"

/* What is shown, whether stderr is a terminal or not. */
static void shows(struct pl_progress *p, const char *expected)
{
    char text[256] = "";
    FILE *file = tmpfile();
    assert_non_null(file);
    int stderr_fd = dup(STDERR_FILENO);
    fflush(stderr);
    dup2(fileno(file), STDERR_FILENO);
    p->shown = true;
    pl_progress_show(p, "steady-reader", "glibc");
    fflush(stderr);
    dup2(stderr_fd, STDERR_FILENO);
    close(stderr_fd);
    rewind(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_string_equal(text, expected);
}

static void real_time_is_known_beforehand(void **state)
{
    (void)state;
    struct pl_progress p;
    pl_progress_start(&p, 3, 540);
    shows(&p, "\r\033[K0/3 cells, about 540 s left: steady-reader glibc");
    pl_progress_step(&p, 240);
    p.started_ns -= INT64_C(1000000000000); /* however long it took */
    shows(&p, "\r\033[K1/3 cells, about 300 s left: steady-reader glibc");
    pl_progress_step(&p, 240);
    shows(&p, "\r\033[K2/3 cells, about 60 s left: steady-reader glibc");
}

static void a_replay_is_told_by_those_before(void **state)
{
    (void)state;
    struct pl_progress p;
    pl_progress_start(&p, 4, 0);
    shows(&p, "\r\033[K0/4 cells: steady-reader glibc");
    p.started_ns -= INT64_C(10000000000);
    pl_progress_step(&p, 0);
    shows(&p, "\r\033[K1/4 cells, about 30 s left: steady-reader glibc");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_time_is_known_beforehand),
        cmocka_unit_test(a_replay_is_told_by_those_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
