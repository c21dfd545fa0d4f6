/* Recording what a program asks of its heap, into the raw file (raw.h). A block is recorded once
 * the heap has given it, and its end before the heap has it back: so stamps order events of all
 * threads as blocks go from one to the other. */
#ifndef PL_INTERPOSE_RECORDER_H
#define PL_INTERPOSE_RECORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/interpose/hooked.h"

/** @param sized the heap tells sizes: pages of large blocks can be looked at */
void pl_record_begin(bool sized);

/** Each as the function of its name. @param caller the return address */
void *pl_record_malloc(size_t size, const void *caller);
void *pl_record_calloc(size_t count, size_t size, const void *caller);
void *pl_record_realloc(void *block, size_t size, const void *caller);
int pl_record_posix_memalign(void **block, size_t alignment, size_t size, const void *caller);
void *pl_record_aligned(void *(*serve)(size_t alignment, size_t size), size_t alignment,
                        size_t size, const void *caller);
void *pl_record_pages(void *(*serve)(size_t size), size_t size, const void *caller);
void pl_record_free(void *block);
size_t pl_record_usable_size(void *block);
int pl_record_trim(size_t pad);

/** Of a heap's own names. */
void *pl_record_hooked(const struct pl_hooked *hooked, const void *caller);
void *pl_record_hooked_resize(const struct pl_hooked *hooked, const void *caller);
void pl_record_hooked_free(const struct pl_hooked *hooked);

/** Memory beside the heap, which was mapped, or is about to be unmapped. */
void pl_record_mapped(const void *address, size_t size, const void *caller);
void pl_record_unmapped(const void *address, size_t size, const void *caller);

#endif
