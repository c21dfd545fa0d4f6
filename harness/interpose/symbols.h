/* Functions, files and lines of addresses in foreign programs, by elfutils' libdw: from an object's
 * own debug information, or from that which is installed apart (found by its build id or its
 * .gnu_debuglink), else by its symbols. Asked of a file that is no longer the one that was mapped,
 * nothing is known. Nothing is fetched from the network unless DEBUGINFOD_URLS is set. */
#ifndef PL_INTERPOSE_SYMBOLS_H
#define PL_INTERPOSE_SYMBOLS_H

#include <stdint.h>

struct pl_books_object;
struct pl_symbols;

enum { PL_SYMBOL_TEXT = 256, PL_SYMBOL_INLINED_MAX = 16 };

/** An object's build_id_bytes where its build id is not known: its file is taken as it is. */
#define PL_SYMBOL_ANY_BUILD UINT32_MAX

/** A function at an address. */
struct pl_symbol {
    char function[PL_SYMBOL_TEXT]; /* "" where it has no name; C++ as it is written */
    char file[PL_SYMBOL_TEXT];     /* "" without debug information; a long path keeps its end */
    uint32_t line;                 /* 0 likewise */
};

/** @return NULL when there is no memory */
struct pl_symbols *pl_symbols_open(void);
void pl_symbols_close(struct pl_symbols *symbols);

/** Finds what a return address returns to.
 *  @param object that it lies in @param address in memory
 *  @param found set to the function that stands there in the source first, then those that it was
 * inlined into @return how many; 0: nothing is known */
uint32_t pl_symbols_find(struct pl_symbols *symbols, const struct pl_books_object *object,
                         uint64_t address, struct pl_symbol found[PL_SYMBOL_INLINED_MAX]);

#endif
