/* `plimsoll doctor`: what this machine can measure, and how to get the rest. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/allocator.h"
#include "harness/base/proc.h"
#include "harness/base/temporary.h"
#include "harness/cell/installed_heap.h"
#include "harness/cell/process.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/instruments/instrument.h"
#include "harness/live/loopback.h"
#include "harness/report/writers/terminal.h"
#include "harness/results/clean.h"
#include "harness/results/document.h"

static void say(json_t *findings, const char *what, bool good, const char *detail)
{
    json_array_append_new(findings, json_pack("{s:s, s:b, s:o}", "what", what, "ok", good, "detail",
                                              pl_clean_string(detail)));
}

static void check_containers(json_t *findings)
{
    struct pl_containers containers;
    pl_containers_open(&containers);
    struct pl_error error;
    bool cgroup = containers.kind != PL_CONTAINER_RLIMIT;
    char detail[2400];
    snprintf(detail, sizeof detail, "%s below %s", pl_container_name(containers.kind),
             containers.own);
    if (!cgroup)
        snprintf(detail, sizeof detail, "%s",
                 pl_proc_check(&error) ? error.text : containers.why_not);
    say(findings, "memory cgroup", cgroup, detail);
    pl_containers_close(&containers);
}

static void check_heaps(json_t *findings)
{
    struct pl_backend_info info;
    for (size_t i = 0; pl_backend_info(i, &info); i++) {
        char installed[PL_HEAP_DESCRIPTION_MAX] = "";
        struct pl_error error;
        if (!info.heap)
            continue;
        bool loads =
            info.missing || !pl_heap_describe(info.name, installed, sizeof installed, &error);
        say(findings, info.name, !info.missing && loads,
            info.missing   ? info.missing
            : !loads       ? error.text
            : installed[0] ? installed
                           : info.summary);
    }
}

static void check_huge_pages(json_t *findings)
{
    char line[128] = "unknown";
    FILE *file = fopen("/sys/kernel/mm/transparent_hugepage/enabled", "re");
    if (file && !fgets(line, sizeof line, file))
        snprintf(line, sizeof line, "unknown");
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    char detail[200];
    snprintf(detail, sizeof detail,
             "%s; switched off in cells unless a scenario says huge_pages: true", line);
    say(findings, "huge pages", true, detail);
}

static void check_plots(json_t *findings)
{
    bool python = access("/usr/bin/python3", X_OK) == 0;
    bool matplotlib = access("/usr/lib/python3/dist-packages/matplotlib", F_OK) == 0;
    say(findings, "plots", python && matplotlib,
        python && matplotlib ? "/usr/bin/python3 with matplotlib"
                             : "reports go without pictures; `ci/setup` installs matplotlib");
}

static void check_ffmpeg(json_t *findings)
{
    char version[128];
    struct pl_error error;
    bool found = pl_process_ffmpeg(version, sizeof version, &error) == 0;
    say(findings, "FFmpeg", found, found ? version : error.text);
}

static void check_instruments(json_t *findings)
{
    struct pl_error error;
    for (size_t i = 0; i < pl_instrument_count; i++) {
        bool here = pl_instrument_available(pl_instruments[i], &error) == 0;
        say(findings, pl_instruments[i]->name, here, here ? pl_instruments[i]->sees : error.text);
    }
}

/* What `--clock wall` needs beside the program. */
static void check_live(json_t *findings)
{
    struct pl_error error;
    char path[4096], line[128] = "";
    bool found = pl_process_find("plimsoll-live", path, sizeof path, &error) == 0 &&
                 pl_process_find("plimsoll-sender", path, sizeof path, &error) == 0 &&
                 pl_live_loopback(&error) == 0;
    FILE *file = fopen("/proc/sys/net/core/rmem_max", "re");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    char detail[200];
    snprintf(
        detail, sizeof detail,
        "plimsoll-live and plimsoll-sender; net.core.rmem_max is %.20s B: receiver.rcvbuf may be "
        "twice that, for root more",
        line[0] ? line : "unknown");
    say(findings, "wall clock", found, found ? detail : error.text);
}

static void write_findings(struct pl_doc *doc, const void *findings)
{
    static const struct pl_doc_column columns[] = {
        {.head = ""}, {.head = ""}, {.head = "", .sentence = true}};
    const json_t *finding;
    size_t i;
    pl_doc_table(doc, columns, 3, "findings", "%s", "");
    json_array_foreach(findings, i, finding) pl_doc_row_texts(
        doc, (const char *const[]){pl_document_string(finding, "what"),
                                   json_is_true(json_object_get(finding, "ok")) ? "ok" : "no",
                                   pl_document_string(finding, "detail")});
    pl_doc_table_end(doc);
}

static void print(const json_t *findings, bool as_json)
{
    if (!as_json) {
        pl_terminal_print(stdout, (struct pl_terminal_layout){0}, write_findings, findings);
        return;
    }
    json_dumpf(findings, stdout, JSON_INDENT(1));
    putchar('\n');
}

int pl_cli_doctor(int argc, char **argv)
{
    const char *json = NULL;
    int code = pl_arguments_take(&argc, argv, "--json", true, &json);
    if (code || argc > 1)
        return code ? code
                    : pl_cli_usage("unexpected argument '%s'; expected --json or none", argv[1]);
    json_t *findings = json_array();
    pl_temporary_clean();
    char cell[4096];
    struct pl_error error;
    bool found = pl_process_find("plimsoll-cell", cell, sizeof cell, &error) == 0;
    say(findings, "plimsoll-cell", found, found ? cell : error.text);
    check_live(findings);
    check_ffmpeg(findings);
    check_containers(findings);
    bool fixed = pl_process_can_fix_addresses();
    say(findings, "address randomisation", fixed,
        fixed ? "off in cells" : "can't be switched off: run outside Docker's seccomp filter");
    check_huge_pages(findings);
    check_plots(findings);
    check_heaps(findings);
    check_instruments(findings);
    print(findings, json != NULL);
    json_decref(findings);
    return found ? PL_EXIT_OK : PL_EXIT_MACHINE;
}
