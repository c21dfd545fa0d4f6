/* The figures of a delay line, for the layer and for its judge alike. After each frame it is looked
 * at: `bytes` are those that are held beside the heap (or, in Go, in it), `cycles` those that are
 * over. All figures are of the time from the second end of a cycle with a full queue on, so that
 * nothing of what was before is in them, and cycles are counted by their pace, from that end to the
 * last one, so that a part of a cycle is no error. */
#ifndef PL_ALLOCATORS_TESTS_GC_LOOK_H
#define PL_ALLOCATORS_TESTS_GC_LOOK_H

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <unistd.h>

enum { LOOK_RSS_EVERY = 16 };

struct look_figure {
    double peak, sum;
    unsigned long count;
};

struct look {
    struct look_figure bytes, rss;
    int statm;
    double rss_before;
    unsigned long frames, ended, ends, cycles, first, last;
};

static inline double look_rss(const struct look *look)
{
    char text[128] = "";
    unsigned long total = 0, resident = 0, shared = 0;
    if (pread(look->statm, text, sizeof text - 1, 0) > 0)
        sscanf(text, "%lu %lu %lu", &total, &resident, &shared);
    return (double)(resident - shared) * (double)sysconf(_SC_PAGESIZE);
}

/* Large pages would make the resident size coarse. */
static inline void look_start(struct look *look)
{
    prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0);
    *look = (struct look){.statm = open("/proc/self/statm", O_RDONLY | O_CLOEXEC)};
    look->rss_before = look_rss(look);
}

static inline void look_note(struct look_figure *figure, double value)
{
    if (value > figure->peak)
        figure->peak = value;
    figure->sum += value;
    figure->count++;
}

static inline void look_pace(struct look *look, unsigned long cycles)
{
    if (cycles == look->ended)
        return;
    look->last = look->frames;
    if (look->first)
        look->cycles += cycles - look->ended;
    else if (++look->ends == 2)
        look->first = look->last;
    look->ended = cycles;
}

static inline void look_at(struct look *look, size_t bytes, unsigned long cycles, bool full)
{
    if (!full) {
        look->ended = cycles;
        return;
    }
    look->frames++;
    look_pace(look, cycles);
    if (!look->first)
        return;
    look_note(&look->bytes, (double)bytes);
    if (look->frames % LOOK_RSS_EVERY == 0)
        look_note(&look->rss, look_rss(look) - look->rss_before);
}

/** Prints peak and mean in MiB, and cycles in a thousand frames. @param rss of the resident size,
 *  not of what is held */
static inline void look_print(const struct look *look, bool rss)
{
    const struct look_figure *figure = rss ? &look->rss : &look->bytes;
    double way = (double)(look->last - look->first), mib = 1 << 20;
    printf("%.2f %.2f %.3f\n", figure->peak / mib,
           figure->sum / (double)(figure->count ? figure->count : 1) / mib,
           way > 0 ? (double)look->cycles * 1000 / way : 0);
}

#endif
