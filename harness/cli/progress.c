/* The progress line (progress.h). */
#include "harness/cli/progress.h"

#include <stdio.h>
#include <time.h>
#include <unistd.h>

int64_t pl_progress_now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

void pl_progress_start(struct pl_progress *p, size_t total, double seconds)
{
    *p = (struct pl_progress){
        .shown = isatty(STDERR_FILENO), .total = total, .left_seconds = seconds};
    p->started_ns = pl_progress_now();
}

void pl_progress_show(const struct pl_progress *p, const char *scenario, const char *stack)
{
    if (!p->shown)
        return;
    double elapsed = (double)(pl_progress_now() - p->started_ns) / 1e9;
    double left = p->left_seconds;
    if (left <= 0 && p->done > 0)
        left = elapsed / (double)p->done * (double)(p->total - p->done);
    fprintf(stderr, "\r\033[K%zu/%zu cells", p->done, p->total);
    if (left > 0)
        fprintf(stderr, ", about %.0f s left", left);
    fprintf(stderr, ": %.40s %.40s", scenario, stack);
}

void pl_progress_step(struct pl_progress *p, double seconds)
{
    p->done++;
    p->left_seconds -= seconds;
}

void pl_progress_clear(const struct pl_progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}
