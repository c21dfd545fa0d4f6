/* Specs: what they mean, what is refused and with which words, and how lists fall apart. */
#include <errno.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/tests/opened.h"

#define HEAPS "glibc, jemalloc, mimalloc, tcmalloc, tbbmalloc, scudo, preload, native, null"
#define LISTS                                                                                  \
    "1 to 16 SIZExCOUNT joined by +, ascending, to 1GiB and x65536, would be right (sizes of " \
    "buffers and how many are kept of each; ascii-chat's by default)"
#define LIBRARY \
    "an absolute path that ends in .so or .so.N, with no space, ',' or ':' in it, would be right"
#define ALL HEAPS ", slab, limited, frame_pool, size_class_pool, gc, ledger, fault"

/* Writes what was understood: name[key=number ...]/... with the options that were given. */
static void describe(const struct pl_stack_spec *spec, char *text, size_t capacity)
{
    size_t used = 0;
    for (size_t i = 0; i < spec->depth; i++) {
        const struct pl_layer_spec *layer = &spec->layers[i];
        used += (size_t)snprintf(text + used, capacity - used, "%s%s", i ? "/" : "",
                                 layer->backend->name);
        for (size_t k = 0; k < layer->backend->option_count; k++)
            if (layer->values[k].set)
                used += (size_t)snprintf(text + used, capacity - used, " %s=%lld",
                                         layer->backend->options[k].name,
                                         (long long)layer->values[k].number);
    }
}

