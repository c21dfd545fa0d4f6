#include "harness/cli/reproduce.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/shell_words.h"
#include "harness/scenario/paths.h"

static void add_option(char *text, size_t capacity, const char *option, const char *value)
{
    pl_shell_words_add(text, capacity, option);
    pl_shell_words_add(text, capacity, value);
}

static void add_times(const struct pl_arguments *a, char *text, size_t capacity)
{
    char times[PL_LEDGER_TIMES_MAX * 32] = "";
    size_t used = 0;
    pl_shell_words_add(text, capacity, "--ledger");
    for (uint32_t i = 0; i < a->at.count; i++)
        used += (size_t)snprintf(times + used, sizeof times - used, "%s%" PRId64 "ns", i ? "," : "",
                                 a->at.at_ns[i]);
    if (a->at.count)
        add_option(text, capacity, "--at", times);
}

/* Appends a path so that it holds from any folder; what is not there stays as it is.
 * @param length of the path @return the characters now in `text` */
static size_t add_path(const char *path, size_t length, char *text, size_t used, size_t capacity)
{
    char relative[PL_PATH_MAX];
    snprintf(relative, sizeof relative, "%.*s", (int)length, path);
    char *absolute = length < sizeof relative ? realpath(relative, NULL) : NULL;
    int n = snprintf(text + used, capacity - used, "%s", absolute ? absolute : relative);
    free(absolute);
    return n < 0 || (size_t)n >= capacity - used ? capacity - 1 : used + (size_t)n;
}

/* KEY=PATH or KEY=[PATH, PATH], which are relative to where one is. */
static void add_path_setting(const char *setting, size_t key_length, char *text, size_t capacity)
{
    static const char between[] = "[], ";
    char made[PL_SOURCES_MAX * PL_PATH_MAX];
    const char *at = setting + key_length + 1;
    size_t used = (size_t)snprintf(made, sizeof made, "%.*s=", (int)key_length, setting);
    if (*at != '[')
        add_path(at, strlen(at), made, used, sizeof made);
    for (bool list = *at == '['; list && *at && used + 1 < sizeof made;) {
        size_t length = strcspn(at, between);
        used = length ? add_path(at, length, made, used, sizeof made) : used;
        at += length;
        if (*at && used + 1 < sizeof made)
            made[used++] = *at++;
        made[used] = '\0';
    }
    add_option(text, capacity, "--set", made);
}

static void add_setting(const char *setting, char *text, size_t capacity)
{
    char key[64];
    size_t length = strcspn(setting, "=");
    snprintf(key, sizeof key, "%.*s", (int)length, setting);
    if (setting[length] && pl_scenario_key_is_path(key))
        add_path_setting(setting, length, text, capacity);
    else
        add_option(text, capacity, "--set", setting);
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
            add_setting(a->settings[i], text, capacity);
    snprintf(threads, sizeof threads, "%s%u", key, cell->threads);
    if (of_several)
        add_option(text, capacity, "--set", threads);
}

static void add_command(const struct pl_arguments *a, char *text, size_t capacity)
{
    char sent[PL_PATH_MAX + 128], directory[PL_PATH_MAX + 32] = "program.directory=";
    size_t key = strlen(directory);
    for (size_t i = 0; i < a->send_count; i++) {
        const char *address = strrchr(a->sends[i], '=');
        size_t used = add_path(a->sends[i], (size_t)(address - a->sends[i]), sent, 0, sizeof sent);
        snprintf(sent + used, sizeof sent - used, "%s", address);
        add_option(text, capacity, "--send", sent);
    }
    bool told = false;
    for (size_t i = 0; i < a->setting_count; i++)
        told |= strncmp(a->settings[i], directory, key) == 0;
    if (!told && getcwd(directory + key, sizeof directory - key))
        add_option(text, capacity, "--set", directory);
    if (a->ready)
        add_option(text, capacity, "--ready", a->ready);
    pl_shell_words_add(text, capacity, "--");
    for (char **word = a->command; *word; word++)
        pl_shell_words_add(text, capacity, *word);
}

/* A name where that finds the same scenario from any folder, else a path. */
static void add_scenario(const struct pl_arguments *a, const struct pl_scenario *s, char *text,
                         size_t capacity)
{
    char path[PL_PATH_MAX];
    bool by_path = false;
    for (size_t i = 0; i < a->scenario_count; i++)
        by_path |= strcmp(a->scenarios[i], s->path) == 0;
    if (!by_path && pl_scenario_found_anywhere(s->name, s->path)) {
        pl_shell_words_add(text, capacity, s->name);
        return;
    }
    add_path(s->path, strlen(s->path), path, 0, sizeof path);
    pl_shell_words_add(text, capacity, path);
}

void pl_reproduce(const struct pl_arguments *a, const struct pl_planned *p,
                  const struct pl_planned_cell *cell, char *text, size_t capacity)
{
    const struct pl_scenario *s = &p->scenario;
    char seed[32];
    snprintf(text, capacity, "plimsoll run");
    if (!a->command)
        add_scenario(a, s, text, capacity);
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
        pl_shell_words_add(text, capacity, argv[i]);
}
