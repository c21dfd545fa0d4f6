/* Two memory reports of a server, replayed block by block through a ledger and reported as
 * `plimsoll run --ledger` does: over the pipe, as JSON and as text. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "allocators/ledger/books.h"
#include "harness/cell/ledger_reports.h"
#include "harness/cell/ledger_sampling.h"
#include "harness/report/ledger/ledger_text.h"
#include "harness/report/tests/validate.h"
#include "harness/results/ledger_json.h"

enum { ROWS_MAX = 32, REPORTS = 2, LIVE_MAX = 16 };

#define SECOND INT64_C(1000000000)

/* The reports' own totals. */
static const uint64_t current_bytes[REPORTS] = {7704002, 7588538};
static const int64_t report_ns[REPORTS] = {40 * SECOND, 80 * SECOND};

struct row {
    char file[32], label[32];
    uint32_t line;
    uint64_t size, churn[REPORTS], live[REPORTS];
    size_t site; /* the first row of the same site */
    void *blocks[LIVE_MAX];
    uint64_t held;
};

/* What the script implies, counted beside the ledger. */
struct implied {
    uint64_t allocated_bytes, allocated_blocks, freed_bytes, freed_blocks, peak_bytes;
};

struct script {
    struct row rows[ROWS_MAX];
    size_t count;
    struct pl_site sites[ROWS_MAX];
    struct pl_stack *stack;
    struct pl_allocator *chain;
    struct pl_ledger *ledger;
    int64_t now_ns;
    struct implied implied;
    int fd; /* what the cell would write into its pipe */
};

static bool same_site(const struct row *a, const struct row *b)
{
    return a->line == b->line && !strcmp(a->file, b->file) && !strcmp(a->label, b->label);
}

static void read_row(struct script *s, const char *text)
{
    struct row *row = &s->rows[s->count];
    if (text[0] == '#' || text[0] == '\n')
        return;
    assert_true(s->count < ROWS_MAX);
    assert_int_equal(sscanf(text, "%31[^\t]\t%u\t%31[^\t]\t%lu\t%lu\t%lu\t%lu\t%lu", row->file,
                            &row->line, row->label, &row->size, &row->churn[0], &row->live[0],
                            &row->churn[1], &row->live[1]),
                     8);
    assert_true(row->live[0] <= LIVE_MAX && row->live[1] <= LIVE_MAX);
    if (!strcmp(row->file, "-"))
        row->file[0] = '\0';
    while (!same_site(&s->rows[row->site], row))
        row->site++;
    s->sites[s->count] =
        (struct pl_site){.label = row->label, .file = row->file, .function = "", .line = row->line};
    s->count++;
}

static struct script *open_script(const char *spec_text)
{
    static const struct pl_class class = {"block", 1080008, -1};
    struct script *s = calloc(1, sizeof *s);
    struct pl_stack_spec spec;
    struct pl_error error;
    char line[256];
    FILE *file = fopen(PL_SOURCE_DIR "/harness/report/tests/ascii-chat.tsv", "r");
    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        read_row(s, line);
    fclose(file);
    assert_int_equal(s->count, 17);
    assert_int_equal(pl_stack_parse(spec_text, &spec, &error), 0);
    assert_int_equal(pl_stack_open(&spec, &class, 1, NULL, 0, &s->stack, &error), 0);
    pl_stack_clock(s->stack, &s->now_ns);
    s->chain = pl_stack_class(s->stack, 0);
    s->ledger = pl_stack_ledger(s->stack);
    assert_non_null(s->ledger);
    s->fd = memfd_create("reports", 0);
    assert_true(s->fd >= 0);
    return s;
}

static void *take(struct script *s, const struct row *row)
{
    struct implied *i = &s->implied;
    pl_site_set(&s->sites[row->site]);
    void *block = pl_acquire(s->chain, row->size);
    assert_non_null(block);
    i->allocated_blocks++;
    i->allocated_bytes += row->size;
    if (i->allocated_bytes - i->freed_bytes > i->peak_bytes)
        i->peak_bytes = i->allocated_bytes - i->freed_bytes;
    return block;
}

static void give(struct script *s, const struct row *row, void *block)
{
    pl_release(s->chain, block, row->size);
    s->implied.freed_blocks++;
    s->implied.freed_bytes += row->size;
}

