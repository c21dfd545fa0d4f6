#include "harness/results/folder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/results/document.h"

/* All that a run, its reports and comparisons with it write. */
static const char *const files[] = {
    "results.json", "report.html", "report.md",    "report.json",    "junit.xml",     "compare.md",
    "compare.json", "compare.xml", "agreement.md", "agreement.json", "agreement.svg", NULL};

/* Runs number their files: 000.steady-reader.glibc.f32.r0.csv. */
static bool is_numbered(const char *name)
{
    return isdigit((unsigned char)name[0]) && isdigit((unsigned char)name[1]) &&
           isdigit((unsigned char)name[2]) && name[strspn(name, "0123456789")] == '.';
}

static bool is_picture(const char *name)
{
    const char *ending = strrchr(name, '.');
    return ending && (strcmp(ending, ".svg") == 0 || strcmp(ending, ".png") == 0 ||
                      strcmp(name, "frontiers.json") == 0);
}

/* Nothing else is taken for ours: a person may keep files beside them. */
static const struct {
    const char *name;
    bool (*is_ours)(const char *file);
} folders[] = {{"series", is_numbered},
               {"output", is_numbered},
               {"ledger", is_numbered},
               {"instruments", is_numbered},
               {"plots", is_picture}};

static void path_of(char path[4096 + 32], const char *folder, const char *name)
{
    snprintf(path, 4096 + 32, "%.4095s/%s", folder, name);
}

static bool is_ours(const char *path)
{
    json_t *root = NULL;
    if (pl_document_read(path, "", &root, NULL))
        return false;
    const json_t *suite = json_object_get(root, "suite");
    const bool ours = strcmp(pl_document_string(suite, "name"), "plimsoll") == 0;
    json_decref(root);
    return ours;
}

enum pl_folder_state pl_folder_look(const char *folder)
{
    char path[4096 + 32];
    path_of(path, folder, "results.json");
    if (access(path, F_OK))
        return PL_FOLDER_FREE;
    return is_ours(path) ? PL_FOLDER_RUN : PL_FOLDER_OTHER;
}

/* @return a descriptor, or -EBUSY */
static int lock(const char *folder, int how)
{
    struct stat held, named;
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (flock(fd, how | LOCK_NB) && errno == EWOULDBLOCK) {
        close(fd);
        return -EBUSY;
    }
    /* Whoever had it may have removed it when it was empty. */
    if (fstat(fd, &held) == 0 && stat(folder, &named) == 0 && held.st_ino == named.st_ino &&
        held.st_dev == named.st_dev)
        return fd;
    close(fd);
    return -EBUSY;
}

static int claim_locked(const char *folder, int how, int *claim, struct pl_error *error)
{
    int fd = lock(folder, how);
    if (fd == -EBUSY)
        return pl_error_set(error, fd, "another run is writing into %s; expected another folder",
                            folder);
    if (fd < 0)
        return pl_error_set(error, fd, "can't open the folder %s: %s", folder, strerror(-fd));
    *claim = fd;
    return 0;
}

static void clear_one(const char *path, bool (*is_our_file)(const char *))
{
    DIR *folder = opendir(path);
    char file[4096 + 300];
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (is_our_file(entry->d_name)) {
            snprintf(file, sizeof file, "%s/%s", path, entry->d_name);
            unlink(file);
        }
    if (folder)
        closedir(folder);
    rmdir(path); /* only when empty */
}

static void clear(const char *folder)
{
    char path[4096 + 32];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        path_of(path, folder, folders[i].name);
        clear_one(path, folders[i].is_ours);
    }
    for (size_t i = 0; files[i]; i++) {
        path_of(path, folder, files[i]);
        unlink(path);
    }
}

static int check_free(const char *folder, enum pl_folder_state state, bool force,
                      struct pl_error *error)
{
    if (state == PL_FOLDER_FREE || (state == PL_FOLDER_RUN && force))
        return 0;
    if (state == PL_FOLDER_OTHER)
        return pl_error_set(
            error, -EEXIST,
            "%s holds a results.json that is not Plimsoll's; expected another folder", folder);
    return pl_error_set(error, -EEXIST,
                        "%s holds a run; expected another folder, or --force, which removes that "
                        "run and its reports",
                        folder);
}

