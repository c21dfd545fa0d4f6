/* The shim as C sees it: what is registered runs as often as it says, counters stay finite, giving
 * up is told, and what comes out is JSON whatever the names are. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/bench/shim.h"

/* What a benchmark of this test saw. */
struct seen {
    uint64_t operations; /* of the last run */
    uint64_t largest;    /* that pl_bench_next gave */
    int64_t arg;
    int counter_rc[4];
    int starts, stops;
    char *volatile block;
};

static void count(struct pl_bench *b, void *context)
{
    struct seen *seen = context;
    seen->operations = seen->largest = 0;
    for (uint64_t n; (n = pl_bench_next(b, 7));) {
        seen->operations += n;
        seen->largest = n > seen->largest ? n : seen->largest;
    }
    pl_bench_items(b, seen->operations);
    pl_bench_bytes(b, 3 * seen->operations);
    seen->counter_rc[0] = pl_bench_counter(b, "finite", 2.5);
    seen->counter_rc[1] = pl_bench_counter(b, "no_number", (double)NAN);
    seen->counter_rc[2] = pl_bench_counter(b, "endless", (double)INFINITY);
    seen->counter_rc[3] = pl_bench_counter(b, "endless", -(double)INFINITY);
}

static void take_arg(struct pl_bench *b, void *context)
{
    ((struct seen *)context)->arg = pl_bench_arg(b, 0);
    while (pl_bench_next(b, 1))
        continue;
}

static void give_up(struct pl_bench *b, void *context)
{
    struct seen *seen = context;
    pl_bench_skip(b, "the stack refused a \"request\"");
    seen->operations = pl_bench_next(b, 64);
}

/* Sleeps a millisecond in the loop, which is timed unless it is paused. */
static void doze(struct pl_bench *b, void *context)
{
    while (pl_bench_next(b, 1)) {
        if (context)
            pl_bench_pause(b);
        usleep(1000);
        if (context)
            pl_bench_resume(b);
    }
}

static void add(const char *name, pl_bench_function run, void *context)
{
    struct pl_bench_options options = {.name = name, .run = run, .context = context};
    assert_int_equal(pl_bench_register(&options), 0);
}

/* What a process of its own leaves behind. */
static void *shared(size_t size)
{
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(memory != MAP_FAILED);
    return memory;
}

static struct seen *shared_seen(void)
{
    return shared(sizeof(struct seen));
}

struct outcome {
    int rc, again;
    size_t ran;
};

/* Runs what is registered in a process of its own, since each may run but once. */
static struct outcome run_apart(int argc, char **argv)
{
    struct outcome *shown = shared(sizeof *shown), outcome;
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        shown->rc = pl_bench_run(argc, argv, &shown->ran);
        shown->again = pl_bench_run(argc, argv, &shown->ran);
        fflush(NULL);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    outcome = *shown;
    munmap(shown, sizeof *shown);
    return outcome;
}

/* Runs what is registered and reads the JSON. */
static json_t *run(const char *min_time)
{
    char path[] = "/tmp/plimsoll-shim-XXXXXX", out[64], time[64];
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    snprintf(out, sizeof out, "--benchmark_out=%s", path);
    snprintf(time, sizeof time, "--benchmark_min_time=%s", min_time);
    char name[] = "test", format[] = "--benchmark_out_format=json";
    char *argv[] = {name, out, format, time, NULL};
    json_error_t error;
    struct outcome outcome = run_apart(4, argv);
    assert_int_equal(outcome.rc, 0);
    assert_int_equal(outcome.again, -EALREADY);
    json_t *root = json_load_file(path, 0, &error);
    if (!root)
        fail_msg("line %d: %s", error.line, error.text);
    unlink(path);
    pl_bench_clear();
    assert_int_equal(outcome.ran, json_array_size(json_object_get(root, "benchmarks")));
    return root;
}

static const json_t *entry(const json_t *root, size_t index)
{
    return json_array_get(json_object_get(root, "benchmarks"), index);
}

static double number(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!json_is_number(value))
        fail_msg("no number '%s'", key);
    return json_number_value(value);
}

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value ? value : "";
}

static void operations_are_those_that_are_timed(void **state)
{
    (void)state;
    struct seen *seen = shared_seen();
    add("count/all", count, seen);
    /* It ends, too, after five times as long in real time, which one iteration may take where
     * others have the processor. */
    json_t *root = run("0.05");
    const json_t *e = entry(root, 0);
    assert_string_equal(text(e, "name"), "count/all");
    assert_true(seen->operations > 1000);
    assert_int_equal(seen->largest, 7); /* and never more, the rest at the end included */
    assert_true(fabs(number(e, "iterations") - (double)seen->operations) < 0.5);
    double per_second = number(e, "items_per_second");
    assert_true(fabs(per_second * number(e, "cpu_time") / 1e9 - 1) < 1e-3);
    assert_true(fabs(number(e, "bytes_per_second") / per_second - 3) < 1e-3);
    json_decref(root);
}

static void counters_are_finite(void **state)
{
    (void)state;
    struct seen *seen = shared_seen();
    add("count/all", count, seen);
    json_t *root = run("0.001");
    static const int expected[] = {0, -EINVAL, -EINVAL, -EINVAL};
    assert_memory_equal(seen->counter_rc, expected, sizeof expected);
    assert_true(fabs(number(entry(root, 0), "finite") - 2.5) < 1e-9);
    assert_null(json_object_get(entry(root, 0), "no_number"));
    assert_null(json_object_get(entry(root, 0), "endless"));
    json_decref(root);
}

