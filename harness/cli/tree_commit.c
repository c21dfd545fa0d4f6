#include "harness/cli/tree_commit.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/child.h"

#define TIMEOUT_MS 10000

/* "# branch.oid <commit>" is the first line; lines without '#' are tracked files that were changed.
 * @return whether there is a commit */
static bool read_status(FILE *status, char *text, size_t capacity)
{
    static const char key[] = "# branch.oid ";
    char line[4096];
    bool dirty = false;
    text[0] = '\0';
    while (fgets(line, sizeof line, status)) {
        if (strncmp(line, key, sizeof key - 1) == 0)
            snprintf(text, capacity, "%.*s", (int)strcspn(line + sizeof key - 1, "\n"),
                     line + sizeof key - 1);
        dirty |= line[0] != '#';
    }
    if (dirty && *text)
        strncat(text, "-dirty", capacity - strlen(text) - 1);
    return *text && text[0] != '('; /* "(initial)": nothing was committed */
}

/* Not by `git describe`, which takes the lock of the index: somebody may be committing. */
static bool ask(const char *folder, char *text, size_t capacity)
{
    char git[4096];
    int status = 0, out = memfd_create("commit", MFD_CLOEXEC);
    if (out < 0)
        return false;
    const char *const argv[] = {git,      "--no-optional-locks", "-C",       folder,
                                "status", "--porcelain=v2",      "--branch", "--untracked-files=no",
                                NULL};
    struct pl_child child = {
        .argv = argv, .in = -1, .out = out, .stderr_fd = -1, .timeout_ms = TIMEOUT_MS};
    bool told = pl_child_find("git", git, sizeof git) == 0 && pl_child_run(&child, &status) == 0 &&
                status == 0 && lseek(out, 0, SEEK_SET) == 0;
    FILE *stream = told ? fdopen(out, "r") : NULL;
    told = stream && read_status(stream, text, capacity);
    if (stream)
        fclose(stream);
    else
        close(out);
    return told;
}

void pl_tree_commit(char *text, size_t capacity)
{
    text[0] = '\0';
    /* Sources that were unpacked inside somebody else's tree are no part of that tree. */
    if (access(PL_SOURCE_DIR "/.git", F_OK) != 0 || !ask(PL_SOURCE_DIR, text, capacity))
        snprintf(text, capacity, "unknown");
}
