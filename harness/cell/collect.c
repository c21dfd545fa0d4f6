#include "harness/cell/collect.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "harness/base/monotonic.h"

/* How long the pipe is left alone after a look at it, and a look waits at most. */
#define REST_MS 1
#define LOOK_MS 200

/* Incoming bytes until they make whole records. */
struct reader {
    struct pl_collector *collector;
    int ended_fd; /* readable when the cell has ended; -1 where this kernel has none */
    char buffer[65536];
    size_t used;
    size_t capacity;            /* of evidence->samples */
    size_t told;                /* samples there were when somebody was told last */
    struct pl_tree_record tree; /* the latest */
    struct pl_error failed;     /* why the feed could not start */
};

static int keep_sample(struct reader *reader, struct pl_cell_evidence *e,
                       const struct pl_sample *sample)
{
    if (e->sample_count == reader->capacity) {
        size_t capacity = reader->capacity ? 2 * reader->capacity : 1024;
        struct pl_sample *larger = realloc(e->samples, capacity * sizeof *larger);
        if (!larger)
            return -ENOMEM;
        e->samples = larger;
        if (reader->collector->feed) {
            struct pl_tree_record *trees = realloc(e->trees, capacity * sizeof *trees);
            if (!trees)
                return -ENOMEM;
            e->trees = trees;
        }
        reader->capacity = capacity;
    }
    if (e->trees)
        e->trees[e->sample_count] = reader->tree;
    e->samples[e->sample_count++] = *sample;
    return 0;
}

static int keep_alert(const struct pl_collector *c, struct pl_cell_evidence *e,
                      const struct pl_alert_record *alert)
{
    if (alert->index >= c->alert_count)
        return -EPROTO;
    if (c->on_alert)
        c->on_alert(c->alert_context, alert);
    return pl_alert_log_add(&e->alerted, alert);
}

static int start_feed(struct reader *reader, const union pl_record *record)
{
    struct pl_program_senders *feed = reader->collector->feed;
    return feed ? pl_program_senders_start(feed, record->ready.start_ns, &reader->failed) : -EPROTO;
}

static int keep_record(struct reader *reader, struct pl_cell_evidence *e,
                       const union pl_record *record)
{
    switch (record->head.kind) {
    case PL_RECORD_SAMPLE:
        return keep_sample(reader, e, &record->sample);
    case PL_RECORD_ALERT:
        return keep_alert(reader->collector, e, &record->alert);
    case PL_RECORD_FINAL:
        e->final = record->final;
        e->has_final = true;
        return 0;
    case PL_RECORD_READY:
        return start_feed(reader, record);
    case PL_RECORD_TREE:
        reader->tree = record->tree;
        return 0;
    case PL_RECORD_PROGRAM:
        e->program = record->program;
        return 0;
    case PL_RECORD_FAILURE:
        reader->collector->failure = record->failure;
        return 0;
    default:
        return pl_ledger_reports_take(&e->ledger, record);
    }
}

static int take_records(struct reader *reader, struct pl_cell_evidence *e)
{
    size_t at = 0;
    union pl_record record;
    while (reader->used - at >= sizeof record.head) {
        memcpy(&record.head, reader->buffer + at, sizeof record.head);
        if (record.head.size < sizeof record.head || record.head.size > sizeof record)
            return -EPROTO;
        if (reader->used - at < record.head.size)
            break;
        memcpy(&record, reader->buffer + at, record.head.size);
        int rc = keep_record(reader, e, &record);
        if (rc)
            return rc;
        at += record.head.size;
    }
    reader->used -= at;
    memmove(reader->buffer, reader->buffer + at, reader->used);
    return 0;
}

/* @return 1 at the end of the pipe, 0 to go on, a negative errno */
static int read_some(struct reader *reader, struct pl_cell_evidence *e)
{
    ssize_t n = read(reader->collector->process->record_fd, reader->buffer + reader->used,
                     sizeof reader->buffer - reader->used);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    reader->used += (size_t)n;
    int rc = take_records(reader, e);
    return rc ? rc : n == 0;
}

static void tell_sample(struct reader *reader, const struct pl_cell_evidence *e)
{
    const struct pl_collector *c = reader->collector;
    if (c->on_sample && e->sample_count > reader->told)
        c->on_sample(c->context, e->samples[e->sample_count - 1].t_ns);
    reader->told = e->sample_count;
}

/* A cell that finds nobody waiting at the pipe writes a sample in a fraction of the time; the pipe
 * holds hundreds. Its end ends the rest. */
static void rest(const struct reader *reader)
{
    struct pollfd ended = {.fd = reader->ended_fd, .events = POLLIN};
    poll(&ended, 1, REST_MS);
}

static bool has_sender_failed(const struct pl_collector *c, struct pl_sender_process *sender,
                              struct pl_error *error)
{
    return pl_sender_process_failed(sender, error) ||
           (c->feed && pl_program_senders_failed(c->feed, error));
}

/* @return 1 at the end, 0 to go on, a negative errno */
static int look(struct reader *reader, int64_t left_ns, struct pl_cell_evidence *e)
{
    int64_t left_ms = left_ns / 1000000;
    struct pollfd pipe_end = {.fd = reader->collector->process->record_fd, .events = POLLIN};
    e->timed_out = left_ms <= 0;
    if (e->timed_out)
        return 1;
    if (poll(&pipe_end, 1, left_ms < LOOK_MS ? (int)left_ms : LOOK_MS) <= 0)
        return 0;
    int rc = read_some(reader, e);
    tell_sample(reader, e);
    if (!rc)
        rest(reader);
    return rc;
}

static int read_to_end(struct reader *reader, struct pl_sender_process *sender,
                       struct pl_cell_evidence *e, struct pl_error *error)
{
    const struct pl_collector *c = reader->collector;
    const int64_t deadline = pl_monotonic_ns() + c->timeout_ns;
    for (;;) {
        if (c->interrupted && *c->interrupted)
            return -EINTR;
        if (has_sender_failed(c, sender, error))
            return -EPIPE;
        int rc = look(reader, deadline - pl_monotonic_ns(), e);
        if (rc < 0 && reader->failed.text[0])
            *error = reader->failed;
        if (rc)
            return rc < 0 ? rc : 0;
    }
}

int pl_collect(struct pl_collector *c, struct pl_sender_process *sender, struct pl_cell_evidence *e,
               struct pl_error *error)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (!reader)
        return pl_error_set(error, -ENOMEM, "out of memory");
    reader->collector = c;
    reader->ended_fd = (int)syscall(SYS_pidfd_open, c->process->pid, 0);
    int rc = read_to_end(reader, sender, e, error);
    if (reader->ended_fd >= 0)
        close(reader->ended_fd);
    free(reader);
    return rc;
}
