/* interpose-static: allocates, and is linked statically: nothing can stand before its malloc. */
#include <stdlib.h>

int main(void)
{
    void *volatile block = malloc(1000);
    int code = block ? 0 : 1;
    free(block);
    return code;
}
