/* Pictures as text: what is written is what the pixels say. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "harness/base/random.h"
#include "harness/pipelines/broadcast/ascii.h"

static size_t render(const uint8_t *const *images, uint32_t count, uint32_t side, uint32_t columns,
                     uint32_t rows, char *text)
{
    struct ascii_view view = {images, count, side, side, columns, rows};
    size_t bytes = ascii_render(&view, text);
    text[bytes] = '\0';
    return bytes;
}

static void a_colour_is_said_where_it_changes(void **state)
{
    (void)state;
    uint8_t white[8 * 8 * 3], halves[8 * 8 * 3] = {0};
    char text[1000];
    memset(white, 255, sizeof white);
    for (int y = 0; y < 8; y++)
        memset(halves + (y * 8 + 4) * 3, 255, 4 * 3);
    const uint8_t *one = white;
    render(&one, 1, 8, 4, 2, text);
    assert_string_equal(text, "\033[38;2;240;240;240m@@@@\033[0m\n"
                              "\033[38;2;240;240;240m@@@@\033[0m\n");
    one = halves;
    render(&one, 1, 8, 8, 1, text);
    assert_non_null(strstr(text, "\033[38;2;0;0;0m    "));
    assert_non_null(strstr(text, "\033[38;2;240;240;240m@@@"));
}

static void images_stand_in_a_grid(void **state)
{
    (void)state;
    uint8_t red[8 * 8 * 3] = {0}, green[8 * 8 * 3] = {0};
    char text[2000];
    for (int i = 0; i < 64; i++)
        red[i * 3] = green[i * 3 + 1] = 255;
    const uint8_t *three[] = {red, green, NULL};
    render(three, 3, 8, 8, 4, text);
    static const char top[] = "\033[38;2;240;0;0m++++\033[38;2;0;240;0m";
    assert_int_equal(strncmp(text, top, 15), 0);
    assert_null(strstr(text, "m\033[0m\n")); /* no colour of nothing */
    assert_non_null(strstr(text, "\033[38;2;0;240;0m"));
    const char *third_row = strchr(strchr(text, '\n') + 1, '\n') + 1;
    assert_int_equal(strncmp(third_row, "\033[38;2;0;0;0m        \033[0m\n", 25), 0);
}

/* Noise changes colour at each character: the most that there can be. */
static void never_writes_more_than_it_says(void **state)
{
    (void)state;
    enum { SIDE = 64, COLUMNS = 50, ROWS = 20 };
    uint8_t *noise = malloc(SIDE * SIDE * 3);
    size_t capacity = ascii_capacity(COLUMNS, ROWS);
    char *text = malloc(capacity + 1);
    uint64_t random = 7;
    assert_true(noise && text);
    for (int i = 0; i < SIDE * SIDE * 3; i++)
        noise[i] = (uint8_t)(100 + pl_random_next(&random) % 156);
    const uint8_t *images[5] = {noise, noise, noise, noise, noise};
    for (uint32_t count = 1; count <= 5; count++)
        assert_in_range(render(images, count, SIDE, COLUMNS, ROWS, text), ROWS * COLUMNS * 10,
                        capacity);
    free(text);
    free(noise);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_colour_is_said_where_it_changes),
        cmocka_unit_test(images_stand_in_a_grid),
        cmocka_unit_test(never_writes_more_than_it_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
