#include "harness/cli/cell_notes.h"

#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "allocators/base/units.h"
#include "harness/cli/go_program.h"

struct noting {
    pl_note *note;
    void *context;
};

static void note_ceiling(struct noting *n, const struct pl_cell_evidence *e, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 160];
    if (!e->has_final || !e->final.at_ceiling)
        return;
    snprintf(text, sizeof text,
             "%s was stopped after %.1f s of replay, at half of the memory that there was to "
             "spare; a container would show where it ends",
             stack, (double)e->final.t_ns / 1e9);
    n->note(n->context, text);
}

/* What arrived was not what the scenario asks for: what follows from it is about something else. */
static void note_sender(struct noting *n, const struct pl_cell_evidence *e, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 240];
    const struct pl_final *f = &e->final;
    if (!e->has_final || !pl_final_sender_failed(f))
        return;
    snprintf(
        text, sizeof text,
        "%s was not sent what the scenario asks for (%.1f s late at most, %llu datagrams "
        "refused%s): this machine can't send so much, or is busy; fewer traffic.sessions may help",
        stack, (double)f->sender_late_ns / 1e9, (unsigned long long)f->send_errors,
        f->sent_all ? "" : ", not all sent");
    n->note(n->context, text);
}

static void note_feed(struct noting *n, const struct pl_cell_evidence *e, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 240];
    if (!pl_program_sender_failed(&e->fed))
        return;
    snprintf(text, sizeof text,
             "%s was not sent what the scenario asks for (%.1f s late at most%s): this machine "
             "can't send so much, or is busy; fewer traffic.sessions may help",
             stack, (double)e->fed.late_ns / 1e9, e->fed.sent_all ? "" : ", not all sent");
    n->note(n->context, text);
}

static bool is_of_libc(const char *object)
{
    const char *slash = strrchr(object, '/'), *name = slash ? slash + 1 : object;
    return strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libc-", 5) == 0;
}

static void note_unserved(struct noting *n, const struct pl_program_record *r, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 2 * PL_PAGE_PATH_MAX + 240], size[32];
    const char *program = r->unserved[0] ? r->unserved : "a process";
    pl_size_format(r->unserved_bytes, size, sizeof size);
    if (r->unserved_by[0])
        snprintf(text, sizeof text,
                 "%s: %s held %s in the heap of %s, which stands before this stack: a script sets "
                 "LD_PRELOAD, or the program has a malloc of its own; without that it is served",
                 stack, program, size, r->unserved_by);
    else
        snprintf(text, sizeof text,
                 "%s: %s held %s in a heap of its own: it can't be preloaded into, or a script "
                 "before it sets or clears LD_PRELOAD",
                 stack, program, size);
    n->note(n->context, text);
}

/* glibc is what no library is preloaded for: one that the program was linked with serves instead.
 * And what Go allocates is no heap's. The texts are the same for all heaps: each is said once. */
static void note_server(struct noting *n, const struct pl_heap *heap,
                        const struct pl_program_record *r, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 2 * PL_PAGE_PATH_MAX + 200];
    if (r->served_by[0] && heap && strcmp(heap->name, "glibc") == 0 && !is_of_libc(r->served_by)) {
        snprintf(text, sizeof text,
                 "%s: the malloc of %s is not glibc's: it was linked with %s, which served it; a "
                 "build without that shows glibc",
                 stack, r->served, r->served_by);
        n->note(n->context, text);
    }
    if (r->unserved_bytes)
        note_unserved(n, r, stack);
    if (r->served[0] && pl_go_program(r->served)) {
        snprintf(text, sizeof text,
                 "%s is a Go program: heaps serve its C code alone, all else lies in Go's own "
                 "heap, the same under each of them",
                 r->served);
        n->note(n->context, text);
    }
}

/* What befell a foreign program or its clients that its figures do not say. */
static void note_program(struct noting *n, const struct pl_planned *p,
                         const struct pl_planned_cell *cell, const struct pl_cell_evidence *e,
                         const char *stack)
{
    const struct pl_program_record *r = &e->program;
    char text[PL_STACK_TEXT_MAX + 512];
    if (!r->kind)
        return;
    if (r->ended_ns < 0 && p->scenario.program.send_count)
        note_feed(n, e, stack);
    note_server(n, cell->heap, r, stack);
    if (r->killed) {
        snprintf(text, sizeof text,
                 "%s: %s did not end within its grace of %.1f s after program.stop, and was killed",
                 stack, p->scenario.name, (double)p->scenario.program.grace_ns / 1e9);
        n->note(n->context, text);
    }
    if (r->clients_failed) {
        bool exited = WIFEXITED(r->client_status);
        snprintf(text, sizeof text,
                 "%s: %u of program.clients ended by themselves, the first ('%.100s') %s %d", stack,
                 r->clients_failed, p->scenario.program.clients[r->client_first].command.text,
                 exited ? "with status" : "by signal",
                 exited ? WEXITSTATUS(r->client_status) : WTERMSIG(r->client_status));
        n->note(n->context, text);
    }
}

/* They were kept out, but for the room that they took until then. */
static void note_strangers(struct noting *n, const struct pl_cell_evidence *e, const char *stack)
{
    char text[PL_STACK_TEXT_MAX + 320];
    const struct pl_final *f = &e->final;
    if (!e->has_final || f->counts.foreign == 0)
        return;
    snprintf(
        text, sizeof text,
        "%s: %llu datagrams of other programs came to the receiver's port and were kept out of "
        "all figures; they took processor time and room in the socket's buffer, which dropped "
        "%llu packets%s",
        stack, (unsigned long long)f->counts.foreign,
        (unsigned long long)f->counts.dropped[PL_DROP_KERNEL],
        pl_final_disturbed(f) ? ": run it again without them" : "");
    n->note(n->context, text);
}

void pl_cell_note(const struct pl_planned *planned, const struct pl_planned_cell *cell,
                  const struct pl_cell_evidence *evidence, const char *stack, pl_note *note,
                  void *context)
{
    struct noting n = {note, context};
    note_ceiling(&n, evidence, stack);
    note_sender(&n, evidence, stack);
    note_strangers(&n, evidence, stack);
    note_program(&n, planned, cell, evidence, stack);
}
