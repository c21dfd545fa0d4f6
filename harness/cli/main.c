/* plimsoll: finds the command and runs it. */
#include <fcntl.h>
#include <getopt.h>
#include <jansson.h>
#include <linux/close_range.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/nearest.h"
#include "allocators/base/printable.h"
#include "harness/base/spare_memory.h"
#include "harness/cli/cli.h"
#include "harness/cli/command_table.h"
#include "harness/cli/help.h"
#include "harness/cli/interrupt.h"
#include "harness/cli/typed.h"

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
        return pl_cli_usage("unknown option -%c; expected --NAME", optopt);
    if (option == ':')
        return pl_cli_usage("%s has no value; expected one", argv[optind - 1]);
    return pl_cli_usage(optopt ? "%s has a value; expected none" : "unknown option %s",
                        argv[optind - 1]);
}

/* `plimsoll run ... | head`: it has seen what it wanted. */
static bool reader_has_left(void)
{
    struct pollfd to = {.fd = STDOUT_FILENO};
    return poll(&to, 1, 0) == 1 && (to.revents & POLLERR);
}

/* A reader that got half of stdout must not be told that all is well. */
static int whole(int code)
{
    const bool written = fflush(stdout) == 0 && !ferror(stdout);
    if (code == PL_EXIT_INTERRUPTED)
        return pl_interrupt_exit_code();
    if (written || reader_has_left())
        return code;
    fputs("plimsoll: stdout could not be written whole\n", stderr);
    return PL_EXIT_USAGE;
}

static pl_command handler_of(const char *name)
{
    static const struct {
        const char *name;
        pl_command run;
    } handlers[] = {
        {"run", pl_cli_run},
        {"runs", pl_cli_runs},
        {"list", pl_cli_list},
        {"doctor", pl_cli_doctor},
        {"validate", pl_cli_validate},
        {"plan", pl_cli_plan},
        {"merge", pl_cli_merge},
        {"report", pl_cli_report},
        {"compare", pl_cli_compare},
        {"size", pl_cli_size},
        {"faults", pl_cli_faults},
        {"record", pl_cli_record},
        {"import", pl_cli_import},
        {"pairs", pl_cli_pairs},
        {"calibrate", pl_cli_calibrate},
        {"baseline", pl_cli_baseline},
        {"history", pl_cli_history},
        {"agreement", pl_cli_agreement},
        {"forecast", pl_cli_forecast},
        {"watch", pl_cli_watch},
    };
    for (size_t i = 0; i < sizeof handlers / sizeof *handlers; i++)
        if (strcmp(name, handlers[i].name) == 0)
            return handlers[i].run;
    return NULL;
}

static int unknown_command(const char *name)
{
    char names[512];
    pl_cli_command_names(names, sizeof names);
    return pl_cli_unknown("command", name, names);
}

/* @param name of a command, or NULL: of all */
static int help(const char *name)
{
    const struct pl_cli_command *command = name ? pl_cli_command_find(name) : NULL;
    if (name && !command)
        return unknown_command(name);
    if (command)
        pl_cli_page(stdout, command);
    else
        pl_cli_overview(stdout);
    return PL_EXIT_OK;
}

static int run_command(const struct pl_cli_command *command, int argc, char **argv)
{
    struct pl_typed typed;
    int code = pl_typed_read(command, argc, argv, &typed);
    if (code == PL_EXIT_OK && typed.help)
        code = help(command->name);
    else if (code == PL_EXIT_OK)
        code = handler_of(command->name)(typed.argc, typed.argv);
    pl_typed_free(&typed);
    return code;
}

static int run(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";
    if (strcmp(name, "--version") == 0 || strcmp(name, "-V") == 0) {
        printf("plimsoll %s\n", PL_VERSION);
        return PL_EXIT_OK;
    }
    if (strcmp(name, "-h") == 0 || strcmp(name, "--help") == 0 || strcmp(name, "help") == 0)
        return help(argc > 2 ? argv[2] : NULL);
    const struct pl_cli_command *command = pl_cli_command_find(name);
    if (command)
        return run_command(command, argc - 1, argv + 1);
    if (*name)
        return unknown_command(name);
    pl_cli_overview(stderr);
    return PL_EXIT_USAGE;
}

/* A closed one would be given to the next file that is opened, and take what is printed. What was
 * closed stays unusable in its direction, so that output to it fails as before. */
static void fill_standard_descriptors(void)
{
    static const int flags[] = {O_WRONLY, O_RDONLY, O_WRONLY};
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", flags[fd]); /* the lowest that is free: this one */
}

/* Sets right what was inherited from whoever started this, first of all: children can be waited for
 * (SIGCHLD was ignored), no signal is blocked, a file size limit (RLIMIT_FSIZE) fails a write
 * instead of killing (SIGXFSZ), descriptors 0 to 2 are open, and no other that was inherited
 * reaches a child. What the parent ignores of SIGINT, SIGTERM and SIGHUP (a shell's `&`, nohup)
 * stays ignored. */
static void reset_inherited(void)
{
    sigset_t none;
    sigemptyset(&none);
    signal(SIGCHLD, SIG_DFL);
    signal(SIGXFSZ, SIG_IGN);
    sigprocmask(SIG_SETMASK, &none, NULL);
    fill_standard_descriptors();
    close_range(STDERR_FILENO + 1, ~0U,
                CLOSE_RANGE_CLOEXEC); /* Linux 5.11; else they are passed on */
}

static void *allocate(size_t size)
{
    void *block = malloc(size);
    if (!block)
        pl_memory_refused();
    return block;
}

/* From now on the program ends (pl_memory_refused) where jansson is refused memory. Else a document
 *  would lose what could not be added to it, or jansson end by SIGSEGV (2.14 parses into a buffer
 * that it has not got). To be called before any JSON is made. */
static void guard_json_memory(void)
{
    json_set_alloc_funcs(allocate, free);
}

int main(int argc, char **argv)
{
    reset_inherited();
    pl_interrupt_begin();
    guard_json_memory();
    return whole(run(argc, argv));
}
