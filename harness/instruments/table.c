/* The instruments there are: a file and a row each. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "harness/instruments/instrument.h"

extern const struct pl_instrument pl_instrument_massif, pl_instrument_heaptrack,
    pl_instrument_callgrind, pl_instrument_gbench, pl_instrument_hyperfine;

const struct pl_instrument *const pl_instruments[] = {
    &pl_instrument_massif, &pl_instrument_heaptrack, &pl_instrument_callgrind,
    &pl_instrument_gbench, &pl_instrument_hyperfine,
};
const size_t pl_instrument_count = sizeof pl_instruments / sizeof *pl_instruments;

const struct pl_instrument *pl_instrument_find(const char *name)
{
    for (size_t i = 0; i < pl_instrument_count; i++)
        if (strcmp(pl_instruments[i]->name, name) == 0)
            return pl_instruments[i];
    return NULL;
}

void pl_instrument_names(char *text, size_t capacity)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; i < pl_instrument_count && used < capacity; i++)
        used += (size_t)snprintf(text + used, capacity - used, "%s%s", i ? ", " : "",
                                 pl_instruments[i]->name);
}

int pl_instrument_available(const struct pl_instrument *instrument, struct pl_error *error)
{
    struct pl_error reason;
    int rc = instrument->check(&reason);
    return rc ? pl_error_set(error, rc, "%s; %s", reason.text, instrument->get) : 0;
}