static void reads_good_specs(void **state)
{
    static const char *const rows[][2] = {
        {"glibc", "glibc"},
        {"slab", "slab/glibc"},
        {"limited", "limited/slab/glibc"},
        {"slab:poison=off", "slab poison=0/glibc"},
        {"limited:max=32MiB", "limited max=33554432/slab/glibc"},
        {"limited:max=32MiB/slab/jemalloc", "limited max=33554432/slab/jemalloc"},
        {"slab/limited/glibc", "slab/limited/glibc"},
        {"glibc:arena_max=2,mmap_threshold=64KiB", "glibc arena_max=2 mmap_threshold=65536"},
        {"glibc:trim_every=1.5s", "glibc trim_every=1500000000"},
        {"slab:grow=fixed:64/glibc", "slab grow=64/glibc"},
        {"slab:grow=double,backing=mmap/null", "slab grow=0 backing=1/null"},
        {"jemalloc:dirty_decay_ms=-1,thp=never", "jemalloc dirty_decay_ms=-1 thp=2"},
        {"preload:path=/x/libmine.so", "preload path=1"},
        {"slab/preload:path=/x,y=1/libmine.so", "slab/preload path=1"},
        {"scudo:quarantine=64KiB", "scudo quarantine=65536"},
        {"mimalloc@/x/libmimalloc.so.3", "mimalloc"},
        {"slab/mimalloc@/x/slab/libmimalloc.so.3.0:purge_delay_ms=0,purge_decommits=off",
         "slab/mimalloc purge_delay_ms=0 purge_decommits=0"},
        {"jemalloc@/x.so.2/a.so.b/libjemalloc.so.2:narenas=1", "jemalloc narenas=1"},
        {"gc:overhead=20/jemalloc", "gc overhead=20/jemalloc"},
        {"gc:runtime=go,gogc=50,memory_limit=1GiB/glibc",
         "gc runtime=2 gogc=50 memory_limit=1073741824/glibc"},
        {"limited/gc:mode=by_hand/slab/glibc", "limited/gc mode=2/slab/glibc"},
        {"fault:nth=1/fault:nth=2/fault:nth=3/fault:nth=4/limited/limited/slab/null",
         "fault nth=1/fault nth=2/fault nth=3/fault nth=4/limited/limited/slab/null"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        struct pl_stack_spec spec;
        struct pl_error error = {""};
        char text[512];
        if (pl_stack_parse(rows[i][0], &spec, &error))
            fail_msg("%s", error.text);
        describe(&spec, text, sizeof text);
        assert_string_equal(text, rows[i][1]);
        assert_string_equal(spec.text, rows[i][0]);
    }
}

static void keeps_text_values(void **state)
{
    struct pl_stack_spec spec;
    (void)state;
    assert_int_equal(pl_stack_parse("slab/preload:path=/x,y=1/libmine.so", &spec, NULL), 0);
    assert_string_equal(spec.layers[1].text, "/x,y=1/libmine.so");
    assert_int_equal(pl_stack_parse("size_class_pool:classes=8Bx2,order=lifo/glibc", &spec, NULL),
                     0);
    assert_string_equal(spec.layers[0].text, "8Bx2");
    assert_int_equal(spec.layers[0].values[0].number, 1);
    assert_int_equal(pl_stack_available(&spec, NULL), 0); /* it is no path */
    assert_int_equal(pl_stack_parse("size_class_pool/glibc", &spec, NULL), 0);
    assert_string_equal(spec.layers[0].text, "1KiBx128+64KiBx32+256KiBx16");
    assert_int_equal(spec.layers[0].values[0].number, 3);
}

static void refuses_bad_specs(void **state)
{
    static const char *const rows[][2] = {
        {"", "unknown heap or layer ''; " ALL " would be right"},
        {"/", "unknown heap or layer ''; " ALL " would be right"},
        {"glibc/", "unknown heap or layer ''; " ALL " would be right"},
        {"jemaloc", "unknown heap or layer jemaloc; did you mean jemalloc?"},
        {"Glibc", "unknown heap or layer Glibc; did you mean glibc?"},
        {"limited/slab", "no heap at the end; " HEAPS " would be right"},
        {"gc", "no heap at the end; " HEAPS " would be right"},
        {"fault:nth=1", "no heap at the end; " HEAPS " would be right"},
        {"glibc/jemalloc", "the heap glibc stands before the end; one heap, last, would be right"},
        {"glibc/slab", "the heap glibc stands before the end; one heap, last, would be right"},
        {"fault/fault/fault/fault/fault/fault/fault/fault/glibc", "more than 8 layers"},
        {"slab:growth=2", "unknown option of slab: growth; did you mean grow?"},
        {"slab:", "unknown option of slab: ''; grow, max_slab, reclaim, poison, guards, backing, "
                  "announce would be right"},
        {"slab:poison", "slab:poison has no value; poison=... would be right"},
        {"slab:poison=yes", "slab:poison=yes: on or off would be right (fill slabs when made and "
                            "objects when acquired and released)"},
        {"slab:poison=on,poison=off", "slab:poison stands twice"},
        {"slab:grow=fixed:0", "slab:grow=fixed:0: double or fixed:1 to fixed:4294967296 would be "
                              "right (slots of each new slab: twice the last one's, or always so "
                              "many)"},
        {"slab:grow=fixed/glibc", "slab:grow=fixed: double or fixed:1 to fixed:4294967296 would be "
                                  "right (slots of each new slab: twice the last one's, or always "
                                  "so many)"},
        {"slab:backing=heap", "slab:backing=heap: malloc|mmap would be right (slabs from the next "
                              "link, or mapped one by one)"},
        {"limited:max=0", "limited:max=0: 1B to 1048576GiB would be right (the maximum of every "
                          "budget; without it the scenario's)"},
        {"limited:max=32", "limited:max=32: 1B to 1048576GiB would be right (the maximum of every "
                           "budget; without it the scenario's)"},
        {"glibc:arena_max=0", "glibc:arena_max=0: 1 to 65536 would be right (arenas at most; when "
                              "not given, 8 for each CPU online)"},
        {"glibc:arena_max=99999999999999999999", "glibc:arena_max=99999999999999999999: 1 to 65536 "
                                                 "would be right (arenas at most; when not given, "
                                                 "8 for each CPU online)"},
        {"glibc:trim_every=60", "glibc:trim_every=60: 0ms to 24h would be right (malloc_trim(0) so "
                                "often; 0ms for never)"},
        {"glibc:trim_every=25h", "glibc:trim_every=25h: 0ms to 24h would be right (malloc_trim(0) "
                                 "so often; 0ms for never)"},
        {"jemalloc:dirty_decay_ms=-2", "jemalloc:dirty_decay_ms=-2: -1 to 1099511627776 would be "
                                       "right (how long unused pages stay as they are; -1 for "
                                       "ever. Looked at by work that reaches the arena they lie "
                                       "in: steady small work, or none, gives nothing back)"},
        {"scudo:quarantine=100B", "scudo:quarantine=100B: 0B to 64GiB in whole 1KiB would be right "
                                  "(freed blocks held back before they are used again)"},
        {"preload", "preload has no path; preload:path=... would be right (the shared library to "
                    "preload: last in the spec, no space and no ':' in it)"},
        {"preload:path=libmine.so", "preload:path=libmine.so: an absolute path would be right (the "
                                    "shared library to preload: last in the spec, no space and no "
                                    "':' in it)"},
        {"preload:path=/a:b", "preload:path=/a:b: an absolute path would be right (the shared "
                              "library to preload: last in the spec, no space and no ':' in it)"},
        {"glibc@/x/libc.so.6", "glibc is no heap with a library of its own: glibc would be right"},
        {"preload@/x/lib.so",
         "preload is no heap with a library of its own: preload:path=/... would be right"},
        {"slab@/x/lib.so/glibc", "slab is no heap with a library of its own: slab would be right"},
        {"mimalloc@", "mimalloc@: " LIBRARY},
        {"mimalloc@libmimalloc.so.3", "mimalloc@libmimalloc.so.3: " LIBRARY},
        {"mimalloc@/x y/libmimalloc.so.3", "mimalloc@/x y/libmimalloc.so.3: " LIBRARY},
        {"mimalloc@/x,y/libmimalloc.so.3", "mimalloc@/x: " LIBRARY},
        {"mimalloc@/x:y/libmimalloc.so.3", "mimalloc@/x: " LIBRARY},
        {"mimalloc@/x/libmimalloc.a", "mimalloc@/x/libmimalloc.a: " LIBRARY},
        {"mimalloc@/x/libmimalloc.so.", "mimalloc@/x/libmimalloc.so.: " LIBRARY},
        {"mimalloc@/x/.so", "mimalloc@/x/.so: " LIBRARY},
        {"mimalloc@/x/libmimalloc.so.3/slab", "mimalloc@/x/libmimalloc.so.3/slab: " LIBRARY},
        {"mimalloc:purge_delay_ms=0@/x/libmimalloc.so.3",
         "mimalloc:purge_delay_ms=0@: -1 to 2147483647 would be right (how long unused pages stay "
         "before they are given back; -1 for ever)"},
        {"size_class_pool:classes=64KiBx32+1KiBx128/glibc",
         "size_class_pool:classes=64KiBx32+1KiBx128: " LISTS},
        {"size_class_pool:classes=0Bx4/glibc", "size_class_pool:classes=0Bx4: " LISTS},
        {"size_class_pool:classes=1KiBx0/glibc", "size_class_pool:classes=1KiBx0: " LISTS},
        {"size_class_pool:classes=1KiBx4+/glibc", "size_class_pool:classes=1KiBx4+: " LISTS},
        {"size_class_pool:classes=nonsense/glibc", "size_class_pool:classes=nonsense: " LISTS},
        {"size_class_pool:classes=/glibc", "size_class_pool:classes=: " LISTS},
        {"frame_pool:frames=0/glibc", "frame_pool:frames=0: 1 to 65536 would be right (frames of "
                                      "each class, made when the pool is opened)"},
        {"ledger:depth=0/glibc",
         "ledger:depth=0: 1 to 64 would be right (frames of a chain of calls, "
         "in a foreign program)"},
        {"ledger:mode=full/glibc", "unknown option of ledger: mode; depth would be right"},
        {"frame_pool:on_empty=block/glibc",
         "frame_pool:on_empty=block: fallback|fail|wait would be right (an empty pool allocates "
         "afresh, refuses, or waits for a frame)"},
        {"fault:nth=0/glibc", "fault:nth=0: 1 to 9223372036854775807 would be right (the acquire "
                              "that fails, counted from 1 over all classes)"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        struct pl_stack_spec spec = {.depth = 77};
        struct pl_error error = {""};
        char expected[512];
        snprintf(expected, sizeof expected, "stack '%s': %s", rows[i][0], rows[i][1]);
        assert_int_equal(pl_stack_parse(rows[i][0], &spec, &error), -EINVAL);
        assert_string_equal(error.text, expected);
        assert_int_equal(spec.depth, 77);
    }
}

static void takes_the_path_off(void **state)
{
    static const char *const rows[][2] = {
        {"jemalloc", "jemalloc"},
        {"slab/jemalloc@/x/l.so.2:narenas=1", "slab/jemalloc:narenas=1"},
        {"slab/jemalloc@/slab/l.so", "slab/jemalloc"},
        {"preload:path=/x/l.so", "preload:path=/x/l.so"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        struct pl_stack_spec spec;
        char text[PL_STACK_TEXT_MAX];
        assert_int_equal(pl_stack_parse(rows[i][0], &spec, NULL), 0);
        pl_stack_without_path(&spec, text, sizeof text);
        assert_string_equal(text, rows[i][1]);
    }
}

static void a_path_is_no_part(void **state)
{
    struct pl_stack_spec spec;
    (void)state;
    assert_int_equal(pl_stack_parse("slab/jemalloc@/null/fault/l.so", &spec, NULL), 0);
    assert_true(pl_stack_has(&spec, "slab"));
    assert_true(pl_stack_has(&spec, "jemalloc"));
    assert_false(pl_stack_has(&spec, "null"));
    assert_false(pl_stack_has(&spec, "fault"));
}

static void keeps_to_one_line(void **state)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_stack_parse("sl\nab\033/\x7f", &spec, &error), -EINVAL);
    assert_non_null(
        strstr(error.text, "stack 'sl\\x0aab\\x1b/\\x7f': unknown heap or layer sl\\x0aab\\x1b"));
}

static void refuses_what_is_not_printable(void **state)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_stack_parse("preload:path=/a\033[31m.so", &spec, &error), -EINVAL);
    assert_string_equal(error.text, "stack 'preload:path=/a\\x1b[31m.so': printable UTF-8 alone "
                                    "would be right");
    assert_int_equal(pl_stack_parse("preload:path=/a\xe2\x80\xae.so", &spec, &error), -EINVAL);
    assert_int_equal(pl_stack_parse("preload:path=/a\xff.so", &spec, &error), -EINVAL);
    assert_int_equal(pl_stack_parse("preload:path=/\xc3\xa9.so", &spec, &error), 0);
}

