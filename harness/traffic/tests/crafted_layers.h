/* Frames of every kind with UDP to port 5004 within, as recipes (craft.h) without its payload. */
#ifndef PL_TRAFFIC_TESTS_CRAFTED_LAYERS_H
#define PL_TRAFFIC_TESTS_CRAFTED_LAYERS_H

#include <stddef.h>

struct crafted_row {
    int link;
    const char *recipe;
};

struct crafted_group {
    const char *name; /* NULL behind the last */
    const struct crafted_row *rows;
    size_t count;
};

extern const struct crafted_group crafted_groups[];

#endif
