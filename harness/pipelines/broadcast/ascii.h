/* Pictures as coloured characters of a terminal. */
#ifndef PL_BROADCAST_ASCII_H
#define PL_BROADCAST_ASCII_H

#include <stddef.h>
#include <stdint.h>

/** Where the text goes, and what it shows: images beside each other in a grid. */
struct ascii_view {
    const uint8_t *const *images; /* RGB, all of one size; NULL: that place stays dark */
    uint32_t count;               /* 1 or more */
    uint32_t width, height;       /* of an image, pixels */
    uint32_t columns, rows;       /* of the terminal */
};

/** Bytes that a view of that terminal never exceeds. */
size_t ascii_capacity(uint32_t columns, uint32_t rows);

/** Writes the view: for each character a brightness, and its colour wherever that changes, as
 *  ECMA-48's SGR 38;2 says it. Not terminated.
 *  @param text ascii_capacity() bytes @return bytes written */
size_t ascii_render(const struct ascii_view *view, char *text);

#endif