static void refuses_what_is_too_long(void **state)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    char text[PL_STACK_TEXT_MAX + 1] = "preload:path=/";
    (void)state;
    memset(text + 14, 'x', sizeof text - 15);
    text[sizeof text - 1] = '\0';
    assert_int_equal(pl_stack_parse(text, &spec, &error), -EINVAL);
    assert_non_null(strstr(error.text, "longer than 511 B"));
    text[400] = '\0';
    assert_int_equal(pl_stack_parse(text, &spec, &error), -EINVAL);
    assert_non_null(strstr(error.text, "preload:path: longer than 255 B"));
    text[13 + 255] = '\0';
    assert_int_equal(pl_stack_parse(text, &spec, &error), 0);
}

/* Splits `list` and joins the specs by '|'. */
static void split(const char *list, char *joined, size_t capacity)
{
    char text[64];
    size_t used = 0;
    joined[0] = '\0';
    while (!pl_stack_list_next(&list, text, sizeof text, NULL))
        used += (size_t)snprintf(joined + used, capacity - used, "%s|", text);
}

static void splits_lists(void **state)
{
    static const char *const rows[][2] = {
        {"glibc", "glibc|"},
        {"glibc,jemalloc", "glibc|jemalloc|"},
        {"glibc, slab ,jemalloc", "glibc|slab|jemalloc|"},
        {"glibc:arena_max=2,mmap_threshold=64KiB,jemalloc",
         "glibc:arena_max=2,mmap_threshold=64KiB|jemalloc|"},
        {"slab:grow=fixed:64,poison=off/glibc,limited:max=1MiB",
         "slab:grow=fixed:64,poison=off/glibc|limited:max=1MiB|"},
        {"preload:path=/x/libmine.so,null", "preload:path=/x/libmine.so|null|"},
        {"mimalloc@/x/lib.so.3,null", "mimalloc@/x/lib.so.3|null|"},
        {"mimalloc@/x/l.so:a=1,b=2,null", "mimalloc@/x/l.so:a=1,b=2|null|"},
        {"", "|"},
        {"glibc,", "glibc||"},
        {",glibc", "|glibc|"},
        {"a,=b", "a|=b|"},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        char joined[256];
        split(rows[i][0], joined, sizeof joined);
        assert_string_equal(joined, rows[i][1]);
    }
}

