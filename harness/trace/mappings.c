#include "harness/trace/mappings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Of a thread's stack a page as a rule; of what a heap keeps beside its arenas far more. */
#define GUARD_MAX (UINT64_C(1) << 20)

/* A line of /proc/PID/maps. */
struct mapping {
    uint64_t begin, end, offset, device, inode;
    char rights[8];
    const char *name;
};

static bool parse(const char *line, struct mapping *m)
{
    unsigned major, minor;
    int name = 0;
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %7s %" SCNx64 " %x:%x %" SCNu64 " %n", &m->begin,
               &m->end, m->rights, &m->offset, &major, &minor, &m->inode, &name) < 7)
        return false;
    m->device = (uint64_t)major << 32 | minor;
    m->name = line + name;
    return true;
}

/* What stood before a line. */
struct before {
    uint64_t image_end; /* of the program file that was mapped last, its zeroed data included */
    uint64_t file_end;  /* of what was mapped of it */
    uint64_t guard_end; /* of a few pages that may not be touched */
};

/* The C library's own is its heap's for the least part. */
static bool is_heap(const struct pl_memory_sample *s, const char *path)
{
    return s->heap && strcmp(path, s->heap) == 0 && !strstr(path, "/libc.so");
}

static void note_file(struct pl_memory_sample *s, const struct mapping *m, struct before *before)
{
    if (m->offset == 0) {
        char path[4096];
        snprintf(path, sizeof path, "%.*s", (int)strcspn(m->name, "\n"), m->name);
        const uint64_t end = m->begin + pl_images_find(&s->images, path, m->device, m->inode).bytes;
        before->image_end = is_heap(s, path) ? m->begin : end;
        if (is_heap(s, path))
            s->heap_image = (struct pl_address_range){m->begin, end};
    }
    before->file_end = m->end;
}

/* Stacks are the threads' own; what has a file behind it, or belongs to one, is none of the heap's.
 */
static bool take_mapping(struct pl_memory_sample *s, const struct mapping *m, struct before *before)
{
    uint64_t begin = m->begin;
    if (m->inode) {
        note_file(s, m, before);
        return true;
    }
    if (m->rights[0] == '-' && m->end - m->begin <= GUARD_MAX)
        before->guard_end = m->end;
    if (m->rights[1] != 'w' || m->rights[3] != 'p' || strncmp(m->name, "[stack", 6) == 0)
        return true;
    if (begin == before->file_end && before->image_end > begin)
        begin = before->image_end;
    return begin >= m->end || pl_memory_sample_add(s, begin, m->end, begin == before->guard_end);
}

bool pl_memory_sample_map(struct pl_memory_sample *s, FILE *maps)
{
    struct before before = {0};
    struct mapping mapping;
    char *line = NULL;
    size_t capacity = 0;
    bool whole = true;
    while (whole && getline(&line, &capacity, maps) > 0)
        if (parse(line, &mapping))
            whole = take_mapping(s, &mapping, &before);
    free(line);
    return whole;
}
