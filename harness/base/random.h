/* Seeded randomness, the same on every machine: splitmix64 (Steele, Lea, Flood, "Fast splittable
 * pseudorandom number generators", OOPSLA 2014). */
#ifndef PL_BASE_RANDOM_H
#define PL_BASE_RANDOM_H

#include <stdint.h>

/** The next of 2^64 numbers; `state` may start at any seed. */
static inline uint64_t pl_random_next(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/** The next number from 0 to below 1, all as likely. */
static inline double pl_random_unit(uint64_t *state)
{
    return (double)(pl_random_next(state) >> 11) * 0x1p-53;
}

#endif
