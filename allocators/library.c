/* Finds the libraries to preload, where Debian and others put them. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include "allocators/backend.h"

/* PL_MULTIARCH comes from CMake: the build's own triple, so that no foreign library is taken. */
static const char *const folders[] = {
    "/usr/local/lib/" PL_MULTIARCH, "/usr/local/lib", "/usr/lib/" PL_MULTIARCH,
    "/lib/" PL_MULTIARCH,           "/usr/lib64",     "/usr/lib",
};

/* The last match in the order of names: the newest of several versions. */
static int find_glob(const char *pattern, char *path, size_t capacity)
{
    glob_t found;
    int rc = -ENOENT;
    if (!glob(pattern, 0, NULL, &found) && found.gl_pathc) {
        int length = snprintf(path, capacity, "%s", found.gl_pathv[found.gl_pathc - 1]);
        rc = (size_t)length < capacity ? 0 : -ENAMETOOLONG;
    }
    globfree(&found);
    return rc;
}

static int find_name(const char *name, char *path, size_t capacity)
{
    for (size_t i = 0; i < PL_ARRAY_COUNT(folders); i++) {
        int length = snprintf(path, capacity, "%s/%s", folders[i], name);
        if ((size_t)length >= capacity)
            return -ENAMETOOLONG;
        if (!access(path, R_OK))
            return 0;
    }
    return -ENOENT;
}

int pl_library_find(const char *const *libraries, char *path, size_t capacity)
{
    int rc = -ENOENT;
    for (; *libraries && rc == -ENOENT; libraries++)
        rc = **libraries == '/' ? find_glob(*libraries, path, capacity)
                                : find_name(*libraries, path, capacity);
    return rc;
}
