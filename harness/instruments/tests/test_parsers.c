/* What the instruments write, read: real outputs of a program that holds 8,000 B from one place and
 * 192 B from another within pl_loop_run, and 500 B from before it. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/instruments/functions.h"
#include "harness/instruments/snapshots.h"

#define CAPTURES PL_SOURCE_DIR "/harness/instruments/tests/captures/"

static char *capture(const char *name, size_t *size)
{
    char path[4096], *text = NULL;
    struct pl_error error;
    snprintf(path, sizeof path, CAPTURES "%s", name);
    if (pl_file_read(path, PL_FILE_BYTES_MAX, &text, size, &error))
        fail_msg("%s", error.text);
    return text;
}

/* Memory of the exact size, so that a sanitizer sees a byte read too much. */
static char *exactly(const char *text, size_t size)
{
    char *copy = malloc(size ? size : 1);
    assert_non_null(copy);
    memcpy(copy, text, size);
    return copy;
}

static void massif_peak_and_curve(void **state)
{
    struct pl_snapshots s;
    struct pl_error error;
    (void)state;
    if (pl_snapshots_read(CAPTURES "massif.out", &s, &error))
        fail_msg("%s", error.text);
    assert_true(s.peak < s.count);
    assert_int_equal(s.list[s.peak].heap_bytes, 8692);
    for (size_t i = 0; i < s.count; i++)
        assert_true(s.list[i].heap_bytes <= 8692);
    for (size_t i = 1; i < s.count; i++)
        assert_true(s.list[i].time >= s.list[i - 1].time);
    assert_int_equal(pl_stacks_sum(&s.tree, NULL), 8692);
    assert_int_equal(pl_stacks_sum(&s.tree, PL_STACKS_WINDOW), 8192);
    pl_stacks_sort(&s.tree);
    assert_int_equal(s.tree.count, 3);
    assert_int_equal(s.tree.list[0].cost, 8000);
    assert_string_equal(s.tree.list[0].frames,
                        "main (t.c:9);pl_loop_run (t.c:8);receive (t.c:6);take (t.c:5)");
    assert_int_equal(s.tree.list[1].cost, 500);
    assert_string_equal(s.tree.list[1].frames, "main (t.c:9);take (t.c:5)");
    pl_snapshots_free(&s);
}

static void heaptrack_stacks(void **state)
{
    struct pl_stacks s = {0};
    struct pl_error error;
    (void)state;
    if (pl_stacks_read(CAPTURES "peak.folded", &s, &error))
        fail_msg("%s", error.text);
    assert_int_equal(pl_stacks_sum(&s, PL_STACKS_WINDOW), 8192);
    assert_int_equal(pl_stacks_sum(&s, NULL), 8692 + 72704); /* libstdc++'s */
    pl_stacks_free(&s);
}

static void callgrind_functions(void **state)
{
    struct pl_stacks f = {0};
    struct pl_error error;
    uint64_t total;
    (void)state;
    if (pl_functions_read(CAPTURES "callgrind.out", &f, &total, &error))
        fail_msg("%s", error.text);
    assert_int_equal(total, 4756);
    assert_int_equal(pl_stacks_sum(&f, NULL), 4756);
    assert_int_equal(pl_stacks_sum(&f, "decode"), 88); /* its own, not its callees' */
    assert_int_equal(pl_stacks_sum(&f, "receive"), 80);
    assert_int_equal(pl_stacks_sum(&f, "take"), 240);
    for (size_t i = 1; i < f.count; i++) {
        assert_true(f.list[i - 1].cost >= f.list[i].cost);
        assert_string_not_equal(f.list[i - 1].frames, f.list[i].frames);
    }
    pl_stacks_free(&f);
}

static void is_one_line(const struct pl_error *error)
{
    assert_true(error->text[0] && !strchr(error->text, '\n'));
    assert_non_null(strstr(error->text, "x.out:"));
}

/* A cut file is refused wherever it is cut, but for cuts that leave a whole file of fewer
 * snapshots. */
static void cut_massif_files_are_refused(void **state)
{
    size_t size, taken = 0;
    char *text = capture("massif.out", &size);
    (void)state;
    for (size_t cut = 0; cut < size; cut += cut < 400 || cut > size - 400 ? 1 : 37) {
        char *part = exactly(text, cut);
        struct pl_snapshots s;
        struct pl_error error = {""};
        int rc = pl_snapshots_parse(part, cut, "x.out", &s, &error);
        if (rc) {
            assert_int_equal(rc, -EINVAL);
            is_one_line(&error);
        } else {
            assert_int_equal(text[cut - 1], '\n');
            taken++;
            pl_snapshots_free(&s);
        }
        free(part);
    }
    assert_true(taken < 40);
    free(text);
}

