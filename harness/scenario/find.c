/* Where scenarios are looked for by name. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocators/base/nearest.h"
#include "harness/scenario/scenario.h"

/* The first that stands. */
static const char *first_folder(const char *const *candidates, size_t count)
{
    struct stat status;
    for (size_t i = 0; i < count; i++)
        if (candidates[i] && stat(candidates[i], &status) == 0 && S_ISDIR(status.st_mode))
            return candidates[i];
    return NULL;
}

#define FOLDERS 5

/* Where they may stand, the person's own first. */
static void name_folders(const char *folders[FOLDERS])
{
    const char *const names[FOLDERS] = {getenv("PLIMSOLL_SCENARIOS"), "scenarios",
                                        PL_SOURCE_DIR "/scenarios", PL_DATA_DIR "/scenarios",
                                        PL_PACKAGE_DATA_DIR "/scenarios"};
    memcpy(folders, names, sizeof names);
}

const char *pl_scenario_folder(void)
{
    const char *folders[FOLDERS];
    name_folders(folders);
    return first_folder(folders, FOLDERS);
}

bool pl_scenario_found_anywhere(const char *name, const char *path)
{
    const char *candidates[] = {PL_SOURCE_DIR "/scenarios", PL_DATA_DIR "/scenarios",
                                PL_PACKAGE_DATA_DIR "/scenarios"};
    const char *folder = first_folder(candidates, sizeof candidates / sizeof *candidates);
    char own[PL_PATH_MAX];
    struct stat found, meant;
    snprintf(own, sizeof own, "%s/%s.yaml", folder ? folder : ".", name);
    return folder && stat(own, &found) == 0 && stat(path, &meant) == 0 &&
           found.st_ino == meant.st_ino && found.st_dev == meant.st_dev;
}

static int is_scenario(const struct dirent *entry)
{
    size_t length = strlen(entry->d_name);
    return length > 5 && strcmp(entry->d_name + length - 5, ".yaml") == 0;
}

struct listing {
    char **paths;
    int count;
};

static bool is_listed(const struct listing *l, const char *file)
{
    for (int i = 0; i < l->count; i++)
        if (strcmp(strrchr(l->paths[i], '/') + 1, file) == 0)
            return true;
    return false;
}

static int add_path(struct listing *l, const char *folder, const char *file)
{
    char **larger = realloc(l->paths, ((size_t)l->count + 1) * sizeof *larger);
    if (!larger)
        return -ENOMEM;
    l->paths = larger;
    if (asprintf(&l->paths[l->count], "%s/%s", folder, file) < 0)
        return -ENOMEM;
    l->count++;
    return 0;
}

/* Those of a folder that no earlier one hides. @return 0, -ENOENT or -ENOMEM */
static int add_folder(struct listing *l, const char *folder)
{
    struct dirent **entries = NULL;
    int rc = 0, count = folder ? scandir(folder, &entries, is_scenario, alphasort) : -1;
    if (count < 0)
        return -ENOENT;
    for (int i = 0; i < count; i++) {
        if (!rc && !is_listed(l, entries[i]->d_name))
            rc = add_path(l, folder, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return rc;
}

static int finish(struct listing *l, int rc, char ***paths, struct pl_error *error)
{
    if (!rc) {
        *paths = l->paths;
        return l->count;
    }
    while (l->count)
        free(l->paths[--l->count]);
    free(l->paths);
    return rc == -ENOMEM
               ? pl_error_set(error, rc, "out of memory")
               : pl_error_set(error, rc, "no folder of scenarios; set PLIMSOLL_SCENARIOS to one");
}

int pl_scenario_list(char ***paths, struct pl_error *error)
{
    struct listing l = {0};
    return finish(&l, add_folder(&l, pl_scenario_folder()), paths, error);
}

int pl_scenario_list_known(char ***paths, struct pl_error *error)
{
    struct listing l = {0};
    const char *folders[FOLDERS];
    int rc = -ENOENT;
    name_folders(folders);
    for (size_t i = 0; i < FOLDERS && rc != -ENOMEM; i++) {
        int added = add_folder(&l, folders[i]);
        rc = added == -ENOENT ? rc : added;
    }
    return finish(&l, rc, paths, error);
}

/* As many names as there is room for. */
static void add_name(char *known, size_t capacity, const char *name)
{
    static const char more[] = " and more (plimsoll list scenarios)";
    size_t used = strlen(known);
    if (strstr(known, more))
        return;
    if (used + strlen(name) + sizeof more + 2 < capacity)
        snprintf(known + used, capacity - used, ", %s", name);
    else
        snprintf(known + used, capacity - used, "%s", more);
}

/* @param beside what may be named beside a scenario that is known */
static int not_found(const char *name, const char *beside, struct pl_error *error)
{
    char known[360], one[PL_NEAREST_MAX + 1], end[420];
    char **paths = NULL;
    int count = pl_scenario_list_known(&paths, NULL);
    struct pl_nearest nearest;
    snprintf(known, sizeof known, "%s", beside);
    pl_nearest_begin(&nearest, name);
    for (int i = 0; i < count; i++) {
        const char *base = strrchr(paths[i], '/') + 1;
        snprintf(one, sizeof one, "%.*s", (int)strlen(base) - 5, base);
        pl_nearest_try(&nearest, one);
        add_name(known, sizeof known, one);
        free(paths[i]);
    }
    if (count >= 0)
        free(paths);
    pl_nearest_end(&nearest, known, end, sizeof end);
    return pl_error_set(error, -ENOENT, "unknown scenario %s%.60s%s%s", *name ? "" : "'", name,
                        *name ? "" : "'", end);
}

static int find_path(const char *name, char *path, size_t capacity, struct pl_error *error)
{
    snprintf(path, capacity, "%s", name);
    return access(path, R_OK) == 0
               ? 0
               : pl_error_set(error, -ENOENT, "can't read %s: %s", name, strerror(errno));
}

/* A person's own folder hides none of those that came with Plimsoll, but for equal names. */
static int find_name(const char *name, const char *beside, char *path, size_t capacity,
                     struct pl_error *error)
{
    const char *folders[FOLDERS];
    name_folders(folders);
    for (size_t i = 0; i < FOLDERS; i++) {
        int n = folders[i] ? snprintf(path, capacity, "%s/%s.yaml", folders[i], name) : -1;
        if (n > 0 && (size_t)n < capacity && access(path, R_OK) == 0)
            return 0;
    }
    return not_found(name, beside, error);
}

int pl_scenario_find(const char *name, char *path, size_t capacity, struct pl_error *error)
{
    const size_t length = strlen(name);
    bool is_path = strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".yaml") == 0);
    if (length + 1 > capacity)
        return pl_error_set(error, -ENOENT, "'%.80s...': the name is too long", name);
    return is_path ? find_path(name, path, capacity, error)
                   : find_name(name, "a path", path, capacity, error);
}

int pl_scenario_find_base(const char *name, char *path, size_t capacity, struct pl_error *error)
{
    return find_name(name, "a file beside this one by its name without .yaml", path, capacity,
                     error);
}
