/* Making, finding and removing them (temporary.h). */
#include "harness/base/temporary.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/base/files.h"
#include "harness/base/mark.h"

static const char prefix[] = "plimsoll-";
static const char memory[] = "/dev/shm";

static const char *root(void)
{
    const char *chosen = getenv("TMPDIR");
    return chosen && *chosen ? chosen : "/tmp";
}

/* The mark at the end of `plimsoll-WHAT-MARK`, or NULL: then it is none of ours. */
static const char *mark_of(const char *name)
{
    if (strncmp(name, prefix, sizeof prefix - 1) != 0)
        return NULL;
    const char *mark = strchr(name + sizeof prefix - 1, '-');
    return mark && pl_mark_is(mark + 1) ? mark + 1 : NULL;
}

static void remove_left(const char *folder, const char *mark)
{
    struct stat status;
    if (lstat(folder, &status) || !S_ISDIR(status.st_mode) || status.st_uid != geteuid())
        return;
    int fd = pl_mark_take_over(folder, mark);
    if (fd < 0)
        return;
    pl_folder_remove(folder);
    close(fd);
}

static void clean_below(const char *below)
{
    DIR *directory = opendir(below);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        char folder[1024];
        const char *mark = mark_of(entry->d_name);
        int n = mark ? snprintf(folder, sizeof folder, "%s/%s", below, entry->d_name) : -1;
        if (n > 0 && (size_t)n < sizeof folder)
            remove_left(folder, mark);
    }
    closedir(directory);
}

void pl_temporary_clean(void)
{
    clean_below(root());
    clean_below(memory);
}

static int make_below(const char *below, struct pl_temporary *t, const char *what,
                      struct pl_error *error)
{
    char mark[PL_MARK_MAX];
    *t = (struct pl_temporary){.fd = -1};
    pl_temporary_clean();
    pl_mark_own(mark);
    int n = snprintf(t->path, sizeof t->path, "%s/%s%s-%s", below, prefix, what, mark);
    if (n < 0 || (size_t)n >= sizeof t->path)
        return pl_error_set(error, -ENAMETOOLONG, "%.80s...: the path is too long", below);
    int fd = pl_mark_hold(t->path, 0700);
    if (fd < 0)
        return pl_error_set(error, fd, "can't make the folder %s: %s; TMPDIR names another place",
                            t->path, strerror(-fd));
    t->fd = fd;
    return 0;
}

int pl_temporary_make(struct pl_temporary *t, const char *what, struct pl_error *error)
{
    return make_below(root(), t, what, error);
}

int pl_temporary_make_in_memory(struct pl_temporary *t, const char *what, struct pl_error *error)
{
    return make_below(access(memory, W_OK) == 0 ? memory : root(), t, what, error);
}

void pl_temporary_remove(struct pl_temporary *t)
{
    if (t->fd < 0)
        return;
    pl_folder_remove(t->path);
    close(t->fd);
    t->fd = -1;
}
