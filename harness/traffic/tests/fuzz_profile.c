/* Feeds arbitrary text to the reader of profiles, and draws from what it accepts. */
#include <stdlib.h>
#include <string.h>

#include "harness/base/random.h"
#include "harness/traffic/profile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Every draw is one of the rows, whatever the random number. */
static void check(const struct pl_profile *profile)
{
    uint64_t random = 1;
    const uint64_t edges[] = {0, 1, UINT64_MAX / 2, UINT64_MAX};
    for (size_t i = 0; i < 64; i++) {
        const struct pl_profile_row *row =
            pl_profile_draw(profile, i < 4 ? edges[i] : pl_random_next(&random));
        if (row < profile->rows || row >= profile->rows + profile->row_count || row->size == 0)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct pl_profile *profile = NULL;
    struct pl_error error;
    char *text = malloc(size + 1);
    if (!text)
        return 0;
    memcpy(text, data, size);
    text[size] = '\0';
    if (pl_profile_parse(text, "input", &profile, &error) == 0) {
        check(profile);
        free(profile);
    } else if (profile) {
        abort();
    }
    free(text);
    return 0;
}
