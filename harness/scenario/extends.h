/* A scenario that extends another: a file of its own that holds only what differs. */
#ifndef PL_SCENARIO_EXTENDS_H
#define PL_SCENARIO_EXTENDS_H

#include "harness/scenario/decode.h"

#define PL_EXTENDS_MAX 8 /* of scenarios that extend each other */

/** One scenario that is extended. The tree points into the text. */
struct pl_extended {
    struct fy_document *document;
    char *text;
    char path[PL_PATH_MAX];
    char extends[64]; /* what it extends itself, or "" */
    bool elsewhere;   /* not in the folder of the one that was asked for */
};

/** The chain of them; zeroed, none. */
struct pl_chain {
    struct pl_extended bases[PL_EXTENDS_MAX]; /* the nearest first */
    size_t count;
};

/** Opens what the scenario of `root` extends, and what that extends: each a file of that name in
 * the same folder, or else one that comes with Plimsoll.
 *  @param chain zeroed; it stays so when the scenario extends none. Close it in any case
 *  @return 0 or a negative errno: a name that is none, a file that can't be read or is no YAML, a
 *  circle, or more than PL_EXTENDS_MAX */
int pl_extends_open(struct pl_decoder *decoder, struct fy_node *root, struct pl_chain *chain);

void pl_extends_close(struct pl_chain *chain);

/** Decodes a mapping of a base, its top or a tier of it; where it lies elsewhere, its recordings
 * do, too. Messages about it name the base's file; later ones, about how it fits with the rest, the
 * place where it is extended. @param root of the scenario that was asked for @return 0 or -EINVAL
 */
int pl_extends_decode(struct pl_decoder *decoder, struct fy_node *root,
                      const struct pl_extended *base, struct fy_node *mapping);

#endif