static void cut_callgrind_files_are_refused(void **state)
{
    size_t size;
    char *text = capture("callgrind.out", &size);
    (void)state;
    assert_non_null(strstr(text, "\ntotals: 4756\n"));
    for (size_t cut = 0; cut < size - 1; cut += cut < 400 || cut > size - 400 ? 1 : 37) {
        char *part = exactly(text, cut);
        struct pl_stacks f = {0};
        struct pl_error error = {""};
        uint64_t total;
        assert_int_equal(pl_functions_parse(part, cut, "x.out", &f, &total, &error), -EINVAL);
        is_one_line(&error);
        assert_null(f.list);
        free(part);
    }
    free(text);
}

#define HEAD "desc: x\ncmd: x\ntime_unit: i\n"
#define FIRST "#-\nsnapshot=0\n#-\ntime=1\nmem_heap_B=10\nmem_heap_extra_B=0\nmem_stacks_B=0\n"

static void bad_massif_files_are_refused(void **state)
{
    static const char *const rows[][2] = {
        {"", "x.out:1: it ends here"},
        {"garbage\n", "x.out:1: 'desc: ' expected"},
        {HEAD, "no snapshot"},
        {HEAD FIRST "heap_tree=none\n", "x.out:11: heap_tree is neither"},
        {HEAD "#-\nsnapshot=1\n", "x.out:5: a snapshot is missing"},
        {HEAD "#-\nsnapshot=0\n#-\ntime=-1\n", "x.out:7: no number"},
        {HEAD "#-\nsnapshot=0\n#-\ntime=99999999999999999999\n", "x.out:7: no number"},
        {HEAD FIRST "heap_tree=peak\nn0: 9 (heap)\n", "x.out:12: the tree's sum is not"},
        {HEAD FIRST "heap_tree=peak\nn1: 10 (heap)\n n0: 11 0x1: f\n", "x.out:13: the callers"},
        {HEAD FIRST "heap_tree=peak\nn1: 10 (heap)\n  n0: 1 0x1: f\n",
         "x.out:13: a node at depth 2"},
        {HEAD FIRST "heap_tree=peak\nn1: 10 (heap)\n n0 1 0x1: f\n", "x.out:13: no node"},
        {HEAD FIRST "heap_tree=peak\nn2: 10 (heap)\n n0: 1 0x1: f\n", "x.out:14: it ends here"},
        {HEAD FIRST "heap_tree=peak\nn9999999999999999999: 10 (heap)\n", "x.out:12: no node"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pl_snapshots s;
        struct pl_error error = {""};
        char *text = exactly(rows[i][0], strlen(rows[i][0]));
        assert_int_equal(pl_snapshots_parse(text, strlen(rows[i][0]), "x.out", &s, &error),
                         -EINVAL);
        is_one_line(&error);
        if (!strstr(error.text, rows[i][1]))
            fail_msg("%zu: '%s' is not '%s'", i, error.text, rows[i][1]);
        free(text);
    }
}

/* One deeper than massif ever writes. */
static void a_tree_without_end_is_refused(void **state)
{
    struct pl_snapshots s;
    struct pl_error error = {""};
    char *text = calloc(1, 300 * 330);
    (void)state;
    assert_non_null(text);
    strcpy(text, HEAD FIRST "heap_tree=peak\n");
    for (size_t depth = 0, used = strlen(text); depth < 300; depth++)
        used += (size_t)sprintf(text + used, "%*sn1: 10 0x1: f\n", (int)depth, "");
    assert_int_equal(pl_snapshots_parse(text, strlen(text), "x.out", &s, &error), -EINVAL);
    assert_non_null(strstr(error.text, "a tree deeper than 256"));
    free(text);
}

/* Bytes that no caller accounts for are the function's own, and names may hold anything. */
static void odd_trees_are_understood(void **state)
{
    static const char text[] = HEAD FIRST "heap_tree=detailed\n"
                                          "n1: 10 (heap)\n n2: 10 0xAB: f;g (x.c:1)\n"
                                          "  n0: 3 in 2 places, all below massif's threshold\n"
                                          "  n0: 5 0x1: ???\n";
    struct pl_snapshots s;
    struct pl_error error;
    (void)state;
    if (pl_snapshots_parse(text, sizeof text - 1, "x.out", &s, &error))
        fail_msg("%s", error.text);
    pl_stacks_sort(&s.tree);
    assert_int_equal(s.tree.count, 3);
    assert_string_equal(s.tree.list[0].frames, "???;f,g (x.c:1)");
    assert_string_equal(s.tree.list[1].frames,
                        "in 2 places, all below massif's threshold;f,g (x.c:1)");
    assert_string_equal(s.tree.list[2].frames, "f,g (x.c:1)");
    assert_int_equal(s.tree.list[2].cost, 2);
    pl_snapshots_free(&s);
}

static void bad_callgrind_files_are_refused(void **state)
{
    static const char head[] = "# callgrind format\nevents: Ir\n";
    static const char *const rows[][2] = {
        {"5 5\ntotals: 5\n", "x.out:3: no cost of a function"},
        {"fn=\n", "x.out:3: a function without a name"},
        {"fn=f\n5 5 5\n", "x.out:4: no cost"},
        {"fn=f\n5 5\ntotals: 6\n", "do not sum up"},
        {"fn=f\n5 5\ntotals: x\n", "x.out:5: no total"},
        {"fn=f\n5 5\n", "it has no total"},
        {"events: Ir Dr\n", "x.out:3: other events"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[256];
        struct pl_stacks f = {0};
        struct pl_error error = {""};
        uint64_t total;
        snprintf(text, sizeof text, "%s%s", head, rows[i][0]);
        assert_int_equal(pl_functions_parse(text, strlen(text), "x.out", &f, &total, &error),
                         -EINVAL);
        is_one_line(&error);
        if (!strstr(error.text, rows[i][1]))
            fail_msg("%zu: '%s' is not '%s'", i, error.text, rows[i][1]);
    }
}

static void a_call_counts_for_its_callee_alone(void **state)
{
    static const char text[] = "# callgrind format\nevents: Ir\nfn=f\n1 10\n9\ncfn=g\ncalls=1 2\n"
                               "1 100\n1 20\n\nfn=g\n2 100\n\nfn=f\n3 7\ntotals: 137\n";
    struct pl_stacks f = {0};
    struct pl_error error;
    uint64_t total;
    (void)state;
    if (pl_functions_parse(text, sizeof text - 1, "x.out", &f, &total, &error))
        fail_msg("%s", error.text);
    assert_int_equal(total, 137);
    assert_int_equal(f.count, 2);
    assert_string_equal(f.list[1].frames, "f");
    assert_int_equal(f.list[1].cost, 37);
    pl_stacks_free(&f);
}

static void bad_stacks_are_refused(void **state)
{
    static const char *const rows[] = {
        "a;b\n", "a;b x\n", "a;b 12", " 12\n", "; 1\n", "12\n", "a 99999999999999999999\n", "\n"};
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct pl_stacks s = {0};
        struct pl_error error = {""};
        char *text = exactly(rows[i], strlen(rows[i]));
        if (pl_stacks_parse(text, strlen(rows[i]), "x.out", &s, &error) != -EINVAL)
            fail_msg("%zu is taken", i);
        is_one_line(&error);
        free(text);
    }
}

static void a_function_is_known_by_its_whole_name(void **state)
{
    static const char *const passes[] = {"a;pl_loop_run;b", "pl_loop_run (loop.c);b",
                                         "a;pl_loop_run (loop.c:71)", "pl_loop_run"};
    static const char *const passes_not[] = {"a;pl_loop_runs;b", "xpl_loop_run;b", "pl_loop",
                                             "a (pl_loop_run.c)"};
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct pl_stack_cost yes = {(char *)(uintptr_t)passes[i], 1};
        struct pl_stack_cost no = {(char *)(uintptr_t)passes_not[i], 1};
        assert_true(pl_stack_cost_passes(&yes, PL_STACKS_WINDOW));
        assert_false(pl_stack_cost_passes(&no, PL_STACKS_WINDOW));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(massif_peak_and_curve),
        cmocka_unit_test(heaptrack_stacks),
        cmocka_unit_test(callgrind_functions),
        cmocka_unit_test(cut_massif_files_are_refused),
        cmocka_unit_test(cut_callgrind_files_are_refused),
        cmocka_unit_test(bad_massif_files_are_refused),
        cmocka_unit_test(a_tree_without_end_is_refused),
        cmocka_unit_test(odd_trees_are_understood),
        cmocka_unit_test(bad_callgrind_files_are_refused),
        cmocka_unit_test(a_call_counts_for_its_callee_alone),
        cmocka_unit_test(bad_stacks_are_refused),
        cmocka_unit_test(a_function_is_known_by_its_whole_name),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
