/* Cgroup files: finding the controller's own cgroup, reading and writing control files, removing a
 * tree. */
#ifndef PL_CELL_CGROUP_H
#define PL_CELL_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** Finds the folder of this process's cgroup that has the memory controller.
 *  @param version set to 2 or 1 @return 0, or -ENOENT where there is none */
int pl_cgroup_own(char *path, size_t capacity, int *version);

#define PL_CGROUP_VERSIONS 2

/** A folder in each version's hierarchy, from v1; "" where there is none. */
struct pl_cgroup_folders {
    char folder[PL_CGROUP_VERSIONS][2048];
};

/** This process's cgroup of each version, whether or not it has a memory controller there: one of
 * those above may have it. */
void pl_cgroup_own_of_each(struct pl_cgroup_folders *own);

/** Whether a folder is a cgroup. */
bool pl_cgroup_is(const char *folder);

/** Parses the two files that pl_cgroup_own reads; for tests.
 *  @param has_memory tells whether a v2 folder offers the memory controller */
int pl_cgroup_find(const char *mountinfo, const char *cgroups, bool (*has_memory)(const char *path),
                   char *path, size_t capacity, int *version);

/** Writes `text` to a control file. @return 0 or a negative errno */
int pl_cgroup_write(const char *folder, const char *file, const char *text);

/** Reads a number: the whole file, or what follows `key ` on a line of its own.
 *  @return false when it isn't there */
bool pl_cgroup_number(const char *folder, const char *file, const char *key, uint64_t *number);

/** How many processes a cgroup holds, besides `except`. @return -1 when it can't be read */
int pl_cgroup_others(const char *folder, pid_t except);

/** Kills every process of a cgroup tree and removes it; waits up to 10 s for the kernel.
 *  @return 0 or a negative errno */
int pl_cgroup_remove(const char *folder);

#endif
