/* A plugin of ledger_subject.c. */
#include <stdlib.h>

void *plugin_get(size_t size);

__attribute__((visibility("default"))) void *plugin_get(size_t size)
{
    void *block = malloc(size); /* MARK plugin_get */
    __asm__ volatile("" : : "r"(block) : "memory");
    return block;
}
