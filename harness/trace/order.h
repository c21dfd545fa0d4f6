/* What orders the events of a recording: the processor's clock where it is one for all processors,
 * else a counter that all threads share, at five times the cost. */
#ifndef PL_TRACE_ORDER_H
#define PL_TRACE_ORDER_H

#include <stdbool.h>
#include <stdint.h>

#include "harness/interpose/raw.h"

/** Whether the time stamp counter runs evenly, in all states of all processors that this process
 * may run on, and is alike in them: by /proc/cpuinfo (constant_tsc, nonstop_tsc; Intel SDM vol. 3,
 *  17.17.1), and by asking each in turn, three times round. x86-64 alone has one. */
bool pl_trace_clock_is_one(void);

/** The stamp of now, as the recorded program takes it. */
uint64_t pl_trace_stamp(const struct pl_raw *raw);

#endif