/* All that was live goes, as much as stands under churn comes and goes, and what is live comes. */
static void play(struct script *s, size_t report)
{
    for (size_t i = 0; i < s->count; i++) {
        struct row *row = &s->rows[i];
        while (row->held)
            give(s, row, row->blocks[--row->held]);
        for (uint64_t k = 0; k < row->churn[report]; k++)
            give(s, row, take(s, row));
    }
    s->now_ns = report_ns[report] - SECOND;
    for (size_t i = 0; i < s->count; i++)
        while (s->rows[i].held < s->rows[i].live[report])
            s->rows[i].blocks[s->rows[i].held++] = take(s, &s->rows[i]);
    pl_ledger_check(s->ledger);
    pl_cell_ledger_report(s->ledger, s->fd, report_ns[report], PL_LEDGER_ASKED, true);
}

static void close_script(struct script *s)
{
    for (size_t i = 0; i < s->count; i++)
        while (s->rows[i].held)
            pl_release(s->chain, s->rows[i].blocks[--s->rows[i].held], s->rows[i].size);
    pl_stack_close(s->stack);
    close(s->fd);
    free(s);
}

/* The records as the controller takes them, and the cell that they become. */
static json_t *cell_of(int fd)
{
    struct pl_ledger_reports reports = {0};
    union pl_record record;
    assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
    while (read(fd, &record, sizeof record.head) == (ssize_t)sizeof record.head) {
        size_t rest = record.head.size - sizeof record.head;
        assert_true(record.head.size <= sizeof record);
        assert_int_equal(read(fd, (char *)&record + sizeof record.head, rest), rest);
        assert_int_equal(pl_ledger_reports_take(&reports, &record), 0);
    }
    json_t *ledger = pl_ledger_json(&reports, REPORTS, report_ns[REPORTS - 1]);
    pl_ledger_reports_free(&reports);
    return json_pack("{s:s, s:s, s:s, s:i, s:s, s:o}", "scenario", "ascii-chat", "allocator",
                     "ledger/glibc", "format", "f32", "repetition", 0, "outcome", "bounded",
                     "ledger", ledger);
}

static json_t *report_of(const json_t *cell, size_t index)
{
    return json_array_get(json_object_get(json_object_get(cell, "ledger"), "reports"), index);
}

static uint64_t integer(const json_t *object, const char *key)
{
    assert_true(json_is_integer(json_object_get(object, key)));
    return (uint64_t)json_integer_value(json_object_get(object, key));
}

static void check_totals(const json_t *report, const struct implied *i, uint64_t current)
{
    const json_t *totals = json_object_get(report, "totals");
    assert_int_equal(integer(totals, "current_bytes"), current);
    assert_int_equal(integer(totals, "allocated_bytes"), i->allocated_bytes);
    assert_int_equal(integer(totals, "allocated_blocks"), i->allocated_blocks);
    assert_int_equal(integer(totals, "freed_bytes"), i->freed_bytes);
    assert_int_equal(integer(totals, "freed_blocks"), i->freed_blocks);
    assert_int_equal(integer(totals, "peak_bytes"), i->peak_bytes);
    assert_int_equal(integer(report, "corruptions"), 0);
}

/* Each group of live blocks is a row's, and each row with live blocks has one. */
static void check_list(const struct script *s, const json_t *report, size_t index)
{
    const json_t *live = json_object_get(report, "live"), *group;
    size_t i, rows = 0;
    char name[96];
    for (i = 0; i < s->count; i++)
        rows += s->rows[i].live[index] > 0;
    assert_int_equal(json_array_size(live), rows);
    json_array_foreach(live, i, group)
    {
        const char *site = json_string_value(json_object_get(group, "site"));
        size_t found = 0;
        for (size_t k = 0; k < s->count; k++) {
            const struct row *row = &s->rows[k];
            snprintf(name, sizeof name, row->line ? "%s:%u %s" : "%s%.0u%s", row->file, row->line,
                     row->label);
            found += !strcmp(site, name) && integer(group, "size_bytes") == row->size &&
                     integer(group, "live_blocks") == row->live[index];
        }
        assert_int_equal(found, 1);
    }
}

