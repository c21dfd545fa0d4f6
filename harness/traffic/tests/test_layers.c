/* Each layer that dissect.c has a row for, byte by byte, whole and cut at every length. Frames end
 * with their memory, so that sanitizers and memcheck see a read beyond what was captured. */
#include <stdlib.h>
#include <string.h>

#include "harness/traffic/dissect.h"
#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/craft.h"
#include "harness/traffic/tests/crafted_layers.h"

#define MAC "020202020202 030303030303 "
#define UDP4 "I11 U138c"
#define UDP6 "J11 U138c"
#define SNAP "aaaa03 000000 "
#define WIFI_ADDRESSES "a1a1a1a1a1a1 a2a2a2a2a2a2 a3a3a3a3a3a3 0010 "

enum { PORT = 5004, PAYLOAD = 30, ROUNDS = 12 };

/* @return whether the datagram to the innermost port is found in the first `captured` bytes; what
 *  stays of one to a tunnel's own port is another thing */
static bool finds(int link, const struct craft *whole, size_t captured, bool snapped,
                  struct pl_dissected *d)
{
    uint8_t *exact = malloc(captured + (captured == 0));
    assert_non_null(exact);
    memcpy(exact, whole->data, captured);
    struct pl_frame frame = {exact, captured, snapped ? whole->size - captured : 0};
    pl_dissect(pl_layer_of_link(link), frame, d);
    if (d->found != PL_FOUND_NOTHING)
        assert_true(d->payload.data + d->payload.captured <= exact + captured);
    free(exact);
    return d->found == PL_FOUND_UDP && d->flow.destination_port == PORT;
}

static void check_length(const struct crafted_row *row, const struct craft *whole, size_t captured)
{
    struct pl_dissected d;
    size_t missing = whole->size - captured;
    bool has_headers = missing <= PAYLOAD;
    if (finds(row->link, whole, captured, true, &d) != has_headers)
        fail_msg("link %d, %s, %zu of %zu bytes", row->link, row->recipe, captured, whole->size);
    if (has_headers) {
        assert_int_equal(d.payload.captured, PAYLOAD - missing);
        assert_int_equal(d.payload.missing, missing);
        assert_int_equal(d.flow.source_port, 4000);
    }
    if (finds(row->link, whole, captured, false, &d) != (missing == 0))
        fail_msg("link %d, %s, ends at byte %zu", row->link, row->recipe, captured);
}

static void every_length(void **state)
{
    (void)state;
    struct craft payload = {.data = NULL};
    craft_fill(&payload, 0x80, PAYLOAD);
    for (const struct crafted_group *group = crafted_groups; group->name; group++)
        for (size_t i = 0; i < group->count; i++) {
            struct craft whole = {.data = NULL};
            craft_recipe(&whole, group->rows[i].recipe, &payload);
            for (size_t captured = 0; captured <= whole.size; captured++)
                check_length(group->rows + i, &whole, captured);
            craft_free(&whole);
        }
    craft_free(&payload);
}

static void dissect_recipe(int link, const char *recipe, struct craft *whole,
                           struct pl_dissected *d)
{
    struct craft payload = {.data = NULL};
    craft_fill(&payload, 0x80, PAYLOAD);
    craft_recipe(whole, recipe, &payload);
    pl_dissect(pl_layer_of_link(link), (struct pl_frame){whole->data, whole->size, 0}, d);
    craft_free(&payload);
}

