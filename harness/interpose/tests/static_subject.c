/* interpose-static [SECONDS]: allocates, lasts so long, and is linked statically: nothing can stand
 * before its malloc. */
#include <stdlib.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    void *volatile block = malloc(1000);
    int code = block ? 0 : 1;
    free(block);
    if (argc > 1)
        sleep((unsigned)atoi(argv[1]));
    return code;
}
