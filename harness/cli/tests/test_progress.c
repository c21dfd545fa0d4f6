/* The live line: how much is left where it is known how long a cell takes, and where it is not; how
 * far the cell is that runs; how often it is written. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/cli/progress.h"

#define S INT64_C(1000000000)

/* stderr goes into a file until it is read. */
struct capture {
    FILE *file;
    int stderr_fd;
};

static struct capture capture_begin(void)
{
    struct capture c = {tmpfile(), dup(STDERR_FILENO)};
    assert_non_null(c.file);
    dup2(fileno(c.file), STDERR_FILENO);
    return c;
}

static void capture_end(struct capture *c, char *text, size_t capacity)
{
    dup2(c->stderr_fd, STDERR_FILENO);
    close(c->stderr_fd);
    rewind(c->file);
    text[fread(text, 1, capacity - 1, c->file)] = '\0';
    fclose(c->file);
}

/* What is shown when a cell starts, whether stderr is a terminal or not. */
static void shows(struct pl_progress *p, const char *expected)
{
    char text[512];
    struct capture c = capture_begin();
    p->shown = true;
    pl_progress_show(p, "steady-reader", "glibc", 60 * S);
    capture_end(&c, text, sizeof text);
    assert_string_equal(text, expected);
}

static void real_time_is_known_beforehand(void **state)
{
    (void)state;
    struct pl_progress p;
    pl_progress_start(&p, 3, 540, true);
    shows(&p, "\r\033[K0/3 cells, about 9 min left: steady-reader glibc");
    pl_progress_step(&p, 240);
    p.started_ns -= 1000 * S; /* however long it took */
    shows(&p, "\r\033[K1/3 cells, about 5 min left: steady-reader glibc");
    pl_progress_step(&p, 240);
    shows(&p, "\r\033[K2/3 cells, about 1 min left: steady-reader glibc");
    pl_progress_reach(&p, 45 * S, 0);
    assert_true(pl_progress_left(&p, p.started_ns) == 15);
}

static void a_replay_is_told_by_those_before(void **state)
{
    (void)state;
    struct pl_progress p;
    pl_progress_start(&p, 4, 0, false);
    shows(&p, "\r\033[K0/4 cells: steady-reader glibc");
    p.started_ns -= 10 * S;
    pl_progress_step(&p, 0);
    shows(&p, "\r\033[K1/4 cells, about 30 s left: steady-reader glibc");
}

/* 100 s of replay in all: a cell of 60 s and one of 40 s. */
static void parts_of_a_cell_tell(void **state)
{
    (void)state;
    struct pl_progress p;
    pl_progress_start(&p, 2, 100, false);
    p.shown = false;
    pl_progress_show(&p, "a", "b", 60 * S);
    assert_true(pl_progress_left(&p, p.started_ns + 2 * S) < 0); /* nothing tells yet */
    pl_progress_reach(&p, 30 * S, p.started_ns);
    assert_true(pl_progress_left(&p, p.started_ns + S / 2) < 0); /* too early to tell */
    assert_true(pl_progress_left(&p, p.started_ns + 6 * S) == 14);
    pl_progress_reach(&p, 70 * S, p.started_ns); /* no further than its end */
    assert_true(pl_progress_left(&p, p.started_ns + 6 * S) == 4);
    pl_progress_step(&p, 60);
    assert_true(pl_progress_left(&p, p.started_ns + 15 * S) == 10);
    pl_progress_show(&p, "a", "b", 40 * S);
    pl_progress_reach(&p, 20 * S, p.started_ns);
    assert_true(pl_progress_left(&p, p.started_ns + 24 * S) == 6);
    pl_progress_reach(&p, 41 * S, p.started_ns);
    assert_true(pl_progress_left(&p, p.started_ns + 24 * S) == 0);
}

/* Where cells count alike, half a cell is half a cell. */
static void parts_tell_without_their_work(void **state)
{
    (void)state;
    struct pl_progress p;
    pl_progress_start(&p, 4, 0, false);
    p.shown = false;
    pl_progress_show(&p, "a", "b", 60 * S);
    pl_progress_reach(&p, 30 * S, p.started_ns);
    assert_true(pl_progress_left(&p, p.started_ns + 2 * S) == 14);
}

static void it_is_written_some_times_a_second(void **state)
{
    (void)state;
    struct pl_progress p;
    char text[512];
    pl_progress_start(&p, 2, 7200, false);
    p.shown = true;
    struct capture c = capture_begin();
    pl_progress_show(&p, "one-hour", "glibc", 3600 * S);
    int64_t now = p.written_ns;
    p.started_ns = now - 10 * S;
    for (int64_t i = 1; i <= 500; i++) /* half a second of samples */
        pl_progress_reach(&p, i * S, now + i * 1000000);
    capture_end(&c, text, sizeof text);
    assert_string_equal(
        text, "\r\033[K0/2 cells: one-hour glibc"
              "\r\033[K0/2 cells, about 4 min 45 s left; 4 min 10 s of 1 h: one-hour glibc"
              "\r\033[K0/2 cells, about 2 min 21 s left; 8 min 20 s of 1 h: one-hour glibc");
}

static void without_a_terminal_there_is_none(void **state)
{
    (void)state;
    struct pl_progress p;
    char text[512];
    struct capture c = capture_begin();
    pl_progress_start(&p, 2, 7200, false);
    pl_progress_show(&p, "one-hour", "glibc", 3600 * S);
    pl_progress_reach(&p, 1800 * S, p.started_ns + 100 * S);
    pl_progress_clear(&p);
    capture_end(&c, text, sizeof text);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(real_time_is_known_beforehand),
        cmocka_unit_test(a_replay_is_told_by_those_before),
        cmocka_unit_test(parts_of_a_cell_tell),
        cmocka_unit_test(parts_tell_without_their_work),
        cmocka_unit_test(it_is_written_some_times_a_second),
        cmocka_unit_test(without_a_terminal_there_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
