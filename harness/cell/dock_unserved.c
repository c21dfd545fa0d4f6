/* Processes of a foreign program that the library does not serve (dock.h): a script on the way may
 * have set or cleared LD_PRELOAD, or put a heap of its own first in it, and what it then executed
 * runs on that. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "harness/cell/dock.h"
#include "harness/interpose/control.h"

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
    static struct pl_interpose_report page; /* large for a stack */
    struct pl_program_record *f = &d->facts;
    char path[64];
    if (f->native || pl_interpose_read(d->job->orders.page, &page))
        return;
    for (uint32_t i = 0; i < d->tree.count; i++) {
        const pid_t pid = d->tree.members[i].pid;
        const char *ahead = pl_interpose_served_ahead(&page, pid);
        uint64_t bytes = d->tree.members[i].rss_bytes;
        if (bytes < PL_DOCK_UNSERVED_BYTES || bytes <= f->unserved_bytes ||
            (!*ahead && !is_without_library(pid)))
            continue;
        f->unserved_bytes = bytes;
        memcpy(f->unserved_by, ahead, strlen(ahead) + 1);
        snprintf(path, sizeof path, "/proc/%d/exe", (int)pid);
        ssize_t length = readlink(path, f->unserved, sizeof f->unserved - 1);
        f->unserved[length > 0 ? length : 0] = '\0';
    }
}
