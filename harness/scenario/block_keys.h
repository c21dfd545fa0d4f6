/* What lists of blocks of sizes of their own have in common, `background` and `session.objects`:
 * sizes, and classes that the scenario need not have. */
#ifndef PL_SCENARIO_BLOCK_KEYS_H
#define PL_SCENARIO_BLOCK_KEYS_H

#include "harness/scenario/decode.h"

/** Decodes "64B..4KiB", or one size for both.
 *  @param what the key, for messages: "background: size"
 *  @param min,max set to bytes, 1 to PL_CLASS_BYTES_MAX @return 0 or -EINVAL */
int pl_decode_sizes(struct pl_decoder *decoder, struct fy_node *node, const char *what,
                    uint64_t *min, uint64_t *max);

/** Gives a list's entry its class, one as large as the largest block where the scenario has none
 *  of that name; a class of the pipeline's own may serve it, too, where its blocks have room in
 *  that in every format.
 *  @param list its key, for messages @param size_max bytes of its largest block
 *  @return 0 or -EINVAL */
int pl_blocks_class_check(struct pl_decoder *decoder, struct pl_mark mark, const char *list,
                          const char *name, uint64_t size_max);

#endif
