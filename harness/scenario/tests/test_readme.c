/* The tables of keys in scenarios/README.md against the schema: each key once, under the heading of
 * its section, with the default and the range that hold, and an example that is taken. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "allocators/base/units.h"
#include "harness/base/files.h"
#include "harness/scenario/schema.h"
#include "harness/scenario/traits.h"

#define HEAD "| key | default | range | meaning | example |"
#define CELL_MAX 1024
#define ROWS_MAX 256

enum cell { KEY, DEFAULT, RANGE, MEANING, EXAMPLE, CELLS };

struct row {
    char cells[CELLS][CELL_MAX];
    char heading[128];
};

static struct row *rows;
static size_t row_count;
static int failures;

static void complain(const char *key, const char *what, const char *detail)
{
    print_error("scenarios/README.md: %s: %s %s\n", key, what, detail);
    failures++;
}

/* Copies what stands between two bars, without blanks and the ticks around it. */
static void copy_cell(const char *from, size_t length, char *cell)
{
    while (length && *from == ' ')
        from++, length--;
    while (length && from[length - 1] == ' ')
        length--;
    if (length > 1 && *from == '`' && memchr(from + 1, '`', length - 1) == from + length - 1)
        from++, length -= 2;
    snprintf(cell, CELL_MAX, "%.*s", (int)length, from);
}

static void add_row(const char *line, size_t length, const char *heading)
{
    assert_true(row_count < ROWS_MAX);
    struct row *row = &rows[row_count++];
    const char *at = line + 1, *end = line + length;
    for (int i = 0; i < CELLS; i++) {
        const char *bar = memchr(at, '|', (size_t)(end - at));
        if (!bar)
            fail_msg("scenarios/README.md: a row of fewer than %d cells: %.*s", CELLS, (int)length,
                     line);
        copy_cell(at, (size_t)(bar - at), row->cells[i]);
        at = bar + 1;
    }
    if (at != end)
        fail_msg("scenarios/README.md: a row of more than %d cells: %.*s", CELLS, (int)length,
                 line);
    snprintf(row->heading, sizeof row->heading, "%s", heading);
}

static int read_tables(void **state)
{
    char *text, heading[128] = "";
    size_t size;
    struct pl_error error;
    bool inside = false;
    (void)state;
    rows = calloc(ROWS_MAX, sizeof *rows);
    if (!rows || pl_file_read(PL_SOURCE_DIR "/scenarios/README.md", 1 << 20, &text, &size, &error))
        return -1;
    for (const char *line = text; *line;) {
        size_t length = strcspn(line, "\n");
        if (*line == '#')
            snprintf(heading, sizeof heading, "%.*s", (int)length, line);
        if (length == sizeof HEAD - 1 && strncmp(line, HEAD, length) == 0)
            inside = true;
        else if (*line != '|')
            inside = false;
        else if (inside && line[1] != '-')
            add_row(line, length, heading);
        line += length + (line[length] == '\n');
    }
    free(text);
    return 0;
}

static int free_tables(void **state)
{
    (void)state;
    free(rows);
    return 0;
}

static const struct row *row_of(const char *key)
{
    const struct row *found = NULL;
    for (size_t i = 0; i < row_count; i++)
        if (strcmp(rows[i].cells[KEY], key) == 0) {
            if (found)
                complain(key, "stands twice", "");
            found = &rows[i];
        }
    return found;
}

/* The smallest scenario of the pipeline that reads a key. */
static const char *base_of(const char *key)
{
    static const char *const bases[][3] = {
        {"media", "media",
         "media: {sources: a.mp3}\nclasses: {samples: {size: fit, budget: frames}}\n"
         "limits: {frames: 1MiB}\n"},
        {"blocks", "blocks", "blocks: {file: a.tsv}\nclasses: {block: {size: 64KiB}}\n"},
        {"relay", "relay",
         "traffic: {file: a.pcap}\nload: [{at: 0s, sessions: 9}]\n"
         "classes: {packet: {size: 128B}, buffer: {size: 1500B}, node: {size: 32B}, session: "
         "{size: 8KiB}}\n"},
        {"workers", "blocks",
         "blocks: {file: a.tsv, idle_work: 0%}\nclasses: {block: {size: 64KiB}}\n"},
        {"broadcast", "broadcast",
         "broadcast: {video: a.mp4, sound: a.mp3}\n"
         "classes: {frame: {size: 1MiB}, image: {size: 1MiB}, text: {size: 1MiB}, "
         "node: {size: 56B}, audio: {size: 1kB}, client: {size: 4kB}}\n"},
        {"program", "program", "program: {command: [./a]}\n"},
        {"trace", "trace", "trace: {file: a.trace}\n"}};
    static char text[1024];
    const char *pipeline = "receiver", *more = "traffic: {file: a.pcap}\n"
                                               "classes: {packet: {size: 696B, budget: packets}}\n"
                                               "limits: {packets: 1MiB}\n";
    for (size_t i = 0; i < sizeof bases / sizeof *bases; i++)
        if (strncmp(key, bases[i][0], strlen(bases[i][0])) == 0 &&
            key[strlen(bases[i][0])] == '.') {
            pipeline = bases[i][1];
            more = bases[i][2];
        }
    snprintf(text, sizeof text,
             "name: test\ntitle: a test\npipeline: %s\n%sduration: 60s\nallocators: [glibc]\n"
             "expect: []\n",
             pipeline, more);
    return text;
}

