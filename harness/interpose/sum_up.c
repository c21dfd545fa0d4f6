/* Summing up what a foreign program left in its page (control.h). */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "harness/interpose/control.h"
#include "harness/interpose/shared_count.h"

/* A slot that is being given to another process holds no figures of its own. */
static bool is_taken(const struct pl_page_process *process)
{
    return __atomic_load_n(&process->place, __ATOMIC_ACQUIRE) > 1;
}

static void copy_path(char *to, const char *from)
{
    size_t length = strnlen(from, PL_PAGE_PATH_MAX - 1);
    memcpy(to, from, length);
    to[length] = '\0';
}

static void add_stripes(const struct pl_page_process *process, struct pl_interpose_process *own,
                        struct pl_interpose_report *report)
{
    own->live_blocks = pl_count_read(&process->inherited_blocks);
    own->live_bytes = pl_count_read(&process->inherited_bytes);
    for (int i = 0; i < PL_PAGE_STRIPES; i++) {
        const struct pl_page_stripe *stripe = &process->stripes[i];
        uint64_t freed_blocks = pl_count_read(&stripe->freed_blocks);
        uint64_t freed_bytes = pl_count_read(&stripe->freed_bytes);
        uint64_t blocks = pl_count_read(&stripe->allocated_blocks);
        uint64_t bytes = pl_count_read(&stripe->allocated_bytes);
        own->calls += pl_count_read(&stripe->calls);
        own->live_blocks += blocks - freed_blocks;
        own->live_bytes += bytes - freed_bytes;
        report->allocated_blocks += blocks;
        report->allocated_bytes += bytes;
    }
}

static void take_faults(const struct pl_page_process *process, pid_t pid,
                        struct pl_interpose_report *report)
{
    const uint64_t faults = pl_count_read(&process->faults);
    const uint32_t count = faults < PL_PAGE_FAULTS ? (uint32_t)faults : PL_PAGE_FAULTS;
    if (!count)
        return;
    report->latest_count = 0;
    report->latest_pid = pid;
    for (uint32_t i = 0; i < count; i++) {
        const struct pl_page_fault *fault = &process->latest[(faults - count + i) % PL_PAGE_FAULTS];
        struct pl_page_fault *told = &report->latest[report->latest_count];
        told->number = __atomic_load_n(&fault->number, __ATOMIC_ACQUIRE);
        told->size = fault->size;
        told->offset = fault->offset;
        copy_path(told->object, fault->object);
        report->latest_count += told->number != 0;
    }
}

static void add_process(const struct pl_page_process *process, struct pl_interpose_report *report)
{
    struct pl_interpose_process *own = &report->slots[report->slot_count++];
    *own = (struct pl_interpose_process){
        .pid = (pid_t)(uint32_t)process->place,
        .images = process->images,
        .threads = process->threads,
        .live_bytes_peak = pl_count_read(&process->live_bytes_peak),
        .refusals = pl_count_read(&process->refusals),
        .faults = pl_count_read(&process->faults),
        .trims = pl_count_read(&process->trims),
    };
    copy_path(own->heap, process->heap);
    copy_path(own->program, process->program);
    add_stripes(process, own, report);
    if (own->calls == pl_count_read(&process->calls_of_earlier))
        copy_path(own->served_ahead, process->ahead);
    take_faults(process, own->pid, report);
    report->processes++;
    report->calls += own->calls;
    report->live_blocks += own->live_blocks;
    report->live_bytes += own->live_bytes;
    pl_count_max(&report->live_bytes_peak, own->live_bytes_peak);
    report->refusals += own->refusals;
    pl_count_max(&report->refused_bytes_max, pl_count_read(&process->refused_bytes_max));
    report->faults += own->faults;
    pl_count_max(&report->allocating_calls, pl_count_read(&process->allocating_calls));
    report->trims += own->trims;
    report->trimmed_bytes += pl_count_read(&process->trimmed_bytes);
    report->trim_ns += pl_count_read(&process->trim_ns);
    pl_count_max(&report->trim_ns_max, pl_count_read(&process->trim_ns_max));
    report->unsized += process->unsized != 0;
    report->untrimmed += process->untrimmed != 0;
}

static void sum_up(const struct pl_page *page, struct pl_interpose_report *report)
{
    *report = (struct pl_interpose_report){
        .processes = pl_count_read(&page->ended.processes),
        .lost = pl_count_read(&page->lost),
        .calls = pl_count_read(&page->ended.calls),
        .allocated_blocks = pl_count_read(&page->ended.allocated_blocks),
        .allocated_bytes = pl_count_read(&page->ended.allocated_bytes),
        .live_bytes_peak = pl_count_read(&page->ended.live_bytes_peak),
        .refusals = pl_count_read(&page->ended.refusals),
        .refused_bytes_max = pl_count_read(&page->ended.refused_bytes_max),
        .faults = pl_count_read(&page->ended.faults),
        .allocating_calls = pl_count_read(&page->ended.allocating_calls),
        .trims = pl_count_read(&page->ended.trims),
        .trimmed_bytes = pl_count_read(&page->ended.trimmed_bytes),
        .trim_ns = pl_count_read(&page->ended.trim_ns),
        .trim_ns_max = pl_count_read(&page->ended.trim_ns_max),
    };
    for (int i = 0; i < PL_PAGE_PROCESSES; i++)
        if (is_taken(&page->processes[i]))
            add_process(&page->processes[i], report);
}

static bool is_page(const struct pl_page *page)
{
    return page->magic == PL_PAGE_MAGIC && page->version == PL_PAGE_VERSION &&
           page->size == sizeof *page;
}

int pl_interpose_read(const char *page_path, struct pl_interpose_report *report)
{
    struct stat status;
    int rc = -EINVAL, fd = open(page_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return -errno;
    bool fits = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) &&
                status.st_size == sizeof(struct pl_page);
    struct pl_page *page =
        fits ? mmap(NULL, sizeof *page, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
    close(fd);
    if (page == MAP_FAILED)
        return rc;
    if (is_page(page)) {
        sum_up(page, report);
        rc = 0;
    }
    munmap(page, sizeof *page);
    return rc;
}

const char *pl_interpose_served_ahead(const struct pl_interpose_report *report, pid_t pid)
{
    for (uint32_t i = 0; i < report->slot_count; i++)
        if (report->slots[i].pid == pid)
            return report->slots[i].served_ahead;
    return "";
}
