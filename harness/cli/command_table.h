/* All commands and their options, in one table: help, the man page and the completions of shells
 * are printed from it, and what a person types is held against it. Data alone. */
#ifndef PL_CLI_COMMAND_TABLE_H
#define PL_CLI_COMMAND_TABLE_H

#include <stddef.h>

struct pl_cli_option {
    const char *name;     /* without its dashes */
    const char *argument; /* what follows, "DIR"; "[=stack]" may follow; NULL: nothing does */
    const char *values; /* for completion: words, or what @file, @folder, @scenario, @allocator and
                           @metric stand for; NULL: nothing to offer */
    const char *fallback; /* what holds without it; NULL: nothing of the kind */
    const char *help;
};

struct pl_cli_command {
    const char *name;
    const char *summary;                        /* a few words for the list of commands */
    const char *usage;                          /* lines, each without "plimsoll NAME" */
    const char *about;                          /* what it does */
    const struct pl_cli_option *const *options; /* NULL at the end */
    const char *refused; /* options of `run` that it reads to say why it takes them not */
    const char *words;   /* for completion, of what is no option: as pl_cli_option's values */
    const char *examples[2];
    const char *exits; /* lines: a code, a blank and what it means */
};

extern const struct pl_cli_command pl_cli_commands[];
extern const size_t pl_cli_command_count;

/** Codes that every command may end with, as pl_cli_command.exits. */
extern const char pl_cli_common_exits[];

/** @return the command, or NULL */
const struct pl_cli_command *pl_cli_command_find(const char *name);

/** @return the option of a command, or NULL. @param length of the name */
const struct pl_cli_option *pl_cli_option_find(const struct pl_cli_command *command,
                                               const char *name, size_t length);

/** The names of all commands, as "run, runs". */
void pl_cli_command_names(char *text, size_t capacity);

#endif
