/* Which ports of this machine are in use. */
#ifndef PL_PIPELINES_PROGRAM_PORTS_H
#define PL_PIPELINES_PROGRAM_PORTS_H

#include <stdbool.h>
#include <stdint.h>

/** Whether a UDP socket is bound to a port, or a TCP socket listens on it; of any address, IPv4 or
 *  IPv6, in this network namespace. */
bool pl_port_is_taken(bool tcp, uint32_t port);

#endif
