/* Processes of a foreign program that the library is not loaded into (dock.h): a script on the way
 * may have set or cleared LD_PRELOAD, and what it then executed runs on a heap of its own. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cell/dock.h"

#define LIBRARY "/libplimsoll-interpose" /* as its files begin */

/* @return false also of one that has ended */
static bool is_without_library(pid_t pid)
{
    char path[64], line[4096 + 128];
    bool has_any = false, has_ours = false;
    snprintf(path, sizeof path, "/proc/%d/maps", (int)pid);
    FILE *maps = fopen(path, "re");
    while (maps && !has_ours && fgets(line, sizeof line, maps)) {
        has_any = true;
        has_ours = strstr(line, LIBRARY) != NULL;
    }
    if (maps)
        fclose(maps);
    return has_any && !has_ours;
}

void pl_dock_find_unserved(struct pl_dock *d)
{
    struct pl_program_record *f = &d->facts;
    char path[64];
    for (uint32_t i = 0; !f->native && i < d->tree.count; i++) {
        const pid_t pid = d->tree.members[i].pid;
        uint64_t bytes = d->tree.members[i].rss_bytes;
        if (bytes < PL_DOCK_UNSERVED_BYTES || bytes <= f->unserved_bytes ||
            !is_without_library(pid))
            continue;
        f->unserved_bytes = bytes;
        snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
        ssize_t length = readlink(path, f->unserved, sizeof f->unserved - 1);
        f->unserved[length > 0 ? length : 0] = '\0';
    }
}
