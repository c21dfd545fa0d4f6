/* For a guest with a heap of its own: a malloc that stands in the executable, so that none that is
 * preloaded comes before it. It never gives anything back. */
#define _GNU_SOURCE
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#define CHUNK ((size_t)64 << 20)

/* The size of a block stands before it. */
struct block {
    size_t size;
    _Alignas(max_align_t) char bytes[];
};

void *malloc(size_t size)
{
    static char *at, *end;
    size_t whole = (sizeof(struct block) + size + 15) & ~(size_t)15;
    if (whole < size || whole > CHUNK)
        return NULL;
    if ((size_t)(end - at) < whole) {
        void *chunk = mmap(NULL, CHUNK, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (chunk == MAP_FAILED)
            return NULL;
        at = chunk;
        end = at + CHUNK;
    }
    struct block *block = (struct block *)(void *)at;
    at += whole;
    block->size = size;
    return block->bytes;
}

void free(void *block)
{
    (void)block;
}

void *calloc(size_t count, size_t size)
{
    return size && count > CHUNK / size ? NULL : malloc(count * size); /* fresh, so all zeroes */
}

void *realloc(void *old, size_t size)
{
    void *block = malloc(size);
    if (!old || !block)
        return block;
    size_t had = ((struct block *)(void *)((char *)old - offsetof(struct block, bytes)))->size;
    return memcpy(block, old, had < size ? had : size);
}
