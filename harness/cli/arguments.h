/* The arguments of `plimsoll run`, and of what runs the same cells in another way. */
#ifndef PL_CLI_ARGUMENTS_H
#define PL_CLI_ARGUMENTS_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "harness/cli/ledger_option.h"
#include "harness/instruments/instrument.h"
#include "harness/scenario/scenario.h"

#define PL_ARGUMENTS_INSTRUMENTS_MAX 16

struct pl_arguments {
    char **scenarios; /* names or paths */
    size_t scenario_count;
    char **command;     /* what follows `--`: a program to run; NULL: there is none */
    const char **sends; /* FILE=ADDRESS:PORT each */
    size_t send_count;
    const char *ready;      /* when that program is, as program.ready; NULL: the default */
    const char *allocators; /* NULL: the scenario's own */
    const char *formats;    /* likewise */
    uint32_t repeat;        /* 0: the scenario's own */
    const char **settings;
    size_t setting_count;
    enum pl_clock clock;
    bool clock_given; /* else the scenario's own holds */
    enum pl_tier tier;
    bool tier_given;
    const struct pl_instrument *instruments[PL_ARGUMENTS_INSTRUMENTS_MAX];
    size_t instrument_count;
    const char *out;    /* NULL: results/<time> */
    bool force;         /* a run that lies there is removed */
    bool no_save;       /* nothing is left */
    const char *resume; /* the folder of a run that is gone on with; NULL: none */
    uint32_t shard;     /* of the matrix, from 1; 0: all of it */
    uint32_t shards;    /* it is cut into */
    const char *plan;   /* the file that says what the shards are; NULL: none */
    uint32_t jobs;      /* cells at the same time; 0: as many as there are processors */
    uint64_t seed;
    bool seed_given;
    bool json;
    bool ledger;               /* in front of every stack */
    struct pl_ledger_times at; /* when it is reported */
    char **made;               /* settings that an option of its own stands for; NULL at the end */
    char **listed; /* what pl_arguments_all_scenarios found; NULL when scenarios were named */
};

/** Reads them; there may be no scenario. @param arguments points into argv; pl_arguments_free
 *  @return PL_EXIT_OK, or PL_EXIT_USAGE with the line printed */
int pl_arguments_read(int argc, char **argv, struct pl_arguments *arguments);

/** Likewise, after arguments have been read before: getopt begins anew. */
int pl_arguments_read_again(int argc, char **argv, struct pl_arguments *arguments);

/** Where no scenario was named: all that are for the gate (`gate`), which is one of the virtual
 *  clock. @return as pl_arguments_read */
int pl_arguments_all_scenarios(struct pl_arguments *arguments);

/** Has an error that names `--set KEY` name the option of its own that was typed, --KEY. */
void pl_arguments_name_option(const struct pl_arguments *arguments, struct pl_error *error);

void pl_arguments_free(struct pl_arguments *arguments);

/** Takes an option that `run` does not know out of argv, before the rest is read; what follows `--`
 *  is a program's.
 *  @param flag it has no value of its own @param value set to it (the last one counts), or to the
 *  flag itself; left alone where it is not there
 *  @return as pl_arguments_read */
int pl_arguments_take(int *argc, char **argv, const char *option, bool flag, const char **value);

/** Reads a whole number that an option was given. @param name of the option, without its dashes
 *  @param text NULL: the count stays as it is @return as pl_arguments_read */
int pl_arguments_count(const char *name, const char *text, uint32_t max, uint32_t *count);

/** Likewise a time. @param least_ns it may be, or 0: more than none */
int pl_arguments_time(const char *name, const char *text, int64_t least_ns, int64_t *ns);

/** Takes one option. @param value NULL: it has none @return as pl_arguments_read */
typedef int pl_option_take(int option, const char *value, void *context);

/** Gives all options of a command to `taker`, up to one that it refuses, or that is unknown or
 * lacks its value. @param known of getopt_long, which sets optind to the words behind them
 *  @return as pl_arguments_read */
int pl_arguments_options(int argc, char **argv, const struct option *known, pl_option_take *taker,
                         void *context);

#endif
