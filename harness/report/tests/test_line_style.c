/* What stacks look like: no two of a chart alike, and in the page as in the pictures. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/report/page/line_style.h"
#include "harness/report/tests/sample.h"

/* The first group of a document of one, and what its rows look like. */
struct styled {
    json_t *document;
    struct pl_model model;
    const struct pl_model_group *group;
    struct pl_line_style *styles;
};

static struct styled style(json_t *document)
{
    struct styled s = {.document = document};
    assert_int_equal(pl_model_build(&s.model, document, NULL), 0);
    s.group = &s.model.groups[0];
    s.styles = calloc(s.group->row_count, sizeof *s.styles);
    pl_line_style_of(s.group, s.styles);
    return s;
}

static void drop(struct styled *s)
{
    free(s->styles);
    pl_model_free(&s->model);
    json_decref(s->document);
}

static bool alike(const struct pl_line_style *a, const struct pl_line_style *b)
{
    return strcmp(a->colour, b->colour) == 0 && strcmp(a->dash, b->dash) == 0 && a->dots == b->dots;
}

static void all_differ(const struct styled *s)
{
    for (size_t i = 0; i < s->group->row_count; i++)
        for (size_t k = 0; k < i; k++)
            if (s->styles[i].shown && s->styles[k].shown && alike(&s->styles[i], &s->styles[k]))
                fail_msg("%s and %s look alike", s->group->rows[i].label, s->group->rows[k].label);
}

static const char *const known[] = {"null",      "glibc", "jemalloc", "mimalloc", "tcmalloc",
                                    "tbbmalloc", "scudo", "slab",     "limited"};

enum { KNOWN = sizeof known / sizeof *known };

/* Of the stacks that a chart shows the first are well-known, and the rest are not. */
static json_t *stacks(size_t well_known, size_t others)
{
    json_t *d = sample_empty();
    char name[64];
    for (size_t i = 0; i < others; i++) {
        snprintf(name, sizeof name, "limited:max=%zuMiB/slab", i + 1);
        sample_cell(d, name, "bounded");
    }
    for (size_t i = 0; i < well_known; i++)
        sample_cell(d, known[i], "bounded");
    return d;
}

/* A swept stack of each of so many values, before three that are not. */
static json_t *swept(size_t values)
{
    json_t *d = sample_empty();
    char name[64];
    for (size_t i = 0; i < values; i++) {
        snprintf(name, sizeof name, "glibc:arena_max=%zu", i + 1);
        json_object_set_new(
            sample_cell(d, name, "bounded"), "sweep",
            json_pack("{s:s, s:{s:s}}", "stack", "glibc:arena_max={n}", "values", "n", name + 16));
    }
    sample_cell(d, "glibc", "bounded");
    sample_cell(d, "slab:grow=double/glibc", "bounded");
    sample_cell(d, "frame_pool/glibc", "bounded");
    return d;
}

static json_t *ledgers(void)
{
    json_t *d = sample_empty();
    sample_cell(d, "glibc", "bounded");
    sample_cell(d, "ledger/glibc", "bounded");
    sample_cell(d, "ledger/jemalloc", "bounded");
    return d;
}

static json_t *threads(void)
{
    json_t *d = sample_empty();
    sample_cell(d, "glibc", "bounded");
    sample_cell(d, "frame_pool/glibc", "bounded");
    json_object_set_new(sample_cell(d, "frame_pool/glibc", "bounded"), "threads", json_integer(2));
    json_object_set_new(sample_cell(d, "glibc", "bounded"), "threads", json_integer(2));
    sample_cell(d, "frame_pool/slab", "bounded");
    return d;
}

static json_t *of_kind(size_t kind)
{
    switch (kind) {
    case 0:
        return ledgers();
    case 1:
        return threads();
    case 2:
        return swept(30);
    case 3:
        return swept(4);
    default:
        kind -= 4;
        return kind <= KNOWN ? stacks(kind, pl_line_style_most - kind) : NULL;
    }
}

