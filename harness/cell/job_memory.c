#include "harness/cell/job_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void unmap(struct pl_job_memory *memory)
{
    if (memory->mapped)
        munmap(memory->mapped, memory->bytes);
    memory->mapped = NULL;
}

/* @return 0 or a negative errno */
static int allocate(struct pl_job_memory *memory, uint64_t bytes)
{
    if (memory->fd < 0)
        memory->fd = memfd_create("plimsoll-job", MFD_CLOEXEC);
    if (memory->fd < 0 || ftruncate(memory->fd, (off_t)bytes))
        return -errno;
    int rc = -EINTR;
    while (rc == -EINTR)
        rc = -posix_fallocate(memory->fd, 0, (off_t)bytes);
    return rc;
}

static int refuse(int rc, uint64_t bytes, struct pl_error *error)
{
    if (rc == -EFBIG)
        return pl_error_set(error, -ENOMEM,
                            "a cell takes shared memory of %llu B, and an inherited RLIMIT_FSIZE "
                            "allows less; expected `ulimit -f unlimited`",
                            (unsigned long long)bytes);
    return pl_error_set(error, -ENOMEM, "no shared memory of %llu B for a cell: %s",
                        (unsigned long long)bytes, strerror(-rc));
}

int pl_job_memory_fit(struct pl_job_memory *memory, uint64_t bytes, struct pl_error *error)
{
    if (memory->mapped && memory->bytes == bytes)
        return 0;
    unmap(memory);
    int rc = allocate(memory, bytes);
    if (rc) {
        pl_job_memory_free(memory);
        return refuse(rc, bytes, error);
    }
    void *mapped =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, memory->fd, 0);
    if (mapped == MAP_FAILED) {
        rc = -errno;
        pl_job_memory_free(memory);
        return pl_error_set(error, rc, "can't map a cell's shared memory: %s", strerror(-rc));
    }
    memory->mapped = mapped;
    memory->bytes = bytes;
    return 0;
}

void pl_job_memory_free(struct pl_job_memory *memory)
{
    unmap(memory);
    if (memory->fd >= 0)
        close(memory->fd);
    *memory = PL_JOB_MEMORY_NONE;
}
