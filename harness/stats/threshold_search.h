/* The smallest size that is enough, where each trial costs a run: doubling, bisection, and then
 * what a bisection takes for granted is looked at: that both sides of the threshold repeat, and
 * that sizes further off are as those next to it. */
#ifndef PL_STATS_THRESHOLD_SEARCH_H
#define PL_STATS_THRESHOLD_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PL_THRESHOLD_TRIALS_MAX 160 /* two times 64 for 64 bits, and the checks */

/** What a trial says of a size. One that is too large to be tried at all says nothing of the
 * threshold below it. */
enum pl_threshold_answer { PL_THRESHOLD_TOO_SMALL, PL_THRESHOLD_ENOUGH, PL_THRESHOLD_TOO_LARGE };

struct pl_threshold_search {
    uint64_t least; /* smaller sizes can't be tried, and count as not enough; 1 or more */
    uint64_t most;  /* larger ones can't either */
    uint64_t first; /* where to begin, from least to most */
    uint64_t step;  /* how exact the answer is: sizes are `least` and multiples of it above */
    /** Tries one size. @return 0, or a negative errno that ends the search */
    int (*try)(void *context, uint64_t size, enum pl_threshold_answer *answer);
    void *context;
};

struct pl_threshold_trial {
    uint64_t size;
    enum pl_threshold_answer answer;
};

struct pl_threshold {
    bool found;         /* some size is enough */
    uint64_t enough;    /* the smallest that was found */
    uint64_t too_small; /* the largest tried below it; 0: the least is enough */
    bool monotone;      /* no trial contradicts the threshold, and both its sides repeat */
    uint64_t exception; /* a size that does, if one does */
    struct pl_threshold_trial trials[PL_THRESHOLD_TRIALS_MAX];
    size_t trial_count;
};

/** Whether a size was found, and no trial contradicts it: else there is none to rely on. */
bool pl_threshold_is_certain(const struct pl_threshold *threshold);

/** @return 0, or what a trial returned */
int pl_threshold_find(const struct pl_threshold_search *search, struct pl_threshold *threshold);

#endif
