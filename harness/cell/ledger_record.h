/* A ledger's report on its way from the cell to the controller: a record for each site, then one
 * with the rest, which makes it whole. A cell that is killed in between leaves the report before.
 */
#ifndef PL_CELL_LEDGER_RECORD_H
#define PL_CELL_LEDGER_RECORD_H

#include "allocators/ledger/statement.h"

#define PL_LEDGER_TIMES_MAX 16      /* at which a person asks for reports */
#define PL_LEDGER_OTHERS UINT32_MAX /* the index of what is told of further sites in one sum */
#define PL_LEDGER_EIGHTHS 8         /* parts of the run that each end with a report */

/** Why a report was made. */
enum pl_ledger_reason {
    PL_LEDGER_PART = 1, /* a part of the run is over: there should be one if the cell is killed */
    PL_LEDGER_ASKED,    /* at a time that a person named */
    PL_LEDGER_END       /* of the window */
};

struct pl_ledger_site_record {
    uint32_t kind; /* PL_RECORD_LEDGER_SITE */
    uint32_t size;
    uint32_t index;
    uint32_t line;
    char label[64];
    char file[160];
    char function[256];
    struct pl_ledger_count count;
    int64_t oldest_ns;   /* age of its oldest live block; -1 for none */
    int64_t youngest_ns; /* of its youngest; likewise */
    uint32_t is_suspect;
    struct pl_ledger_leak leak;
};

/** Of a foreign program: whose books they are, and what they lack. */
struct pl_ledger_books_record {
    uint64_t processes; /* 0: it is a model's ledger */
    uint64_t processes_lost, unsited_blocks, unentered_blocks, unknown_frees; /* books_read.h */
};

struct pl_ledger_record {
    uint32_t kind; /* PL_RECORD_LEDGER */
    uint32_t size;
    int64_t t_ns;        /* the replay's time */
    uint32_t reason;     /* enum pl_ledger_reason */
    uint32_t sites;      /* records that came before */
    uint32_t is_at_rest; /* no thread was at work: all of it is of one moment */
    uint32_t group_count;
    struct pl_ledger_count total;
    struct pl_ledger_count classes[PL_LEDGER_CLASSES];
    uint64_t age_blocks[PL_LEDGER_AGES], age_bytes[PL_LEDGER_AGES];
    struct pl_ledger_group groups[PL_LEDGER_GROUPS];
    uint64_t corruptions;
    struct pl_ledger_books_record books;
};

#endif
