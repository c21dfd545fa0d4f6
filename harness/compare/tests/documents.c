#include "harness/compare/tests/documents.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

json_t *document_make(const char *side)
{
    json_t *root = json_pack(
        "{s:i, s:{s:s, s:s}, s:{s:s, s:s, s:s, s:b}, s:{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:s, "
        "s:s, s:s, s:s, s:s, s:{s:s}}, s:[], s:[{s:s, s:s, s:s, s:{s:s}}], s:[]}",
        "schema_version", 1, "suite", "name", "plimsoll", "version", "0.1.0", "run", "command",
        "plimsoll run", "tier", "smoke", "started", "2026-01-01T00:00:00Z", "complete", 1, "host",
        "cpu", "a cpu", "microcode", "0x1", "cores", 2, "memory_bytes", 1 << 30, "kernel",
        "Linux 6.1", "machine", "x86_64", "huge_pages", "madvise", "governor", "unknown",
        "address_randomisation", "2", "libc", "glibc 2.36", "compiler", "GNU 12", "compiler_flags",
        "-O3", "libraries", "jemalloc", "fnv1a64:1", "warnings", "recordings", "scenario",
        "steady-reader", "hash", "fnv1a64:2", "filter", "", "conditions", "classes.packet",
        "696 packets", "cells");
    if (side)
        json_object_set_new(json_object_get(root, "run"), "pairing",
                            json_pack("{s:s, s:s, s:i, s:i}", "id", "one", "side", side,
                                      "screening_pairs", 20, "confirming_pairs", 40));
    return root;
}

json_t *document_add(json_t *root, const char *allocator, int repetition)
{
    json_t *cells = json_object_get(root, "cells");
    json_array_append_new(
        cells,
        json_pack("{s:s, s:s, s:s, s:s, s:{}, s:{s:s, s:i}, s:s, s:f, s:i, s:i, s:s, s:s, "
                  "s:s, s:s, s:[], s:{}, s:s, s:s}",
                  "scenario", "steady-reader", "title", "A reader", "allocator", allocator,
                  "format", "f32", "limits", "container", "kind", "cgroup1", "bytes", 1 << 28,
                  "clock", "virtual", "duration_seconds", 60.0, "repetition", repetition, "seed", 1,
                  "outcome", "bounded", "outcome_why", "flat", "expected", "met", "expected_why",
                  "", "environment", "metrics", "series", "", "reproduce", "plimsoll run"));
    return document_metrics(root, json_array_size(cells) - 1);
}

json_t *document_metrics(json_t *root, size_t cell)
{
    return json_object_get(json_array_get(json_object_get(root, "cells"), cell), "metrics");
}

struct pl_comparison documents_compare(json_t *base, json_t *new)
{
    struct pl_comparison c;
    struct pl_error error = {""};
    if (pl_comparison_make(base, new, NULL, &c, &error))
        fail_msg("%s", error.text);
    json_decref(base);
    json_decref(new);
    return c;
}

void documents_refuse(json_t *base, json_t *new, const char *reason)
{
    struct pl_comparison c;
    struct pl_error error = {""};
    assert_int_equal(pl_comparison_make(base, new, NULL, &c, &error), -EINVAL);
    if (!strstr(error.text, reason))
        fail_msg("%s", error.text);
    json_decref(base);
    json_decref(new);
}
