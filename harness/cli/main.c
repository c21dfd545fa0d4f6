/* plimsoll: finds the command and runs it. */
#include <getopt.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allocators/nearest.h"
#include "allocators/printable.h"
#include "harness/base/inherited.h"
#include "harness/cli/cli.h"
#include "harness/cli/interrupt.h"
#include "harness/results/json_memory.h"

static const char help[] =
    "plimsoll - how deep each allocator sinks under a media server's traffic\n"
    "\n"
    "  plimsoll list [scenarios|allocators|formats|metrics|instruments]\n"
    "                                                         what there is\n"
    "  plimsoll list scenarios --counterparts                 how far the models are off real "
    "programs\n"
    "  plimsoll doctor                                        what this machine can measure\n"
    "  plimsoll validate [--json] FILE...                     check scenarios without running "
    "them\n"
    "  plimsoll run SCENARIO... [--allocator SPEC[,SPEC]] [--format F[,F]] [--repeat N]\n"
    "               [--set KEY=VALUE]... [--clock virtual|wall] [--tier smoke|default|full]\n"
    "               [--instrument NAME[,NAME]] [--ledger [--at TIME[,TIME]]] [--out DIR] [--seed "
    "N]\n"
    "               [--json]\n"
    "  plimsoll run [...] [--duration T] [--container SIZE] [--send FILE=ADDRESS:PORT]...\n"
    "               [--ready udp:PORT|tcp:PORT|output:EXPRESSION|TIME] -- PROGRAM [ARGUMENT...]\n"
    "                                                         a program of your own, measured from "
    "outside\n"
    "  plimsoll size SCENARIO [--allocator SPEC[,SPEC]] [--format F] [--set KEY=VALUE]...\n"
    "               [--tier T] [--json]                       the smallest pool and limit that "
    "lose nothing\n"
    "  plimsoll faults [--count N|all] [--allocator SPEC] [--json] [options of run] -- PROGRAM...\n"
    "                                                         refuses one allocation a run, and "
    "says\n"
    "                                                         what became of the program\n"
    "  plimsoll record [--out FILE] [--allocator HEAP] [--sites[=stack]] [--children]\n"
    "               SCENARIO | [options of run] -- PROGRAM    a trace of what it asks of its heap\n"
    "  plimsoll import heaptrack.PROGRAM.PID[.raw].zst [--out FILE]\n"
    "                                                         a trace of what heaptrack recorded\n"
    "  plimsoll list [--events|--classes] FILE                what is in a trace; size classes for "
    "it\n"
    "  plimsoll run FILE.trace [options of run]               replays one, in any stack\n"
    "  plimsoll report DIR [--baseline DIR]                   report.html, report.md, report.json "
    "and\n"
    "               [--history FILE]                            junit.xml from results, beside "
    "those of\n"
    "                                                           before and the runs so far\n"
    "  plimsoll compare BASE NEW [--gate] [--out DIR]         verdicts on two results folders\n"
    "               [--calibration FILE]\n"
    "  plimsoll pairs --base PROGRAM --out DIR [SCENARIO...]  run another build and this one side "
    "by\n"
    "               [--new PROGRAM] [--pairs N] [--confirm N]   side, into DIR/base and DIR/new;\n"
    "               [--shuffle SEED]                            cells are named as for run\n"
    "               [--base-directory DIR] [--new-directory DIR]  of a program: where either build "
    "starts\n"
    "  plimsoll calibrate [SCENARIO...] [--pairs N]           measure this host's noise\n"
    "               [--calibration FILE]\n"
    "  plimsoll baseline DIR... [--renew] [--in FOLDER]       class D against results/baseline\n"
    "  plimsoll history --add DIR [--file F] [--commit C]     remember a run's medians\n"
    "  plimsoll history SCENARIO [--file F] [--metric M[,M]] [--allocator SPEC]\n"
    "                                                         where its figures go over runs\n"
    "  plimsoll agreement WALL1 WALL2 VIRTUAL [--out DIR]     RSS over time under both clocks: "
    "two\n"
    "                                                         runs of --clock wall, one of "
    "virtual\n"
    "  plimsoll --version\n"
    "\n"
    "A SPEC names a stack, outermost layer first, heap last: limited:max=32MiB/slab/jemalloc.\n"
    "Exit codes: 0 as expected, 1 an expectation failed, 2 bad usage or input, 3 this machine\n"
    "can't do it, 130 interrupted.\n";

int pl_cli_fail(int code, const struct pl_error *error)
{
    pl_printable_line(stderr, "plimsoll: %s", error->text);
    return code;
}

int pl_cli_usage(const char *format, ...)
{
    char *line = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&line, format, args) < 0)
        line = NULL;
    va_end(args);
    pl_printable_line(stderr, "plimsoll: %s", line ? line : "out of memory");
    free(line);
    return PL_EXIT_USAGE;
}

int pl_cli_unknown(const char *kind, const char *word, const char *names)
{
    char text[640];
    pl_nearest_say(kind, word, names, text, sizeof text);
    return pl_cli_usage("%s", text);
}

/* Not by getopt, which prints what it was given as it is. */
int pl_cli_refuse_option(int option, char *const *argv)
{
    if (optopt > ' ')
        return pl_cli_usage("unrecognized option '-%c'", optopt);
    if (option == ':')
        return pl_cli_usage("option '%s' requires an argument", argv[optind - 1]);
    return pl_cli_usage(optopt ? "option '%s' takes no argument" : "unrecognized option '%s'",
                        argv[optind - 1]);
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) /* then it is a program's own */
        if (strcmp(argv[i], "--help") == 0)
            return true;
    return false;
}

static int print_help(void)
{
    fputs(help, stdout);
    return PL_EXIT_OK;
}

/* A reader that got half of stdout must not be told that all is well. */
static int whole(int code)
{
    const bool written = fflush(stdout) == 0 && !ferror(stdout);
    if (code == PL_EXIT_INTERRUPTED)
        return pl_interrupt_exit_code();
    if (written)
        return code;
    fputs("plimsoll: stdout could not be written whole\n", stderr);
    return PL_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        pl_command run;
    } commands[] = {
        {"run", pl_cli_run},
        {"size", pl_cli_size},
        {"faults", pl_cli_faults},
        {"record", pl_cli_record},
        {"import", pl_cli_import},
        {"list", pl_cli_list},
        {"doctor", pl_cli_doctor},
        {"validate", pl_cli_validate},
        {"report", pl_cli_report},
        {"compare", pl_cli_compare},
        {"pairs", pl_cli_pairs},
        {"calibrate", pl_cli_calibrate},
        {"baseline", pl_cli_baseline},
        {"history", pl_cli_history},
        {"agreement", pl_cli_agreement},
        {"runs", pl_cli_runs},
    };
    pl_inherited_reset();
    pl_interrupt_begin();
    pl_json_memory_guard();
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--version") == 0) {
        printf("plimsoll %s\n", PL_VERSION);
        return PL_EXIT_OK;
    }
    if (strcmp(name, "-h") == 0 || strcmp(name, "help") == 0 || asks_for_help(argc, argv))
        return print_help();
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return asks_for_help(argc, argv) ? print_help()
                                             : whole(commands[i].run(argc - 1, argv + 1));
    if (!*name) {
        fputs(help, stderr);
        return PL_EXIT_USAGE;
    }
    return pl_cli_unknown(
        "command", name,
        "run, runs, list, doctor, validate, report, size, faults, record, import, "
        "compare, pairs, calibrate, baseline, history, agreement");
}
