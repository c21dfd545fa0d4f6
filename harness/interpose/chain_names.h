/* What a chain of calls is called: the function that names its site, and all of its frames. */
#ifndef PL_INTERPOSE_CHAIN_NAMES_H
#define PL_INTERPOSE_CHAIN_NAMES_H

#include "harness/interpose/books_read.h"
#include "harness/interpose/symbols.h"

/** A site's name. Where no function is known, `label` names an object and an offset. */
struct pl_chain_name {
    struct pl_symbol site;
    char label[PL_SYMBOL_TEXT];
    char *frames; /* all of them, innermost first, a line each: "function (file:line)", with inlined
                     ones; free it. NULL: there are none */
};

/** A return address. */
struct pl_chain_frame {
    const struct pl_books_object *object; /* that it lies in; NULL: in none */
    uint64_t address;                     /* in memory */
};

/** Names a chain of calls, as below. @param depth frames, innermost first */
int pl_chain_name_frames(struct pl_symbols *symbols, const struct pl_chain_frame *chain,
                         uint32_t depth, struct pl_chain_name *name);

/** Names a site of books: by the first frame that is neither of the C and C++ libraries nor one of
 *  the functions that everybody allocates by (g_malloc, av_malloc, std::allocator and such), or by
 *  the first one if all are. What calls main, or a thread's function, is left out.
 *  @return 0 or -ENOMEM */
int pl_chain_name(const struct pl_books_reader *reader, struct pl_symbols *symbols, uint32_t index,
                  struct pl_chain_name *name);

#endif
