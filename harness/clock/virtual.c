/* The one variable of the virtual clock, initialised statically: it is read before main. */
#include "harness/clock/virtual.h"

_Atomic int64_t pl_virtual_ns = 0;
