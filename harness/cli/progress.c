#include "harness/cli/progress.h"

#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "harness/base/monotonic.h"
#include "harness/report/writers/text.h"

/* What the first cell tells in its first moments is mostly its start. */
#define TELLING_S 1.0
#define LINE_MAX_BYTES 320

void pl_progress_start(struct pl_progress *p, size_t total, double work, bool real_time)
{
    *p = (struct pl_progress){.shown = isatty(STDERR_FILENO),
                              .total = total,
                              .work = work,
                              .real_time = real_time && work > 0};
    p->started_ns = pl_monotonic_ns();
}

/* The share of the running cell that is done. */
static double share_of_cell(const struct pl_progress *p)
{
    if (p->duration_ns <= 0 || p->reached_ns <= 0)
        return 0;
    return p->reached_ns < p->duration_ns ? (double)p->reached_ns / (double)p->duration_ns : 1;
}

double pl_progress_left(const struct pl_progress *p, int64_t now_ns)
{
    double all = p->work > 0 ? p->work : (double)p->total;
    double cell = p->work > 0 ? (double)p->duration_ns / 1e9 : 1;
    double done = (p->work > 0 ? p->work_done : (double)p->done) + share_of_cell(p) * cell;
    double elapsed = (double)(now_ns - p->started_ns) / 1e9;
    double left = all > done ? all - done : 0;
    if (p->real_time)
        return left;
    if (done <= 0 || (p->done == 0 && elapsed < TELLING_S))
        return -1;
    return elapsed / done * left;
}

/* Columns of the terminal that a line may have: a longer one would stay when it is written anew. */
static int columns(void)
{
    struct winsize size;
    bool told = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return told ? size.ws_col - 1 : LINE_MAX_BYTES;
}

static void write_line(struct pl_progress *p, int64_t now_ns)
{
    char left[PL_TEXT_FIGURE + 16] = "", reached[2 * PL_TEXT_FIGURE + 8] = "";
    char text[PL_TEXT_FIGURE], of[PL_TEXT_FIGURE], line[LINE_MAX_BYTES];
    double seconds = pl_progress_left(p, now_ns);
    p->written_ns = now_ns;
    if (seconds > 0) {
        pl_text_duration(text, seconds < 60 ? (double)(int64_t)(seconds + 0.5) : seconds);
        snprintf(left, sizeof left, ", about %s left", text);
    }
    if (p->reached_ns > 0 && p->duration_ns > 0) {
        pl_text_duration(text, (double)(p->reached_ns / 1000000000));
        pl_text_duration(of, (double)p->duration_ns / 1e9);
        snprintf(reached, sizeof reached, "; %s of %s", text, of);
    }
    snprintf(line, sizeof line, "%zu/%zu cells%s%s: %s", p->done, p->total, left, reached, p->cell);
    fprintf(stderr, "\r\033[K%.*s", columns(), line);
}

void pl_progress_show(struct pl_progress *p, const char *scenario, const char *stack,
                      int64_t duration_ns)
{
    snprintf(p->cell, sizeof p->cell, "%.40s %.40s", scenario, stack);
    p->duration_ns = duration_ns;
    p->reached_ns = 0;
    if (p->shown)
        write_line(p, pl_monotonic_ns());
}

void pl_progress_reach(struct pl_progress *p, int64_t t_ns, int64_t now_ns)
{
    p->reached_ns = t_ns;
    if (p->shown && now_ns - p->written_ns >= PL_PROGRESS_EVERY_NS)
        write_line(p, now_ns);
}

void pl_progress_step(struct pl_progress *p, double work)
{
    p->done++;
    p->work_done += work;
    p->duration_ns = p->reached_ns = 0;
}

void pl_progress_clear(const struct pl_progress *p)
{
    if (p->shown)
        fputs("\r\033[K", stderr);
}