static void list_refuses_what_is_too_long(void **state)
{
    const char *list = "glibc,jemalloc", *before;
    char text[6];
    struct pl_error error;
    (void)state;
    assert_int_equal(pl_stack_list_next(&list, text, sizeof text, &error), 0);
    assert_string_equal(text, "glibc");
    before = list;
    assert_int_equal(pl_stack_list_next(&list, text, sizeof text, &error), -ENAMETOOLONG);
    assert_ptr_equal(list, before);
    assert_string_equal(error.text, "stack 'jemalloc...': longer than 5 B");
}

/* A cell parses its spec in the heap that it measures. */
static void allocates_nothing(void **state)
{
    struct pl_stack_spec spec;
    struct pl_error error;
    (void)state;
    skip_if_sanitized();
    size_t before = mallinfo2().uordblks;
    assert_int_equal(pl_stack_parse("limited:max=1MiB/slab:grow=fixed:8/glibc", &spec, NULL), 0);
    assert_int_equal(pl_stack_parse("slab:nonsense=1", &spec, &error), -EINVAL);
    assert_int_equal(mallinfo2().uordblks, before);
}

static void defaults_are_values(void **state)
{
    struct pl_backend_info info;
    size_t count = 0;
    (void)state;
    for (; pl_backend_info(count, &info); count++) {
        const struct pl_backend *backend = pl_backend_find(info.name);
        assert_true(backend->option_count <= PL_OPTIONS_MAX);
        assert_true(strlen(info.name) < PL_NAME_MAX);
        assert_true(strlen(info.options) < sizeof info.options - 1);
        for (size_t i = 0; i < backend->option_count; i++) {
            const struct pl_option *option = &backend->options[i];
            struct pl_error error;
            uint64_t number;
            if (option->initial && pl_option_parse(option, option->initial, &number, &error))
                fail_msg("%s: %s", info.name, error.text);
        }
    }
    assert_int_equal(count, 16);
}

