/* Folders of runs that went side by side, read as one document. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/results/document.h"
#include "harness/results/joined_runs.h"

/* A document of one cell. */
static json_t *run_of(const char *stack)
{
    return json_pack(
        "{s:i, s:{s:b}, s:{s:s}, s:[{s:s, s:s}], s:[{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, "
        "s:s, s:i, s:f, s:{s:s, s:i}, s:{}}]}",
        "schema_version", 1, "run", "complete", 1, "host", "cpu", "a cpu", "recordings", "scenario",
        "s", "hash", "1", "cells", "scenario", "s", "title", "t", "allocator", stack, "format",
        "f32", "clock", "wall", "outcome", "bounded", "expected", "met", "outcome_why", "",
        "series", "series/a.csv", "reproduce", "", "repetition", 0, "duration_seconds", 1.0,
        "container", "kind", "none", "bytes", 0, "metrics");
}

/* FOLDER/NAME/results.json. */
static void save(const char *folder, const char *name, json_t *document)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_int_equal(pl_folder_make(path, NULL), 0);
    snprintf(path, sizeof path, "%s/%s/results.json", folder, name);
    assert_int_equal(json_dump_file(document, path, 0), 0);
    json_decref(document);
}

static const char *of_cell(const json_t *root, size_t i, const char *key)
{
    return pl_document_string(json_array_get(json_object_get(root, "cells"), i), key);
}

static void folders_become_one_document(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX", first[64];
    struct pl_error error = {""};
    json_t *root = NULL;
    assert_non_null(mkdtemp(folder));
    save(folder, "b", run_of("slab"));
    save(folder, "a", run_of("glibc"));
    save(folder, ".run", run_of("hidden"));
    snprintf(first, sizeof first, "%s/empty", folder);
    assert_int_equal(pl_folder_make(first, NULL), 0);
    snprintf(first, sizeof first, "%s/a", folder);
    assert_int_equal(pl_document_gather(folder, &root, &error), 0);
    assert_int_equal(json_array_size(json_object_get(root, "cells")), 2);
    assert_string_equal(of_cell(root, 0, "allocator"), "glibc");
    assert_string_equal(of_cell(root, 0, "folder"), first);
    assert_string_equal(of_cell(root, 1, "allocator"), "slab");
    assert_int_equal(json_array_size(json_object_get(root, "recordings")), 1);
    assert_true(json_is_true(json_object_get(json_object_get(root, "run"), "complete")));
    json_decref(root);
    pl_folder_remove(folder);
}

static void a_folder_of_results_is_one_itself(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX";
    struct pl_error error = {""};
    json_t *root = NULL;
    assert_non_null(mkdtemp(folder));
    save(folder, ".", run_of("glibc"));
    save(folder, "a", run_of("slab")); /* is not looked at */
    assert_int_equal(pl_document_gather(folder, &root, &error), 0);
    assert_int_equal(json_array_size(json_object_get(root, "cells")), 1);
    assert_string_equal(of_cell(root, 0, "folder"), folder);
    json_decref(root);
    pl_folder_remove(folder);
}

static void a_part_makes_the_whole_a_part(void **state)
{
    (void)state;
    char folder[] = "/tmp/plimsoll-test-XXXXXX";
    json_t *root = NULL, *part = run_of("slab");
    json_object_set_new(json_object_get(part, "run"), "complete", json_false());
    json_array_append_new(json_object_get(part, "recordings"),
                          json_pack("{s:s}", "scenario", "another"));
    assert_non_null(mkdtemp(folder));
    save(folder, "a", run_of("glibc"));
    save(folder, "b", part);
    save(folder, "c", run_of("limited"));
    assert_int_equal(pl_document_gather(folder, &root, NULL), 0);
    assert_true(json_is_false(json_object_get(json_object_get(root, "run"), "complete")));
    assert_int_equal(json_array_size(json_object_get(root, "recordings")), 2);
    json_decref(root);
    pl_folder_remove(folder);
}

/* Beside a run of glibc. */
static void refuses(json_t *beside, const char *reason)
{
    char folder[] = "/tmp/plimsoll-test-XXXXXX";
    struct pl_error error = {""};
    json_t *root = NULL;
    assert_non_null(mkdtemp(folder));
    if (beside) {
        save(folder, "a", run_of("glibc"));
        save(folder, "b", beside);
    }
    assert_int_equal(pl_document_gather(folder, &root, &error), -EINVAL);
    if (!strstr(error.text, reason))
        fail_msg("%s", error.text);
    assert_null(root);
    pl_folder_remove(folder);
}

static void what_does_not_belong_together_is_refused(void **state)
{
    (void)state;
    json_t *host = run_of("slab"), *asked = run_of("slab"), *version = run_of("slab");
    json_object_set_new(json_object_get(host, "host"), "cpu", json_string("another"));
    json_object_set_new(json_array_get(json_object_get(asked, "recordings"), 0), "hash",
                        json_string("2"));
    json_object_set_new(version, "schema_version", json_integer(9));
    refuses(NULL, "no results.json in it; expected a folder that `plimsoll run --out` wrote, or "
                  "one that holds such folders");
    refuses(run_of("glibc"), "/b: s glibc f32, wall clock is in /tmp/plimsoll-test-");
    refuses(host, "/b: it ran on another host");
    refuses(asked, "/b: s was asked otherwise");
    refuses(version, "/b/results.json: schema_version is 9");
    json_t *root = NULL;
    struct pl_error error;
    assert_int_equal(pl_document_gather("/no/such", &root, &error), -EINVAL);
    assert_string_equal(error.text, "/no/such: No such file or directory");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folders_become_one_document),
        cmocka_unit_test(a_folder_of_results_is_one_itself),
        cmocka_unit_test(a_part_makes_the_whole_a_part),
        cmocka_unit_test(what_does_not_belong_together_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
