/* interpose-names jemalloc|tcmalloc|neither [limited]: calls a heap's own names, which it finds as
 * a program does that wants to know which heap it has. Holds 10 blocks of 1000 B at its end; 1
 * where a name's promise is broken, or one is there that should not be. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COUNT = 10, ALIGN_64 = 6 /* MALLOCX_LG_ALIGN */, ZERO = 0x40 /* MALLOCX_ZERO */ };

#define CHECK(condition)                                                    \
    do {                                                                    \
        if (!(condition)) {                                                 \
            fprintf(stderr, "line %d: not so: %s\n", __LINE__, #condition); \
            exit(1);                                                        \
        }                                                                   \
    } while (0)

typedef void (*function)(void);

static function find(const char *name)
{
    function found = NULL;
    void *symbol = dlsym(RTLD_DEFAULT, name);
    memcpy(&found, &symbol, sizeof found);
    return found;
}

static void call_jemalloc(bool limited)
{
    void *(*mallocx)(size_t, int) = (void *(*)(size_t, int))find("mallocx");
    void *(*rallocx)(void *, size_t, int) = (void *(*)(void *, size_t, int))find("rallocx");
    size_t (*xallocx)(void *, size_t, size_t, int) =
        (size_t(*)(void *, size_t, size_t, int))find("xallocx");
    void (*dallocx)(void *, int) = (void (*)(void *, int))find("dallocx");
    void (*sdallocx)(void *, size_t, int) = (void (*)(void *, size_t, int))find("sdallocx");
    CHECK(mallocx && rallocx && xallocx && dallocx && sdallocx);
    char *block = mallocx(1000, ALIGN_64 | ZERO);
    CHECK(block && (uintptr_t)block % 64 == 0 && block[999] == 0);
    memset(block, 7, 1000);
    CHECK((block = rallocx(block, 5000, 0)) && block[999] == 7);
    CHECK(xallocx(block, 5000, 0, 0) >= 5000);
    dallocx(block, 0);
    sdallocx(mallocx(300, 0), 300, 0);
    CHECK(!limited || mallocx((size_t)1 << 40, 0) == NULL);
    for (int i = 0; i < COUNT; i++)
        CHECK(mallocx(1000, 0));
}

static void call_tcmalloc(bool limited)
{
    void *(*take)(size_t) = (void *(*)(size_t))find("tc_malloc");
    void (*give)(void *) = (void (*)(void *))find("tc_free");
    void *(*make)(size_t) = (void *(*)(size_t))find("tc_new");
    void (*delete_sized)(void *, size_t) = (void (*)(void *, size_t))find("tc_delete_sized");
    CHECK(take && give && make && delete_sized);
    give(take(1000));
    delete_sized(make(300), 300);
    CHECK(!limited || take((size_t)1 << 40) == NULL);
    for (int i = 0; i < COUNT; i++)
        CHECK(take(1000));
}

int main(int argc, char **argv)
{
    if (argc < 2)
        return 2;
    if (strcmp(argv[1], "jemalloc") == 0)
        call_jemalloc(argc > 2);
    else if (strcmp(argv[1], "tcmalloc") == 0)
        call_tcmalloc(argc > 2);
    else
        CHECK(!find("mallocx") && !find("tc_malloc"));
    return 0;
}