static void knows_limits_threads_and_time(void **state)
{
    static const struct {
        const char *text;
        bool limited, budgets, one_thread, virtual;
        size_t alignment;
    } rows[] = {
        {"glibc", false, false, false, true, 16},
        {"slab", false, false, false, true, 8},
        {"slab:guards=off", false, false, false, true, 16},
        {"limited", true, true, false, true, 8},
        {"limited:max=1MiB", true, false, false, true, 8},
        {"limited:max=1MiB/slab/limited/glibc", true, true, false, true, 8},
        {"limited/null", true, true, true, true, 16},
        {"frame_pool/glibc", false, false, false, true, 16},
        {"frame_pool:on_empty=fail/glibc", true, false, false, true, 16},
        {"frame_pool:on_empty=wait/glibc", true, false, false, false, 16},
        {"limited:max=1GiB/frame_pool/glibc", true, false, false, true, 16},
        {"size_class_pool/glibc", false, false, false, true, 16},
        {"jemalloc", false, false, false, true, 16},
        {"jemalloc:background_thread=on", false, false, false, false, 16},
        {"slab/jemalloc:background_thread=off", false, false, false, true, 8},
    };
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        struct pl_stack_spec spec;
        struct pl_error error = {""};
        assert_int_equal(pl_stack_parse(rows[i].text, &spec, &error), 0);
        assert_int_equal(pl_stack_is_limited(&spec), rows[i].limited);
        assert_int_equal(pl_stack_needs_budgets(&spec), rows[i].budgets);
        assert_int_equal(pl_stack_one_thread(&spec), rows[i].one_thread);
        assert_int_equal(pl_stack_alignment(&spec), rows[i].alignment);
        assert_int_equal(pl_stack_virtual_time(&spec, &error), rows[i].virtual ? 0 : -EINVAL);
    }
    struct pl_stack_spec spec;
    struct pl_error error;
    pl_stack_parse("jemalloc:background_thread=on", &spec, NULL);
    pl_stack_virtual_time(&spec, &error);
    assert_string_equal(error.text,
                        "stack 'jemalloc:background_thread=on': jemalloc:background_thread waits "
                        "in real time; --clock wall, or a stack without it, would be right");
}

