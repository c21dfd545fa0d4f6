/* A plug-in that calls operator new and delete by the names that a C++ compiler gives them. What it
 * finds broken it says on stdout, and ends the program with 1. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef void (*function)(void);
typedef void *(*taker)(size_t size, size_t second);
typedef void (*giver)(void *block, size_t second);

/* With one second argument for all: a size, an alignment or nothing that is looked at. */
#define TAKER(name) void *name(size_t size, size_t second);
#define GIVER(name) void name(void *block, size_t second);
TAKER(_Znwm)
TAKER(_Znam)
TAKER(_ZnwmRKSt9nothrow_t)
TAKER(_ZnamRKSt9nothrow_t)
TAKER(_ZnwmSt11align_val_t)
TAKER(_ZnamSt11align_val_t)
TAKER(_ZnwmSt11align_val_tRKSt9nothrow_t)
TAKER(_ZnamSt11align_val_tRKSt9nothrow_t)
GIVER(_ZdlPv)
GIVER(_ZdaPv)
GIVER(_ZdlPvm)
GIVER(_ZdaPvm)
GIVER(_ZdlPvRKSt9nothrow_t)
GIVER(_ZdaPvRKSt9nothrow_t)
GIVER(_ZdlPvSt11align_val_t)
GIVER(_ZdaPvSt11align_val_t)
GIVER(_ZdlPvSt11align_val_tRKSt9nothrow_t)
GIVER(_ZdaPvSt11align_val_tRKSt9nothrow_t)
void _ZdlPvmSt11align_val_t(void *block, size_t size, size_t alignment);
void _ZdaPvmSt11align_val_t(void *block, size_t size, size_t alignment);
function _ZSt15set_new_handlerPFvvE(function handler);
function _ZSt13set_terminatePFvvE(function handler);
void run(const char *what);

#define CHECK(condition)                                           \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("line %d: not so: %s\n", __LINE__, #condition); \
            exit(1);                                               \
        }                                                          \
    } while (0)

static void try_plain(taker take, giver give)
{
    void *block = take(256, 0), *none = take(0, 0);
    CHECK(block && none && block != none);
    memset(block, 1, 256);
    give(block, 256);
    give(none, 0);
    give(NULL, 0);
}

static void *take_aligned(taker take)
{
    void *block = take(256, 64);
    CHECK(block && (uintptr_t)block % 64 == 0);
    return memset(block, 1, 256);
}

static void every_form(void)
{
    try_plain(_Znwm, _ZdlPv);
    try_plain(_Znam, _ZdaPv);
    try_plain(_Znwm, _ZdlPvm);
    try_plain(_Znam, _ZdaPvm);
    try_plain(_ZnwmRKSt9nothrow_t, _ZdlPvRKSt9nothrow_t);
    try_plain(_ZnamRKSt9nothrow_t, _ZdaPvRKSt9nothrow_t);
    _ZdlPvSt11align_val_t(take_aligned(_ZnwmSt11align_val_t), 64);
    _ZdaPvSt11align_val_t(take_aligned(_ZnamSt11align_val_t), 64);
    _ZdlPvmSt11align_val_t(take_aligned(_ZnwmSt11align_val_t), 256, 64);
    _ZdaPvmSt11align_val_t(take_aligned(_ZnamSt11align_val_t), 256, 64);
    _ZdlPvSt11align_val_tRKSt9nothrow_t(take_aligned(_ZnwmSt11align_val_tRKSt9nothrow_t), 64);
    _ZdaPvSt11align_val_tRKSt9nothrow_t(take_aligned(_ZnamSt11align_val_tRKSt9nothrow_t), 64);
}

static void *reserve;
static int handled;

static void give_reserve_up(void)
{
    handled++;
    free(reserve);
    reserve = NULL;
}

/* Under a limit of 4 MiB: a second time there is room only once the handler has made some. */
static void new_handler(void)
{
    reserve = malloc(3u << 20);
    CHECK(reserve);
    _ZSt15set_new_handlerPFvvE(give_reserve_up);
    void *block = _Znwm(3u << 20, 0);
    CHECK(block && handled == 1);
    _ZdlPv(block, 0);
}

static void end_well(void)
{
    printf("thrown=1\n");
    fflush(stdout);
    _exit(0);
}

/* Nobody catches it, so that the C++ library asks what to do. */
static void refused(void)
{
    CHECK(!_ZnwmRKSt9nothrow_t(5u << 20, 0));
    _ZSt13set_terminatePFvvE(end_well);
    _Znwm(5u << 20, 0);
    exit(1);
}

__attribute__((visibility("default"))) void run(const char *what)
{
    if (strcmp(what, "forms") == 0)
        every_form();
    else if (strcmp(what, "handler") == 0)
        new_handler();
    else if (strcmp(what, "refused") == 0)
        refused();
    else
        exit(2);
}
