/* Preloaded: a machine without the libraries whose path has $PLIMSOLL_HIDE in it. */
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int access(const char *path, int mode)
{
    int (*real)(const char *, int);
    const char *hidden = getenv("PLIMSOLL_HIDE");
    if (hidden && strstr(path, hidden)) {
        errno = ENOENT;
        return -1;
    }
    *(void **)&real = dlsym(RTLD_NEXT, "access");
    return real(path, mode);
}