static void checks_stacks(void **state)
{
    static const struct {
        const char *text, *problem; /* NULL when it is right */
    } rows[] = {
        {"limited", NULL},
        {"slab/null", "slab asks for blocks of many sizes and null has one; slab on another heap "
                      "would be right"},
        {"slab/limited/slab/glibc", "slab asks for blocks of many sizes and slab has one; slab on "
                                    "another heap would be right"},
        {"slab:backing=mmap/limited/glibc", "slab:backing=mmap takes nothing from limited; a heap "
                                            "right below, or backing=malloc, would be right"},
        {"slab:reclaim=empty,guards=off", "slab:reclaim=empty finds a slot's slab through its "
                                          "guards; guards=on would be right"},
        {"slab:max_slab=776B", NULL},
        {"slab:max_slab=775B", "slab:max_slab of 775 B holds no packet; 776 B or more would be "
                               "right"},
        {"limited:max=720B", NULL},
        {"limited:max=719B", "a limit of 719 B is smaller than one packet; 720 B or more would be "
                             "right"},
        {"limited:max=696B/glibc", NULL},
        {"limited:max=695B/glibc", "a limit of 695 B is smaller than one packet; 696 B or more "
                                   "would be right"},
        {"limited:max=704B/null", NULL},
        {"limited:max=703B/null", "a limit of 703 B is smaller than one packet; 704 B or more "
                                  "would be right"},
        {"slab/limited:max=776B/glibc", NULL},
        {"slab/limited:max=775B/glibc", "a limit of 775 B is smaller than one packet; 776 B or "
                                        "more would be right"},
        {"gc:gogc=50/glibc", "gc:gogc is Go's; runtime=go, or gc without it, would be right"},
        {"gc:runtime=ocaml5,memory_limit=1GiB/glibc",
         "gc:memory_limit is Go's; runtime=go, or gc without it, would be right"},
        {"gc:runtime=go,overhead=80/glibc",
         "gc:overhead is OCaml's; runtime=ocaml4, or gc without it, would be right"},
        {"gc:runtime=go,minor_heap=1MiB/glibc",
         "gc:minor_heap is OCaml's; runtime=ocaml4, or gc without it, would be right"},
        {"gc:runtime=go,mode=declared/glibc",
         "gc:mode=declared with runtime=go, which is told no sizes; undeclared, by_hand or heap "
         "would be right"},
        {"gc:runtime=go,gogc=50,live=1MiB,garbage=8B,memory_limit=1GiB,mode=by_hand/glibc", NULL},
        {"gc:overhead=20,ratio=20,minor_ratio=50,minor_max=1KiB,minor_heap=32KiB,live=4KiB/glibc",
         NULL},
        {"slab/glibc:trim_every=1s", NULL},
        {"gc/limited/gc/glibc", "gc stands twice, and a program has one collector; one gc would be "
                                "right"},
        {"frame_pool:frames=65536,reuse=shells,on_empty=wait,wait_ms=3600000/glibc", NULL},
        {"limited/frame_pool/gc/glibc", NULL},
        {"frame_pool:guide=on,reuse=shells/glibc",
         "frame_pool:guide=on throws away pixels, and reuse=shells keeps none; reuse=pixels would "
         "be right"},
        {"frame_pool:wait_ms=10/glibc",
         "frame_pool:wait_ms bounds a wait; on_empty=wait with it would be right"},
        {"slab/frame_pool/glibc", "slab asks for blocks of many sizes and frame_pool has one; slab "
                                  "on another heap would be right"},
        {"frame_pool/slab/glibc", "frame_pool is a pool and stands on the pool slab; one of them "
                                  "would be right"},
        {"frame_pool/limited/null",
         "frame_pool is a pool and stands on the pool null; one of them would be right"},
        {"limited:max=1168B/frame_pool:reuse=shells/glibc", NULL},
        {"limited:max=1167B/frame_pool:reuse=shells/glibc",
         "a limit of 1167 B is smaller than one packet; 1168 B or more would be right"},
        {"limited:max=696B/frame_pool/glibc", NULL},
        {"limited:max=695B/frame_pool/glibc", "a limit of 695 B is smaller than one packet; 696 B "
                                              "or more would be right"},
        {"size_class_pool:classes=1Bx1/limited/glibc", NULL},
        {"size_class_pool/null", "size_class_pool is a pool and stands on the pool null; one of "
                                 "them would be right"},
        {"limited:max=1KiB/size_class_pool/glibc", NULL},
        {"limited:max=1023B/size_class_pool/glibc",
         "a limit of 1023 B is smaller than one packet; 1024 B or more would be right"},
        {"limited:max=696B/size_class_pool:classes=695Bx1/glibc", NULL},
        {"fault/glibc", "fault fails nothing; fault:nth=3 or fault:every=100 would be right"},
        {"null:size=4KiB", NULL},
        {"limited/ledger/slab/glibc", NULL},
        {"ledger/slab/ledger/glibc", "the ledger stands twice; once would be right"},
        {"ledger:depth=4/slab/glibc",
         "depth is that of calls in a program of one's own; a model's sites are single places"},
    };
    const struct pl_class class = {"packet", 696, 0};
    const struct pl_budget budget = {"packets", 1 << 20};
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        struct pl_stack_spec spec;
        struct pl_error error = {""};
        char expected[512];
        assert_int_equal(pl_stack_parse(rows[i].text, &spec, &error), 0);
        int rc = pl_stack_check(&spec, &class, 1, &budget, 1, &error);
        assert_int_equal(rc, rows[i].problem ? -EINVAL : 0);
        snprintf(expected, sizeof expected, "stack '%s': %s", rows[i].text, rows[i].problem);
        assert_string_equal(error.text, rc ? expected : "");
    }
}

