#include "harness/compare/tests/fake_program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/base/files.h"
#include "harness/compare/tests/documents.h"

static const char *const sides[] = {"base", "new"};

/* Its name tells it which side it is. It catches the signal that stops it, since a shell runs a
 * trap only when the command at work has ended: none is left to write into a folder that was
 * removed. */
static const char script[] = "#!/bin/sh\n"
                             "trap 'exit 130' TERM\n"
                             "folder=${0%/*} side=${0##*/}\n"
                             "echo \"$*\" >>\"$folder/commands\"\n"
                             "[ \"$1\" = run ] && [ \"$#\" -ge 10 ] || exit 2\n"
                             "shift 2\n"
                             "threads=1\n"
                             "while [ $# -gt 0 ]; do\n"
                             "    case $1 in\n"
                             "    --allocator) stack=$2 ;;\n"
                             "    --format) format=$2 ;;\n"
                             "    --out) out=$2 ;;\n"
                             "    --set) threads=${2#threads=} ;;\n"
                             "    esac\n"
                             "    shift\n"
                             "done\n"
                             "cell=\"$stack $format $threads\"\n"
                             "seen=$(grep -c \"^$side $cell$\" \"$folder/log\")\n"
                             "echo \"$side $cell\" >>\"$folder/log\"\n"
                             "steady=$((10000 + seen % 3))\n"
                             "case $((seen % 4)) in\n"
                             "0) swaying=$((steady + 40)) ;;\n"
                             "1) swaying=$((steady - 60)) ;;\n"
                             "2) swaying=$((steady - 50)) ;;\n"
                             "3) swaying=$((steady + 80)) ;;\n"
                             "esac\n"
                             "cold=$((seen == 0 ? 3 : 1))\n"
                             "mkdir -p \"$out/series\"\n"
                             "echo \"$side $cell $seen\" >\"$out/series/0.csv\"\n"
                             "sed -e \"s/\\\"@STEADY@\\\"/$((cold * steady))/\" \\\n"
                             "    -e \"s/\\\"@SWAYING@\\\"/$((cold * swaying))/\" \\\n"
                             "    -e \"s/\\\"@SLOW@\\\"/$((cold * swaying * 11 / 10))/\" \\\n"
                             "    \"$folder/$side $cell.json\" >\"$out/results.json\"\n";

static FILE *open_in(const struct fake *fake, const char *name)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", fake->folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    return file;
}

void fake_forget(struct fake *fake)
{
    fclose(open_in(fake, "log"));
    fclose(open_in(fake, "commands"));
    fake->run_count = 0;
}

int fake_make(struct fake *fake)
{
    *fake = (struct fake){.folder = "/tmp/plimsoll-test-XXXXXX"};
    if (!mkdtemp(fake->folder))
        return -1;
    for (int s = 0; s < 2; s++) {
        snprintf(fake->programs[s], sizeof fake->programs[s], "%s/%s", fake->folder, sides[s]);
        FILE *file = open_in(fake, sides[s]);
        fputs(script, file);
        if (fclose(file) || chmod(fake->programs[s], 0700))
            return -1;
    }
    fake_forget(fake);
    return 0;
}

void fake_remove(struct fake *fake)
{
    pl_folder_remove(fake->folder);
}

void fake_teach(const struct fake *fake, const struct pl_cell_name *what, const char *base,
                const char *new)
{
    const char *const cpu[] = {base, new};
    for (int s = 0; s < 2; s++) {
        char name[128];
        json_t *root = document_make(NULL), *metrics = document_add(root, what->allocator, 0);
        json_t *cell = json_array_get(json_object_get(root, "cells"), 0);
        json_object_set_new(cell, "format", json_string(what->format));
        if (what->threads > 1)
            json_object_set_new(cell, "threads", json_integer(what->threads));
        json_object_set_new(cell, "series", json_string("series/0.csv"));
        json_object_set_new(metrics, "live_bytes_peak", json_integer(391640));
        if (cpu[s])
            json_object_set_new(metrics, "cpu_ns_per_packet", json_string(cpu[s]));
        snprintf(name, sizeof name, "%s %s %s %u.json", sides[s], what->allocator, what->format,
                 what->threads);
        FILE *file = open_in(fake, name);
        assert_int_equal(json_dumpf(root, file, 0), 0);
        fclose(file);
        json_decref(root);
    }
}

void fake_read_log(struct fake *fake)
{
    char path[256], line[128];
    snprintf(path, sizeof path, "%s/log", fake->folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    for (fake->run_count = 0; fgets(line, sizeof line, file); fake->run_count++) {
        assert_true(fake->run_count < FAKE_RUNS_MAX);
        struct fake_run *run = &fake->runs[fake->run_count];
        assert_int_equal(
            sscanf(line, "%7s %31s %7s %u", run->side, run->stack, run->format, &run->threads), 4);
    }
    fclose(file);
}
