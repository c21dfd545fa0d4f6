/* The hash by which hosts are told apart. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "harness/results/host.h"

static json_t *host(void)
{
    return json_pack("{s:s, s:s, s:i, s:I, s:s, s:s, s:s, s:s, s:s, s:s, s:s}", "cpu",
                     "Abacus 3000", "microcode", "0x1", "cores", 2, "memory_bytes",
                     (json_int_t)8 << 30, "kernel", "Linux 6.1", "machine", "x86_64", "huge_pages",
                     "always", "governor", "performance", "address_randomisation", "2", "libc",
                     "glibc 2.36", "compiler", "GNU 12");
}

static void hash_of(json_t *object, char *text)
{
    assert_int_equal(pl_host_hash(object, text, PL_HOST_HASH_TEXT), 0);
}

static void what_matters_changes_the_hash(void **state)
{
    (void)state;
    static const char *const keys[] = {"cpu",          "microcode", "cores",
                                       "memory_bytes", "kernel",    "machine",
                                       "huge_pages",   "governor",  "address_randomisation"};
    char plain[PL_HOST_HASH_TEXT], changed[PL_HOST_HASH_TEXT], missing[PL_HOST_HASH_TEXT];
    json_t *object = host();
    hash_of(object, plain);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        json_t *kept = json_incref(json_object_get(object, keys[i]));
        json_object_set_new(object, keys[i],
                            json_is_integer(kept) ? json_integer(3) : json_string("another"));
        hash_of(object, changed);
        assert_string_not_equal(changed, plain);
        json_object_set_new(object, keys[i], json_string("unknown"));
        hash_of(object, changed);
        json_object_del(object, keys[i]);
        hash_of(object, missing); /* a field that is missing is unknown */
        assert_string_equal(missing, changed);
        json_object_set_new(object, keys[i], kept);
    }
    hash_of(object, changed); /* whatever the order of the fields */
    assert_string_equal(changed, plain);
    json_object_set_new(object, "compiler", json_string("Clang 14"));
    json_object_del(object, "libc");
    hash_of(object, changed);
    assert_string_equal(changed, plain);
    json_decref(object);
}

/* Of "foobar": the test vectors of Landon Curt Noll, FNV-1a 64 bits. */
static void the_hash_is_fnv1a(void **state)
{
    (void)state;
    char text[PL_HOST_HASH_TEXT];
    pl_bytes_hash("", 0, text, sizeof text);
    assert_string_equal(text, "fnv1a64:cbf29ce484222325");
    pl_bytes_hash("a", 1, text, sizeof text);
    assert_string_equal(text, "fnv1a64:af63dc4c8601ec8c");
    pl_bytes_hash("foobar", 6, text, sizeof text);
    assert_string_equal(text, "fnv1a64:85944171f73967e8");
}

/* Neighbours must not run together: "ab" + "c" is another host than "a" + "bc". */
static void a_host_needs_an_object_and_room(void **state)
{
    (void)state;
    char one[PL_HOST_HASH_TEXT], two[PL_HOST_HASH_TEXT];
    json_t *object = json_pack("{s:s, s:s}", "kernel", "ab", "machine", "c"),
           *text = json_string("");
    hash_of(object, one);
    json_object_set_new(object, "kernel", json_string("a"));
    json_object_set_new(object, "machine", json_string("bc"));
    hash_of(object, two);
    assert_string_not_equal(one, two);
    assert_int_equal(pl_host_hash(text, one, sizeof one), -EINVAL);
    assert_int_equal(pl_host_hash(NULL, one, sizeof one), -EINVAL);
    assert_int_equal(pl_host_hash(object, one, 10), -EINVAL);
    json_decref(object);
    json_decref(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_matters_changes_the_hash),
        cmocka_unit_test(the_hash_is_fnv1a),
        cmocka_unit_test(a_host_needs_an_object_and_room),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
