/* The commands of `plimsoll`, one file each. Only these print and set the exit code. */
#ifndef PL_CLI_CLI_H
#define PL_CLI_CLI_H

#include <errno.h>

#include "allocators/base/error.h"

/** Exit codes: the contract of the command line. */
enum pl_exit {
    PL_EXIT_OK = 0,
    PL_EXIT_UNEXPECTED = 1,   /* an expectation or a gate failed */
    PL_EXIT_USAGE = 2,        /* bad usage or input */
    PL_EXIT_MACHINE = 3,      /* this machine cannot do it */
    PL_EXIT_INTERRUPTED = 130 /* of a command; main ends with 128 and the signal: 143 for SIGTERM */
};

/** One command. argv[0] is its name. @return the exit code */
typedef int (*pl_command)(int argc, char **argv);

int pl_cli_run(int argc, char **argv);
int pl_cli_record(int argc, char **argv);
int pl_cli_import(int argc, char **argv);
int pl_cli_list(int argc, char **argv);
int pl_cli_doctor(int argc, char **argv);
int pl_cli_validate(int argc, char **argv);
int pl_cli_size(int argc, char **argv);
int pl_cli_faults(int argc, char **argv);
int pl_cli_plan(int argc, char **argv);
int pl_cli_merge(int argc, char **argv);
int pl_cli_report(int argc, char **argv);
int pl_cli_compare(int argc, char **argv);
int pl_cli_pairs(int argc, char **argv);
int pl_cli_calibrate(int argc, char **argv);
int pl_cli_baseline(int argc, char **argv);
int pl_cli_history(int argc, char **argv);
int pl_cli_runs(int argc, char **argv);
int pl_cli_agreement(int argc, char **argv);
int pl_cli_forecast(int argc, char **argv);
int pl_cli_watch(int argc, char **argv);

/** Prints `plimsoll: <line>` on stderr. @return `code` */
int pl_cli_fail(int code, const struct pl_error *error);

/** As pl_cli_fail, with a line of its own. */
int pl_cli_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** As pl_cli_usage: `unknown KIND WORD; did you mean NAME?` @param names "a, b, c" */
int pl_cli_unknown(const char *kind, const char *word, const char *names);

/** As pl_cli_usage, for what getopt_long could not take. Its short options begin with ':'.
 *  @param option '?' or ':' */
int pl_cli_refuse_option(int option, char *const *argv);

#endif
