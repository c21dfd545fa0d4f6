/* Reading and writing cgroup files (cgroup.h). Controller side: may allocate. */
#include "harness/cell/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "harness/base/files.h"

#define KERNEL_BYTES_MAX (16 << 20) /* of a file in /proc or in a cgroup: a million processes */
#define REMOVE_WITHIN_MS 10000 /* what is killed is taken apart first; load 10 took 2 s of it */

/* The path of /proc/self/cgroup's line for a hierarchy: v2 is "0::/path", v1 names controllers. */
static bool hierarchy_path(const char *cgroups, bool v2, char *path, size_t capacity)
{
    for (const char *line = cgroups; line && *line;) {
        const char *end = strchrnul(line, '\n');
        const char *controllers = memchr(line, ':', (size_t)(end - line));
        const char *colon =
            controllers ? memchr(controllers + 1, ':', (size_t)(end - controllers - 1)) : NULL;
        if (colon) {
            char names[256];
            snprintf(names, sizeof names, ",%.*s,", (int)(colon - controllers - 1),
                     controllers + 1);
            bool wanted = v2 ? strncmp(line, "0::", 3) == 0 : strstr(names, ",memory,") != NULL;
            if (wanted && (size_t)(end - colon) < capacity) {
                snprintf(path, capacity, "%.*s", (int)(end - colon - 1), colon + 1);
                return true;
            }
        }
        line = *end ? end + 1 : NULL;
    }
    return false;
}

/* One line of /proc/self/mountinfo (man 5 proc): fields 4 and 5, and after " - " the type and the
 * super options. */
static bool parse_mount(const char *line, bool v2, char *root, char *point)
{
    char text[4096];
    snprintf(text, sizeof text, "%.*s", (int)strcspn(line, "\n"), line);
    char *tail = strstr(text, " - ");
    char type[64], source[1024], options[1024];
    if (!tail || sscanf(tail + 3, "%63s %1023s %1023s", type, source, options) != 3 ||
        sscanf(text, "%*s %*s %*s %1023s %1023s", root, point) != 2)
        return false;
    if (v2)
        return strcmp(type, "cgroup2") == 0;
    char listed[1100];
    snprintf(listed, sizeof listed, ",%s,", options);
    return strcmp(type, "cgroup") == 0 && strstr(listed, ",memory,");
}

static int find_version(const char *mountinfo, const char *cgroups, bool v2, char *path,
                        size_t capacity)
{
    char own[1024], root[1024], point[1024];
    if (!hierarchy_path(cgroups, v2, own, sizeof own))
        return -ENOENT;
    for (const char *line = mountinfo; line && *line;) {
        if (parse_mount(line, v2, root, point)) {
            size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);
            const char *below = strncmp(own, root, length) == 0 ? own + length : "";
            int n = snprintf(path, capacity, "%s%s", point, strcmp(below, "/") == 0 ? "" : below);
            return n > 0 && (size_t)n < capacity ? 0 : -ENAMETOOLONG;
        }
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return -ENOENT;
}

int pl_cgroup_find(const char *mountinfo, const char *cgroups, bool (*has_memory)(const char *),
                   char *path, size_t capacity, int *version)
{
    char found[2048];
    for (int v = 2; v >= 1; v--) {
        if (find_version(mountinfo, cgroups, v == 2, found, sizeof found) ||
            (v == 2 && !has_memory(found)) || strlen(found) >= capacity)
            continue;
        snprintf(path, capacity, "%s", found);
        *version = v;
        return 0;
    }
    return -ENOENT;
}

static bool has_memory_controller(const char *folder)
{
    char path[2304], *text = NULL;
    size_t size;
    snprintf(path, sizeof path, "%s/cgroup.controllers", folder);
    if (pl_file_read(path, KERNEL_BYTES_MAX, &text, &size, NULL))
        return false;
    bool found = strstr(text, "memory") != NULL;
    free(text);
    return found;
}

