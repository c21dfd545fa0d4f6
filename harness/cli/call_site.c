/* Asking addr2line (call_site.h). */
#include "harness/cli/call_site.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "harness/base/child.h"

#define TIMEOUT_MS 20000 /* debug information of hundreds of MB takes it seconds */

/* What it does not know it writes as question marks. */
static void take_line(FILE *told, char *text, size_t capacity)
{
    char line[4096];
    if (!fgets(line, sizeof line, told))
        return;
    line[strcspn(line, "\n")] = '\0';
    char *note = strstr(line, " (discriminator");
    if (note)
        *note = '\0';
    if (!strchr(line, '?'))
        snprintf(text, capacity, "%.*s", (int)capacity - 1, line);
}

static int ask(const char *tool, const char *object, uint64_t address, int out)
{
    char offset[32];
    int status;
    snprintf(offset, sizeof offset, "0x%" PRIx64, address);
    const char *const argv[] = {tool, "-f", "-C", "-e", object, offset, NULL};
    const struct pl_child child = {
        .argv = argv, .in = -1, .out = out, .stderr_fd = -1, .timeout_ms = TIMEOUT_MS};
    int rc = pl_child_run(&child, &status);
    return rc ? rc : status;
}

static void look_up(const char *tool, const char *object, uint64_t address,
                    struct pl_call_site *site)
{
    int out = memfd_create("addr2line", MFD_CLOEXEC);
    if (out < 0)
        return;
    bool told = ask(tool, object, address, out) == 0 && lseek(out, 0, SEEK_SET) == 0;
    FILE *stream = told ? fdopen(out, "r") : NULL;
    if (!stream) {
        close(out);
        return;
    }
    take_line(stream, site->function, sizeof site->function);
    take_line(stream, site->source, sizeof site->source);
    fclose(stream);
}

void pl_call_site_find(const char *object, uint64_t offset, struct pl_call_site *site)
{
    char tool[4096], own[sizeof site->function];
    *site = (struct pl_call_site){.function = ""};
    if (!object[0] || !offset)
        return;
    uint64_t address =
        offset - 1; /* in the call, and not behind it: that may be another function */
    pl_elf_function(object, address, own, sizeof own);
    if (pl_child_find("addr2line", tool, sizeof tool) == 0)
        look_up(tool, object, address, site);
    /* Where an object is stripped, addr2line names what comes before, however far that is. */
    if (!site->source[0] && (!site->function[0] || !own[0]))
        memcpy(site->function, own, sizeof own);
}
