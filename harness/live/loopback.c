/* Asking the kernel for the interface's flags (loopback.h): man 7 netdevice. */
#include "harness/live/loopback.h"

#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static int flags_of(const char *interface, int *flags)
{
    struct ifreq request = {0};
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    memcpy(request.ifr_name, interface, strlen(interface));
    int rc = ioctl(fd, SIOCGIFFLAGS, &request) ? -errno : 0;
    close(fd);
    *flags = request.ifr_flags;
    return rc;
}

int pl_live_loopback(struct pl_error *error)
{
    int flags = 0, rc = flags_of("lo", &flags);
    if (rc)
        return pl_error_set(error, rc,
                            "no loopback interface 'lo', which --clock wall sends over: %s",
                            strerror(-rc));
    if (flags & IFF_UP)
        return 0;
    return pl_error_set(error, -ENETDOWN,
                        "the loopback interface, which --clock wall sends over, is down; as root, "
                        "`ip link set lo up` brings it up");
}
