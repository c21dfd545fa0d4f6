/* The records in a file of heaptrack's, a line each: a letter, and what it has, in hexadecimal.
 *
 *     v VERSION FORMAT            heaptrack's own, as 10400, and of the file, 1 to 3
 *     x TEXT  X WORDS  I PAGE PAGES  A    the program's file, its command line, bytes of a page and
 *                                 pages of the machine; heaptrack was attached to it
 *     c MS    R PAGES             the time from here on, and what is resident then
 *     S, #                        of no use here
 *
 *   raw, as the program writes it:
 *     m -     m TEXT BASE - ...   no object is loaded any more; one is, at BASE, with parts
 *     m TEXT BASE {OFFSET BYTES}
 *     t ADDRESS CALLER            the next node of a tree of call stacks: a place in a function,
 * and the node of who called it
 *     + BYTES NODE POINTER        - POINTER
 *
 *   interpreted, as heaptrack_interpret makes it of that:
 *     s TEXT                      the next string
 *     i ADDRESS OBJECT [FUNCTION FILE LINE]...   the next place, strings by number; behind the
 * first function those that it is inlined in, from the inside out t PLACE CALLER              as
 * above a BYTES NODE                the next kind of allocation
 *     + KIND  - KIND              one of them comes or goes: which of several is not told
 *
 * What has a number counts from 1, kinds from 0. A TEXT is LENGTH BYTES from format 3 on, before
 * that it ends with its line. (heaptrack 1.0 to 1.5: what it writes, and its sources.) */
#ifndef PL_TRACE_HEAPTRACK_RECORDS_H
#define PL_TRACE_HEAPTRACK_RECORDS_H

#include "harness/trace/heaptrack/lines.h"

struct pl_heaptrack_records {
    struct pl_heaptrack_lines lines;
    char letter;            /* of the present record */
    const char *at, *end;   /* what of it is not read yet */
    uint32_t version;       /* heaptrack's: 0x010400 is 1.4.0 */
    uint32_t format;        /* of the file */
    bool is_within_command; /* whose words may hold ends of lines */
};

/** Begins at the stream's beginning, with what must stand there. @param name kept
 *  @return 0, -EINVAL for what is no such file or of an unknown format, -ENOMEM or -EIO */
int pl_heaptrack_records_open(struct pl_heaptrack_records *records, FILE *stream, const char *name,
                              struct pl_error *error);

/** Goes on to the next record that is of any use. @return as pl_heaptrack_lines_next */
int pl_heaptrack_records_next(struct pl_heaptrack_records *records, struct pl_error *error);

/** Takes the record's next number. @return false where there is none, or none of 64 bits */
bool pl_heaptrack_number(struct pl_heaptrack_records *records, uint64_t *number);

/** Takes a text. @param words it ends at a blank where its length is not told
 *  @return false where there is none */
bool pl_heaptrack_text(struct pl_heaptrack_records *records, bool words, const char **text,
                       size_t *length);

/** Refuses the present record. @param wrong what it is @return -EINVAL */
int pl_heaptrack_refuse(const struct pl_heaptrack_records *records, const char *wrong,
                        struct pl_error *error);

void pl_heaptrack_records_close(struct pl_heaptrack_records *records);

#endif