static void checks_classes(void **state)
{
    const struct {
        struct pl_class class;
        const char *stack, *problem;
    } rows[] = {
        {{"p", PL_CLASS_ANY, -1}, "glibc", NULL},
        {{"p", (1u << 30) + 1, -1},
         "glibc",
         "class 'p': 1073741825 B an object; 1B to 1GiB would be right, and one class of any "
         "size"},
        {{"p", 1u << 30, -1}, "glibc", NULL},
        {{"p", 8, 1}, "glibc", "class 'p': there is no budget 1"},
        {{"p", 8, -3}, "glibc", "class 'p': there is no budget -3"},
        {{"p", 8, -1},
         "limited",
         "stack 'limited': class 'p' has no budget; one in the scenario's limits, or "
         "limited:max=SIZE, would be right"},
        {{"p", 8, -1}, "limited:max=1KiB", NULL},
        {{"p", 4097, -1},
         "null:size=4KiB",
         "stack 'null:size=4KiB': null: size 4096 B holds no p; 4112 B or more would be right"},
    };
    const struct pl_budget budget = {"packets", 0};
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        struct pl_stack_spec spec;
        struct pl_error error = {""};
        assert_int_equal(pl_stack_parse(rows[i].stack, &spec, NULL), 0);
        int rc = pl_stack_check(&spec, &rows[i].class, 1, &budget, 1, &error);
        assert_int_equal(rc, rows[i].problem ? -EINVAL : 0);
        assert_string_equal(error.text, rc ? rows[i].problem : "");
    }
}

