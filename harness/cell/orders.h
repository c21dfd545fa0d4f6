/* What the process that runs a foreign program is told beside the scenario: part of its job. */
#ifndef PL_CELL_ORDERS_H
#define PL_CELL_ORDERS_H

#include <stdint.h>

#include "allocators/allocator.h"

struct pl_orders {
    char cgroup[2400];                 /* that the program joins; "" for none */
    uint32_t container_kind;           /* enum pl_container_kind */
    uint64_t data_bytes;               /* its RLIMIT_DATA; 0 for none */
    struct pl_environment environment; /* of its heap */
    uint32_t takes_unready;            /* cell/run.h */
    uint32_t watched;                  /* likewise */
    char page[1100];   /* of the interposed library (interpose/page.h); "": it is not in there */
    char output[1024]; /* where what it prints is kept, ".txt" and "-clients.txt" being added; "":
                          nowhere */
};

#endif
