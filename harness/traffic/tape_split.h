/* Splitting a tape into a stream of words a lane, so that its threads can run freely: each does
 * what it did in its order, and a block is written to, resized or released only after what another
 * thread did to it. A slot belongs to one lane at a time. Where its next event is another lane's it
 * is handed over (PL_TAPE_HAND), and that lane awaits it (PL_TAPE_AWAIT); where all is one lane's
 * nothing is added.
 *
 * What is split can't lock up. Take the events of all lanes, with hand-overs and beginnings of
 * threads, in the recorded order. A thread waits for things that stand before what it waits with:
 * for a slot's hand-over behind the event before, for the end of the lane's thread before, and its
 * own beginning is written into the stream of the lane whose event came before its first one. Of
 * what has not happened yet, the first in that order therefore has nothing to wait for: all of its
 * lane before it has happened, and so has all that it waits for. So it happens, and then the next.
 *
 * Slots are numbered anew (tape_slots.h). */
#ifndef PL_TRAFFIC_TAPE_SPLIT_H
#define PL_TRAFFIC_TAPE_SPLIT_H

#include "harness/traffic/tape.h"

struct pl_tape_split;

/**
 * Counts what a split tape takes. 16 B a slot and a bit a word are held until it is freed.
 * @param recording of a tape that is not split; it must outlive the split
 * @param split set on success; pl_tape_split_free
 * @return 0; -ENOMEM; -EINVAL where there are too many blocks at a time
 */
int pl_tape_split_make(const struct pl_recording *recording, struct pl_tape_split **split,
                       struct pl_error *error);

/** The head of the split tape, with all its figures; nothing lies behind it. It has no looks. */
const struct pl_tape *pl_tape_split_head(const struct pl_tape_split *split);

/** Bytes of a recording of the split tape. */
uint64_t pl_tape_split_bytes(const struct pl_tape_split *split);

/** Writes it. @param at so many bytes, as aligned as malloc's. Once */
void pl_tape_split_write(struct pl_tape_split *split, void *at);

void pl_tape_split_free(struct pl_tape_split *split);

#endif
