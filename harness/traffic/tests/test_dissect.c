/* Dissection by itself, on frames that end with their memory, so that sanitizers and memcheck see
 * any read beyond what was captured. */
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/dissect.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/craft.h"

/* Dissects the first `captured` bytes; the rest is missing, or never was. */
static bool dissect(const struct craft *whole, uint32_t link, size_t captured, bool snapped,
                    struct pl_dissected *udp)
{
    uint8_t *exact = malloc(captured + (captured == 0));
    assert_non_null(exact);
    memcpy(exact, whole->data, captured);
    struct pl_frame frame = {exact, captured, snapped ? whole->size - captured : 0};
    pl_dissect(pl_layer_of_link((int)link), frame, udp);
    bool found = udp->found == PL_FOUND_UDP;
    if (found)
        assert_true(udp->payload.data + udp->payload.captured <= exact + captured);
    free(exact);
    return found;
}

static void check_every_length(const struct craft_frame *shape)
{
    struct craft payload = {.data = NULL}, whole = {.data = NULL};
    craft_fill(&payload, 0x80, 30);
    craft_frame(&whole, shape, &payload);
    for (size_t captured = 0; captured <= whole.size; captured++) {
        struct pl_dissected udp;
        size_t missing = whole.size - captured;
        bool headers = missing <= payload.size; /* all headers were captured */
        assert_int_equal(dissect(&whole, shape->link, captured, true, &udp), headers);
        if (headers) {
            assert_int_equal(udp.payload.captured, payload.size - missing);
            assert_int_equal(udp.payload.missing, missing);
            assert_int_equal(udp.flow.destination_port, 5004);
            assert_int_equal(udp.flow.source_port, 4000);
            assert_int_equal(udp.flow.version, shape->ipv6 ? 6 : 4);
        }
        assert_int_equal(dissect(&whole, shape->link, captured, false, &udp), missing == 0);
    }
    craft_free(&payload);
    craft_free(&whole);
}

static void every_length(void **state)
{
    (void)state;
    const struct craft_frame shapes[] = {
        {.link = 1, .tags = 2, .ipv4_options = 2},
        {.link = 1, .ipv6 = true},
        {.link = 276, .tags = 1, .ipv6 = true, .extension_headers = true},
        {.link = 0},
        {.link = 108, .ipv6 = true},
        {.link = 113, .tags = 1},
        {.link = 12},
    };
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        check_every_length(shapes + i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_length)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
