/* Reading one tree of massif's output into stacks. */
#ifndef PL_INSTRUMENTS_MASSIF_TREE_H
#define PL_INSTRUMENTS_MASSIF_TREE_H

#include "harness/instruments/output_lines.h"
#include "harness/instruments/stacks.h"

/** Frames of one stack at most; massif itself stops at 200 (--depth). */
#define PL_MASSIF_TREE_DEPTH_MAX 256

/** Reads a tree that begins with the next line: `n<children>: <bytes> <address>: <frame>`, a space
 *  of indent a level, callers below what they called. A node's own bytes are those that its
 *  children do not account for.
 *  @param bytes that its root has to have @param stacks empty; filled on success
 *  @return 0, -EINVAL with the line and what is wrong, -ENOMEM without a message */
int pl_massif_tree_read(struct pl_lines *lines, uint64_t bytes, struct pl_stacks *stacks);

#endif
