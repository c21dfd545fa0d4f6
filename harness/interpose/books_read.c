#include "harness/interpose/books_read.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/interpose/program_books.h"
#include "harness/interpose/shared_count.h"

#ifndef MAP_FIXED_NOREPLACE
#define MAP_FIXED_NOREPLACE 0x100000
#endif

#define SITE_BITS 16
_Static_assert(PL_LEDGER_SITES_MAX == 1 << SITE_BITS, "an index is a book and a site in it");

static void *map_page(const char *path)
{
    struct stat status;
    int fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return MAP_FAILED;
    bool fits = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                status.st_size == sizeof(struct pl_page);
    void *mapped =
        fits ? mmap(NULL, sizeof(struct pl_page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
             : MAP_FAILED;
    errno = fits ? errno : EINVAL;
    close(fd);
    return mapped;
}

/* Where the process has them, too. */
static struct pl_books *map_books(int fd, uint32_t index)
{
    void *const wanted = pl_books_address(index);
    void *mapped =
        mmap(wanted, PL_BOOKS_BYTES, PROT_READ | PROT_WRITE,
             MAP_SHARED | MAP_NORESERVE | MAP_FIXED_NOREPLACE, fd, (off_t)(index * PL_BOOKS_BYTES));
    if (mapped == wanted)
        return mapped;
    if (mapped != MAP_FAILED)
        munmap(mapped, PL_BOOKS_BYTES);
    return NULL;
}

static void take_new(struct pl_books_reader *reader)
{
    for (uint32_t i = 0; i < PL_PAGE_BOOKS; i++)
        if (!reader->books[i] && __atomic_load_n(&reader->page->books[i], __ATOMIC_ACQUIRE))
            reader->books[i] = map_books(reader->fd, i);
}

int pl_books_reader_open(struct pl_books_reader *reader, const char *page_path)
{
    char path[PATH_MAX];
    *reader = (struct pl_books_reader){.fd = -1};
    snprintf(path, sizeof path, "%s" PL_BOOKS_SUFFIX, page_path);
    void *page = map_page(page_path);
    if (page == MAP_FAILED)
        return -errno;
    reader->fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
    if (reader->fd < 0) {
        int rc = -errno;
        munmap(page, sizeof *reader->page);
        return rc;
    }
    reader->page = page;
    take_new(reader);
    return 0;
}

void pl_books_reader_close(struct pl_books_reader *reader)
{
    if (!reader->page)
        return;
    for (uint32_t i = 0; i < PL_PAGE_BOOKS; i++)
        if (reader->books[i])
            munmap(reader->books[i], PL_BOOKS_BYTES);
    munmap(reader->page, sizeof *reader->page);
    close(reader->fd);
    *reader = (struct pl_books_reader){.fd = -1};
}

void pl_books_reader_watch(struct pl_books_reader *reader, int64_t now_ns)
{
    take_new(reader);
    for (uint32_t i = 0; i < PL_PAGE_BOOKS; i++) {
        if (!reader->books[i])
            continue;
        __atomic_store_n(&reader->books[i]->ledger.no_clock, now_ns, __ATOMIC_RELAXED);
        pl_ledger_watch(&reader->books[i]->ledger, now_ns);
    }
}

static const struct pl_books *books_of(const struct pl_books_reader *reader, uint32_t index)
{
    const uint32_t number = index >> SITE_BITS;
    return number < PL_PAGE_BOOKS ? reader->books[number] : NULL;
}

uint32_t pl_books_frames(const struct pl_books_reader *reader, uint32_t index,
                         const uint64_t **frames)
{
    const struct pl_books *books = books_of(reader, index);
    if (!books)
        return 0;
    const struct pl_books_chain *chain = &books->chains[index & (PL_LEDGER_SITES_MAX - 1)];
    const uint64_t depth = __atomic_load_n(&chain->depth, __ATOMIC_ACQUIRE);
    if (depth > PL_BOOKS_DEPTH_MAX || chain->first > PL_BOOKS_FRAMES - depth)
        return 0;
    *frames = &books->frames[chain->first];
    return (uint32_t)depth;
}

const struct pl_books_object *pl_books_object(const struct pl_books_reader *reader, uint32_t index,
                                              uint64_t frame)
{
    const struct pl_books *books = books_of(reader, index);
    const uint64_t number = frame >> PL_BOOKS_ADDRESS_BITS;
    if (!books || !number || number > PL_BOOKS_OBJECTS)
        return NULL;
    const struct pl_books_object *object = &books->objects[number - 1];
    return __atomic_load_n(&object->known, __ATOMIC_ACQUIRE) ? object : NULL;
}
