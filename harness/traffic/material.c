/* Laying files into a recording (material.h). */
#include "harness/traffic/material.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness/base/files.h"

#define ALIGN 64u

struct part {
    char *data;
    size_t bytes;
    bool is_capture;
};

/* pcap in either byte order and resolution, pcapng, or one of them compressed by zstd. */
static bool is_capture(const char *data, size_t bytes)
{
    static const uint8_t magics[][4] = {
        {0xa1, 0xb2, 0xc3, 0xd4}, {0xd4, 0xc3, 0xb2, 0xa1}, {0xa1, 0xb2, 0x3c, 0x4d},
        {0x4d, 0x3c, 0xb2, 0xa1}, {0x0a, 0x0d, 0x0d, 0x0a}, {0x28, 0xb5, 0x2f, 0xfd},
    };
    for (size_t i = 0; bytes >= 4 && i < sizeof magics / sizeof *magics; i++)
        if (memcmp(data, magics[i], 4) == 0)
            return true;
    return false;
}

static int read_part(const char *path, const struct pl_capture_options *captures, struct part *part,
                     struct pl_error *error)
{
    const struct pl_capture_options any = {0};
    int rc = pl_file_read(path, PL_MATERIAL_BYTES_MAX, &part->data, &part->bytes, error);
    if (rc)
        return rc;
    if (part->bytes == 0)
        return pl_error_set(error, -EINVAL, "%s is empty", path);
    part->is_capture = captures || is_capture(part->data, part->bytes);
    if (!part->is_capture)
        return 0;
    struct pl_recording *recording;
    rc = pl_capture_read_memory(part->data, part->bytes, path, captures ? captures : &any,
                                &recording, NULL, error);
    if (rc)
        return rc;
    free(part->data);
    part->data = (char *)recording;
    part->bytes = recording->bytes;
    return 0;
}

static uint64_t aligned(uint64_t bytes)
{
    return (bytes + ALIGN - 1) / ALIGN * ALIGN;
}

static void name_part(struct pl_material *m, const char *path, size_t bytes, bool is_capture,
                      uint64_t at)
{
    struct pl_material_file *file = &m->files[m->count++];
    const char *slash = strrchr(path, '/');
    *file = (struct pl_material_file){at, bytes, is_capture ? 1u : 0u, ""};
    snprintf(file->name, sizeof file->name, "%s", slash ? slash + 1 : path);
}

static void lay_part(struct pl_material *m, const char *path, const struct part *part, uint64_t at)
{
    name_part(m, path, part->bytes, part->is_capture, at);
    memcpy((char *)m + at, part->data, part->bytes);
}

size_t pl_material_lead(void)
{
    return aligned(sizeof(struct pl_recording)) + aligned(sizeof(struct pl_material));
}

struct pl_recording *pl_material_adopt(void *block, const char *name, size_t bytes)
{
    uint64_t head = aligned(sizeof(struct pl_recording));
    struct pl_recording *r = block;
    struct pl_material *m = (struct pl_material *)(void *)((char *)r + head);
    *r = (struct pl_recording){.bytes = pl_material_lead() + bytes, .material_offset = head};
    *m = (struct pl_material){.count = 0};
    name_part(m, name, bytes, false, aligned(sizeof *m));
    return r;
}

static struct pl_recording *lay_out(const char *const *paths, const struct part *parts,
                                    uint32_t count)
{
    uint64_t head = aligned(sizeof(struct pl_recording)), at = aligned(sizeof(struct pl_material));
    uint64_t bytes = at;
    for (uint32_t i = 0; i < count; i++)
        bytes += aligned(parts[i].bytes);
    struct pl_recording *r = calloc(1, head + bytes);
    if (!r)
        return NULL;
    *r = (struct pl_recording){.bytes = head + bytes, .material_offset = head};
    struct pl_material *m = (struct pl_material *)(void *)((char *)r + head);
    for (uint32_t i = 0; i < count; i++) {
        lay_part(m, paths[i], &parts[i], at);
        at += aligned(parts[i].bytes);
    }
    return r;
}

struct pl_recording *pl_material_of(const char *name, const void *data, size_t bytes)
{
    struct part part = {.data = (char *)data, .bytes = bytes};
    return lay_out(&name, &part, 1);
}

/* Bytes of all files that a recording has, at the place of the first. */
static uint64_t had(const struct pl_recording *recording)
{
    return recording->material_offset
               ? recording->bytes - recording->material_offset - aligned(sizeof(struct pl_material))
               : 0;
}

struct pl_recording *pl_material_append(struct pl_recording *recording,
                                        const struct pl_material_data *data, uint32_t count)
{
    const uint64_t first = aligned(sizeof(struct pl_material)), before = had(recording);
    uint64_t end = before ? recording->material_offset : recording->bytes;
    uint64_t head = aligned(end), bytes = first + aligned(before);
    for (uint32_t i = 0; i < count; i++)
        bytes += aligned(data[i].bytes);
    const uint64_t filled = recording->bytes;
    struct pl_recording *r = realloc(recording, head + bytes);
    if (!r)
        return NULL;
    memset((char *)r + filled, 0, head + bytes - filled);
    struct pl_material *m = (struct pl_material *)(void *)((char *)r + head);
    r->bytes = head + bytes;
    r->material_offset = head;
    uint64_t at = first + aligned(before);
    for (uint32_t i = 0; i < count; i++) {
        struct part part = {.data = (char *)data[i].data, .bytes = data[i].bytes};
        lay_part(m, data[i].name, &part, at);
        at += aligned(part.bytes);
    }
    return r;
}

int pl_material_read(const char *const *paths, uint32_t count,
                     const struct pl_capture_options *captures, struct pl_recording **recording,
                     struct pl_error *error)
{
    struct part parts[PL_MATERIAL_MAX] = {0};
    int rc = 0;
    for (uint32_t i = 0; !rc && i < count; i++)
        rc = read_part(paths[i], captures, &parts[i], error);
    struct pl_recording *r = rc ? NULL : lay_out(paths, parts, count);
    if (!rc && !r)
        rc = pl_error_set(error, -ENOMEM, "out of memory for what is replayed");
    for (uint32_t i = 0; i < count; i++)
        free(parts[i].data);
    if (!rc)
        *recording = r;
    return rc;
}