/* @param mountinfo, cgroups free() both, also on failure */
static int read_own(char **mountinfo, char **cgroups)
{
    size_t size;
    int rc = pl_file_read("/proc/self/mountinfo", KERNEL_BYTES_MAX, mountinfo, &size, NULL);
    return rc ? rc : pl_file_read("/proc/self/cgroup", KERNEL_BYTES_MAX, cgroups, &size, NULL);
}

int pl_cgroup_own(char *path, size_t capacity, int *version)
{
    char *mountinfo = NULL, *cgroups = NULL;
    int rc = read_own(&mountinfo, &cgroups);
    if (!rc)
        rc = pl_cgroup_find(mountinfo, cgroups, has_memory_controller, path, capacity, version);
    free(mountinfo);
    free(cgroups);
    return rc;
}

void pl_cgroup_own_of_each(struct pl_cgroup_folders *own)
{
    char *mountinfo = NULL, *cgroups = NULL;
    int rc = read_own(&mountinfo, &cgroups);
    for (int i = 0; i < PL_CGROUP_VERSIONS; i++)
        if (rc || find_version(mountinfo, cgroups, i == 1, own->folder[i], sizeof *own->folder))
            own->folder[i][0] = '\0';
    free(mountinfo);
    free(cgroups);
}

bool pl_cgroup_is(const char *folder)
{
    char path[2560];
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    return access(path, F_OK) == 0;
}

int pl_cgroup_write(const char *folder, const char *file, const char *text)
{
    char path[2560];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    ssize_t written;
    while ((written = write(fd, text, strlen(text))) < 0 && errno == EINTR)
        continue; /* a limit that takes pages away is interrupted so */
    int rc = written < 0 ? -errno : (size_t)written < strlen(text) ? -EIO : 0;
    close(fd);
    return rc;
}

bool pl_cgroup_number(const char *folder, const char *file, const char *key, uint64_t *number)
{
    char path[2560], *text = NULL, *end;
    size_t size;
    snprintf(path, sizeof path, "%s/%s", folder, file);
    if (pl_file_read(path, KERNEL_BYTES_MAX, &text, &size, NULL))
        return false;
    const char *at = text;
    size_t length = key ? strlen(key) : 0;
    while (key && at && !(strncmp(at, key, length) == 0 && at[length] == ' ')) {
        at = strchr(at, '\n');
        at = at ? at + 1 : NULL;
    }
    bool found = false;
    if (at) {
        *number = strtoull(at + length, &end, 10);
        found = end != at + length;
    }
    free(text);
    return found;
}

/* Sends a signal, unless it is 0, to every process of a cgroup. One of a pid namespace that we
 * don't see is listed as 0: it counts, and can't be reached, for kill(0) would hit ourselves.
 * @return how many, -1 when it can't be read */
static int each_process(const char *folder, pid_t except, int signal_number)
{
    char path[4096 + 16], *text = NULL, *end;
    size_t size;
    int count = 0;
    snprintf(path, sizeof path, "%s/cgroup.procs", folder);
    if (pl_file_read(path, KERNEL_BYTES_MAX, &text, &size, NULL))
        return -1;
    for (char *at = text;; at = end) {
        long pid = strtol(at, &end, 10);
        if (end == at)
            break;
        if (pid == except)
            continue;
        count++;
        if (signal_number && pid > 0)
            kill((pid_t)pid, signal_number);
    }
    free(text);
    return count;
}

int pl_cgroup_others(const char *folder, pid_t except)
{
    return each_process(folder, except, 0);
}

static void remove_children(const char *folder)
{
    DIR *directory = opendir(folder);
    if (!directory)
        return;
    for (struct dirent *entry; (entry = readdir(directory));) {
        char path[4096];
        if (entry->d_name[0] == '.' || entry->d_type != DT_DIR)
            continue;
        int n = snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (n > 0 && (size_t)n < sizeof path)
            pl_cgroup_remove(path);
    }
    closedir(directory);
}

int pl_cgroup_remove(const char *folder)
{
    remove_children(folder);
    for (int waited_ms = 0; waited_ms < REMOVE_WITHIN_MS; waited_ms++) {
        if (rmdir(folder) == 0 || errno == ENOENT)
            return 0;
        each_process(folder, getpid(), SIGKILL);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return -errno;
}
