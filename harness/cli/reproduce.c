/* Building shell commands (reproduce.h). */
#include "harness/cli/reproduce.h"

#include <stdio.h>
#include <string.h>

#include "harness/base/words.h"

static void add_option(char *text, size_t capacity, const char *option, const char *value)
{
    pl_words_add(text, capacity, option);
    pl_words_add(text, capacity, value);
}

void pl_reproduce(const struct pl_arguments *a, const struct pl_scenario *s, const char *stack,
                  enum pl_format format, char *text, size_t capacity)
{
    char seed[32];
    snprintf(text, capacity, "plimsoll run");
    const char *named = s->name;
    for (size_t i = 0; i < a->scenario_count; i++)
        if (strcmp(a->scenarios[i], s->path) == 0)
            named = s->path;
    pl_words_add(text, capacity, named);
    add_option(text, capacity, "--allocator", stack);
    add_option(text, capacity, "--format", pl_format_name(format));
    if (a->tier != PL_TIER_DEFAULT)
        add_option(text, capacity, "--tier", pl_tier_name(a->tier));
    for (size_t i = 0; i < a->setting_count; i++)
        add_option(text, capacity, "--set", a->settings[i]);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)s->seed);
    add_option(text, capacity, "--seed", seed);
    add_option(text, capacity, "--repeat", "1");
}

void pl_reproduce_command(int argc, char **argv, char *text, size_t capacity)
{
    snprintf(text, capacity, "plimsoll");
    for (int i = 0; i < argc; i++)
        pl_words_add(text, capacity, argv[i]);
}
