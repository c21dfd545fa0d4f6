/* plimsoll: finds the command and runs it. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "harness/cli/cli.h"

static const char help[] =
    "plimsoll - how deep each allocator sinks under a media server's traffic\n"
    "\n"
    "  plimsoll list [scenarios|allocators|formats|metrics]   what there is\n"
    "  plimsoll doctor                                        what this machine can measure\n"
    "  plimsoll validate FILE...                              check scenarios without running "
    "them\n"
    "  plimsoll run SCENARIO... [--allocator SPEC[,SPEC]] [--format F[,F]] [--repeat N]\n"
    "               [--set KEY=VALUE]... [--clock virtual] [--tier smoke|default|full]\n"
    "               [--out DIR] [--seed N] [--json]\n"
    "  plimsoll report DIR                                    report.md and report.html from "
    "results\n"
    "  plimsoll --version\n"
    "\n"
    "A SPEC names a stack, outermost layer first, heap last: limited:max=32MiB/slab/jemalloc.\n"
    "Exit codes: 0 as expected, 1 an expectation failed, 2 bad usage or input, 3 this machine\n"
    "can't do it, 130 interrupted.\n";

int pl_cli_fail(int code, const struct pl_error *error)
{
    fprintf(stderr, "plimsoll: %s\n", error->text);
    return code;
}

int pl_cli_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("plimsoll: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    return PL_EXIT_USAGE;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        pl_command run;
    } commands[] = {
        {"run", pl_cli_run},           {"list", pl_cli_list},     {"doctor", pl_cli_doctor},
        {"validate", pl_cli_validate}, {"report", pl_cli_report},
    };
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--version") == 0) {
        printf("plimsoll %s\n", PL_VERSION);
        return PL_EXIT_OK;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0 || strcmp(name, "help") == 0) {
        fputs(help, stdout);
        return PL_EXIT_OK;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    if (!*name) {
        fputs(help, stderr);
        return PL_EXIT_USAGE;
    }
    return pl_cli_usage("unknown command '%s'; run, list, doctor, validate, report would be right "
                        "(plimsoll --help)",
                        name);
}
