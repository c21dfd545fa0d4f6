/* Keeping a process's books (program_books.h). Nothing here takes a lock, or memory of a heap. */
#ifndef PL_INTERPOSE_KEEP_H
#define PL_INTERPOSE_KEEP_H

#include <stdbool.h>
#include <stddef.h>

#include "harness/interpose/program_books.h"

/** Opens books for this process: as it attaches, in a child of fork too, whose parent's they are
 * not. What fails leaves it without, and is counted in the page. */
void pl_books_open(struct pl_page *page, const char *page_path, struct pl_page_process *process,
                   bool is_fork);

/** Takes so many bytes from what all books together may hold. @return false: there is no more */
bool pl_books_afford(size_t bytes);

/** Enters a block that the heap has handed out.
 *  @param usable bytes that the heap gave; those of the same block when it leaves lead to it
 *  @param caller who asked, as the exported function was told by its return address */
void pl_books_enter(void *block, size_t size, size_t usable, const void *caller);

/** What a block was. */
struct pl_books_left {
    uint64_t word; /* 0: the books don't know it */
    int64_t birth_ns;
};

/** Takes out a block that is about to be freed or resized; nothing of that is counted yet. */
struct pl_books_left pl_books_leave(void *block, size_t usable);

/** Puts back a block that stayed what it was. */
void pl_books_put_back(void *block, size_t usable, struct pl_books_left left);

/** Counts a block that has left as freed. */
void pl_books_count_freed(struct pl_books_left left);

/** Counts a request that was refused. */
void pl_books_refused(const void *caller);

/** The site of the calling function's callers, from the one that `caller` returns to outwards; 0
 *  where there are too many. @param walks the thread's, or NULL */
uint32_t pl_books_site(struct pl_books_walks *walks, const void *caller);

#endif
