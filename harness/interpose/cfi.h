/* How a function's frame is left, by the unwind tables (.eh_frame) that its object has in memory.
 * Takes no lock and no memory: it is asked within malloc. x86-64 alone; elsewhere nothing is known.
 *
 * Sources: DWARF 5, section 6.4; Linux Standard Base Core 5.0, chapter 10.6; System V ABI AMD64,
 * section 3.6.2 (register numbers). */
#ifndef PL_INTERPOSE_CFI_H
#define PL_INTERPOSE_CFI_H

#include <stdint.h>

/** What the caller's stack pointer, the canonical frame address, is computed from. */
enum pl_cfa {
    PL_CFA_UNKNOWN, /* the chain ends here: the outermost frame, or one that can't be told */
    PL_CFA_SP,      /* the stack pointer and an offset */
    PL_CFA_FP,      /* the frame pointer's register and an offset */
    PL_CFA_AT_FP    /* what lies at that address: functions that align their stack */
};

/** Where the caller's frame pointer register is. */
enum pl_saved {
    PL_SAVED_NOT,   /* in the register still */
    PL_SAVED_BELOW, /* in memory, at an offset from the canonical frame address */
    PL_SAVED_AT_FP  /* in memory, at an offset from the register itself */
};

/** The return address lies right below the canonical frame address, or there is no rule. */
struct pl_frame_rule {
    enum pl_cfa cfa;
    enum pl_saved saved;
    int32_t cfa_offset, saved_offset; /* bytes */
};

/** Finds the rule that holds at an address in a function.
 *  @param pc an address within the call instruction @param header the object's .eh_frame_hdr
 *  @param rule set to PL_CFA_UNKNOWN where there is none */
void pl_cfi_find(uintptr_t pc, const void *header, struct pl_frame_rule *rule);

#endif
