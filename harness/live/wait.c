/* ppoll: its timeout has the resolution of the timer, where poll's is a millisecond (wait.h). */
#include "harness/live/wait.h"

#include <poll.h>
#include <stddef.h>
#include <time.h>

#include "harness/clock/real.h"
#include "harness/clock/virtual.h"

bool pl_live_wait(int fd, int64_t until_ns)
{
    for (;;) {
        int64_t left_ns = until_ns - pl_real_now(); /* INT64_MAX: 292 years */
        struct timespec left = {left_ns / PL_NS_PER_S, left_ns % PL_NS_PER_S};
        struct pollfd stop = {.fd = fd, .events = POLLIN};
        if (left_ns <= 0)
            left = (struct timespec){0, 0};
        if (ppoll(&stop, 1, &left, NULL) > 0)
            return false;
        if (left_ns <= 0)
            return true;
    }
}
