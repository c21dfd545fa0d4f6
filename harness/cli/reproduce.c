/* Building shell commands (reproduce.h). */
#include "harness/cli/reproduce.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "harness/base/words.h"

static void add_option(char *text, size_t capacity, const char *option, const char *value)
{
    pl_words_add(text, capacity, option);
    pl_words_add(text, capacity, value);
}

static void add_times(const struct pl_arguments *a, char *text, size_t capacity)
{
    char times[PL_LEDGER_TIMES_MAX * 32] = "";
    size_t used = 0;
    pl_words_add(text, capacity, "--ledger");
    for (uint32_t i = 0; i < a->at_count; i++)
        used += (size_t)snprintf(times + used, sizeof times - used, "%s%" PRId64 "ns", i ? "," : "",
                                 a->at_ns[i]);
    if (a->at_count)
        add_option(text, capacity, "--at", times);
}

/* The person's settings, and which of several threads it was. */
static void add_settings(const struct pl_arguments *a, const struct pl_planned *p,
                         const struct pl_planned_cell *cell, char *text, size_t capacity)
{
    static const char key[] = "threads=";
    char threads[sizeof key + 10];
    bool of_several = p->thread_count > 1;
    for (size_t i = 0; i < a->setting_count; i++)
        if (!of_several || strncmp(a->settings[i], key, sizeof key - 1) != 0)
            add_option(text, capacity, "--set", a->settings[i]);
    snprintf(threads, sizeof threads, "%s%u", key, cell->threads);
    if (of_several)
        add_option(text, capacity, "--set", threads);
}

static void add_command(const struct pl_arguments *a, char *text, size_t capacity)
{
    for (size_t i = 0; i < a->send_count; i++)
        add_option(text, capacity, "--send", a->sends[i]);
    if (a->ready)
        add_option(text, capacity, "--ready", a->ready);
    pl_words_add(text, capacity, "--");
    for (char **word = a->command; *word; word++)
        pl_words_add(text, capacity, *word);
}

void pl_reproduce(const struct pl_arguments *a, const struct pl_planned *p,
                  const struct pl_planned_cell *cell, char *text, size_t capacity)
{
    const struct pl_scenario *s = &p->scenario;
    char seed[32];
    snprintf(text, capacity, "plimsoll run");
    const char *named = s->name;
    for (size_t i = 0; i < a->scenario_count; i++)
        if (strcmp(a->scenarios[i], s->path) == 0)
            named = s->path;
    if (!a->command)
        pl_words_add(text, capacity, named);
    add_option(text, capacity, "--allocator", cell->stack);
    if (cell->format != PL_FORMAT_OWN)
        add_option(text, capacity, "--format", pl_format_name(cell->format));
    if (a->clock_given && (a->clock != PL_CLOCK_VIRTUAL || s->clock != PL_CLOCK_VIRTUAL))
        add_option(text, capacity, "--clock", pl_clock_name(a->clock));
    if (a->tier != PL_TIER_DEFAULT)
        add_option(text, capacity, "--tier", pl_tier_name(a->tier));
    add_settings(a, p, cell, text, capacity);
    snprintf(seed, sizeof seed, "%llu", (unsigned long long)s->seed);
    add_option(text, capacity, "--seed", seed);
    add_option(text, capacity, "--repeat", "1");
    if (a->ledger)
        add_times(a, text, capacity);
    if (a->command)
        add_command(a, text, capacity);
}

void pl_reproduce_command(int argc, char **argv, char *text, size_t capacity)
{
    snprintf(text, capacity, "plimsoll");
    for (int i = 0; i < argc; i++)
        pl_words_add(text, capacity, argv[i]);
}
