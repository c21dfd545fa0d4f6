/* Reading the books that the processes of a foreign program keep (program_books.h), while they run
 * and when they have ended, and summing them up by site. One thread. */
#ifndef PL_INTERPOSE_BOOKS_READ_H
#define PL_INTERPOSE_BOOKS_READ_H

#include "allocators/ledger/statement.h"
#include "harness/interpose/page.h"

struct pl_books;
struct pl_books_object;

struct pl_books_reader {
    struct pl_page *page; /* NULL: not open */
    int fd;
    struct pl_books *books[PL_PAGE_BOOKS]; /* NULL: not there, or not yet */
};

/** Opens the books beside a page. Those that are there are mapped at once.
 *  @return 0, -ENOENT, -EINVAL for what is no page, or why it can't be read */
int pl_books_reader_open(struct pl_books_reader *reader, const char *page_path);
void pl_books_reader_close(struct pl_books_reader *reader);

/** Takes in the books of processes that came since, tells all of them the time, from which blocks
 *  have their ages, and looks for leaks (pl_ledger_watch). At regular times.
 *  @param now_ns in the replay's time, from 0 */
void pl_books_reader_watch(struct pl_books_reader *reader, int64_t now_ns);

/** Of a chain of calls, in all processes. */
struct pl_books_site {
    uint64_t key;   /* the same for the same calls in the same files, in any process */
    uint32_t index; /* for pl_books_frames: the first process's that had it */
    struct pl_ledger_count count;   /* of peaks the sum */
    int64_t oldest_ns, youngest_ns; /* births; INT64_MAX and INT64_MIN where nothing is live */
    bool is_suspect;
    struct pl_ledger_leak leak; /* of several processes the sum */
};

/** A group's site is an index of `sites`. */
struct pl_books_summary {
    struct pl_ledger_count total, classes[PL_LEDGER_CLASSES];
    uint64_t age_blocks[PL_LEDGER_AGES], age_bytes[PL_LEDGER_AGES];
    struct pl_ledger_group groups[PL_LEDGER_GROUPS];
    uint32_t group_count;
    struct pl_books_site *sites; /* that did anything */
    uint32_t site_count;
    uint64_t processes, processes_lost;
    uint64_t unsited_blocks, unentered_blocks, unknown_frees; /* as in program_books.h */
};

/** Sums up. Of processes that ended what was live at their ends is live; of programs that executed
 *  another nothing is. Free it. @return 0 or -ENOMEM */
int pl_books_sum_up(struct pl_books_reader *reader, int64_t now_ns,
                    struct pl_books_summary *summary);
void pl_books_summary_free(struct pl_books_summary *summary);

/** The frames of a site, innermost first, as program_books.h words them.
 *  @return how many; 0: none */
uint32_t pl_books_frames(const struct pl_books_reader *reader, uint32_t index,
                         const uint64_t **frames);

/** The object of one of its frames, or NULL. */
const struct pl_books_object *pl_books_object(const struct pl_books_reader *reader, uint32_t index,
                                              uint64_t frame);

#endif
