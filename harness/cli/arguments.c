/* Reading the arguments of `plimsoll run` (arguments.h). */
#include "harness/cli/arguments.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/cell/process.h"
#include "harness/cli/cli.h"
#include "harness/results/results.h"

enum {
    ALLOCATOR = 1,
    FORMAT,
    REPEAT,
    SET,
    CLOCK,
    TIER,
    OUT,
    SEED,
    JSON,
    INSTRUMENT,
    LEDGER,
    AT,
    DURATION,
    CONTAINER,
    SEND,
    READY,
    FORCE,
    NO_SAVE,
    RESUME,
    JOBS,
    SHARD,
    PLAN
};

static const struct option options[] = {
    {"allocator", required_argument, NULL, ALLOCATOR},
    {"format", required_argument, NULL, FORMAT},
    {"repeat", required_argument, NULL, REPEAT},
    {"set", required_argument, NULL, SET},
    {"clock", required_argument, NULL, CLOCK},
    {"tier", required_argument, NULL, TIER},
    {"out", required_argument, NULL, OUT},
    {"seed", required_argument, NULL, SEED},
    {"json", no_argument, NULL, JSON},
    {"instrument", required_argument, NULL, INSTRUMENT},
    {"ledger", no_argument, NULL, LEDGER},
    {"at", required_argument, NULL, AT},
    {"duration", required_argument, NULL, DURATION},
    {"container", required_argument, NULL, CONTAINER},
    {"send", required_argument, NULL, SEND},
    {"ready", required_argument, NULL, READY},
    {"force", no_argument, NULL, FORCE},
    {"no-save", no_argument, NULL, NO_SAVE},
    {"resume", required_argument, NULL, RESUME},
    {"jobs", required_argument, NULL, JOBS},
    {"shard", required_argument, NULL, SHARD},
    {"plan", required_argument, NULL, PLAN},
    {0},
};

static int read_count(const char *name, const char *text, uint64_t max, uint64_t *count)
{
    char *end;
    errno = 0;
    unsigned long long value = strtoull(text, &end, 10);
    if (errno || end == text || *end || text[0] == '-' || value > max)
        return pl_cli_usage(
            "--%s: '%s' is not a number in range; expected a whole number up to %llu", name, text,
            (unsigned long long)max);
    *count = value;
    return PL_EXIT_OK;
}

static int read_repeat(const char *text, struct pl_arguments *a)
{
    uint64_t count = 0;
    int rc = read_count("repeat", text, 1000, &count);
    if (rc || count == 0)
        return rc ? rc : pl_cli_usage("--repeat 0 is out of range; expected 1 to 1000");
    a->repeat = (uint32_t)count;
    return PL_EXIT_OK;
}

static int read_jobs(const char *text, struct pl_arguments *a)
{
    uint64_t count = 0;
    uint32_t most = pl_process_lanes();
    int rc = read_count("jobs", text, most, &count);
    if (rc || count == 0)
        return rc ? rc : pl_cli_usage("--jobs 0; expected 1 to %u, the processors there are", most);
    a->jobs = (uint32_t)count;
    return PL_EXIT_OK;
}

static int read_shard(const char *text, struct pl_arguments *a)
{
    unsigned shard, shards;
    int end = 0;
    bool plain = text[strspn(text, "0123456789/")] == '\0' && strlen(text) <= 11;
    if (!plain || sscanf(text, "%u/%u%n", &shard, &shards, &end) != 2 || text[end] || shard == 0 ||
        shard > shards || shards > PL_SHARDS_MAX)
        return pl_cli_usage(
            "--shard: '%s' is no shard; expected I/N with I from 1 to N, and N up to "
            "%d, such as 2/20",
            text, PL_SHARDS_MAX);
    a->shard = shard;
    a->shards = shards;
    return PL_EXIT_OK;
}

static int read_clock(const char *text, struct pl_arguments *a)
{
    int clock = pl_clock_parse(text);
    if (clock < 0)
        return pl_cli_unknown("clock", text, "virtual, wall");
    a->clock = (enum pl_clock)clock;
    a->clock_given = true;
    return PL_EXIT_OK;
}

static int read_tier(const char *text, struct pl_arguments *a)
{
    int tier = pl_tier_parse(text);
    if (tier < 0)
        return pl_cli_unknown("tier", text, "smoke, default, full");
    a->tier = (enum pl_tier)tier;
    a->tier_given = true;
    return PL_EXIT_OK;
}