static void giving_up_is_told(void **state)
{
    (void)state;
    struct seen *seen = shared_seen();
    seen->operations = 99;
    add("give_up", give_up, seen);
    add("count/all", count, &(struct seen){0});
    json_t *root = run("0.001");
    assert_int_equal(seen->operations, 0);
    assert_true(json_is_true(json_object_get(entry(root, 0), "error_occurred")));
    assert_string_equal(text(entry(root, 0), "error_message"), "the stack refused a \"request\"");
    assert_null(json_object_get(entry(root, 1), "error_occurred"));
    json_decref(root);
}

static void odd_names_stay_json(void **state)
{
    (void)state;
    static const char *const names[] = {
        "quote\"d", "back\\slash", "a b/c,d", "\xc3\xa4/\xe2\x82\xac", "tab\tnewline\n", "100%s"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add(names[i], take_arg, &(struct seen){0});
    pl_bench_clear(); /* take_arg has no arg here: registered and forgotten, it must not run */
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        add(names[i], doze, NULL);
    assert_int_equal(pl_bench_context("odd \"key\"", "C:\\odd\tvalue"), 0);
    json_t *root = run("0.001");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_string_equal(text(entry(root, i), "name"), names[i]);
    assert_string_equal(text(json_object_get(root, "context"), "odd \"key\""), "C:\\odd\tvalue");
    json_decref(root);
}

static void args_and_threads_are_in_the_name(void **state)
{
    (void)state;
    struct seen *seen = shared_seen();
    struct pl_bench_options options = {
        .name = "arg", .run = take_arg, .context = seen, .args = {138}, .arg_count = 1};
    assert_int_equal(pl_bench_register(&options), 0);
    options = (struct pl_bench_options){.name = "two", .run = doze, .threads = 2};
    assert_int_equal(pl_bench_register(&options), 0);
    options = (struct pl_bench_options){.name = "process", .run = doze, .process_time = true};
    assert_int_equal(pl_bench_register(&options), 0);
    json_t *root = run("0.001");
    assert_int_equal(seen->arg, 138);
    assert_string_equal(text(entry(root, 0), "name"), "arg/138");
    assert_string_equal(text(entry(root, 1), "name"), "two/threads:2");
    assert_true(fabs(number(entry(root, 1), "threads") - 2) < 0.5);
    assert_string_equal(text(entry(root, 2), "name"), "process/process_time");
    json_decref(root);
}

static void paused_time_is_not_counted(void **state)
{
    (void)state;
    add("awake", doze, NULL);
    add("paused", doze, (void *)(uintptr_t)1);
    json_t *root = run("0.0001");
    assert_true(number(entry(root, 0), "real_time") > 1e6); /* ns of a sleep of 1 ms */
    assert_true(number(entry(root, 1), "real_time") < 5e5);
    json_decref(root);
}

static void on_start(void *context)
{
    ((struct seen *)context)->starts++;
}

static void on_stop(void *context, struct pl_bench_memory *memory)
{
    ((struct seen *)context)->stops++;
    *memory = (struct pl_bench_memory){48, 4800, 300, -7};
}

static void memory_is_what_the_hooks_say(void **state)
{
    (void)state;
    struct seen *seen = shared_seen();
    struct pl_bench_memory_hooks hooks = {on_start, on_stop, seen};
    assert_int_equal(pl_bench_watch_memory(&hooks), 0);
    add("count/all", count, seen);
    json_t *root = run("0.001");
    assert_int_equal(seen->starts, 1);
    assert_int_equal(seen->stops, 1);
    /* the run that is watched is the last, of 16 or as many as were timed: fewer on a busy machine
     */
    double watched = fmin(16, number(entry(root, 0), "iterations"));
    assert_int_equal(seen->operations, (uint64_t)watched);
    assert_true(fabs(number(entry(root, 0), "allocs_per_iter") - 48 / watched) < 1e-9);
    assert_true(fabs(number(entry(root, 0), "max_bytes_used") - 300) < 1e-9);
    assert_true(fabs(number(entry(root, 0), "total_allocated_bytes") - 4800) < 1e-9);
    assert_true(fabs(number(entry(root, 0), "net_heap_growth") + 7) < 1e-9);
    json_decref(root);
    char name[] = "test", repeated[] = "--benchmark_repetitions=2";
    char *argv[] = {name, repeated, NULL};
    assert_int_equal(run_apart(2, argv).rc, -ENOTSUP);
    setenv("BENCHMARK_REPETITIONS", "3", 1);
    assert_int_equal(run_apart(1, argv).rc, -ENOTSUP);
    unsetenv("BENCHMARK_REPETITIONS");
    assert_int_equal(pl_bench_watch_memory(NULL), 0);
    add("count/all", count, seen);
    json_decref(run("0.001"));
    assert_int_equal(seen->starts, 1);
}

static void what_is_wrong_is_refused(void **state)
{
    (void)state;
    struct pl_bench_options options = {.name = "x"};
    assert_int_equal(pl_bench_register(&options), -EINVAL);
    options = (struct pl_bench_options){.name = "", .run = doze};
    assert_int_equal(pl_bench_register(&options), -EINVAL);
    options =
        (struct pl_bench_options){.name = "x", .run = doze, .arg_count = PL_BENCH_ARGS_MAX + 1};
    assert_int_equal(pl_bench_register(&options), -EINVAL);
    char name[] = "test", unknown[] = "--benchmark_bogus=1";
    char *argv[] = {name, unknown, NULL};
    assert_int_equal(run_apart(2, argv).rc, -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_are_those_that_are_timed),
        cmocka_unit_test(counters_are_finite),
        cmocka_unit_test(giving_up_is_told),
        cmocka_unit_test(odd_names_stay_json),
        cmocka_unit_test(args_and_threads_are_in_the_name),
        cmocka_unit_test(paused_time_is_not_counted),
        cmocka_unit_test(memory_is_what_the_hooks_say),
        cmocka_unit_test(what_is_wrong_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