static uint64_t sum_of(const json_t *array, const char *key)
{
    const json_t *row;
    size_t i;
    uint64_t sum = 0;
    json_array_foreach(array, i, row) sum += integer(row, key);
    return sum;
}

static void check_parts(const json_t *report, uint64_t current)
{
    static const char *const parts[] = {"sites", "size_classes", "ages"};
    uint64_t live = integer(json_object_get(report, "totals"), "live_blocks");
    for (size_t i = 0; i < 3; i++) {
        const json_t *part = json_object_get(report, parts[i]);
        assert_int_equal(sum_of(part, "current_bytes"), current);
        assert_int_equal(sum_of(part, "live_blocks"), live);
    }
}

static void check_schema(const json_t *cell)
{
    char where[512] = "";
    json_t *schema = json_load_file(PL_SOURCE_DIR "/results/schema.json", 0, NULL);
    const char *const path[] = {"properties", "cells", "items", "properties", "ledger"};
    const json_t *at = schema;
    for (size_t i = 0; i < 5; i++)
        at = json_object_get(at, path[i]);
    assert_non_null(at);
    if (!validate(at, json_object_get(cell, "ledger"), where, sizeof where))
        fail_msg("ledger%s", where);
    json_decref(schema);
}

static char *text_of(const json_t *cell)
{
    char *text;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    pl_report_ledger(out, cell);
    fclose(out);
    return text;
}

static void has_line(const char *text, const char *line)
{
    if (!strstr(text, line))
        fail_msg("'%s' is not in:\n%s", line, text);
}

/* Cells stand two blanks apart at least. @param row "|4|56|224|node\n" */
static void has_row(const char *text, const char *row)
{
    char *squeezed = malloc(strlen(text) + 1), *to = squeezed;
    assert_non_null(squeezed);
    for (const char *at = text; *at;) {
        size_t blanks = strspn(at, " ");
        *to++ = blanks > 1 ? '|' : *at;
        at += blanks > 1 ? blanks : 1;
    }
    *to = '\0';
    if (!strstr(squeezed, row))
        fail_msg("'%s' is not in:\n%s", row, text);
    free(squeezed);
}

static void fits_100_columns(const char *text)
{
    for (const char *line = text; *line; line += strcspn(line, "\n") + 1)
        if (strcspn(line, "\n") > 100)
            fail_msg("too wide: %.*s", (int)strcspn(line, "\n"), line);
}

static void two_reports_reconcile_to_the_byte(void **state)
{
    struct script *s = open_script("ledger/glibc");
    struct implied implied[REPORTS];
    (void)state;
    for (size_t i = 0; i < REPORTS; i++) {
        play(s, i);
        implied[i] = s->implied;
    }
    json_t *cell = cell_of(s->fd);
    check_schema(cell);
    for (size_t i = 0; i < REPORTS; i++) {
        check_totals(report_of(cell, i), &implied[i], current_bytes[i]);
        check_list(s, report_of(cell, i), i);
        check_parts(report_of(cell, i), current_bytes[i]);
    }
    assert_null(report_of(cell, REPORTS));
    json_decref(cell);
    close_script(s);
}

static void the_text_says_the_same(void **state)
{
    struct script *s = open_script("ledger/slab/glibc");
    (void)state;
    play(s, 0);
    play(s, 1);
    json_t *cell = cell_of(s->fd);
    char *text = text_of(cell);
    fits_100_columns(text);
    has_line(text, "after 40 s of replay");
    has_line(text, "after 1 min 20 s of replay");
    has_line(text, "7,704,002 B");
    has_line(text, "7,588,538 B");
    has_row(text, "|4|1,080,008|4,320,032|server.c:574 cached frame\n");
    has_row(text, "|3|1,080,008|3,240,024|ringbuffer.c:369 copy in\n");
    has_row(text, "|4|56|224|packet_queue.c:83 node\n");
    has_row(text, "|1|56|56|packet_queue.c:83 node\n");
    has_row(text, "|1|50,947|50,947|packet_queue.c:103 data\n");
    has_row(text, "|1|32|32|packet_queue.c:103 data\n");
    has_row(text, "|8|232|1,856|client\n");
    has_line(text, "below 10 s"); /* all of it is a second old */
    assert_null(strstr(text, "CORRUPT"));
    free(text);
    json_decref(cell);
    close_script(s);
}

