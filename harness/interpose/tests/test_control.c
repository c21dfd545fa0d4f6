/* The controller's side: which stacks can stand in a foreign program, what its environment and page
 * say, and how figures of many processes add up. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "allocators/backend.h"
#include "harness/interpose/control.h"

static char folder[] = "/tmp/plimsoll-control-XXXXXX";
static char page_path[sizeof folder + 8];

static struct pl_stack_spec parsed(const char *text)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    if (pl_stack_parse(text, &spec, &error))
        fail_msg("%s", error.text);
    return spec;
}

static struct pl_foreign foreign(const char *text)
{
    const struct pl_stack_spec spec = parsed(text);
    struct pl_foreign made;
    struct pl_error error;
    if (pl_stack_foreign(&spec, &made, &error))
        fail_msg("%s", error.text);
    return made;
}

static void layers_become_settings(void **state)
{
    (void)state;
    struct pl_foreign made = foreign("glibc");
    const struct pl_foreign none = {0};
    assert_int_equal(made.limit_bytes | made.fault_nth | made.fault_every | made.trim_every_ns, 0);
    made = foreign("limited:max=3MiB/jemalloc:narenas=2");
    assert_int_equal(made.limit_bytes, 3 << 20);
    made = foreign("fault:nth=7,every=100/limited:max=64B/glibc:trim_every=60s");
    assert_int_equal(made.fault_nth, 7);
    assert_int_equal(made.fault_every, 100);
    assert_int_equal(made.limit_bytes, 64);
    assert_int_equal(made.trim_every_ns, INT64_C(60000000000));
    assert_true(made.fault_outside);
    made = foreign("limited:max=64B/fault:nth=7/glibc");
    assert_false(made.fault_outside);
    made = foreign("ledger/limited:max=64B/fault:nth=7/glibc");
    assert_true(made.ledger);
    assert_int_equal(made.ledger_depth, 16);
    assert_int_equal(made.ledger_inside, 0);
    made = foreign("limited:max=64B/fault:nth=7/ledger:depth=5/glibc");
    assert_int_equal(made.ledger_depth, 5);
    assert_int_equal(made.ledger_inside, PL_FOREIGN_IN_LIMIT | PL_FOREIGN_IN_FAULT);
    made = foreign("preload:path=/x/libmine.so");
    assert_memory_equal(&made.limit_bytes, &none.limit_bytes, sizeof none.limit_bytes);
}

/* Each backend either says what it is in a foreign program, or why it can't stand there. */
static void every_backend_takes_a_stand(void **state)
{
    struct pl_backend_info info;
    (void)state;
    for (size_t i = 0; pl_backend_info(i, &info); i++) {
        const struct pl_backend *backend = pl_backend_find(info.name);
        if (!backend->heap && !backend->not_foreign == !backend->foreign)
            fail_msg("%s: expected one of not_foreign and foreign", info.name);
        if (backend->heap && backend->not_foreign && backend->foreign)
            fail_msg("%s: can and can't stand in a foreign program", info.name);
    }
}

static void refusals_say_why(void **state)
{
    static const char *const rows[][2] = {
        {"slab", "slab can't stand in a foreign program: "},
        {"limited:max=1MiB/slab/jemalloc", "slab can't stand in a foreign program: "},
        {"limited/glibc", "expected limited:max=SIZE"},
        {"frame_pool/glibc", "frame_pool can't stand"},
        {"size_class_pool/glibc", "size_class_pool can't stand"},
        {"gc/glibc", "gc can't stand"},
        {"null", "null can't stand"},
        {"fault/glibc", "fault has nothing to fail"},
        {"fault:nth=1/native", "fault can't stand on native: "},
        {"limited:max=1B/limited:max=2B/glibc", "limited stands once at most"},
        {"ledger/ledger/glibc", "ledger stands once at most"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        const struct pl_stack_spec spec = parsed(rows[i][0]);
        struct pl_environment environment;
        struct pl_error error;
        assert_int_equal(pl_interpose_prepare(&spec, page_path, &environment, &error), -EINVAL);
        if (!strstr(error.text, rows[i][1]) || strchr(error.text, '\n'))
            fail_msg("%s: %s", rows[i][0], error.text);
        assert_int_equal(access(page_path, F_OK), -1);
    }
}

/* Where the library was not built, there is one line that says so. */
static bool prepare(const char *text, struct pl_environment *environment)
{
    const struct pl_stack_spec spec = parsed(text);
    struct pl_error error;
    int rc = pl_interpose_prepare(&spec, page_path, environment, &error);
    if (rc && !pl_backend_sanitized())
        fail_msg("%s", error.text);
    if (rc)
        assert_int_equal(rc, -ENOENT);
    return rc == 0;
}

static void library_stands_first(void **state)
{
    struct pl_environment environment;
    char named[256];
    (void)state;
    if (!prepare("limited:max=1MiB/preload:path=/x/libmine.so", &environment))
        skip();
    assert_int_equal(environment.count, 2);
    const char *ours =
        strstr(pl_environment_at(&environment, 0), "/libplimsoll-interpose.so:/x/libmine.so");
    assert_non_null(ours);
    assert_null(memchr(pl_environment_at(&environment, 0), ':',
                       (size_t)(ours - pl_environment_at(&environment, 0))));
    assert_memory_equal(pl_environment_at(&environment, 0), "LD_PRELOAD=/", 12);
    snprintf(named, sizeof named, "PLIMSOLL_INTERPOSE=%s", page_path);
    assert_string_equal(pl_environment_at(&environment, 1), named);
    assert_true(prepare("glibc:arena_max=2", &environment));
    assert_int_equal(environment.count, 3);
    assert_string_equal(pl_environment_at(&environment, 0),
                        "GLIBC_TUNABLES=glibc.malloc.arena_max=2");
    assert_string_equal(strrchr(pl_environment_at(&environment, 1), '/'),
                        "/libplimsoll-interpose.so");
}

static void page_is_for_this_user_alone(void **state)
{
    struct pl_environment environment;
    struct pl_interpose_report report;
    struct stat status;
    (void)state;
    if (!prepare("glibc", &environment))
        skip();
    assert_int_equal(stat(page_path, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);
    assert_int_equal(status.st_size, sizeof(struct pl_page));
    assert_int_equal(pl_interpose_read(page_path, &report), 0);
    assert_int_equal(report.processes, 0);
    assert_int_equal(report.slot_count, 0);
    unlink(page_path);
}

static void paths_that_cant_be_are_refused(void **state)
{
    const struct pl_stack_spec spec = parsed("glibc");
    struct pl_environment environment;
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_interpose_prepare(&spec, "relative", &environment, &error), -EINVAL);
    if (!pl_backend_sanitized())
        assert_int_equal(pl_interpose_prepare(&spec, "/nonexistent/x", &environment, &error),
                         -ENOENT);
}

static void write_page(const void *bytes, size_t size)
{
    int fd = open(page_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, size), size);
    close(fd);
}

