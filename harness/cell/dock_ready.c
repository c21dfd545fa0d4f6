/* Until a foreign program is ready, and found to be served by its heap (dock.h). */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "harness/cell/dock.h"
#include "harness/clock/real.h"
#include "harness/clock/virtual.h"
#include "harness/interpose/control.h"
#include "harness/pipelines/program/ports.h"

#define LOADED_WITHIN_NS (2 * PL_NS_PER_S)

/* Of a program. */
#define UNSERVED                                                                              \
    "the malloc of '%s' can't be replaced: it is linked statically, is a Go program, is for " \
    "another C library, or is setuid%s"

/* What else can be done: nothing where a layer or a recorder was to stand in it. */
static const char *remedy(const struct pl_dock *d)
{
    struct pl_stack_spec spec;
    bool alone = !d->job->orders.takes_unready && !pl_stack_parse(d->job->stack, &spec, NULL) &&
                 spec.depth == 1;
    return alone ? "; --allocator native measures it as it is" : "";
}

/* A port that somebody else has would make the program fail, or look ready. */
int pl_dock_check_port(const struct pl_program_settings *p, struct pl_error *error)
{
    bool tcp = p->ready == PL_READY_TCP;
    if ((!tcp && p->ready != PL_READY_UDP) || !pl_port_is_taken(tcp, p->ready_port))
        return 0;
    return pl_error_set(error, -EINVAL,
                        "%s port %u is taken by another program already: end that, or choose "
                        "another port",
                        tcp ? "TCP" : "UDP", p->ready_port);
}

/* The program is over when its first process has ended and left none behind: a daemon leaves one.
 */
bool pl_dock_has_ended(struct pl_dock *d, const struct pl_process_tree_figures *f)
{
    if (!d->main_ended)
        d->main_ended = pl_keeper_ended(&d->keeper, &d->facts.wait_status);
    return d->main_ended && f->processes == 0;
}

/* Takes what is printed until then. */
void pl_dock_wait(struct pl_dock *d, int64_t until_ns)
{
    for (int64_t now_ns; !pl_dock_told_to_end() && (now_ns = pl_real_now()) < until_ns;) {
        struct pollfd printed[] = {{.fd = d->printed.read_fd, .events = POLLIN},
                                   {.fd = d->clients_printed.read_fd, .events = POLLIN}};
        int64_t left_ns = until_ns - now_ns;
        struct timespec left = {left_ns / PL_NS_PER_S, left_ns % PL_NS_PER_S};
        if (ppoll(printed, 2, &left, NULL) <= 0)
            continue;
        pl_output_take(&d->printed);
        pl_output_take(&d->clients_printed);
    }
}

static bool is_ready(const struct pl_dock *d, int64_t waited_ns)
{
    switch ((enum pl_ready_kind)d->settings->ready) {
    case PL_READY_UDP:
        return pl_port_is_taken(false, d->settings->ready_port);
    case PL_READY_TCP:
        return pl_port_is_taken(true, d->settings->ready_port);
    case PL_READY_OUTPUT:
        return d->printed.matched;
    default:
        return waited_ns >= d->settings->ready_ns;
    }
}

static const char *last_words(struct pl_dock *d, char *text, size_t capacity)
{
    for (int i = 0; i < 16; i++)
        pl_output_take(&d->printed);
    snprintf(text, capacity, "%s%s", d->printed.last[0] ? "; it printed last: " : "",
             d->printed.last);
    return text;
}

/* musl's loader resolves none of the C library's names that ours takes, and says so. */
static bool is_for_another_library(const struct pl_dock *d, int status)
{
    return !d->facts.native && WIFEXITED(status) && WEXITSTATUS(status) == 127 &&
           strstr(d->printed.last, "libplimsoll-interpose.so");
}

static int explain_end(struct pl_dock *d, struct pl_error *error)
{
    char last[300];
    int status = d->facts.wait_status;
    const char *name = d->settings->command.text;
    last_words(d, last, sizeof last);
    if (is_for_another_library(d, status))
        return pl_error_set(error, -ENOSYS, UNSERVED, name, remedy(d));
    if (WIFSIGNALED(status))
        return pl_error_set(error, -EINVAL,
                            "'%s' was ended by signal %d (%s) before it was ready%s", name,
                            WTERMSIG(status), strsignal(WTERMSIG(status)), last);
    return pl_error_set(error, -EINVAL, "'%s' ended with status %d before it was ready%s", name,
                        WEXITSTATUS(status), last);
}

