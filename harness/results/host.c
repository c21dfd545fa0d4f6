/* Reads the fingerprint from /proc, /sys and the build (host.h). */
#include "harness/results/host.h"

#include <errno.h>
#include <gnu/libc-version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "allocators/allocator.h"
#include "harness/base/files.h"

/* The first line of a file, or "unknown". */
static json_t *first_line(const char *path)
{
    char line[256] = "";
    FILE *file = fopen(path, "re");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        fclose(file);
    line[strcspn(line, "\n")] = '\0';
    return json_string(line[0] ? line : "unknown");
}

/* The value of the first "key : value" line of /proc/cpuinfo. */
static json_t *cpuinfo(const char *key)
{
    char line[512];
    FILE *file = fopen("/proc/cpuinfo", "re");
    json_t *value = NULL;
    while (file && !value && fgets(line, sizeof line, file)) {
        char *colon = strchr(line, ':');
        if (!colon || strncmp(line, key, strlen(key)) != 0)
            continue;
        line[strcspn(line, "\n")] = '\0';
        value = json_string(colon[1] == ' ' ? colon + 2 : colon + 1);
    }
    if (file)
        fclose(file);
    return value ? value : json_string("unknown");
}

/* FNV-1a's offset basis and prime for 64 bits (G. Fowler, L. C. Noll, K.-P. Vo, "The FNV
 * Non-Cryptographic Hash Algorithm", draft-eastlake-fnv). */
#define FNV_BASIS UINT64_C(0xcbf29ce484222325)
#define FNV_PRIME UINT64_C(0x100000001b3)

static uint64_t hash_bytes(uint64_t hash, const char *bytes, size_t size)
{
    for (size_t i = 0; i < size; i++)
        hash = (hash ^ (uint8_t)bytes[i]) * FNV_PRIME;
    return hash;
}

void pl_bytes_hash(const void *bytes, size_t size, char *text, size_t capacity)
{
    snprintf(text, capacity, "fnv1a64:%016llx",
             (unsigned long long)hash_bytes(FNV_BASIS, bytes, size));
}

void pl_file_hash(const char *path, char *text, size_t capacity)
{
    char *content = NULL;
    size_t size = 0;
    if (pl_file_read(path, PL_FILE_BYTES_MAX, &content, &size, NULL)) {
        snprintf(text, capacity, "unknown");
        return;
    }
    pl_bytes_hash(content, size, text, capacity);
    free(content);
}

/* One field as text; a field that is missing counts as unknown, like one that can't be read. */
static uint64_t hash_field(uint64_t hash, const char *key, const json_t *value)
{
    char number[32];
    const char *text = json_is_string(value) ? json_string_value(value) : "unknown";
    if (json_is_integer(value)) {
        snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        text = number;
    }
    hash = hash_bytes(hash, key, strlen(key) + 1); /* with its NUL, so that nothing runs together */
    return hash_bytes(hash, text, strlen(text) + 1);
}

int pl_host_hash(const json_t *host, char *text, size_t capacity)
{
    static const char *const keys[] = {
        "cpu",     "microcode",  "cores",    "memory_bytes",          "kernel",
        "machine", "huge_pages", "governor", "address_randomisation",
    };
    if (!json_is_object(host) || capacity < PL_HOST_HASH_TEXT)
        return -EINVAL;
    uint64_t hash = FNV_BASIS;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        hash = hash_field(hash, keys[i], json_object_get(host, keys[i]));
    snprintf(text, capacity, "fnv1a64:%016llx", (unsigned long long)hash);
    return 0;
}

/* The hash of the library that a heap is preloaded from. @return NULL where there is none */
static json_t *library_hash(const char *heap)
{
    struct pl_environment environment;
    struct pl_stack_spec spec;
    char hash[64];
    if (pl_stack_parse(heap, &spec, NULL) || pl_stack_environment(&spec, &environment, NULL))
        return NULL;
    const char *preload = pl_environment_find(&environment, "LD_PRELOAD");
    if (!preload)
        return NULL;
    pl_file_hash(strchr(preload, '=') + 1, hash, sizeof hash);
    return json_string(hash);
}

/* Each heap's library, by hash: a new package version must show. */
static json_t *libraries(void)
{
    json_t *object = json_object();
    struct pl_backend_info info;
    for (size_t i = 0; object && pl_backend_info(i, &info); i++) {
        json_t *hash = info.heap && !info.missing ? library_hash(info.name) : NULL;
        if (hash)
            json_object_set_new(object, info.name, hash);
    }
    return object;
}

static json_t *memory_bytes(void)
{
    return json_integer((json_int_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE));
}

json_t *pl_host_fingerprint(void)
{
    struct utsname name;
    if (uname(&name))
        memset(&name, 0, sizeof name);
    json_t *host = json_object();
    if (!host)
        return NULL;
    json_object_set_new(host, "cpu", cpuinfo("model name"));
    json_object_set_new(host, "microcode", cpuinfo("microcode"));
    json_object_set_new(host, "cores", json_integer(sysconf(_SC_NPROCESSORS_ONLN)));
    json_object_set_new(host, "memory_bytes", memory_bytes());
    json_object_set_new(host, "kernel", json_sprintf("%s %s", name.sysname, name.release));
    json_object_set_new(host, "machine", json_string(name.machine));
    json_object_set_new(host, "huge_pages",
                        first_line("/sys/kernel/mm/transparent_hugepage/enabled"));
    json_object_set_new(host, "governor",
                        first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
    json_object_set_new(host, "address_randomisation",
                        first_line("/proc/sys/kernel/randomize_va_space"));
    json_object_set_new(host, "libc", json_sprintf("glibc %s", gnu_get_libc_version()));
    json_object_set_new(host, "compiler", json_string(PL_COMPILER));
    json_object_set_new(host, "compiler_flags", json_string(PL_COMPILER_FLAGS));
    json_object_set_new(host, "libraries", libraries());
    return host;
}
