/* Private resident memory in KiB, RssAnon of /proc/self/status, for the findings' programs. */
#ifndef FINDINGS_RESIDENT_H
#define FINDINGS_RESIDENT_H
#include <stdio.h>
#include <sys/prctl.h>

/* A huge page would count as a whole where one page of it is used. */
static inline void without_huge_pages(void)
{
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
}

static inline long resident(void)
{
    char line[200];
    long kib = 0;
    FILE *file = fopen("/proc/self/status", "r");
    while (file && fgets(line, sizeof line, file))
        sscanf(line, "RssAnon: %ld", &kib);
    if (file)
        fclose(file);
    return kib;
}
#endif
