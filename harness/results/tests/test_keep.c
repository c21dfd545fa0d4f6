/* What a run that goes on has written so far: a long document is not written at each cell. */
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

#include "harness/base/files.h"
#include "harness/base/monotonic.h"
#include "harness/results/results.h"

#define MS INT64_C(1000000)

struct kept {
    struct pl_results results;
    char folder[64];
};

static int setup(void **state)
{
    static struct kept k;
    strcpy(k.folder, "/tmp/plimsoll-test-XXXXXX");
    *state = &k;
    return mkdtemp(k.folder) &&
                   !pl_results_open(&k.results, k.folder, false, "run", "default", NULL)
               ? 0
               : -1;
}

static int teardown(void **state)
{
    struct kept *k = *state;
    pl_results_close(&k->results);
    pl_folder_remove(k->folder);
    return 0;
}

/* @return which file results.json is: each writing makes another; 0: there is none */
static ino_t document_of(const struct kept *k)
{
    char path[128];
    struct stat status;
    snprintf(path, sizeof path, "%s/results.json", k->folder);
    return stat(path, &status) == 0 ? status.st_ino : 0;
}

static void the_first_cell_is_written_at_once(void **state)
{
    struct kept *k = *state;
    assert_int_equal(document_of(k), 0);
    assert_int_equal(pl_results_keep(&k->results, NULL), 0);
    assert_int_not_equal(document_of(k), 0);
}

static void it_is_not_written_again_for_twenty_times_what_it_took(void **state)
{
    struct kept *k = *state;
    assert_int_equal(pl_results_keep(&k->results, NULL), 0);
    ino_t first = document_of(k);
    k->results.keeping_ns = 1000 * MS;
    k->results.kept_ns = pl_monotonic_ns() - 19000 * MS;
    assert_int_equal(pl_results_keep(&k->results, NULL), 0);
    assert_int_equal(document_of(k), first);
    k->results.kept_ns -= 1000 * MS;
    assert_int_equal(pl_results_keep(&k->results, NULL), 0);
    assert_int_not_equal(document_of(k), first);
    assert_true(k->results.keeping_ns < 1000 * MS);
}

static void its_end_is_always_written(void **state)
{
    struct kept *k = *state;
    assert_int_equal(pl_results_keep(&k->results, NULL), 0);
    ino_t first = document_of(k);
    assert_int_equal(pl_results_write(&k->results, true, NULL), 0);
    assert_int_not_equal(document_of(k), first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_first_cell_is_written_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(it_is_not_written_again_for_twenty_times_what_it_took,
                                        setup, teardown),
        cmocka_unit_test_setup_teardown(its_end_is_always_written, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