static struct pl_page *page_of_two(void)
{
    struct pl_page *page = calloc(1, sizeof *page);
    assert_non_null(page);
    page->magic = PL_PAGE_MAGIC;
    page->version = PL_PAGE_VERSION;
    page->size = sizeof *page;
    page->lost = 3;
    page->ended = (struct pl_page_ended){
        .processes = 5, .calls = 1000, .refusals = 7, .allocating_calls = 30};
    for (unsigned i = 0; i < 2; i++) {
        struct pl_page_process *process = &page->processes[i * 10];
        process->place = (UINT64_C(77) << 32) + 100 + i;
        process->inherited_bytes = 50;
        process->faults = 10 + i;
        process->allocating_calls = 40 - i;
        process->live_bytes_peak = 900 - i;
        for (unsigned k = 0; k < PL_PAGE_FAULTS; k++)
            process->latest[k].number = k + 1;
        for (unsigned k = 0; k < PL_PAGE_STRIPES; k++)
            process->stripes[k] = (struct pl_page_stripe){
                .calls = 2, .allocated_blocks = 3, .allocated_bytes = 30, .freed_bytes = 10};
    }
    page->processes[20].place = 1; /* being folded: it is nobody's */
    page->processes[20].stripes[0].calls = 12345;
    return page;
}

static void processes_add_up(void **state)
{
    struct pl_page *page = page_of_two();
    struct pl_interpose_report report;
    (void)state;
    write_page(page, sizeof *page);
    free(page);
    assert_int_equal(pl_interpose_read(page_path, &report), 0);
    assert_int_equal(report.processes, 7);
    assert_int_equal(report.lost, 3);
    assert_int_equal(report.calls, 1000 + 2 * 2 * PL_PAGE_STRIPES);
    assert_int_equal(report.allocated_blocks, 2 * 3 * PL_PAGE_STRIPES);
    assert_int_equal(report.live_bytes, 2 * (50 + 20 * PL_PAGE_STRIPES));
    assert_int_equal(report.live_bytes_peak, 900);
    assert_int_equal(report.refusals, 7);
    assert_int_equal(report.faults, 21);
    assert_int_equal(report.allocating_calls, 40); /* the most of one, not all of them */
    assert_int_equal(report.slot_count, 2);
    assert_int_equal(report.slots[1].pid, 101);
    /* The 11 faults of the latter: the ring holds the 4th to the 11th. */
    assert_int_equal(report.latest_pid, 101);
    assert_int_equal(report.latest_count, PL_PAGE_FAULTS);
    assert_int_equal(report.latest[0].number, 4);
    assert_int_equal(report.latest[PL_PAGE_FAULTS - 1].number, 3);
}

static void no_page_is_refused(void **state)
{
    struct pl_interpose_report report;
    struct pl_page *page = page_of_two();
    (void)state;
    unlink(page_path);
    assert_int_equal(pl_interpose_read(page_path, &report), -ENOENT);
    assert_int_equal(pl_interpose_read(folder, &report), -EINVAL);
    write_page(page, sizeof *page - 1);
    assert_int_equal(pl_interpose_read(page_path, &report), -EINVAL);
    page->version++;
    write_page(page, sizeof *page);
    assert_int_equal(pl_interpose_read(page_path, &report), -EINVAL);
    page->version--;
    page->magic++;
    write_page(page, sizeof *page);
    assert_int_equal(pl_interpose_read(page_path, &report), -EINVAL);
    free(page);
    unlink(page_path);
    assert_int_equal(mkfifo(page_path, 0600), 0);
    assert_int_equal(pl_interpose_read(page_path, &report), -EINVAL); /* and does not wait */
    unlink(page_path);
}

static int make_folder(void **state)
{
    (void)state;
    if (!mkdtemp(folder))
        return -1;
    snprintf(page_path, sizeof page_path, "%s/page", folder);
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(page_path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_become_settings),
        cmocka_unit_test(every_backend_takes_a_stand),
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(library_stands_first),
        cmocka_unit_test(page_is_for_this_user_alone),
        cmocka_unit_test(paths_that_cant_be_are_refused),
        cmocka_unit_test(processes_add_up),
        cmocka_unit_test(no_page_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
