/* `plimsoll validate [--json] FILE...`: checks every tier of each scenario without running it. */
#include <errno.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "allocators/base/printable.h"
#include "harness/cli/arguments.h"
#include "harness/cli/cli.h"
#include "harness/cli/idle_expectations.h"
#include "harness/pipelines/pipeline.h"
#include "harness/results/expect.h"
#include "harness/scenario/sweep.h"

static bool is_executable(const char *folder, size_t length, const char *name)
{
    char path[8192];
    int n = snprintf(path, sizeof path, "%.*s/%s", (int)length, folder, name);
    return n > 0 && (size_t)n < sizeof path && access(path, X_OK) == 0;
}

/* Whether the first word can be executed from a folder, as exec looks for it. */
static bool is_there(const struct pl_words *command, const char *directory)
{
    const char *name = command->text, *folders = getenv("PATH");
    if (*name == '/')
        return access(name, X_OK) == 0;
    if (strchr(name, '/'))
        return is_executable(directory, strlen(directory), name);
    while (folders && *folders) {
        const size_t length = strcspn(folders, ":");
        if (is_executable(folders, length, name))
            return true;
        folders += length + (folders[length] == ':');
    }
    return false;
}

/* @return the key of the first command that is not here, or NULL; of a program that is built first,
 * those beside it */
static const char *missing_command(const struct pl_program_settings *p, const char **name)
{
    for (uint32_t i = 0; i < p->client_count; i++)
        if (!is_there(&p->clients[i].command, p->directory)) {
            *name = p->clients[i].command.text;
            return "program.clients";
        }
    for (uint32_t i = 0; i < p->action_count; i++)
        if (p->actions[i].command.count && !is_there(&p->actions[i].command, p->directory)) {
            *name = p->actions[i].command.text;
            return "program.actions";
        }
    if (p->build[0] || !p->command.count || is_there(&p->command, p->directory))
        return NULL;
    *name = p->command.text;
    return "program.command";
}

/* @param s the scenario as its last tier has it, which leaves nothing out */
static void print_valid(const char *path, const struct pl_scenario *s)
{
    size_t swept = pl_sweep_count(s);
    uint32_t behind = pl_load_behind(&s->load, s->duration_ns);
    char sweep[64] = "", load[96] = "", missing[400] = "", idle[400];
    const char *name, *key = missing_command(&s->program, &name);
    if (swept)
        snprintf(sweep, sizeof sweep, "; its sweep makes %zu stack%s", swept, swept > 1 ? "s" : "");
    if (behind)
        snprintf(load, sizeof load, "; " PL_LOAD_BEHIND, behind, behind > 1 ? "s" : "");
    if (key)
        snprintf(missing, sizeof missing,
                 "; '%.300s' of %s is not on this machine, and a run needs it", name, key);
    pl_idle_expectation(s, NULL, idle, sizeof idle);
    pl_printable_line(stdout, "%s: valid%s%s%s%s%s", path, sweep, load, missing, *idle ? "; " : "",
                      idle);
}

/* For scripts: where the scenario lies, and what its program is and is built by. */
static void print_json(const char *path, const struct pl_scenario *s)
{
    const struct pl_program_settings *p = &s->program;
    json_t *command = json_array();
    for (const char *word = p->command.text; *word; word += strlen(word) + 1)
        json_array_append_new(command, json_string(word));
    json_t *scenario = json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "name", s->name, "path", path,
                                 "pipeline", pl_pipeline_of(s)->name, "directory", p->directory,
                                 "build", p->build, "command", command);
    json_dumpf(scenario, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(scenario);
}

static int check_formats(const struct pl_scenario *s, struct pl_error *error)
{
    enum pl_format formats[PL_FORMAT_COUNT];
    char wrong[32];
    size_t count = pl_formats_parse(s->formats, formats, wrong);
    int rc = 0;
    for (size_t i = 0; i < count && !rc; i++)
        rc = pl_pipeline_of(s)->check(s, NULL, formats[i], error);
    return rc;
}

/* What it replays is there; what is in it, a run finds out. */
static int check_files(const struct pl_scenario *s, struct pl_error *error)
{
    const char *paths[PL_FILES_MAX];
    uint32_t count = pl_scenario_files(s, paths);
    for (uint32_t i = 0; i < count; i++)
        if (access(paths[i], R_OK))
            return pl_error_set(error, -errno, "%s: can't read %s: %s", s->path, paths[i],
                                strerror(errno));
    return 0;
}

static int validate(const char *name, bool json)
{
    char path[1024];
    struct pl_error error;
    struct pl_scenario *s = malloc(sizeof *s);
    if (!s)
        return pl_cli_usage("out of memory");
    int code = PL_EXIT_OK;
    if (pl_scenario_find(name, path, sizeof path, &error))
        code = pl_cli_fail(PL_EXIT_USAGE, &error);
    for (int tier = 0; code == PL_EXIT_OK && tier < PL_TIER_COUNT; tier++)
        if (pl_scenario_load(path, (enum pl_tier)tier, NULL, 0, s, &error) ||
            pl_expectations_check(s, &error) || check_formats(s, &error) || check_files(s, &error))
            code = pl_cli_fail(PL_EXIT_USAGE, &error);
    if (code == PL_EXIT_OK)
        (json ? print_json : print_valid)(path, s);
    free(s);
    return code;
}

int pl_cli_validate(int argc, char **argv)
{
    const char *json = NULL;
    int worst = pl_arguments_take(&argc, argv, "--json", true, &json);
    if (argc < 2)
        return pl_cli_usage("no scenario; expected SCENARIO..., each a name or a file");
    for (int i = 1; i < argc; i++) {
        int code = validate(argv[i], json != NULL);
        worst = code > worst ? code : worst;
    }
    return worst;
}
