/* Cutting work into shares of about equal time. */
#ifndef PL_CLI_SHARDS_H
#define PL_CLI_SHARDS_H

#include <stddef.h>
#include <stdint.h>

/** Gives each piece to a shard: the longest first, each to the shard that has least so far (R. L.
 *  Graham, "Bounds on Multiprocessing Timing Anomalies", SIAM J. Appl. Math. 17, 1969). So no shard
 *  is longer than the mean by more than the longest piece. The same times give the same shards,
 *  on any machine.
 *  @param ns of each piece, 0 or more @param shards 1 or more
 *  @param shard_of out: each piece's, from 1 */
void pl_shards_cut(const int64_t *ns, size_t count, uint32_t shards, uint32_t *shard_of);

#endif
