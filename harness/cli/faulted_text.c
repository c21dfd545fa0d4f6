/* The fates of a program's refused allocations, for a person (faulted.h). */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "allocators/base/printable.h"
#include "harness/cli/faulted.h"
#include "harness/report/writers/terminal.h"
#include "harness/report/writers/text.h"
#include "harness/report/writers/wrap.h"

#define CALLS_TOLD 8 /* of one line; the others are counted */

static bool alike(const struct pl_faulted_run *a, const struct pl_faulted_run *b)
{
    return a->fate.kind == b->fate.kind && a->fate.number == b->fate.number &&
           strcmp(a->fate.how, b->fate.how) == 0 && strcmp(a->fate.program, b->fate.program) == 0 &&
           a->fault.offset == b->fault.offset && strcmp(a->fault.object, b->fault.object) == 0;
}

static bool is_first(const struct pl_faulted *f, size_t index)
{
    for (size_t i = 0; i < index; i++)
        if (alike(&f->runs[i], &f->runs[index]))
            return false;
    return true;
}

static const char *plural(uint64_t count)
{
    return count == 1 ? "" : "s";
}

/* "7, 13 and 4 more" */
static void write_calls(const struct pl_faulted *f, size_t first, char *text, size_t capacity)
{
    size_t told = 0;
    text[0] = '\0';
    for (size_t i = first; i < f->run_count; i++)
        if (alike(&f->runs[i], &f->runs[first]) && told++ < CALLS_TOLD)
            pl_text_add(text, capacity, "%s%" PRIu64, text[0] ? ", " : "", f->runs[i].nth);
    if (told > CALLS_TOLD)
        pl_text_add(text, capacity, " and %zu more", told - CALLS_TOLD);
}

static void write_site(const struct pl_faulted_run *run, char *text, size_t capacity)
{
    const struct pl_call_site *site = &run->site;
    const char *source = site->source;
    if (!run->fault.number)
        snprintf(text, capacity, "no call was refused");
    else
        snprintf(text, capacity, "%s%s%s%s%s%s+0x%" PRIx64, site->function,
                 site->function[0] ? " " : "", source[0] ? "(" : "", source, source[0] ? ") " : "",
                 run->fault.object[0] ? run->fault.object : "code of no file", run->fault.offset);
}

static void write_line(struct pl_doc *doc, const struct pl_faulted *f, size_t first)
{
    char fate[80], calls[256], site[PL_PAGE_PATH_MAX + 2 * PL_CALL_SITE_TEXT + 64];
    pl_fate_text(&f->runs[first].fate, fate, sizeof fate);
    write_calls(f, first, calls, sizeof calls);
    write_site(&f->runs[first], site, sizeof site);
    pl_doc_row(doc);
    pl_doc_cell_text(doc, fate);
    pl_doc_cell_textf(doc, "call %s", calls);
    pl_doc_cell_text(doc, site);
    pl_doc_row_end(doc);
}

/* Those that are alike in one line, by their fates. */
static void write_lines(struct pl_doc *doc, const void *context)
{
    static const struct pl_doc_column columns[] = {
        {.head = ""}, {.head = ""}, {.head = "", .sentence = true}};
    const struct pl_faulted *f = context;
    pl_doc_table(doc, columns, 3, "fates", "%s", "");
    for (int kind = 0; kind < PL_FATE_COUNT; kind++)
        for (size_t i = 0; i < f->run_count; i++)
            if ((int)f->runs[i].fate.kind == kind && is_first(f, i))
                write_line(doc, f, i);
    pl_doc_table_end(doc);
}

static void print_reference(const struct pl_faulted *f)
{
    const struct pl_program_record *r = &f->reference;
    char duration[PL_TEXT_FIGURE], end[80] = "it runs on", text[PL_STACK_TEXT_MAX + 512];
    pl_text_duration(duration, (double)f->planned->scenario.duration_ns / 1e9);
    if (r->ended_ns >= 0)
        snprintf(end, sizeof end, "it ends by itself with status %d", WEXITSTATUS(r->wait_status));
    snprintf(text, sizeof text,
             "%s, %s, at most %s: without a fault %s; %" PRIu64 " allocating call%s, %" PRIu64
             " of them before it is ready",
             f->planned->scenario.name, f->inner, duration, end, r->allocating_calls,
             plural(r->allocating_calls), r->allocating_before);
    pl_wrap(stdout, text, 0, 0, pl_wrap_width(stdout, 0));
}

static void print_worst(const struct pl_faulted *f)
{
    char command[8192];
    for (int kind = PL_FATE_CRASHED; kind <= PL_FATE_HUNG; kind++)
        for (size_t i = 0; i < f->run_count; i++)
            if ((int)f->runs[i].fate.kind == kind) {
                pl_faulted_reproduce(f, f->runs[i].nth, command, sizeof command);
                pl_printable_line(stdout, "again: %s", command);
                return;
            }
}

static void print_sum(const struct pl_faulted *f)
{
    size_t n[PL_FATE_COUNT];
    char text[400] = "";
    pl_faulted_count(f, n);
    size_t injected = f->run_count - n[PL_FATE_NOT_REACHED];
    pl_text_add(
        text, sizeof text,
        "of %zu injected failure%s it survived %zu, ended with an error %zu, crashed at %zu",
        injected, plural(injected), n[PL_FATE_SURVIVED], n[PL_FATE_EXITED], n[PL_FATE_CRASHED]);
    if (n[PL_FATE_HUNG])
        pl_text_add(text, sizeof text, ", hung at %zu", n[PL_FATE_HUNG]);
    if (n[PL_FATE_NOT_REACHED])
        pl_text_add(text, sizeof text, "; %zu more %s not reached", n[PL_FATE_NOT_REACHED],
                    n[PL_FATE_NOT_REACHED] == 1 ? "was" : "were");
    if (f->run_count < f->runs_asked)
        pl_text_add(text, sizeof text, "; stopped before %zu more", f->runs_asked - f->run_count);
    pl_wrap(stdout, text, 0, 0, pl_wrap_width(stdout, 0));
}

void pl_faulted_print(const struct pl_faulted *f)
{
    print_reference(f);
    pl_terminal_print(stdout, (struct pl_terminal_layout){.indent = 2}, write_lines, f);
    print_worst(f);
    print_sum(f);
}
