/* Files in a recording: each is found where it was laid, also behind others. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/traffic/material.h"

static void assert_file(const struct pl_recording *r, uint32_t index, const char *name,
                        const char *text)
{
    const struct pl_material *m = pl_recording_material(r);
    assert_true(index < m->count);
    assert_string_equal(m->files[index].name, name);
    assert_int_equal(m->files[index].bytes, strlen(text));
    assert_memory_equal(pl_material_file(m, index), text, strlen(text));
    assert_in_range(m->files[index].offset + m->files[index].bytes, 1,
                    r->bytes - r->material_offset);
}

static void files_lie_behind_those_that_a_recording_has(void **state)
{
    (void)state;
    const struct pl_material_data more[] = {{"dir/two", "22", 2}, {"three", "333", 3}};
    const struct pl_material_data last = {"four", "4444", 4};
    struct pl_recording *r = pl_material_of("one", "1", 1);
    assert_non_null(r);
    assert_file(r, 0, "one", "1");
    r = pl_material_append(r, more, 2);
    assert_non_null(r);
    r = pl_material_append(r, &last, 1);
    assert_non_null(r);
    const struct pl_material *m = pl_recording_material(r);
    assert_int_equal(m->count, 4);
    assert_file(r, 0, "one", "1");
    assert_file(r, 1, "two", "22");
    assert_file(r, 2, "three", "333");
    assert_file(r, 3, "four", "4444");
    free(r);
}

static void the_first_lies_behind_packets(void **state)
{
    (void)state;
    const struct pl_material_data data = {"one", "1", 1};
    struct pl_recording *r = calloc(1, sizeof *r + 5);
    assert_non_null(r);
    r->bytes = sizeof *r + 5;
    memcpy(r + 1, "bytes", 5);
    r = pl_material_append(r, &data, 1);
    assert_non_null(r);
    assert_memory_equal(r + 1, "bytes", 5);
    const struct pl_material *m = pl_recording_material(r);
    assert_int_equal(m->count, 1);
    assert_file(r, 0, "one", "1");
    free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(files_lie_behind_those_that_a_recording_has),
        cmocka_unit_test(the_first_lies_behind_packets),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