static void sets_an_option_where_it_is_missing(void **state)
{
    static const char *const rows[][2] = {
        {"glibc", "glibc"},
        {"slab", "slab:backing=mmap/glibc"},
        {"limited", "limited/slab:backing=mmap/glibc"},
        {"limited:max=32MiB", "limited:max=32MiB/slab:backing=mmap/glibc"},
        {"limited/slab:poison=off/jemalloc:thp=never",
         "limited/slab:poison=off,backing=mmap/jemalloc:thp=never"},
        {"slab:backing=malloc/glibc", "slab:backing=malloc/glibc"},
        {"slab/preload:path=/slab/lib.so", "slab:backing=mmap/preload:path=/slab/lib.so"},
        {"slab/jemalloc@/slab/lib.so:narenas=1",
         "slab:backing=mmap/jemalloc@/slab/lib.so:narenas=1"},
        {"slab/slab:grow=fixed:8/glibc", "slab:backing=mmap/slab:grow=fixed:8,backing=mmap/glibc"},
    };
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    char text[PL_STACK_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        assert_int_equal(pl_stack_parse(rows[i][0], &spec, &error), 0);
        if (pl_stack_set_option(&spec, "slab", "backing=mmap", text, sizeof text, &error))
            fail_msg("%s", error.text);
        assert_string_equal(text, rows[i][1]);
    }
    assert_int_equal(pl_stack_parse("limited", &spec, &error), 0);
    assert_string_equal(pl_stack_heap(&spec), "glibc");
    assert_int_equal(pl_stack_set_option(&spec, "slab", "backing=x", text, sizeof text, &error),
                     -EINVAL);
    assert_int_equal(pl_stack_set_option(&spec, "slab", "backing=mmap", text, 24, &error),
                     -ENAMETOOLONG);
    assert_int_equal(pl_stack_set_option(&spec, "slab", "backing=mmap", text, 4, &error),
                     -ENAMETOOLONG);
}

static void puts_a_layer_outermost(void **state)
{
    static const char *const rows[][2] = {
        {"glibc", "ledger/glibc"},
        {"slab", "ledger/slab/glibc"},
        {"limited:max=32MiB", "ledger/limited:max=32MiB/slab/glibc"},
        {"ledger/glibc", "ledger/glibc"},
        {"limited/ledger/jemalloc:thp=never", "limited/ledger/jemalloc:thp=never"},
        {"slab/preload:path=/ledger/lib.so", "ledger/slab/preload:path=/ledger/lib.so"},
    };
    struct pl_stack_spec spec;
    struct pl_error error = {""};
    char text[PL_STACK_TEXT_MAX];
    (void)state;
    for (size_t i = 0; i < PL_ARRAY_COUNT(rows); i++) {
        assert_int_equal(pl_stack_parse(rows[i][0], &spec, &error), 0);
        assert_int_equal(pl_stack_put_outermost(&spec, "ledger", text, sizeof text, &error), 0);
        assert_string_equal(text, rows[i][1]);
    }
    assert_int_equal(pl_stack_put_outermost(&spec, "ledger", text, 35, &error), -ENAMETOOLONG);
    assert_int_equal(pl_stack_parse("slab/slab/slab/slab/slab/slab/slab/glibc", &spec, &error), 0);
    assert_int_equal(pl_stack_put_outermost(&spec, "ledger", text, sizeof text, &error), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_good_specs),
        cmocka_unit_test(sets_an_option_where_it_is_missing),
        cmocka_unit_test(puts_a_layer_outermost),
        cmocka_unit_test(keeps_text_values),
        cmocka_unit_test(refuses_bad_specs),
        cmocka_unit_test(takes_the_path_off),
        cmocka_unit_test(a_path_is_no_part),
        cmocka_unit_test(keeps_to_one_line),
        cmocka_unit_test(refuses_what_is_not_printable),
        cmocka_unit_test(refuses_what_is_too_long),
        cmocka_unit_test(splits_lists),
        cmocka_unit_test(list_refuses_what_is_too_long),
        cmocka_unit_test(allocates_nothing),
        cmocka_unit_test(defaults_are_values),
        cmocka_unit_test(knows_limits_threads_and_time),
        cmocka_unit_test(checks_stacks),
        cmocka_unit_test(checks_classes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