/* A cell that was killed: what it had last, and that nothing half is shown. */
static void the_last_report_of_a_killed_cell(void **state)
{
    struct script *s = open_script("ledger/glibc");
    struct pl_ledger_reports reports = {0};
    union pl_record record = {.site = {.kind = PL_RECORD_LEDGER_SITE, .size = sizeof record.site}};
    (void)state;
    assert_null(pl_ledger_json(&reports, 0, 0));
    assert_int_equal(pl_ledger_reports_take(&reports, &record), 0);
    record.ledger = (struct pl_ledger_record){.kind = PL_RECORD_LEDGER,
                                              .size = sizeof record.ledger,
                                              .t_ns = 10 * SECOND,
                                              .reason = PL_LEDGER_PART,
                                              .sites = 1};
    assert_int_equal(pl_ledger_reports_take(&reports, &record), 0);
    record.ledger.sites = 0;
    record.ledger.t_ns = 20 * SECOND;
    assert_int_equal(pl_ledger_reports_take(&reports, &record), 0);
    record.site.kind = PL_RECORD_LEDGER_SITE;
    record.site.size = sizeof record.site;
    assert_int_equal(pl_ledger_reports_take(&reports, &record), 0); /* and then the kill */
    reports.reports[1].record.reason = PL_LEDGER_ASKED; /* of two, and nothing after it */
    json_t *asked = pl_ledger_json(&reports, 2, 30 * SECOND);
    assert_int_equal(json_array_size(json_object_get(asked, "reports")), 1);
    json_decref(asked);
    reports.reports[1].record.reason = PL_LEDGER_PART;
    json_t *ledger = pl_ledger_json(&reports, 0, 0);
    json_t *shown = json_object_get(ledger, "reports");
    assert_int_equal(json_array_size(shown), 1);
    assert_true(json_real_value(json_object_get(json_array_get(shown, 0), "t_seconds")) == 20);
    assert_string_equal(json_string_value(json_object_get(json_array_get(shown, 0), "reason")),
                        "last");
    record.ledger.kind = PL_RECORD_LEDGER;
    record.ledger.size = sizeof record.ledger;
    record.ledger.sites = 2; /* one is there */
    assert_int_equal(pl_ledger_reports_take(&reports, &record), -EPROTO);
    record.head.size--;
    assert_int_equal(pl_ledger_reports_take(&reports, &record), -EPROTO);
    json_decref(ledger);
    pl_ledger_reports_free(&reports);
    close_script(s);
}

/* 25 groups of one site: the 20 largest, and what the others hold together. */
static void a_long_list_tells_of_the_others(void **state)
{
    struct script *s = open_script("ledger/glibc");
    void *blocks[25];
    (void)state;
    pl_site_set(&s->sites[0]);
    for (size_t i = 0; i < 25; i++)
        assert_non_null(blocks[i] = pl_acquire(s->chain, 1000 + i));
    pl_cell_ledger_report(s->ledger, s->fd, SECOND, PL_LEDGER_ASKED, true);
    json_t *cell = cell_of(s->fd);
    char *text = text_of(cell);
    has_row(text, "|1|1,024|1,024|network.c:743 receive\n");
    has_row(text, "|1|1,005|1,005|network.c:743 receive\n");
    has_row(text, "|5|5,010|others\n");
    assert_null(strstr(text, "1,004  "));
    for (size_t i = 0; i < 25; i++)
        pl_release(s->chain, blocks[i], 1000 + i);
    free(text);
    json_decref(cell);
    close_script(s);
}

/* What held the peak and has been released since stands behind all that is still held. */
static void the_callers_of_the_peak_are_told(void **state)
{
    struct script *s = open_script("ledger/glibc");
    (void)state;
    play(s, 0);
    pl_cell_ledger_report(s->ledger, s->fd, SECOND, PL_LEDGER_ASKED, true);
    json_t *cell = cell_of(s->fd);
    json_t *report = json_array_get(json_object_get(json_object_get(cell, "ledger"), "reports"), 0);
    json_t *sites = json_object_get(report, "sites"), *first = json_array_get(sites, 0);
    json_object_set_new(first, "function", json_string("fan_out"));
    json_object_set_new(first, "chain", json_pack("[s, s]", "fan_out", "on_message"));
    while (json_array_size(sites) < 30)
        json_array_insert_new(sites, 0, json_pack("{s:s, s:i}", "site", "small", "peak_bytes", 1));
    char *text = text_of(cell);
    has_row(text, "by on_message\n");
    free(text);
    json_object_set_new(first, "peak_bytes", json_integer(1));
    text = text_of(cell);
    assert_null(strstr(text, "by on_message"));
    free(text);
    json_decref(cell);
    close_script(s);
}

