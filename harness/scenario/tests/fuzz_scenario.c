/* Whatever text a scenario holds, it is taken or refused with one line, and nothing else happens.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "harness/scenario/scenario.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__lsan_default_suppressions(void);

/* libfyaml 0.7.12 loses a buffer of 4 KiB with a long quoted text that nothing ends
 * (corpus-scenario/unterminated.bin). That our own documents are freed is what memcheck looks at.
 */
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml.so";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_scenario s;
    struct pl_error error = {""};
    /* What follows a NUL is a --set. */
    const char *text = (const char *)data, *zero = memchr(data, 0, size);
    char setting[256] = "";
    const char *const settings[] = {setting};
    if (zero) {
        size_t length = size - (size_t)(zero - text) - 1;
        length = length < sizeof setting - 1 ? length : sizeof setting - 1;
        memcpy(setting, zero + 1, length);
        setting[length] = '\0';
        size = (size_t)(zero - text);
    }
    int rc = pl_scenario_parse(text, size, "fuzz.yaml", PL_TIER_SMOKE, settings, zero ? 1 : 0, &s,
                               &error);
    if (rc && (!error.text[0] || strchr(error.text, '\n')))
        abort(); /* a refusal is one line */
    return 0;
}