static void no_two_of_a_chart_are_alike(void **state)
{
    (void)state;
    json_t *document;
    for (size_t kind = 0; (document = of_kind(kind)); kind++) {
        struct styled s = style(document);
        all_differ(&s);
        drop(&s);
    }
}

static void a_ledger_changes_no_look_of_its_own(void **state)
{
    (void)state;
    struct styled s = style(ledgers());
    assert_string_equal(s.styles[2].colour, "orange");
    assert_string_equal(s.styles[2].dash, "");
    drop(&s);
}

/* Charts behind each other, a -- between them, as words of a shell. */
static void add_chart(FILE *command, const struct styled *s)
{
    fprintf(command, " --");
    for (size_t i = 0; i < s->group->row_count; i++)
        if (s->styles[i].shown)
            fprintf(command, " '%s=%d'", s->group->rows[i].stack, s->styles[i].dots);
}

/* The looks that plots/style.py gives the rows of every kind of chart: a line of a colour and a
 * dash each. One process for all: it is its start that takes time. */
static FILE *ask_style(void)
{
    static const char script[] =
        "/usr/bin/python3 -E -s -c 'import sys; sys.path.insert(0, \"" PL_SOURCE_DIR "/plots\")\n"
        "import itertools, style\n"
        "half = lambda dash: \"\" if dash == \"-\" else \" \".join(f\"{2 * l:g}\" for l in "
        "dash[1])\n"
        "for between, chart in itertools.groupby(sys.argv[1:], lambda word: word == \"--\"):\n"
        "    rows = {} if between else {i: tuple(r.rsplit(\"=\", 1)) for i, r in "
        "enumerate(chart)}\n"
        "    looks = style.look_of({i: (r[0], r[1] == \"1\") for i, r in rows.items()})\n"
        "    for colour, dash, dots in looks.values():\n"
        "        print(colour, half(dash) + (\" dots\" if dots else \"\"), sep=\"\\t\")\n'";
    char *text;
    size_t size;
    json_t *document;
    FILE *command = open_memstream(&text, &size);
    assert_non_null(command);
    fputs(script, command);
    for (size_t kind = 0; (document = of_kind(kind)); kind++) {
        struct styled s = style(document);
        add_chart(command, &s);
        drop(&s);
    }
    fclose(command);
    FILE *told = popen(text, "r");
    assert_non_null(told);
    free(text);
    return told;
}

/* What palette.json says of a colour. */
static const char *light(const json_t *palette, const char *colour)
{
    const json_t *found = json_object_get(json_object_get(palette, "colours"), colour);
    if (!found)
        found = json_object_get(json_object_get(palette, "surfaces"), colour);
    return json_string_value(json_object_get(found, "light"));
}

static void same_in_pictures(const struct styled *s, const json_t *palette, FILE *told)
{
    char line[256], mine[256];
    for (size_t i = 0; i < s->group->row_count; i++) {
        if (!s->styles[i].shown)
            continue;
        snprintf(mine, sizeof mine, "%s\t%s%s\n", light(palette, s->styles[i].colour),
                 s->styles[i].dash, s->styles[i].dots ? " dots" : "");
        assert_non_null(fgets(line, sizeof line, told));
        if (strcmp(line, mine) != 0)
            fail_msg("%s: pictures have %s, the page %s", s->group->rows[i].label, line, mine);
    }
}

static void pictures_have_the_same(void **state)
{
    (void)state;
    json_t *document, *palette = json_load_file(PL_SOURCE_DIR "/plots/palette.json", 0, NULL);
    if (!sample_can_draw())
        skip();
    assert_non_null(palette);
    FILE *told = ask_style();
    for (size_t kind = 0; (document = of_kind(kind)); kind++) {
        struct styled s = style(document);
        same_in_pictures(&s, palette, told);
        drop(&s);
    }
    assert_int_equal(fgetc(told), EOF);
    assert_int_equal(pclose(told), 0);
    json_decref(palette);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_two_of_a_chart_are_alike),
        cmocka_unit_test(a_ledger_changes_no_look_of_its_own),
        cmocka_unit_test(pictures_have_the_same),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
