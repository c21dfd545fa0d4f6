/* Claiming a run's folder: one run at a time, and what is removed is a run's alone. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/results/folder.h"

struct place {
    char folder[64];
};

static void write_file(const struct place *p, const char *name, const char *text)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

static bool has(const struct place *p, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    return access(path, F_OK) == 0;
}

static void make_folder(const struct place *p, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", p->folder, name);
    assert_int_equal(pl_folder_make(path, NULL), 0);
}

static int setup(void **state)
{
    static struct place p;
    strcpy(p.folder, "/tmp/plimsoll-test-XXXXXX");
    *state = &p;
    return mkdtemp(p.folder) ? 0 : -1;
}

static int teardown(void **state)
{
    pl_folder_remove(((struct place *)*state)->folder);
    return 0;
}

static void put_run(const struct place *p)
{
    write_file(p, "results.json", "{\"suite\": {\"name\": \"plimsoll\"}}");
    make_folder(p, "series");
    make_folder(p, "plots");
    write_file(p, "series/000.steady-reader.glibc.f32.r0.csv", "");
    write_file(p, "plots/steady-reader-f32.svg", "");
    write_file(p, "report.html", "");
}

static void one_run_at_a_time(void **state)
{
    const struct place *p = *state;
    struct pl_error error;
    int first = -1, second = -1;
    assert_int_equal(pl_folder_claim(p->folder, false, &first, &error), 0);
    assert_int_equal(pl_folder_claim(p->folder, true, &second, &error), -EBUSY);
    assert_non_null(strstr(error.text, "another run is writing into"));
    close(first);
    assert_int_equal(pl_folder_claim(p->folder, false, &second, &error), 0);
    close(second);
}

static void a_run_is_kept_unless_forced(void **state)
{
    const struct place *p = *state;
    struct pl_error error;
    int claim = -1;
    put_run(p);
    write_file(p, "mine.txt", "");
    write_file(p, "plots/plot.py", "");
    assert_int_equal(pl_folder_claim(p->folder, false, &claim, &error), -EEXIST);
    assert_non_null(strstr(error.text, "--force"));
    assert_true(has(p, "results.json"));
    assert_int_equal(pl_folder_claim(p->folder, true, &claim, &error), 0);
    close(claim);
    assert_false(has(p, "results.json") || has(p, "report.html") || has(p, "series"));
    assert_false(has(p, "plots/steady-reader-f32.svg"));
    assert_true(has(p, "mine.txt") && has(p, "plots/plot.py"));
}

/* Where there is no run, nothing is anybody's to remove. */
static void other_files_stay(void **state)
{
    const struct place *p = *state;
    struct pl_error error;
    int claim = -1;
    make_folder(p, "plots");
    write_file(p, "plots/holiday.svg", "");
    assert_int_equal(pl_folder_claim(p->folder, true, &claim, &error), 0);
    close(claim);
    assert_true(has(p, "plots/holiday.svg"));
    write_file(p, "results.json", "{\"suite\": \"of others\"}");
    assert_int_equal(pl_folder_claim(p->folder, true, &claim, &error), -EEXIST);
    assert_non_null(strstr(error.text, "not Plimsoll's"));
    assert_true(has(p, "results.json"));
}

static void a_run_is_removed_with_its_folder(void **state)
{
    const struct place *p = *state;
    put_run(p);
    assert_int_equal(pl_folder_remove_run(p->folder, NULL), 0);
    assert_int_equal(access(p->folder, F_OK), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(one_run_at_a_time, setup, teardown),
        cmocka_unit_test_setup_teardown(a_run_is_kept_unless_forced, setup, teardown),
        cmocka_unit_test_setup_teardown(other_files_stay, setup, teardown),
        cmocka_unit_test_setup_teardown(a_run_is_removed_with_its_folder, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