static int add_instrument(const char *name, struct pl_arguments *a)
{
    char names[256];
    const struct pl_instrument *instrument = pl_instrument_find(name);
    if (!instrument) {
        pl_instrument_names(names, sizeof names);
        return pl_cli_unknown("instrument", name, names);
    }
    for (size_t i = 0; i < a->instrument_count; i++)
        if (a->instruments[i] == instrument)
            return pl_cli_usage("--instrument: %s is named twice; expected once", name);
    a->instruments[a->instrument_count++] = instrument; /* each once: there are fewer than room */
    return PL_EXIT_OK;
}

static int read_instruments(const char *text, struct pl_arguments *a)
{
    char name[64];
    for (;; text++) {
        size_t length = strcspn(text, ",");
        snprintf(name, sizeof name, "%.*s", (int)(length < 63 ? length : 63), text);
        int rc = add_instrument(name, a);
        text += length;
        if (rc || !*text)
            return rc;
    }
}

/* An option for a key that everybody sets. */
static int add_setting(struct pl_arguments *a, const char *key, const char *value)
{
    char *setting = NULL, **at = a->made;
    if (asprintf(&setting, "%s=%s", key, value) < 0)
        return pl_cli_usage("out of memory");
    while (*at)
        at++;
    *at = setting;
    a->settings[a->setting_count++] = setting;
    return PL_EXIT_OK;
}

static int take(int option, const char *text, void *context)
{
    struct pl_arguments *a = context;
    switch (option) {
    case ALLOCATOR:
        a->allocators = text;
        return PL_EXIT_OK;
    case FORMAT:
        a->formats = text;
        return PL_EXIT_OK;
    case REPEAT:
        return read_repeat(text, a);
    case SET:
        a->settings[a->setting_count++] = text;
        return PL_EXIT_OK;
    case CLOCK:
        return read_clock(text, a);
    case TIER:
        return read_tier(text, a);
    case OUT:
        a->out = text;
        return *text ? PL_EXIT_OK : pl_cli_usage("--out is empty; expected a folder");
    case SEED:
        a->seed_given = true;
        return read_count("seed", text, INT64_MAX, &a->seed);
    case JSON:
        a->json = true;
        return PL_EXIT_OK;
    case INSTRUMENT:
        return read_instruments(text, a);
    case LEDGER:
        a->ledger = true;
        return PL_EXIT_OK;
    case AT:
        return pl_cli_ledger_times(text, &a->at);
    case DURATION:
        return add_setting(a, "duration", text);
    case CONTAINER:
        return add_setting(a, "container", text);
    case SEND:
        a->sends[a->send_count++] = text;
        return PL_EXIT_OK;
    case READY:
        a->ready = text;
        return PL_EXIT_OK;
    case FORCE:
        a->force = true;
        return PL_EXIT_OK;
    case NO_SAVE:
        a->no_save = true;
        return PL_EXIT_OK;
    case RESUME:
        a->resume = text;
        return PL_EXIT_OK;
    case JOBS:
        return read_jobs(text, a);
    case SHARD:
        return read_shard(text, a);
    case PLAN:
        a->plan = text;
        return PL_EXIT_OK;
    default:
        return PL_EXIT_USAGE;
    }
}

/* Options that exclude each other, whichever came first. */
static int check_together(const struct pl_arguments *a)
{
    if (a->command && a->scenario_count)
        return pl_cli_usage(
            "both a scenario ('%s') and a program after `--`; expected one of the two",
            a->scenarios[0]);
    if ((a->send_count || a->ready) && !a->command)
        return pl_cli_usage("--%s is for a program that follows `--`; a scenario has the key "
                            "program.%s",
                            a->ready ? "ready" : "send", a->ready ? "ready" : "send");
    if (a->force && !a->out)
        return pl_cli_usage("--force without --out; expected --out DIR --force");
    if (a->no_save && a->out)
        return pl_cli_usage("both --no-save and --out; expected one of the two");
    if (a->at.count && !a->ledger)
        return pl_cli_usage("--at without --ledger; expected --ledger --at TIME");
    return PL_EXIT_OK;
}

