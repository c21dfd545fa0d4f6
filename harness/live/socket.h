/* The receiver's UDP socket on loopback, and what the kernel lost of it. */
#ifndef PL_LIVE_SOCKET_H
#define PL_LIVE_SOCKET_H

#include <stdint.h>

#include "allocators/base/error.h"

/** Binds a socket to 127.0.0.1 and a port of the kernel's choice, for which the loopback has to be
 * up.
 *  @param rcvbuf_bytes what it may hold, as the kernel accounts it (struct sock's sk_rcvbuf)
 *  @param port set on success
 *  @return the descriptor, or a negative errno; -EPERM when net.core.rmem_max allows less */
int pl_live_socket(uint64_t rcvbuf_bytes, uint32_t *port, struct pl_error *error);

/** Datagrams that the socket dropped since it was made, since its buffer was full: the counter that
 *  SO_RXQ_OVFL passes on with the next datagram, read at once (SO_MEMINFO, Linux 4.12). */
uint32_t pl_live_socket_drops(int fd);

/** Keeps the port for this socket alone. libuv sets SO_REUSEADDR on each that it opens: another one
 *  that does could then bind the same port, and the kernel would give it what is sent to us. */
void pl_live_socket_claim(int fd);

/** What was taken out of a socket: datagrams. */
struct pl_live_drained {
    uint64_t ours;
    uint64_t foreign;
};

/** Takes what is still in the socket. @param source of what is ours, an address in network order */
struct pl_live_drained pl_live_socket_drain(int fd, uint32_t source);

#endif
