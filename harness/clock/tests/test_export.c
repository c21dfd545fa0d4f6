/* The clocks that an executable exports: all of libc's read the replay's time, CPU clocks do not,
 * and the harness's own timing goes past them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/time.h>
#include <time.h>

#include <cmocka.h>

#include "harness/clock/real.h"
#include "harness/clock/virtual.h"

static int64_t read_clock(clockid_t clock)
{
    struct timespec t;
    assert_int_equal(clock_gettime(clock, &t), 0);
    return t.tv_sec * PL_NS_PER_S + t.tv_nsec;
}

static void every_clock_reads_the_replays_time(void **state)
{
    (void)state;
    struct timeval tv;
    struct timespec ts;
    time_t seconds;
    for (int64_t now = 0; now < 5 * PL_NS_PER_S; now += 1234567890) {
        pl_virtual_advance(now);
        const clockid_t monotonic[] = {CLOCK_MONOTONIC, CLOCK_MONOTONIC_COARSE, CLOCK_MONOTONIC_RAW,
                                       CLOCK_BOOTTIME};
        for (size_t i = 0; i < 4; i++)
            assert_int_equal(read_clock(monotonic[i]), PL_VIRTUAL_MONOTONIC_NS + now);
        const clockid_t realtime[] = {CLOCK_REALTIME, CLOCK_REALTIME_COARSE, CLOCK_TAI};
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(read_clock(realtime[i]), PL_VIRTUAL_REALTIME_NS + now);
        int64_t wall_s = (PL_VIRTUAL_REALTIME_NS + now) / PL_NS_PER_S;
        assert_int_equal(gettimeofday(&tv, NULL), 0);
        assert_int_equal(tv.tv_sec, wall_s);
        assert_int_equal(tv.tv_usec, (PL_VIRTUAL_REALTIME_NS + now) % PL_NS_PER_S / 1000);
        assert_int_equal(time(&seconds), wall_s);
        assert_int_equal(seconds, wall_s);
        assert_int_equal(timespec_get(&ts, TIME_UTC), TIME_UTC);
        assert_int_equal(ts.tv_sec, wall_s);
    }
}

static void real_time_passes_all_the_same(void **state)
{
    (void)state;
    pl_real_init();
    int64_t virtual_before = read_clock(CLOCK_MONOTONIC);
    int64_t real_before = pl_real_now(), cpu_before = pl_real_cpu();
    int64_t cpu_clock = read_clock(CLOCK_PROCESS_CPUTIME_ID);
    while (pl_real_now() < real_before + 20000000)
        ;
    assert_true(pl_real_cpu() > cpu_before);
    assert_true(read_clock(CLOCK_PROCESS_CPUTIME_ID) > cpu_clock);
    assert_int_equal(read_clock(CLOCK_MONOTONIC), virtual_before);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_clock_reads_the_replays_time),
        cmocka_unit_test(real_time_passes_all_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
