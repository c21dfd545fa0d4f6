/* A job's memory: there before a cell's container is, and as good as new for the next cell. */
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cmocka.h>

#include "harness/cell/enclosing.h"
#include "harness/cell/job.h"
#include "harness/scenario/scenario.h"
#include "harness/traffic/recording.h"

static uint64_t allocated(const struct pl_job_memory *memory)
{
    struct stat status;
    assert_int_equal(fstat(memory->fd, &status), 0);
    assert_int_equal(status.st_size, memory->bytes);
    return (uint64_t)status.st_blocks * 512;
}

static void every_page_is_there_also_when_it_grows_or_shrinks(void **state)
{
    static const uint64_t sizes[] = {3 << 12, 1 << 20, 1 << 12, 5 << 12};
    struct pl_job_memory memory = PL_JOB_MEMORY_NONE;
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        assert_int_equal(pl_job_memory_fit(&memory, sizes[i], NULL), 0);
        assert_int_equal(memory.bytes, sizes[i]);
        assert_int_equal(allocated(&memory), sizes[i]);
    }
    pl_job_memory_free(&memory);
    assert_int_equal(memory.fd, -1);
    pl_job_memory_free(&memory);
}

static void what_a_limit_forbids_is_told_and_leaves_nothing(void **state)
{
    struct pl_job_memory memory = PL_JOB_MEMORY_NONE;
    struct pl_error error;
    struct rlimit before, less = {1 << 12, RLIM_INFINITY};
    (void)state;
    assert_int_equal(pl_job_memory_fit(&memory, 1 << 12, NULL), 0);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    less.rlim_max = before.rlim_max;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
    int rc = pl_job_memory_fit(&memory, 2 << 12, &error);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(rc, -ENOMEM);
    assert_non_null(strstr(error.text, "shared memory of 8192 B, and an inherited RLIMIT_FSIZE"));
    assert_int_equal(memory.fd, -1);
    assert_null(memory.mapped);
}

struct material {
    struct pl_scenario scenario;
    struct pl_recording *recording;
};

static void read_material(struct material *m)
{
    struct pl_error error;
    if (pl_scenario_load(PL_SOURCE_DIR "/scenarios/steady-reader.yaml", PL_TIER_SMOKE, NULL, 0,
                         &m->scenario, &error) ||
        pl_capture_read(m->scenario.traffic.file, &(struct pl_capture_options){0}, &m->recording,
                        NULL, &error))
        fail_msg("%s", error.text);
}

static void make(const struct material *m, uint64_t seed, struct pl_job_memory *memory)
{
    const struct pl_job_options options = {.scenario = &m->scenario,
                                           .recording = m->recording,
                                           .stack = "glibc",
                                           .clock = PL_CLOCK_VIRTUAL,
                                           .threads = 1,
                                           .seed = seed,
                                           .room_bytes = UINT64_MAX};
    struct pl_error error;
    if (pl_job_make(&options, memory, &error))
        fail_msg("%s", error.text);
}

static void the_next_cell_finds_nothing_of_the_last(void **state)
{
    static struct material m;
    struct pl_job_memory used = PL_JOB_MEMORY_NONE, fresh = PL_JOB_MEMORY_NONE;
    (void)state;
    read_material(&m);
    make(&m, 1, &used);
    int fd = used.fd;
    memset(used.mapped, 0xa5, used.bytes);
    make(&m, 2, &used);
    make(&m, 2, &fresh);
    assert_int_equal(used.fd, fd);
    assert_int_equal(used.bytes, fresh.bytes);
    const struct pl_job *job = pl_job_of(&fresh);
    assert_memory_equal(used.mapped, fresh.mapped, job->recording_offset);
    assert_memory_equal(pl_job_recording(pl_job_of(&used)), m.recording, m.recording->bytes);
    assert_memory_equal(used.mapped + job->arena_offset, fresh.mapped + job->arena_offset,
                        job->arena_bytes);
    pl_job_memory_free(&used);
    pl_job_memory_free(&fresh);
    free(m.recording);
}

/* A job may be smaller than the one whose memory it takes. */
static void the_room_beside_a_job_follows_its_size(void **state)
{
    struct pl_enclosing limited = {.machine = 100, .limit = 80, .left = 50};
    struct pl_enclosing free_of_limits = {.machine = 100, .limit = UINT64_MAX, .left = UINT64_MAX};
    (void)state;
    pl_enclosing_count(&limited, 0, 10);
    assert_int_equal(limited.machine, 90);
    assert_int_equal(limited.left, 40);
    pl_enclosing_count(&limited, 10, 4);
    assert_int_equal(limited.machine, 96);
    assert_int_equal(limited.left, 46);
    assert_false(pl_enclosing_is_tight(&free_of_limits, UINT64_C(1) << 40));
    pl_enclosing_count(&free_of_limits, 10, 4);
    assert_int_equal(free_of_limits.machine, 106);
    assert_false(pl_enclosing_is_tight(&free_of_limits, UINT64_C(1) << 40));
    pl_enclosing_count(&limited, 4, 1000);
    assert_int_equal(pl_enclosing_room(&limited), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_page_is_there_also_when_it_grows_or_shrinks),
        cmocka_unit_test(what_a_limit_forbids_is_told_and_leaves_nothing),
        cmocka_unit_test(the_next_cell_finds_nothing_of_the_last),
        cmocka_unit_test(the_room_beside_a_job_follows_its_size),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
