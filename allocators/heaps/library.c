/* Finds the libraries to preload, where Debian and others put them. */
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "allocators/backend.h"

/* PL_MULTIARCH comes from CMake: the build's own triple, so that no foreign library is taken. */
static const char *const folders[] = {
    "/usr/local/lib/" PL_MULTIARCH, "/usr/local/lib", "/usr/lib/" PL_MULTIARCH,
    "/lib/" PL_MULTIARCH,           "/usr/lib64",     "/usr/lib",
};

/* The newest of several versions: llvm-9 comes before llvm-14. */
static int find_glob(const char *pattern, char *path, size_t capacity)
{
    glob_t found;
    int rc = -ENOENT;
    if (!glob(pattern, GLOB_NOSORT, NULL, &found) && found.gl_pathc) {
        const char *newest = found.gl_pathv[0];
        for (size_t i = 1; i < found.gl_pathc; i++)
            if (strverscmp(found.gl_pathv[i], newest) > 0)
                newest = found.gl_pathv[i];
        int length = snprintf(path, capacity, "%s", newest);
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

static void copy_number(const char *from, const char *end, char *text, size_t capacity)
{
    size_t used = 0;
    while (from < end && (*from == '\t' || *from == ' '))
        from++;
    while (from < end && used + 1 < capacity && ((*from >= '0' && *from <= '9') || *from == '.'))
        text[used++] = *from++;
    text[used] = '\0';
}

void pl_library_tells(const char *path, const char *mark, char *text, size_t capacity)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    text[0] = '\0';
    if (file < 0 || fstat(file, &status) || status.st_size <= 0) {
        close(file);
        return;
    }
    size_t size = (size_t)status.st_size;
    const char *start = mmap(NULL, size, PROT_READ, MAP_PRIVATE, file, 0);
    close(file);
    if (start == MAP_FAILED)
        return;
    const char *found = memmem(start, size, mark, strlen(mark));
    if (found)
        copy_number(found + strlen(mark), start + size, text, capacity);
    munmap((void *)(uintptr_t)start, size);
}
