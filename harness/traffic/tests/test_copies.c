/* The same packet seen on two interfaces, and duplicates that are a network's own. */
#include <stdlib.h>

#include "harness/traffic/tests/cmocka_all.h"
#include "harness/traffic/tests/crafted.h"

enum { ETHERNET = 1, COOKED = 276, COUNT = 5, MS = 1000000 };

struct sight {
    uint32_t interface; /* from 1 on */
    uint32_t late_ns;   /* after the packet's own time, one every 20 ms */
    bool changed;       /* a byte of it */
};

static void add_sight(struct craft_file *file, uint16_t number, struct sight sight)
{
    struct craft rtp = {.data = NULL}, frame = {.data = NULL};
    bool cooked = file->link == COOKED;
    craft_rtp(&rtp, &(struct craft_rtp){.sequence = number, .ssrc = 5, .type = 96, .payload = 9});
    rtp.data[20] ^= sight.changed;
    craft_recipe(&frame,
                 cooked ? "0800 0000 00000000 0001 00 06 aabbccddeeff 0000 I11 U138c"
                        : "020202020202 030303030303 0800 I11 U138c",
                 &rtp);
    if (cooked)
        frame.data[7] = (uint8_t)sight.interface;
    craft_record_of(file, file->pcapng && !cooked ? sight.interface - 1 : 0,
                    start_ns + number * 20u * MS + sight.late_ns, &frame, (uint32_t)frame.size,
                    (uint32_t)frame.size);
    craft_free(&rtp);
    craft_free(&frame);
}

/* Each packet under all sights, in cooked frames of either format and under pcapng's interfaces. */
static void check(const struct sight *sights, size_t count, uint32_t taken)
{
    for (unsigned kind = 0; kind < 3; kind++) {
        struct craft_file file = {.link = kind < 2 ? COOKED : ETHERNET, .pcapng = kind > 0};
        struct pl_recording *recording;
        struct pl_capture_counts counts;
        struct pl_error error;
        craft_begin(&file);
        for (unsigned i = 0; kind == 2 && i < 3; i++)
            craft_interface(&file, 9);
        for (uint16_t i = 0; i < COUNT; i++)
            for (size_t k = 0; k < count; k++)
                add_sight(&file, i, sights[k]);
        if (read_bytes(file.bytes.data, file.bytes.size, NULL, &recording, &counts, &error))
            fail_msg("%s", error.text);
        assert_int_equal(recording->packet_count, taken * COUNT);
        assert_int_equal(counts.copies, (count - taken) * COUNT);
        assert_int_equal(counts.frames, count * COUNT);
        assert_int_equal(pl_capture_not_udp(&counts) + pl_capture_not_rtp(&counts), 0);
        free(recording);
        craft_free(&file.bytes);
    }
}

static void on_two_interfaces(void **state)
{
    (void)state;
    const struct sight same_time[] = {{1, 0, false}, {2, 0, false}};
    const struct sight later[] = {{2, 0, false}, {1, 9 * MS, false}};
    const struct sight earlier[] = {{1, 5 * MS, false}, {2, 0, false}};
    check(same_time, 2, 1);
    check(later, 2, 1);
    check(earlier, 2, 1);
}

static void on_three_interfaces(void **state)
{
    (void)state;
    const struct sight sights[] = {{3, 0, false}, {1, 1000, false}, {2, 2000, false}};
    check(sights, 3, 1);
}

static void duplicates_of_one_interface_stay(void **state)
{
    (void)state;
    const struct sight sights[] = {{1, 0, false}, {1, 1000, false}};
    check(sights, 2, 2);
}

/* Two that came in by one interface, and went out by another. */
static void duplicates_that_were_handed_on_stay_two(void **state)
{
    (void)state;
    const struct sight sights[] = {
        {1, 0, false}, {2, 100, false}, {1, 1000, false}, {2, 1100, false}};
    check(sights, 4, 2);
}

static void what_differs_stays(void **state)
{
    (void)state;
    const struct sight much_later[] = {{1, 0, false}, {2, 10 * MS, false}};
    const struct sight changed[] = {{1, 0, false}, {2, 1000, true}};
    check(much_later, 2, 2);
    check(changed, 2, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(on_two_interfaces),
        cmocka_unit_test(on_three_interfaces),
        cmocka_unit_test(duplicates_of_one_interface_stay),
        cmocka_unit_test(duplicates_that_were_handed_on_stay_two),
        cmocka_unit_test(what_differs_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