/* @param more settings that come before KEY=VALUE; NULL: none @param value NULL: KEY is not set */
static int parse(const char *key, const char *value, const char *const *more,
                 struct pl_scenario *scenario, struct pl_error *error)
{
    char setting[CELL_MAX + 128];
    const char *settings[4], *text = base_of(key);
    size_t count = 0;
    while (more && more[count] && count < 3) {
        settings[count] = more[count];
        count++;
    }
    snprintf(setting, sizeof setting, "%s=%s", key, value ? value : "");
    settings[count] = setting;
    int rc = pl_scenario_parse(text, strlen(text), "dir/t.yaml", PL_TIER_DEFAULT, settings,
                               count + (value != NULL), scenario, error);
    scenario->conditions_left = false;
    memset(scenario->conditions_left_by, 0, sizeof scenario->conditions_left_by);
    return rc;
}

static bool is_required(const struct pl_key *key)
{
    bool required = key->flags & (PL_KEY_REQUIRED | PL_KEY_REQUIRED_HERE);
    for (int kind = 0; kind < PL_PIPELINE_COUNT; kind++) {
        const char *const *needed = pl_traits_of_kind((enum pl_pipeline_kind)kind)->needed;
        for (; needed && *needed; needed++)
            required |= strcmp(*needed, key->path) == 0;
    }
    return required;
}

/* Whether a field that has no text for its default is at zero. */
static bool is_unset(const struct pl_key *key, const struct pl_scenario *s)
{
    const char *field = (const char *)s + key->offset;
    if (key->kind == PL_KEY_TEXT)
        return strcmp(key->path, "program.directory") == 0 ? strcmp(field, "dir") == 0 : !*field;
    if (key->kind == PL_KEY_TIME || key->kind == PL_KEY_SIZE)
        return *(const int64_t *)(const void *)field == 0;
    return strcmp(key->path, "extends") == 0 && !s->extends[0];
}

/* A default is one when setting it changes nothing. */
/* Keys that say something of another one, which has to be there, if only to ask for nothing. */
static const struct {
    const char *key, *settings[2];
} parts[] = {
    {"relay.gop_packets", {"relay.gop=none"}},
    {"relay.gop_full", {"relay.gop=none"}},
    {"relay.nack_packets", {"relay.nack=0s"}},
    {"relay.rtt", {"relay.loss=0%"}},
    {"relay.rtcp.history", {"relay.rtcp.feedback=0s"}},
    {"relay.rtcp.history_packets", {"relay.rtcp.feedback=0s"}},
    {"relay.stall_step", {"relay.stalled=0"}},
    {"relay.slow_rate", {"relay.slow=0"}},
};

static const char *const *whole_of(const char *key)
{
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strcmp(parts[i].key, key) == 0)
            return parts[i].settings;
    return NULL;
}

static void check_default(const struct pl_key *key, const struct row *row)
{
    struct pl_scenario *plain = calloc(1, sizeof *plain), *set = calloc(1, sizeof *set);
    struct pl_error error = {""};
    const char *value = row->cells[DEFAULT];
    assert_true(plain && set);
    if (parse(key->path, NULL, NULL, plain, &error))
        fail_msg("%s: the base is refused: %s", key->path, error.text);
    if (is_required(key) || strcmp(value, "required") == 0) {
        if (!is_required(key) || strcmp(value, "required") != 0)
            complain(key->path, is_required(key) ? "is required, not" : "is not", value);
    } else if (strcmp(value, "-") == 0) {
        if (!is_unset(key, plain))
            complain(key->path, "has a default, not", value);
    } else if (parse(key->path, value, whole_of(key->path), set, &error)) {
        complain(key->path, "its default is refused:", error.text);
    } else if (memcmp(plain, set, sizeof *set) != 0) {
        complain(key->path, "its default is not", value);
    }
    free(plain);
    free(set);
}

/* One end of a range, as the schema has it. @return false when it is none */
static bool read_end(const struct pl_key *key, const char *text, double *end)
{
    uint64_t bytes;
    int64_t ns;
    char *rest;
    if (key->kind == PL_KEY_SIZE) {
        *end = pl_size_parse(text, &bytes, NULL) ? -1 : (double)bytes;
        return *end >= 0;
    }
    if (key->kind == PL_KEY_TIME) {
        *end = pl_time_parse(text, &ns, NULL) ? -1 : (double)ns;
        return *end >= 0;
    }
    *end = strtod(text, &rest);
    return rest != text && strcmp(rest, key->kind == PL_KEY_SHARE ? "%" : "") == 0;
}

