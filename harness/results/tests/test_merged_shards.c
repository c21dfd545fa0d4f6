/* Documents of shards become the document of the run. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/results/document.h"
#include "harness/results/hosts.h"
#include "harness/results/merged_shards.h"

#define CELLS 4

static const char *const stacks[CELLS] = {"null", "glibc", "slab", "limited"};

static json_t *cell_of(int number)
{
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:s+}", "scenario", "s", "allocator",
                     stacks[number], "format", "f32", "repetition", 0, "expected", "met", "series",
                     "series/00",
                     number == 0   ? "0.s.csv"
                     : number == 1 ? "1.s.csv"
                     : number == 2 ? "2.s.csv"
                                   : "3.s.csv");
}

/* Shard `index` of two: the first has the cells 0 and 3, the second 1 and 2. */
static json_t *shard(int index)
{
    json_t *root = json_pack(
        "{s:i, s:{s:s, s:s, s:s}, s:{s:s, s:s, s:s, s:b, s:{s:i, s:s}, s:{s:i, s:i, s:[i,i,i,i]}}, "
        "s:{s:s}, s:[s], s:[{s:s, s:s, s:s}], s:[]}",
        "schema_version", 1, "suite", "name", "plimsoll", "version", "1", "commit", "abc", "run",
        "command", "plimsoll run", "tier", "smoke", "started",
        index == 1 ? "2026-01-01T00:00:02Z" : "2026-01-01T00:00:01Z", "complete", 1, "matrix",
        "cells", CELLS, "hash", "h", "shard", "index", index, "count", 2, "of_cells", 1, 2, 2, 1,
        "host", "cpu", "a cpu", "warnings", "the same", "recordings", "scenario", "s", "hash", "1",
        "file", index == 1 ? "/one/s.pcap" : "/two/s.pcap", "cells");
    json_t *cells = json_object_get(root, "cells");
    json_array_append_new(cells, cell_of(index == 1 ? 0 : 1));
    json_array_append_new(cells, cell_of(index == 1 ? 3 : 2));
    return root;
}

static json_t *within(json_t *root, const char *object, const char *key)
{
    return json_object_get(json_object_get(root, object), key);
}

struct pair {
    json_t *roots[2];
    json_t *merged;
    struct pl_error error;
};

static int merge(struct pair *p, size_t count, bool partial)
{
    static const char *const folders[] = {"one", "two"};
    p->merged = NULL;
    p->error.text[0] = '\0';
    return pl_shards_merge(folders, p->roots, count, partial, "plimsoll merge one two", &p->merged,
                           &p->error);
}

static void begin(struct pair *p, int first, int second)
{
    p->roots[0] = shard(first);
    p->roots[1] = shard(second);
}

static void end(struct pair *p)
{
    json_decref(p->roots[0]);
    json_decref(p->roots[1]);
    json_decref(p->merged);
}

static void refused(struct pair *p, size_t count, const char *why)
{
    assert_int_equal(merge(p, count, false), -EINVAL);
    assert_null(p->merged);
    if (!strstr(p->error.text, why))
        fail_msg("'%s' does not say '%s'", p->error.text, why);
    end(p);
}

static void cells_stand_in_the_order_of_the_matrix(void **state)
{
    (void)state;
    for (int first = 1; first <= 2; first++) {
        struct pair p;
        begin(&p, first, 3 - first);
        assert_int_equal(merge(&p, 2, false), 0);
        assert_int_equal(json_array_size(json_object_get(p.merged, "cells")), CELLS);
        for (int i = 0; i < CELLS; i++) {
            json_t *own = cell_of(i); /* neither host nor shard: there is one host */
            assert_true(
                json_equal(json_array_get(json_object_get(p.merged, "cells"), (size_t)i), own));
            json_decref(own);
        }
        assert_string_equal(pl_document_string(json_object_get(p.merged, "run"), "started"),
                            "2026-01-01T00:00:01Z");
        assert_true(json_is_true(within(p.merged, "run", "complete")));
        assert_null(within(p.merged, "run", "shard"));
        assert_non_null(within(p.merged, "run", "matrix"));
        assert_null(json_object_get(p.merged, "hosts"));
        assert_int_equal(json_array_size(json_object_get(p.merged, "warnings")), 1);
        assert_int_equal(json_array_size(json_object_get(p.merged, "recordings")), 1);
        end(&p);
    }
}

static void hosts_are_kept_apart(void **state)
{
    (void)state;
    static const int hosts[CELLS] = {0, 1, 1, 0}, shards[CELLS] = {1, 2, 2, 1};
    struct pair p;
    begin(&p, 2, 1);
    json_object_set_new(json_object_get(p.roots[0], "host"), "cpu", json_string("another"));
    assert_int_equal(merge(&p, 2, false), 0);
    assert_int_equal(pl_hosts_count(p.merged), 2);
    assert_string_equal(pl_document_string(json_object_get(p.merged, "host"), "cpu"), "a cpu");
    for (size_t i = 0; i < CELLS; i++) {
        const json_t *cell = json_array_get(json_object_get(p.merged, "cells"), i);
        assert_int_equal(json_integer_value(json_object_get(cell, "host")), hosts[i]);
        assert_int_equal(json_integer_value(json_object_get(cell, "shard")), shards[i]);
        assert_string_equal(pl_document_string(pl_hosts_of(p.merged, cell), "cpu"),
                            hosts[i] ? "another" : "a cpu");
    }
    assert_int_equal(json_array_size(json_object_get(p.merged, "warnings")), 2);
    end(&p);
}