static void what_is_not_understood_is_nothing(void **state)
{
    (void)state;
    static const struct crafted_row rows[] = {
        {1, MAC "0806" UDP4},                               /* ARP's type */
        {1, MAC "0042 424203 000000 0800" UDP4},            /* LLC of a spanning tree */
        {105, "0841 0000" WIFI_ADDRESSES SNAP "0800" UDP4}, /* protected */
        {105, "4801 0000" WIFI_ADDRESSES SNAP "0800" UDP4}, /* no data in it */
        {105, "8000 0000" WIFI_ADDRESSES SNAP "0800" UDP4}, /* a beacon */
        {127, "0000 ff00 00000000 0801 0000" WIFI_ADDRESSES SNAP "0800 45"}, /* longer than it is */
        {127, "0000 0700 00000000 0801 0000" WIFI_ADDRESSES SNAP "0800" UDP4},
        {9, "c021" UDP4},                    /* LCP */
        {51, "1107 0007 003c 0021" UDP4},    /* a session's end */
        {51, "2100 0007 003c 0021" UDP4},    /* version 2 */
        {239, "02 00 0000 0200 0100" UDP4},  /* shorter than its own head */
        {12, "I2f 4000 0800 00000000" UDP4}, /* RFC 1701's routing */
        {12, "I2f 0002 0800" UDP4},          /* version 2 */
        {12, "I2f 2001 0800 00000000" UDP4}, /* PPTP's, but no PPP */
        {12, "I2f 1000 22eb 00000007 30640000 00000000 00000000" MAC "0800" UDP4},
        {12, "I32" UDP4}, /* ESP */
        {12, "55" UDP4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct craft whole = {.data = NULL};
        struct pl_dissected d;
        dissect_recipe(rows[i].link, rows[i].recipe, &whole, &d);
        if (d.found != PL_FOUND_NOTHING)
            fail_msg("link %d, %s", rows[i].link, rows[i].recipe);
        craft_free(&whole);
    }
    assert_int_equal(pl_layer_of_link(189), PL_LAYER_UNKNOWN); /* USB */
}

/* Headers of tunnels that are not as their documents have them: a datagram of something else. */
static void no_tunnel_but_a_datagram(void **state)
{
    (void)state;
    static const char *const recipes[] = {
        "I11 U12b5",
        "I11 U2118",
        "I11 U17c1",
        "I11 U0868",
        "I11 U12b5 08000000 00000900" MAC "0806",
        "I11 U0868 30fe 003a 00000009" UDP4,
        "I11 U0868 34ff 0042 00000009 0000 00 85 00 1001 00" UDP4,
        "I11 U0868 34ff 0042 00000009 0000 00 85 ff 1001 00" UDP4,
        "I11 U17c1 4000 0800 00000900" UDP4,
    };
    for (size_t i = 0; i < sizeof recipes / sizeof *recipes; i++) {
        struct craft whole = {.data = NULL};
        struct pl_dissected d;
        dissect_recipe(12, recipes[i], &whole, &d);
        assert_int_equal(d.found, PL_FOUND_UDP);
        assert_int_not_equal(d.flow.destination_port, PORT);
        assert_int_equal(d.payload.captured, whole.size - 28);
        assert_int_equal(d.tunnels, 0);
        craft_free(&whole);
    }
}

/* Whatever stands in itself ends somewhere. */
static void depth_is_bounded(void **state)
{
    (void)state;
    char tunnels[2048] = "", tags_text[2048] = MAC;
    for (int i = 0; i < ROUNDS; i++)
        strcat(tunnels, "I11 U17c1 0000 0800 00000900 ");
    strcat(tunnels, UDP4);
    for (int i = 0; i < 40; i++)
        strcat(tags_text, "8100 0064 ");
    strcat(tags_text, "0800" UDP4);
    struct craft whole = {.data = NULL};
    struct pl_dissected d;
    dissect_recipe(12, tunnels, &whole, &d);
    assert_int_equal(d.found, PL_FOUND_UDP);
    assert_int_equal(d.tunnels, 8);
    assert_int_equal(d.flow.destination_port, 6081);
    craft_free(&whole);
    dissect_recipe(1, tags_text, &whole, &d);
    assert_int_equal(d.found, PL_FOUND_NOTHING);
    craft_free(&whole);
}

/* Who sends to whom is told by the innermost addresses, where it came by the outermost frame. */
static void inner_addresses_and_outer_interface(void **state)
{
    (void)state;
    struct craft whole = {.data = NULL};
    struct pl_dissected d;
    dissect_recipe(276,
                   "86dd 0000 00000003 0001 00 06 aabbccddeeff 0000 J11 U12b5 08000000 00000900" MAC
                   "0800" UDP4,
                   &whole, &d);
    static const uint8_t source[16] = {10, 0, 0, 1};
    assert_int_equal(d.found, PL_FOUND_UDP);
    assert_int_equal(d.interface, 3);
    assert_int_equal(d.flow.version, 4);
    assert_memory_equal(d.flow.source, source, sizeof source);
    craft_free(&whole);
}

static void tcp_says_its_place(void **state)
{
    (void)state;
    struct craft whole = {.data = NULL};
    struct pl_dissected d;
    dissect_recipe(12, "I06 022a 138c 00000064 00000000 6018 0000 0000 0000 01010101", &whole, &d);
    assert_int_equal(d.found, PL_FOUND_TCP);
    assert_int_equal(d.sequence, 100);
    assert_false(d.opens);
    assert_int_equal(d.payload.captured, PAYLOAD);
    craft_free(&whole);
    dissect_recipe(12, "I06 022a 138c ffffffff 00000000 5002 0000 0000 0000", &whole, &d);
    assert_int_equal(d.sequence, 0);
    assert_true(d.opens);
    craft_free(&whole);
    dissect_recipe(12, "I06 022a 138c 00000064 00000000 4018 0000 0000 0000", &whole, &d);
    assert_int_equal(d.found, PL_FOUND_NOTHING);
    craft_free(&whole);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_length),
        cmocka_unit_test(what_is_not_understood_is_nothing),
        cmocka_unit_test(no_tunnel_but_a_datagram),
        cmocka_unit_test(depth_is_bounded),
        cmocka_unit_test(inner_addresses_and_outer_interface),
        cmocka_unit_test(tcp_says_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
