/* What a pipeline replays that is no RTP: whole files, laid into a recording beside each other, so
 * that a measured process needs no file. A file that is a capture lies there as a recording of its
 * own. One flat block without pointers. */
#ifndef PL_TRAFFIC_MATERIAL_H
#define PL_TRAFFIC_MATERIAL_H

#include <stddef.h>

#include "harness/traffic/recording.h"

#define PL_MATERIAL_MAX 5
#define PL_MATERIAL_BYTES_MAX (UINT64_C(256) << 20) /* of one file */

struct pl_material_file {
    uint64_t offset; /* from the material's head, a multiple of 64 */
    uint64_t bytes;
    uint32_t is_capture; /* what lies there is a struct pl_recording */
    char name[128];      /* the path's end, for messages */
};

struct pl_material {
    uint32_t count;
    struct pl_material_file files[PL_MATERIAL_MAX];
};

static inline const void *pl_material_file(const struct pl_material *m, uint32_t index)
{
    return (const char *)m + m->files[index].offset;
}

/** Lays one piece of data into a new recording, as a file of that name. Needs the library
 *  pl_capture. @return free() it; NULL when out of memory */
struct pl_recording *pl_material_of(const char *name, const void *data, size_t bytes);

/** Data of a name. */
struct pl_material_data {
    const char *name;
    const void *data;
    size_t bytes;
};

/** Lays data behind a recording, as files of those names, which come after those that it has.
 *  @param data with those PL_MATERIAL_MAX at most
 *  @return the recording, which takes the place of the one given; NULL when out of memory: that one
 *  stays. Needs the library pl_capture. */
struct pl_recording *pl_material_append(struct pl_recording *recording,
                                        const struct pl_material_data *data, uint32_t count);

/** Bytes that stand before a file that is laid out where it will lie. */
size_t pl_material_lead(void);

/** Makes a recording of such a file. @param block malloc'd: the lead, then `bytes` of the file */
struct pl_recording *pl_material_adopt(void *block, const char *name, size_t bytes);

struct pl_capture_options;

/**
 * Reads files into a new recording that has no streams. Needs the library pl_capture.
 * @param paths PL_MATERIAL_MAX at most
 * @param captures all files have to be captures, read with these options; NULL: whatever they are
 * @param recording set on success; free() it
 * @return 0, or a negative errno and one line: -ENOENT and others from opening; -EINVAL for a file
 *  that is empty, or a capture that pl_capture_read refuses; -EFBIG; -ENOMEM
 */
int pl_material_read(const char *const *paths, uint32_t count,
                     const struct pl_capture_options *captures, struct pl_recording **recording,
                     struct pl_error *error);

#endif
