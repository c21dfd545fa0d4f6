#include "harness/trace/watch.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "harness/base/monotonic.h"
#include "harness/trace/order.h"

enum { INTERVAL_MS = 200, FIRST_MS = 2, OBJECTS_MAX = 4096, STEP_MS = 5, NS_PER_MS = 1000000 };

static void note_time(struct pl_trace_watch *w)
{
    if (w->time_count == w->time_capacity) {
        const size_t capacity = 2 * w->time_capacity + 64;
        struct pl_trace_time *grown = reallocarray(w->times, capacity, sizeof *grown);
        w->has_failed |= !grown;
        if (!grown)
            return;
        w->times = grown;
        w->time_capacity = capacity;
    }
    w->times[w->time_count++] = (struct pl_trace_time){pl_trace_stamp(w->raw), pl_monotonic_ns()};
}

static bool is_known(const struct pl_trace_watch *w, const struct pl_trace_object *object)
{
    for (size_t i = 0; i < w->object_count; i++)
        if (w->objects[i].begin == object->begin && strcmp(w->objects[i].path, object->path) == 0)
            return true;
    return false;
}

void pl_trace_watch_add(struct pl_trace_watch *w, const struct pl_trace_object *object)
{
    if (is_known(w, object) || w->object_count == OBJECTS_MAX)
        return;
    if (w->object_count == w->object_capacity) {
        const size_t capacity = 2 * w->object_capacity + 16;
        struct pl_trace_object *grown = reallocarray(w->objects, capacity, sizeof *grown);
        if (!grown)
            return;
        w->objects = grown;
        w->object_capacity = capacity;
    }
    w->objects[w->object_count] = *object;
    if (pl_image_read(object->path).is_fixed)
        w->objects[w->object_count].base = 0;
    w->object_count++;
}

/* @param base where the file's first page was mapped last */
static void take_line(struct pl_trace_watch *w, const char *line, uint64_t *base)
{
    struct pl_trace_object object = {0};
    char rights[8];
    uint64_t offset;
    int name = 0;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %*s %*s %n", &object.begin,
               &object.end, rights, &offset, &name) < 4 ||
        line[name] != '/')
        return;
    if (!offset)
        *base = object.begin;
    object.base = *base;
    snprintf(object.path, sizeof object.path, "%.*s", (int)strcspn(line + name, "\n"), line + name);
    if (rights[2] == 'x')
        pl_trace_watch_add(w, &object);
}

void pl_trace_watch_take_maps(struct pl_trace_watch *w, const char *path)
{
    char *line = NULL;
    size_t capacity = 0;
    uint64_t base = 0;
    FILE *maps = fopen(path, "re");
    while (maps && getline(&line, &capacity, maps) > 0)
        take_line(w, line, &base);
    free(line);
    if (maps)
        fclose(maps);
}

static void note_objects(struct pl_trace_watch *w)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/maps", (int)w->pid);
    pl_trace_watch_take_maps(w, path);
}

/* Libraries are loaded by other names of theirs. */
static void know_heap(struct pl_trace_watch *w)
{
    const struct pl_raw_process *program = &w->raw->processes[0];
    if (!w->heap && __atomic_load_n(&program->began, __ATOMIC_ACQUIRE))
        w->sample.heap = w->heap = realpath(program->heap, NULL);
}

void pl_trace_watch_begin(struct pl_trace_watch *w, pid_t pid, struct pl_raw *raw, FILE *samples)
{
    *w = (struct pl_trace_watch){
        .pid = pid, .raw = raw, .samples = samples, .interval_ms = FIRST_MS};
    note_time(w);
}

static bool is_due(struct pl_trace_watch *w)
{
    const struct pl_trace_time *latest = w->time_count ? &w->times[w->time_count - 1] : NULL;
    return !w->taken || !latest || !w->raw->by_counter ||
           latest->ns % ((int64_t)INTERVAL_MS * NS_PER_MS) < NS_PER_MS;
}

static void take_sample(struct pl_trace_watch *w)
{
    if (w->raw->frames)
        note_objects(w);
    know_heap(w);
    if (!pl_memory_sample_take(&w->sample, w->pid, pl_trace_stamp(w->raw)))
        return;
    w->taken++;
    if (w->sample.rss_bytes > w->rss_bytes)
        w->rss_bytes = w->sample.rss_bytes;
    w->has_failed = !pl_memory_sample_write(&w->sample, w->samples);
}

int pl_trace_watch_look(struct pl_trace_watch *w)
{
    const bool is_asked = __atomic_load_n(&w->raw->leaving, __ATOMIC_ACQUIRE) == PL_RAW_LEAVES;
    if (!is_asked && pl_monotonic_ns() < w->next_ns)
        return STEP_MS;
    note_time(w);
    if (!w->has_failed && (is_asked || is_due(w)))
        take_sample(w);
    if (is_asked)
        __atomic_store_n(&w->raw->leaving, PL_RAW_LOOKED_AT, __ATOMIC_RELEASE);
    if (w->raw->by_counter)
        return 1;
    w->interval_ms = w->interval_ms < INTERVAL_MS / 2 ? 2 * w->interval_ms : INTERVAL_MS;
    w->next_ns = pl_monotonic_ns() + (int64_t)w->interval_ms * NS_PER_MS;
    return w->interval_ms < STEP_MS ? w->interval_ms : STEP_MS;
}

void pl_trace_watch_end(struct pl_trace_watch *w)
{
    note_time(w);
}

void pl_trace_watch_free(struct pl_trace_watch *w)
{
    free(w->times);
    free(w->objects);
    free(w->heap);
    pl_memory_sample_free(&w->sample);
    w->times = NULL;
    w->objects = NULL;
}
