/* Reading the command line (options.h). No getopt: it would refuse or permute what is not ours. */
#include "harness/bench/options.h"

#include <errno.h>
#include <string.h>

static int take_stack(struct gbench_options *o, const char *value, struct pl_error *error)
{
    (void)error;
    o->stack = value;
    return 0;
}

static int take_scenario(struct gbench_options *o, const char *value, struct pl_error *error)
{
    (void)error;
    o->scenario = value;
    return 0;
}

static int take_tier(struct gbench_options *o, const char *value, struct pl_error *error)
{
    int tier = pl_tier_parse(value);
    if (tier < 0)
        return pl_error_set(error, -EINVAL,
                            "--tier: unknown tier '%.60s'; expected smoke, default or full", value);
    o->tier = (enum pl_tier)tier;
    return 0;
}

static int take_format(struct gbench_options *o, const char *value, struct pl_error *error)
{
    int format = pl_format_parse(value);
    if (format < 0)
        return pl_error_set(error, -EINVAL, "--format: unknown format '%.60s'; expected f32 or s16",
                            value);
    o->format = (enum pl_format)format;
    return 0;
}

static int take_setting(struct gbench_options *o, const char *value, struct pl_error *error)
{
    if (o->setting_count == PL_BENCH_SETTINGS_MAX)
        return pl_error_set(error, -EINVAL, "more than %d --set", PL_BENCH_SETTINGS_MAX);
    o->settings[o->setting_count++] = value;
    return 0;
}

static const struct {
    const char *name;
    int (*take)(struct gbench_options *, const char *, struct pl_error *);
} takers[] = {{"--stack", take_stack},
              {"--scenario", take_scenario},
              {"--tier", take_tier},
              {"--format", take_format},
              {"--set", take_setting}};

/* @return how many words of argv were taken, 0 for what is not ours, or a negative errno */
static int take(struct gbench_options *o, char **argv, struct pl_error *error)
{
    for (size_t i = 0; i < sizeof takers / sizeof *takers; i++) {
        size_t length = strlen(takers[i].name);
        if (strncmp(argv[0], takers[i].name, length) != 0 ||
            (argv[0][length] && argv[0][length] != '='))
            continue;
        const char *value = argv[0][length] ? argv[0] + length + 1 : argv[1];
        if (!value || !*value)
            return pl_error_set(error, -EINVAL, "%s has no value; expected one", takers[i].name);
        int rc = takers[i].take(o, value, error);
        return rc ? rc : argv[0][length] ? 1 : 2;
    }
    bool memory = strcmp(argv[0], "--memory") == 0, live = strcmp(argv[0], "--live") == 0;
    o->memory |= memory;
    o->live |= live;
    return memory || live;
}

int gbench_options_read(int argc, char **argv, struct gbench_options *options,
                        struct pl_error *error)
{
    struct gbench_options o = {.scenario = "steady-reader", .tier = PL_TIER_DEFAULT, .rest = 1};
    for (int i = 1; i < argc;) {
        int taken = take(&o, argv + i, error);
        if (taken < 0)
            return taken;
        if (taken == 0)
            argv[o.rest++] = argv[i];
        i += taken ? taken : 1;
    }
    argv[o.rest] = NULL;
    if (!o.stack)
        return pl_error_set(
            error, -EINVAL,
            "no --stack; expected --stack SPEC, of what `plimsoll list allocators` names");
    *options = o;
    return 0;
}
