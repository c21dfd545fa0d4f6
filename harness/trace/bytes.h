/* Numbers as a trace has them: varints (FORMAT.md), in a buffer that grows and in one that is read.
 */
#ifndef PL_TRACE_BYTES_H
#define PL_TRACE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/** Starts as {0}. */
struct pl_trace_bytes {
    uint8_t *at;
    size_t count, capacity;
    bool failed; /* there was no memory: nothing was put from then on */
};

/** Room for `more` bytes behind what is there; they are not counted yet. @return NULL: no memory */
static inline uint8_t *pl_trace_room(struct pl_trace_bytes *bytes, size_t more)
{
    if (bytes->capacity - bytes->count < more && !bytes->failed) {
        const size_t capacity = 2 * bytes->capacity + more + 256;
        uint8_t *grown = realloc(bytes->at, capacity);
        bytes->failed = !grown;
        bytes->at = grown ? grown : bytes->at;
        bytes->capacity = grown ? capacity : bytes->capacity;
    }
    return bytes->failed ? NULL : bytes->at + bytes->count;
}

static inline void pl_trace_put(struct pl_trace_bytes *bytes, uint64_t value)
{
    uint8_t *to = pl_trace_room(bytes, 10);
    if (!to)
        return;
    for (; value >= 0x80; value >>= 7)
        *to++ = (uint8_t)(value | 0x80);
    *to++ = (uint8_t)value;
    bytes->count = (size_t)(to - bytes->at);
}

static inline void pl_trace_append(struct pl_trace_bytes *bytes, const void *from, size_t count)
{
    uint8_t *to = pl_trace_room(bytes, count);
    if (!to || !count)
        return;
    memcpy(to, from, count);
    bytes->count += count;
}

/** What is yet to be read. */
struct pl_trace_cursor {
    const uint8_t *at, *end;
};

/** @return false where none is left, or none that fits */
static inline bool pl_trace_take(struct pl_trace_cursor *cursor, uint64_t *value)
{
    uint64_t taken = 0;
    for (unsigned shift = 0; shift < 64 && cursor->at < cursor->end; shift += 7) {
        const uint8_t byte = *cursor->at++;
        if (shift == 63 && byte > 1)
            return false;
        taken |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = taken;
            return true;
        }
    }
    return false;
}

static inline uint64_t pl_trace_zigzag(int64_t value)
{
    return (uint64_t)value << 1 ^ (uint64_t)(value >> 63);
}

static inline int64_t pl_trace_unzigzag(uint64_t value)
{
    return (int64_t)(value >> 1) ^ -(int64_t)(value & 1);
}

#endif