/* One that was killed at its limit is a result in any case. */
static int end_before_ready(struct pl_dock *d, struct pl_error *error)
{
    int status = d->facts.wait_status;
    bool is_result = d->job->orders.takes_unready;
    if (is_result || (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL))
        return PL_DOCK_ENDED_BEFORE;
    return explain_end(d, error);
}

static int never_ready(struct pl_dock *d, struct pl_error *error)
{
    char last[300];
    if (d->job->orders.takes_unready)
        return PL_DOCK_NEVER_READY;
    return pl_error_set(error, -EINVAL,
                        "'%s' was not ready within %.1f s (program.ready, "
                        "program.ready_within)%s",
                        d->settings->command.text, (double)d->settings->ready_within_ns / 1e9,
                        last_words(d, last, sizeof last));
}

/* @return enum pl_dock_readiness, or a negative errno: it can't work */
int pl_dock_await_ready(struct pl_dock *d, struct pl_error *error)
{
    int64_t started_ns = pl_real_now(), waited_ns = 0;
    struct pl_process_tree_figures f = {0};
    d->facts.ready_ns = -1;
    while (!pl_dock_told_to_end() && !is_ready(d, waited_ns)) {
        int rc = pl_process_tree_read(&d->tree, PL_PROCESS_TREE_MEMORY, &f);
        if (rc)
            return pl_error_set(error, rc, "out of memory");
        if (pl_dock_has_ended(d, &f))
            return end_before_ready(d, error);
        if (waited_ns > d->settings->ready_within_ns && d->settings->ready != PL_READY_TIME)
            return never_ready(d, error);
        pl_dock_wait(d, pl_real_now() + PL_DOCK_STEP_NS);
        waited_ns = pl_real_now() - started_ns;
    }
    d->facts.ready_ns = waited_ns;
    return PL_DOCK_READY;
}

/* A program of a hundred libraries, on a busy machine, may be "ready" by its time alone while it is
 * still being loaded, with some MiB of relocated pages and nothing allocated.
 * @return 0 or a negative errno when the page can't be read */
static int read_served(struct pl_dock *d, struct pl_interpose_report *page)
{
    int64_t until_ns = pl_real_now() + LOADED_WITHIN_NS;
    struct pl_process_tree_figures f = {0};
    for (;;) {
        int rc = pl_interpose_read(d->job->orders.page, page);
        if (rc || page->calls || pl_dock_told_to_end() || pl_real_now() > until_ns ||
            pl_process_tree_read(&d->tree, PL_PROCESS_TREE_MEMORY, &f) ||
            pl_dock_has_ended(d, &f) || (page->processes && f.rss_bytes < PL_DOCK_UNSERVED_BYTES))
            return rc;
        pl_dock_wait(d, pl_real_now() + PL_DOCK_STEP_NS);
    }
}

/* Before anything is measured: a heap that does not serve the program would be measured in vain. */
int pl_dock_check_served(struct pl_dock *d, struct pl_error *error)
{
    static struct pl_interpose_report page; /* large for a stack */
    struct pl_process_tree_figures f = {0};
    if (d->facts.native)
        return 0;
    int rc = read_served(d, &page);
    d->facts.calls_before = rc ? 0 : page.calls;
    d->facts.allocating_before = rc ? 0 : page.allocating_calls;
    if (rc)
        return pl_error_set(error, rc, "%s can't be read: %s", d->job->orders.page, strerror(-rc));
    pl_process_tree_read(&d->tree, PL_PROCESS_TREE_MEMORY, &f);
    pl_dock_find_unserved(d);
    if (page.processes && (page.calls || f.rss_bytes < PL_DOCK_UNSERVED_BYTES))
        return 0;
    return pl_error_set(error, -ENOSYS,
                        page.processes
                            ? "'%s' allocates nothing by the C library's malloc: a heap of its own "
                              "is linked into it, and can't be replaced%s"
                            : UNSERVED,
                        d->settings->command.text, remedy(d));
}
