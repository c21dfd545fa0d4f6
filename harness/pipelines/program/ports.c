/* Reading the kernel's tables of sockets (ports.h; man 5 proc, /proc/net). */
#include "harness/pipelines/program/ports.h"

#include <stdio.h>

#define TCP_LISTEN 10 /* include/net/tcp_states.h */

static bool stands_in(const char *table, bool tcp, uint32_t port)
{
    char line[512];
    FILE *file = fopen(table, "re");
    bool found = false;
    while (file && !found && fgets(line, sizeof line, file)) {
        unsigned local, state;
        found = sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%*x %x", &local, &state) == 2 &&
                local == port && (!tcp || state == TCP_LISTEN);
    }
    if (file)
        fclose(file);
    return found;
}

bool pl_port_is_taken(bool tcp, uint32_t port)
{
    return tcp ? stands_in("/proc/net/tcp", tcp, port) || stands_in("/proc/net/tcp6", tcp, port)
               : stands_in("/proc/net/udp", tcp, port) || stands_in("/proc/net/udp6", tcp, port);
}