int pl_folder_claim(const char *folder, bool force, int *claim, struct pl_error *error)
{
    int fd = -1, rc = pl_folder_make(folder, error);
    if (!rc)
        rc = claim_locked(folder, LOCK_EX, &fd, error);
    enum pl_folder_state state = rc ? PL_FOLDER_FREE : pl_folder_look(folder);
    if (!rc)
        rc = check_free(folder, state, force, error);
    if (!rc && state == PL_FOLDER_RUN)
        clear(folder);
    if (!rc)
        *claim = fd;
    else if (fd >= 0)
        close(fd);
    return rc;
}

/* Why a results.json is none of ours: it may have been, and be damaged. @return -EINVAL */
static int fail_other(const char *folder, struct pl_error *error)
{
    char path[4096 + 32];
    json_t *root = NULL;
    path_of(path, folder, "results.json");
    if (pl_document_read(path, "the file is damaged, run it again in another folder", &root, error))
        return -EINVAL;
    json_decref(root);
    return pl_error_set(error, -EINVAL, "%s holds a results.json that is not Plimsoll's", folder);
}

int pl_folder_claim_run(const char *folder, bool read_only, int *claim, struct pl_error *error)
{
    enum pl_folder_state state = pl_folder_look(folder);
    if (state == PL_FOLDER_OTHER)
        return fail_other(folder, error);
    if (state != PL_FOLDER_RUN)
        return pl_error_set(error, -EINVAL,
                            "%s holds no run; expected a folder that `plimsoll run --out` wrote",
                            folder);
    return claim_locked(folder, read_only ? LOCK_SH : LOCK_EX, claim, error);
}

void pl_folder_discard(const char *folder)
{
    clear(folder);
    rmdir(folder); /* only when empty */
}

static int copy_file(const char *from, const char *to, struct pl_error *error)
{
    char *text = NULL;
    size_t size = 0;
    struct pl_file file;
    int rc = pl_file_read(from, PL_FILE_BYTES_MAX, &text, &size, error);
    if (rc)
        return rc;
    rc = pl_file_open(&file, to, error);
    if (!rc) {
        fwrite(text, 1, size, file.stream);
        rc = pl_file_commit(&file, error);
    }
    free(text);
    return rc;
}

/* @param kind "series" @param one of its files, which may be of a cell that was not finished */
static int copy_one(const char *const ends[2], const char *kind, const char *one,
                    struct pl_error *error)
{
    char paths[2][4096 + 300];
    for (int i = 0; i < 2; i++) {
        int n = snprintf(paths[i], sizeof paths[i], "%s/%s/%s", ends[i], kind, one);
        if (n < 0 || (size_t)n >= sizeof paths[i])
            return pl_error_set(error, -ENAMETOOLONG, "%.80s...: the path is too long", ends[i]);
    }
    return copy_file(paths[0], paths[1], error);
}

int pl_folder_copy_cells(const char *from, const char *to,
                         bool (*has)(const void *context, size_t number), const void *context,
                         struct pl_error *error)
{
    static const char *const kinds[] = {"series", "output", "ledger"};
    const char *const both[] = {from, to};
    char path[4096 + 32];
    int rc = 0;
    for (size_t i = 0; !rc && i < sizeof kinds / sizeof *kinds; i++) {
        path_of(path, from, kinds[i]);
        DIR *folder = opendir(path);
        if (!folder && errno == ENOENT)
            continue; /* a run without such files */
        if (!folder)
            return pl_error_set(error, -errno, "can't read %.300s: %s", path, strerror(errno));
        path_of(path, to, kinds[i]);
        rc = pl_folder_make(path, error);
        for (struct dirent *entry; !rc && (entry = readdir(folder));)
            if (is_numbered(entry->d_name) && has(context, strtoull(entry->d_name, NULL, 10)))
                rc = copy_one(both, kinds[i], entry->d_name, error);
        closedir(folder);
    }
    return rc;
}

int pl_folder_remove_run(const char *folder, struct pl_error *error)
{
    int fd = -1, rc = claim_locked(folder, LOCK_EX, &fd, error);
    if (!rc && pl_folder_look(folder) == PL_FOLDER_RUN)
        clear(folder);
    if (!rc)
        rmdir(folder); /* only when empty */
    if (fd >= 0)
        close(fd);
    return rc;
}