/* A shard that was gone on with elsewhere has two hosts itself. */
static void hosts_of_a_shard_stay_those_of_its_cells(void **state)
{
    (void)state;
    static const int hosts[CELLS] = {0, 0, 0, 1};
    struct pair p;
    begin(&p, 1, 2);
    assert_int_equal(pl_hosts_add(p.roots[0], json_pack("{s:s}", "cpu", "another")), 1);
    pl_hosts_note(p.roots[0], json_array_get(json_object_get(p.roots[0], "cells"), 1), 1);
    assert_int_equal(merge(&p, 2, false), 0);
    for (size_t i = 0; i < CELLS; i++)
        assert_int_equal(pl_hosts_place(json_array_get(json_object_get(p.merged, "cells"), i)),
                         hosts[i]);
    end(&p);
}

static void what_lacks_is_named(void **state)
{
    (void)state;
    struct pair p;
    begin(&p, 1, 2);
    refused(&p, 1, "shard 2/2 is missing (2 cells)");
    begin(&p, 1, 2);
    json_array_remove(json_object_get(p.roots[1], "cells"), 0);
    refused(&p, 2, "shard 2/2 (two) lacks 1 of 2 cells");
    begin(&p, 1, 2);
    assert_int_equal(merge(&p, 1, true), 0);
    assert_false(json_is_true(within(p.merged, "run", "complete")));
    assert_int_equal(json_array_size(json_object_get(p.merged, "cells")), 2);
    assert_int_equal(json_array_size(json_object_get(p.merged, "warnings")), 2);
    end(&p);
}

static void what_is_there_twice_is_named(void **state)
{
    (void)state;
    struct pair p;
    begin(&p, 2, 2);
    refused(&p, 2, "shard 2/2 is in one and in two");
    begin(&p, 1, 2);
    json_array_append_new(json_object_get(p.roots[0], "cells"), cell_of(3));
    refused(&p, 2, "one: cell 2 is there twice");
    begin(&p, 1, 2);
    json_array_append_new(json_object_get(p.roots[0], "cells"), cell_of(2));
    refused(&p, 2, "one: cell 2 is none of its shard");
}

static void shards_are_of_one_run(void **state)
{
    (void)state;
    static const struct {
        const char *object, *key, *says;
    } changes[] = {{"suite", "commit", "two has another commit than one"},
                   {"suite", "version", "two has another version than one"},
                   {"run", "tier", "two has another tier than one"}};
    struct pair p;
    for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
        begin(&p, 1, 2);
        json_object_set_new(json_object_get(p.roots[1], changes[i].object), changes[i].key,
                            json_string("other"));
        refused(&p, 2, changes[i].says);
    }
    begin(&p, 1, 2);
    json_object_set_new(within(p.roots[1], "run", "matrix"), "hash", json_string("other"));
    refused(&p, 2, "two has another matrix (scenarios");
    begin(&p, 1, 2);
    json_array_set_new(json_object_get(within(p.roots[1], "run", "shard"), "of_cells"), 0,
                       json_integer(2));
    refused(&p, 2, "two has another cut of the matrix than one");
    begin(&p, 1, 2);
    json_object_set_new(json_array_get(json_object_get(p.roots[1], "recordings"), 0), "hash",
                        json_string("2"));
    refused(&p, 2, "two: s was asked otherwise than in one");
}

static void documents_that_disagree_with_themselves_are_refused(void **state)
{
    (void)state;
    struct pair p;
    begin(&p, 1, 2);
    json_object_del(json_object_get(p.roots[1], "run"), "shard");
    refused(&p, 2, "two is no shard");
    static const char *const keys[] = {"index", "count"};
    for (int i = 0; i < 2; i++) {
        begin(&p, 1, 2);
        json_object_set_new(within(p.roots[0], "run", "shard"), keys[i],
                            json_integer(i ? INT64_C(1) << 40 : 3));
        refused(&p, 2, "one: its 'shard' and 'matrix' disagree");
    }
    begin(&p, 1, 2);
    json_array_set_new(json_object_get(within(p.roots[0], "run", "shard"), "of_cells"), 0,
                       json_integer(3));
    refused(&p, 2, "one: its 'shard' and 'matrix' disagree");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_stand_in_the_order_of_the_matrix),
        cmocka_unit_test(hosts_are_kept_apart),
        cmocka_unit_test(hosts_of_a_shard_stay_those_of_its_cells),
        cmocka_unit_test(what_lacks_is_named),
        cmocka_unit_test(what_is_there_twice_is_named),
        cmocka_unit_test(shards_are_of_one_run),
        cmocka_unit_test(documents_that_disagree_with_themselves_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
