/* interpose-plugin LIBRARY global|local WHAT: loads a plug-in while it runs, into the program's
 * search for names or out of it, and has it do something. */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    void (*run)(const char *what);
    if (argc != 4)
        return 2;
    int search = strcmp(argv[2], "global") == 0 ? RTLD_GLOBAL : RTLD_LOCAL;
    void *library = dlopen(argv[1], RTLD_NOW | search);
    void *found = library ? dlsym(library, "run") : NULL;
    if (!found) {
        fprintf(stderr, "interpose-plugin: %s\n", dlerror());
        return 1;
    }
    memcpy(&run, &found, sizeof run);
    run(argv[3]);
    return 0;
}
