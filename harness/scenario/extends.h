/* A scenario that extends another: a file of its own that holds only what differs. */
#ifndef PL_SCENARIO_EXTENDS_H
#define PL_SCENARIO_EXTENDS_H

#include "harness/scenario/decode.h"

/** What is extended; zeroed, nothing. The tree points into the text. */
struct pl_extended {
    struct fy_document *document;
    char *text;
    char path[PL_PATH_MAX];
    bool elsewhere; /* not in the folder of the one that extends it */
};

/** Opens the scenario that `root` extends: a file of that name in the same folder, or else one that
 *  comes with Plimsoll.
 *  @param base zeroed; it stays so when the scenario extends none. Close it in any case
 *  @return 0 or a negative errno: a name that is none, a file that can't be read or is no YAML, or
 *  one that itself extends another */
int pl_extends_open(struct pl_decoder *decoder, struct fy_node *root, struct pl_extended *base);

void pl_extends_close(struct pl_extended *base);

/** Decodes what stands at the base's top; where it lies elsewhere, its recordings do, too. Messages
 * about it name the base's file; later ones, about how it fits with the rest, the place where it is
 * extended. @return 0 or -EINVAL */
int pl_extends_decode(struct pl_decoder *decoder, struct fy_node *root,
                      const struct pl_extended *base);

#endif
