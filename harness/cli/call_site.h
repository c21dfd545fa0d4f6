/* Where in a program a call was made: an object's file and an offset, told as a function and a line
 * of its source. */
#ifndef PL_CLI_CALL_SITE_H
#define PL_CLI_CALL_SITE_H

#include <stddef.h>
#include <stdint.h>

#define PL_CALL_SITE_TEXT 256

struct pl_call_site {
    char function[PL_CALL_SITE_TEXT]; /* "" where it can't be told */
    char source[PL_CALL_SITE_TEXT];   /* FILE:LINE; "" without debug information */
};

/** Looks up a return address: by addr2line where it is installed, else by the object's own symbols,
 *  which name no lines and leave C++ names as they are mangled. A function that has no symbol stays
 *  unnamed.
 *  @param object path of the file @param offset in it, as the object is linked */
void pl_call_site_find(const char *object, uint64_t offset, struct pl_call_site *site);

/** The function of an ELF file (64 bits, of this machine's byte order) that an address lies in, by
 *  its symbols, the dynamic ones where it is stripped. What is no such file has none.
 *  @param name set to "" where there is none; `capacity` with its NUL */
void pl_elf_function(const char *path, uint64_t address, char *name, size_t capacity);

#endif
