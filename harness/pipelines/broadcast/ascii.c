/* Rendering pixels as text (ascii.h). */
#include "harness/pipelines/broadcast/ascii.h"

#include <string.h>

#define COLOUR_MAX 19 /* ESC [ 3 8 ; 2 ; 2 5 5 ; 2 5 5 ; 2 5 5 m */
#define ROW_END "\033[0m\n"
#define COLOUR_STEP 16 /* of 256: noise in the pixels is no new colour */

static const char shades[] = " .:-=+*#%@";

struct colour {
    uint8_t red, green, blue;
};

size_t ascii_capacity(uint32_t columns, uint32_t rows)
{
    return (size_t)rows * ((size_t)columns * (COLOUR_MAX + 1) + sizeof ROW_END - 1);
}

static char *write_number(char *at, unsigned number)
{
    if (number >= 100)
        *at++ = (char)('0' + number / 100);
    if (number >= 10)
        *at++ = (char)('0' + number / 10 % 10);
    *at++ = (char)('0' + number % 10);
    return at;
}

static char *write_colour(char *at, struct colour c)
{
    memcpy(at, "\033[38;2;", 7);
    at = write_number(at + 7, c.red);
    *at++ = ';';
    at = write_number(at, c.green);
    *at++ = ';';
    at = write_number(at, c.blue);
    *at++ = 'm';
    return at;
}

/* The grid is as wide as it is high, or one wider. */
static uint32_t grid_columns(uint32_t count)
{
    uint32_t columns = 1;
    while (columns * columns < count)
        columns++;
    return columns;
}

/* The mean of four pixels in the character's part of the image. */
static struct colour sample(const struct ascii_view *v, const uint8_t *image, uint64_t x0,
                            uint64_t x1, uint64_t y0, uint64_t y1)
{
    unsigned sum[3] = {0};
    for (unsigned i = 0; i < 4; i++) {
        uint64_t x = i & 1 ? (x0 + 3 * x1) / 4 : (3 * x0 + x1) / 4;
        uint64_t y = i & 2 ? (y0 + 3 * y1) / 4 : (3 * y0 + y1) / 4;
        const uint8_t *pixel = image + (y * v->width + x) * 3;
        for (unsigned c = 0; c < 3; c++)
            sum[c] += pixel[c];
    }
    return (struct colour){(uint8_t)(sum[0] / 4), (uint8_t)(sum[1] / 4), (uint8_t)(sum[2] / 4)};
}

static struct colour colour_at(const struct ascii_view *v, uint32_t column, uint32_t row)
{
    uint32_t across = grid_columns(v->count), down = (v->count + across - 1) / across;
    uint32_t gx = (uint32_t)((uint64_t)column * across / v->columns);
    uint32_t gy = (uint32_t)((uint64_t)row * down / v->rows);
    uint32_t index = gy * across + gx;
    if (index >= v->count || !v->images[index])
        return (struct colour){0, 0, 0};
    /* in units of 1 / (columns or rows) of an image */
    uint64_t x = (uint64_t)column * across - (uint64_t)gx * v->columns;
    uint64_t y = (uint64_t)row * down - (uint64_t)gy * v->rows;
    uint64_t x1 = x + across < v->columns ? x + across : v->columns;
    uint64_t y1 = y + down < v->rows ? y + down : v->rows;
    return sample(v, v->images[index], x * (v->width - 1) / v->columns,
                  x1 * (v->width - 1) / v->columns, y * (v->height - 1) / v->rows,
                  y1 * (v->height - 1) / v->rows);
}

static struct colour rounded(struct colour c)
{
    return (struct colour){(uint8_t)(c.red / COLOUR_STEP * COLOUR_STEP),
                           (uint8_t)(c.green / COLOUR_STEP * COLOUR_STEP),
                           (uint8_t)(c.blue / COLOUR_STEP * COLOUR_STEP)};
}

/* ITU-R BT.601's weights, in 1/256. */
static char shade_of(struct colour c)
{
    unsigned brightness = (77u * c.red + 150u * c.green + 29u * c.blue) >> 8;
    return shades[brightness * (sizeof shades - 2) / 255];
}

static char *render_row(const struct ascii_view *v, uint32_t row, char *at)
{
    struct colour last = {1, 1, 1}; /* no rounded colour */
    for (uint32_t column = 0; column < v->columns; column++) {
        struct colour c = colour_at(v, column, row), r = rounded(c);
        if (memcmp(&r, &last, sizeof r) != 0)
            at = write_colour(at, r);
        last = r;
        *at++ = shade_of(c);
    }
    memcpy(at, ROW_END, sizeof ROW_END - 1);
    return at + sizeof ROW_END - 1;
}

size_t ascii_render(const struct ascii_view *v, char *text)
{
    char *at = text;
    for (uint32_t row = 0; row < v->rows; row++)
        at = render_row(v, row, at);
    return (size_t)(at - text);
}
