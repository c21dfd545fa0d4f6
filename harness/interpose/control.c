/* Preparing a foreign program's page and environment (control.h). */
#include "harness/interpose/control.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "allocators/backend.h"
#include "harness/interpose/program_books.h"
#include "harness/interpose/raw.h"

/* Beside the running program, or where `make install` puts it, seen from there. */
static int find_library(const char *library, char *path, size_t capacity, struct pl_error *error)
{
    static const char *const folders[] = {"", "../" PL_LIBRARY_DIR "/"};
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    self[length > 0 ? length : 0] = '\0';
    const char *slash = strrchr(self, '/');
    for (size_t i = 0; slash && i < PL_ARRAY_COUNT(folders); i++) {
        int written =
            snprintf(path, capacity, "%.*s/%s%s", (int)(slash - self), self, folders[i], library);
        if ((size_t)written < capacity && access(path, R_OK) == 0)
            return 0;
    }
    return pl_error_set(error, -ENOENT,
                        pl_backend_sanitized()
                            ? "%s: this build has a sanitizer, which can't be preloaded before; "
                              "expected a build without one"
                            : "%s is missing beside this program; build it by `make`",
                        library);
}

/* Those of the heap's own names stand right before it, the library before all. */
static int preload_ours(const struct pl_stack_spec *stack, struct pl_environment *environment,
                        struct pl_error *error)
{
    const char *const libraries[] = {stack->layers[stack->depth - 1].backend->names,
                                     "libplimsoll-interpose.so"};
    char path[PATH_MAX];
    int rc = 0;
    for (size_t i = 0; i < PL_ARRAY_COUNT(libraries) && !rc; i++) {
        if (!libraries[i])
            continue;
        rc = find_library(libraries[i], path, sizeof path, error);
        if (!rc)
            rc = pl_environment_preload(environment, path, error);
    }
    return rc;
}

/* Half of what is free in the folder: to write where there is no room would end the program. */
static uint64_t books_room(const char *page_path)
{
    struct statvfs status;
    char folder[PATH_MAX];
    const char *slash = strrchr(page_path, '/');
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - page_path) + 1, page_path);
    return statvfs(folder, &status) ? 0 : (uint64_t)status.f_bavail * status.f_frsize / 2;
}

/* As large as all books could be; what is not written to takes no room. */
static int make_books(const char *page_path, struct pl_error *error)
{
    char path[PATH_MAX];
    int length = snprintf(path, sizeof path, "%s" PL_BOOKS_SUFFIX, page_path);
    if ((size_t)length >= sizeof path)
        return pl_error_set(error, -ENAMETOOLONG, "%.80s...: the path is too long", page_path);
    unlink(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    int rc = fd < 0 || ftruncate(fd, (off_t)(PL_PAGE_BOOKS * PL_BOOKS_BYTES)) ? -errno : 0;
    if (fd >= 0)
        close(fd);
    if (rc)
        unlink(path);
    return rc ? pl_error_set(error, rc, "%.300s: %s", path, strerror(-rc)) : 0;
}

/* For this user alone, and what a program of another user would be refused is told by the report:
 * nothing was loaded there. */
static int make_page(const char *path, const struct pl_foreign *settings, struct pl_error *error)
{
    const struct pl_page head = {.magic = PL_PAGE_MAGIC,
                                 .version = PL_PAGE_VERSION,
                                 .size = sizeof head,
                                 .settings = *settings,
                                 .books_bytes_max = books_room(path)};
    unlink(path);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return pl_error_set(error, -errno, "%.300s: %s", path, strerror(errno));
    bool made = ftruncate(fd, sizeof head) == 0 &&
                pwrite(fd, &head, offsetof(struct pl_page, books_lost), 0) ==
                    (ssize_t)offsetof(struct pl_page, books_lost);
    int rc = made ? 0 : pl_error_set(error, -errno, "%.300s: %s", path, strerror(errno));
    close(fd);
    if (rc)
        unlink(path);
    return rc;
}

int pl_interpose_prepare(const struct pl_stack_spec *stack, const char *page_path,
                         struct pl_environment *environment, struct pl_error *error)
{
    struct pl_environment made;
    struct pl_foreign settings;
    if (*page_path != '/')
        return pl_error_set(error, -EINVAL,
                            "%.300s is not an absolute path; expected one that begins with /",
                            page_path);
    int rc = pl_stack_foreign(stack, &settings, error);
    if (!rc)
        rc = pl_stack_environment(stack, &made, error);
    if (!rc)
        rc = preload_ours(stack, &made, error);
    if (!rc)
        rc = pl_environment_add(&made, error, "%s=%s", PL_PAGE_VARIABLE, page_path);
    if (!rc)
        rc = make_page(page_path, &settings, error);
    if (!rc && settings.ledger)
        rc = make_books(page_path, error);
    if (!rc)
        *environment = made;
    return rc;
}

int pl_interpose_prepare_recorded(const struct pl_stack_spec *stack, const char *page_path,
                                  const char *raw_path, struct pl_environment *environment,
                                  struct pl_error *error)
{
    char path[PATH_MAX];
    if (stack->depth != 1)
        return pl_error_set(error, -EINVAL, "a recording has no layers; expected a heap alone");
    int rc = find_library("libplimsoll-interpose-maps.so", path, sizeof path, error);
    if (!rc)
        rc = pl_interpose_prepare(stack, page_path, environment, error);
    if (!rc)
        rc = pl_environment_preload(environment, path, error);
    return rc ? rc : pl_environment_add(environment, error, "%s=%s", PL_RAW_VARIABLE, raw_path);
}

int pl_interpose_check(const struct pl_stack_spec *stack, struct pl_error *error)
{
    struct pl_foreign foreign;
    return pl_stack_foreign(stack, &foreign, error);
}