static void check_numbers(const struct pl_key *key, const char *range)
{
    char low[64], high[64];
    double from, to;
    double min = key->kind == PL_KEY_FACTOR ? 0.001 : (double)key->min;
    double max = key->kind == PL_KEY_SHARE ? 100 : (double)key->max;
    if (sscanf(range, "%63s to %63s", low, high) != 2 || !read_end(key, low, &from) ||
        !read_end(key, high, &to))
        complain(key->path, "no range A to B:", range);
    else if (fabs(from - min) > 1e-9 || fabs(to - max) > 1e-9 * max)
        complain(key->path, "its range is not", range);
}

/* "`a`, `b`" of "a|b". */
static void check_choices(const struct pl_key *key, const char *range)
{
    char expected[CELL_MAX] = "`";
    size_t used = 1;
    for (const char *at = key->kind == PL_KEY_BOOL ? "true|false" : key->choices; *at; at++)
        used += (size_t)snprintf(expected + used, sizeof expected - used,
                                 *at == '|' ? "`, `" : "%c", *at);
    snprintf(expected + used, sizeof expected - used, "`");
    if (strcmp(range, expected) != 0)
        complain(key->path, "its range should be", expected);
}

static void check_range(const struct pl_key *key, const struct row *row)
{
    const char *range = row->cells[RANGE];
    switch (key->kind) {
    case PL_KEY_BOOL:
    case PL_KEY_CHOICE:
        check_choices(key, range);
        break;
    case PL_KEY_TEXT:
    case PL_KEY_SPECIAL:
    case PL_KEY_SECTION:
        if (!*range)
            complain(key->path, "no range", "");
        break;
    default:
        check_numbers(key, range);
    }
}

/* What some keys are of no use, and refused, without. */
static const struct {
    const char *key, *settings[4];
} companions[] = {
    {"media.crossfade", {"media.sources=[a, b]", "media.track=30s", "media.delay=10s"}},
    {"media.clip", {"media.frame=20ms"}},
    {"broadcast.stalled", {"broadcast.stalls=[{from: 1s, until: 2s}]"}},
    {"broadcast.stalls", {"broadcast.stalled=1"}},
    {"relay.subscribers", {"load=none"}},
    {"relay.slow", {"relay.slow_rate=1kB"}},
    {"relay.stalled", {"relay.stalls=[{from: 1s, until: 2s}]"}},
    {"relay.stalls", {"relay.stalled=1"}},
    {"relay.loss", {"relay.transport=udp", "relay.nack=1s"}},
    {"relay.gop", {"relay.video=h264"}},
    {"blocks.cycle", {"blocks.survivor_lifetime=20s"}},
    {"limits", {"classes={packet: {size: 696B, budget: packets}}"}},
};

static void check_example(const struct pl_key *key, const struct row *row)
{
    const char *example = row->cells[EXAMPLE], *const *more = whole_of(key->path);
    struct pl_scenario *scenario = calloc(1, sizeof *scenario);
    struct pl_error error = {""};
    assert_non_null(scenario);
    for (size_t i = 0; i < sizeof companions / sizeof *companions; i++)
        if (strcmp(companions[i].key, key->path) == 0)
            more = companions[i].settings;
    int rc;
    if (strcmp(key->path, "extends") == 0) { /* no --set */
        char text[CELL_MAX + 64];
        snprintf(text, sizeof text, "extends: %s\nname: test\n", example);
        rc = pl_scenario_parse(text, strlen(text), "dir/t.yaml", PL_TIER_DEFAULT, NULL, 0, scenario,
                               &error);
    } else {
        rc = parse(key->path, example, more, scenario, &error);
    }
    if (rc)
        complain(key->path, "its example is refused:", error.text);
    if (strcmp(example, row->cells[DEFAULT]) == 0)
        complain(key->path, "its example is its default", "");
    free(scenario);
}

static void every_key_has_its_row(void **state)
{
    (void)state;
    failures = 0;
    for (size_t i = 0; i < pl_schema_count; i++) {
        const struct pl_key *key = &pl_schema[i];
        if (key->kind == PL_KEY_SECTION)
            continue;
        const struct row *row = row_of(key->path);
        if (!row) {
            complain(key->path, "has no row below", HEAD);
            continue;
        }
        check_default(key, row);
        check_range(key, row);
        check_example(key, row);
        if (!row->cells[MEANING][0])
            complain(key->path, "no meaning", "");
    }
    assert_int_equal(failures, 0);
}

static void every_row_is_a_key_of_its_section(void **state)
{
    (void)state;
    failures = 0;
    for (size_t i = 0; i < row_count; i++) {
        const char *key = rows[i].cells[KEY], *dot = strchr(key, '.');
        char heading[128];
        if (!pl_schema_find(key))
            complain(key, "is no key", "");
        snprintf(heading, sizeof heading, "### Keys: %.*s",
                 dot ? (int)(dot - key) : (int)strlen("all pipelines"),
                 dot ? key : "all pipelines");
        if (strcmp(rows[i].heading, heading) != 0)
            complain(key, "stands below another heading than", heading);
    }
    assert_int_equal(failures, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_key_has_its_row),
        cmocka_unit_test(every_row_is_a_key_of_its_section),
    };
    return cmocka_run_group_tests(tests, read_tables, free_tables);
}