/* Books that don't agree at a sample, or at the end, are corruptions; while threads are at work
 * nothing can be said. */
static void a_cell_checks_its_books(void **state)
{
    struct script *s = open_script("ledger/glibc");
    struct pl_cell_ledger in_cell = {
        .ledger = s->ledger, .record_fd = s->fd, .duration_ns = 800 * SECOND};
    (void)state;
    play(s, 0);
    pl_cell_ledger_sample(&in_cell, SECOND, true);
    assert_int_equal(pl_ledger_corruptions(s->ledger), 0);
    s->ledger->slots->sites[1].freed_bytes++;
    pl_cell_ledger_sample(&in_cell, 2 * SECOND, false);
    assert_int_equal(pl_ledger_corruptions(s->ledger), 0);
    pl_cell_ledger_sample(&in_cell, 3 * SECOND, true);
    assert_int_equal(pl_ledger_corruptions(s->ledger), 1);
    pl_cell_ledger_end(&in_cell, 4 * SECOND);
    assert_int_equal(pl_ledger_corruptions(s->ledger), 2);
    s->ledger->slots->sites[1].freed_bytes--;
    s->ledger->slots->total.freed_blocks++; /* also not what a walk finds */
    pl_cell_ledger_end(&in_cell, 5 * SECOND);
    assert_int_equal(pl_ledger_corruptions(s->ledger), 4);
    assert_int_equal(in_cell.now_ns, 3 * SECOND);
    s->ledger->slots->total.freed_blocks--;
    close_script(s);
}

/* Reports at each eighth, at what was asked for instead where both are due, and at the end. */
static void reports_come_when_they_are_due(void **state)
{
    static const int64_t asked[] = {15 * SECOND, 20 * SECOND, 79 * SECOND};
    static const struct {
        int64_t t_s;
        uint32_t reason;
    } due[] = {{10, PL_LEDGER_PART}, {15, PL_LEDGER_ASKED}, {20, PL_LEDGER_ASKED},
               {30, PL_LEDGER_PART}, {50, PL_LEDGER_PART},  {60, PL_LEDGER_PART},
               {70, PL_LEDGER_PART}, {79, PL_LEDGER_ASKED}, {80, PL_LEDGER_END}};
    struct script *s = open_script("ledger/glibc");
    struct pl_cell_ledger in_cell = {.ledger = s->ledger,
                                     .record_fd = s->fd,
                                     .duration_ns = 80 * SECOND,
                                     .at_ns = asked,
                                     .at_count = 3};
    struct pl_ledger_record record;
    (void)state;
    for (int64_t t = 0; t <= 80; t++)
        if (t < 31 || t > 49) /* no sample: the fourth eighth ends with the fifth */
            pl_cell_ledger_sample(&in_cell, t * SECOND, true);
    pl_cell_ledger_end(&in_cell, 80 * SECOND);
    assert_int_equal(lseek(s->fd, 0, SEEK_SET), 0);
    for (size_t i = 0; i < sizeof due / sizeof *due; i++) {
        assert_int_equal(read(s->fd, &record, sizeof record), sizeof record);
        assert_int_equal(record.t_ns, due[i].t_s * SECOND);
        assert_int_equal(record.reason, due[i].reason);
    }
    assert_int_equal(read(s->fd, &record, 1), 0);
    close_script(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_reports_reconcile_to_the_byte),
        cmocka_unit_test(the_text_says_the_same),
        cmocka_unit_test(the_last_report_of_a_killed_cell),
        cmocka_unit_test(a_long_list_tells_of_the_others),
        cmocka_unit_test(the_callers_of_the_peak_are_told),
        cmocka_unit_test(a_cell_checks_its_books),
        cmocka_unit_test(reports_come_when_they_are_due),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
