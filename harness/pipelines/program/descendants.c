/* Walking /proc for descendants (descendants.h). */
#include "harness/pipelines/program/descendants.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Hands each number of a file to `found`. */
static int each_number(int fd, pl_descendant_function found, void *context)
{
    char text[4096];
    size_t held = 0;
    int rc = 0;
    for (ssize_t n; !rc && (n = read(fd, text + held, sizeof text - 1 - held)) > 0;) {
        text[held + (size_t)n] = '\0';
        char *at = text, *end;
        for (size_t length; !rc && at[length = strcspn(at, " \n")]; at += length + 1) {
            long pid = strtol(at, &end, 10);
            if (end == at + length && pid > 0)
                rc = found(context, (pid_t)pid);
        }
        held = strlen(at);
        memmove(text, at, held); /* a number that goes on in the next piece */
    }
    return rc;
}

static int each_number_of(const char *path, pl_descendant_function found, void *context)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return 0;
    int rc = each_number(fd, found, context);
    close(fd);
    return rc;
}

int pl_descendants_of_cgroup(const char *procs, pl_descendant_function found, void *context)
{
    return each_number_of(procs, found, context);
}

/* Who is whose child, as one round over /proc saw it. */
struct family {
    struct kin {
        pid_t pid, parent;
    } * kin;
    size_t count, capacity;
};

static int add_kin(struct family *f, pid_t pid, pid_t parent)
{
    if (f->count == f->capacity) {
        size_t capacity = f->capacity ? 2 * f->capacity : 256;
        struct kin *larger = realloc(f->kin, capacity * sizeof *larger);
        if (!larger)
            return -ENOMEM;
        f->kin = larger;
        f->capacity = capacity;
    }
    f->kin[f->count++] = (struct kin){pid, parent};
    return 0;
}

static pid_t parent_of(const char *pid)
{
    char path[300], text[512];
    int parent = 0;
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
    const char *behind = strrchr(text, ')');
    return behind && sscanf(behind + 1, " %*c %d", &parent) == 1 ? parent : 0;
}

static int read_family(struct family *f)
{
    DIR *directory = opendir("/proc");
    int rc = directory ? 0 : -errno;
    for (struct dirent *entry; !rc && directory && (entry = readdir(directory));) {
        char *end;
        long pid = strtol(entry->d_name, &end, 10);
        if (!*end && pid > 0)
            rc = add_kin(f, (pid_t)pid, parent_of(entry->d_name));
    }
    if (directory)
        closedir(directory);
    return rc;
}

/* Generation after generation: those found are moved to the front, and their children follow. */
int pl_descendants_of(pid_t root, pl_descendant_function found, void *context)
{
    struct family f = {0};
    int rc = read_family(&f);
    pid_t parent = root;
    for (size_t known = 0, next = 0; !rc; parent = f.kin[next++].pid) {
        for (size_t i = known; !rc && i < f.count; i++) {
            if (f.kin[i].parent != parent)
                continue;
            struct kin child = f.kin[i];
            f.kin[i] = f.kin[known];
            f.kin[known++] = child;
            rc = found(context, child.pid);
        }
        if (next == known)
            break;
    }
    free(f.kin);
    return rc;
}