/* A part of a run, and the rest of one. */
static int check_parts(const struct pl_arguments *a)
{
    if (a->resume && (a->out || a->no_save))
        return pl_cli_usage("both --resume and --%s; expected one of the two",
                            a->out ? "out" : "no-save");
    if (a->plan && !a->shard)
        return pl_cli_usage("--plan without --shard; expected --plan FILE --shard I/N");
    if (a->instrument_count && (a->shard || a->resume))
        return pl_cli_usage("--instrument with --%s; expected instruments in a run of their own",
                            a->shard ? "shard" : "resume");
    return PL_EXIT_OK;
}

/* What follows `--` is a program's. @return how many arguments are ours */
static int take_command(int argc, char **argv, struct pl_arguments *a)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--") == 0) {
            a->command = argv + i + 1;
            return i;
        }
    return argc;
}

int pl_arguments_read(int argc, char **argv, struct pl_arguments *a)
{
    *a = (struct pl_arguments){.tier = PL_TIER_DEFAULT};
    a->settings = calloc((size_t)argc, sizeof *a->settings);
    a->sends = calloc((size_t)argc, sizeof *a->sends);
    a->made = calloc((size_t)argc + 1, sizeof *a->made);
    if (!a->settings || !a->sends || !a->made)
        return pl_cli_usage("out of memory");
    argc = take_command(argc, argv, a);
    if (a->command && !a->command[0])
        return pl_cli_usage("no program after `--`; expected `-- PROGRAM [ARGUMENT...]`");
    int rc = pl_arguments_options(argc, argv, options, take, a);
    a->scenarios = argv + optind;
    a->scenario_count = (size_t)(argc - optind);
    if (!rc)
        rc = check_together(a);
    return rc ? rc : check_parts(a);
}

int pl_arguments_read_again(int argc, char **argv, struct pl_arguments *a)
{
    optind = 0; /* with GNU's getopt: from the start, with what it remembers forgotten */
    return pl_arguments_read(argc, argv, a);
}

void pl_arguments_name_option(const struct pl_arguments *a, struct pl_error *error)
{
    static const char set[] = "--set ";
    size_t length = sizeof set - 1;
    if (strncmp(error->text, set, length) != 0)
        return;
    for (char *const *made = a->made; made && *made; made++) {
        size_t key = strcspn(*made, "=");
        if (strncmp(error->text + length, *made, key) == 0 && error->text[length + key] == ':')
            memmove(error->text + 2, error->text + length, strlen(error->text + length) + 1);
    }
}

void pl_arguments_free(struct pl_arguments *a)
{
    for (size_t i = 0; a->listed && i < a->scenario_count; i++)
        free(a->listed[i]);
    free(a->listed);
    for (char **made = a->made; made && *made; made++)
        free(*made);
    free(a->made);
    free(a->sends);
    free(a->settings);
}

int pl_arguments_take(int *argc, char **argv, const char *option, bool flag, const char **value)
{
    for (int i = 1; i < *argc && strcmp(argv[i], "--") != 0;) {
        if (strcmp(argv[i], option) != 0) {
            i++;
            continue;
        }
        int words = flag ? 1 : 2;
        if (i + words > *argc)
            return pl_cli_usage("%s has no value; expected one", option);
        *value = argv[i + words - 1];
        memmove(&argv[i], &argv[i + words], (size_t)(*argc - i - words + 1) * sizeof *argv);
        *argc -= words;
    }
    return PL_EXIT_OK;
}

int pl_arguments_count(const char *name, const char *text, uint32_t max, uint32_t *count)
{
    uint64_t value = *count;
    int rc = text ? read_count(name, text, max, &value) : PL_EXIT_OK;
    *count = (uint32_t)value;
    return rc;
}

int pl_arguments_time(const char *name, const char *text, int64_t least_ns, int64_t *ns)
{
    struct pl_error error;
    char least[48];
    if (pl_time_parse(text, ns, &error))
        return pl_cli_usage("--%s: %s", name, error.text);
    if (*ns > 0 && *ns >= least_ns)
        return PL_EXIT_OK;
    pl_time_format(least_ns, least, sizeof least);
    return pl_cli_usage("--%s %s; expected %s%s", name, text,
                        least_ns ? "at least " : "more than 0", least_ns ? least : "");
}

int pl_arguments_options(int argc, char **argv, const struct option *known, pl_option_take *taker,
                         void *context)
{
    int option, code = PL_EXIT_OK;
    while (code == PL_EXIT_OK && (option = getopt_long(argc, argv, ":", known, NULL)) != -1)
        code = option == '?' || option == ':' ? pl_cli_refuse_option(option, argv)
                                              : taker(option, optarg, context);
    return code;
}
