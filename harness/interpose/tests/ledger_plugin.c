/* A plugin that allocates, built twice: two functions of the same name, at the same place in files
 * of the same size. */
#include <stddef.h>
#include <stdlib.h>

#define NAMED(name) take_in_##name
#define NAME(name) NAMED(name)

__attribute__((noinline)) static void *NAME(PLUGIN)(void)
{
    void *block = malloc(PLUGIN_BYTES);
    __asm__ volatile("" ::: "memory");
    return block;
}

void *run(void);
void *run(void)
{
    void *block = NAME(PLUGIN)();
    __asm__ volatile("" ::: "memory");
    return block;
}
