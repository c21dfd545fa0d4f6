/* Strings of a document where there is no memory for them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "harness/results/clean.h"

/* A text of 64 MiB, where 32 are left, in a process of its own. */
static void without_memory_no_string_is_left_out(void **state)
{
    (void)state;
    enum { LENGTH = 64 << 20 };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    skip(); /* a sanitizer's shadow is beyond any RLIMIT_DATA */
#endif
    char *text = malloc(LENGTH + 1);
    int status = 0;
    assert_non_null(text);
    memset(text, 'a', LENGTH);
    text[LENGTH] = '\0';
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {32 << 20, 32 << 20};
        setrlimit(RLIMIT_DATA, &none);
        json_t *object = json_object();
        json_object_set_new(object, "key", pl_clean_string(text));
        _exit(json_object_size(object) == 1 ? 0 : 1);
    }
    waitpid(child, &status, 0);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 3);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_memory_no_string_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
