/* What a viewer sees: the cached picture of each client, side by side, as text (broadcast_state.h).
 */
#include <string.h>

#include "harness/pipelines/broadcast/broadcast_state.h"

static uint64_t image_bytes(const struct broadcast *b)
{
    return b->frame_bytes - BROADCAST_HEADER;
}

void image_release(struct client *c, struct pl_side *side)
{
    struct broadcast *b = c->broadcast;
    if (c->image.block)
        broadcast_release(b, side, CLASS_IMAGE, c->image.block, image_bytes(b));
    c->image.block = NULL;
}

/* The pixels alone, for a composite. @return NULL when refused */
static uint8_t *make_image(const struct client *c, struct pl_side *side)
{
    struct broadcast *b = c->broadcast;
    uint8_t *image = broadcast_acquire(b, side, CLASS_IMAGE, image_bytes(b), "image");
    if (!image)
        return NULL;
    memcpy(image, c->cached.block + BROADCAST_HEADER, image_bytes(b));
    broadcast_verify(b, side, image, c->cached.picture);
    return image;
}

/* Adds one client's image to what a viewer sees; one that has sent nothing yet leaves its place
 * dark. @return false when refused */
static bool see(struct client *viewer, struct pl_side *side, struct client *c, uint32_t *count)
{
    bool reuses = c->broadcast->settings->reuse_images;
    uint8_t *image = NULL;
    if (!c->joined)
        return true;
    if (c->cached.block) {
        image = c->image.block ? c->image.block : make_image(c, side);
        if (!image)
            return false;
        if (reuses)
            c->image = (struct held_frame){image, c->cached.picture};
    }
    viewer->composite[(*count)++] = image;
    return true;
}

/* All that a viewer sees, each client's in its turn. @return false when refused */
static bool see_all(struct client *viewer, struct pl_side *side, uint32_t *count)
{
    struct broadcast *b = viewer->broadcast;
    bool seen = true;
    for (uint32_t i = 0; seen && i < b->settings->clients; i++) {
        broadcast_lock(b, &b->clients[i].lock);
        seen = see(viewer, side, &b->clients[i], count);
        broadcast_unlock(b, &b->clients[i].lock);
    }
    return seen;
}

/* Where workers run freely, all may have left meanwhile, the viewer with them. */
static size_t render_seen(struct client *viewer, const struct ascii_view *view, bool seen)
{
    return seen && view->count ? ascii_render(view, viewer->text) : 0;
}

/* Images of the viewer's own. @return as composite_render */
static size_t render_own(struct client *viewer, struct pl_side *side, struct ascii_view *view)
{
    struct broadcast *b = viewer->broadcast;
    bool seen = see_all(viewer, side, &view->count);
    size_t bytes = render_seen(viewer, view, seen);
    for (uint32_t i = 0; i < view->count; i++)
        if (viewer->composite[i])
            broadcast_release(b, side, CLASS_IMAGE, viewer->composite[i], image_bytes(b));
    return bytes;
}

/* Images that viewers share stay as long as one renders them: all clients' locks are held, which
 * every worker takes in this order. */
static size_t render_shared(struct client *viewer, struct pl_side *side, struct ascii_view *view)
{
    struct broadcast *b = viewer->broadcast;
    bool seen = true;
    for (uint32_t i = 0; i < b->settings->clients; i++)
        broadcast_lock(b, &b->clients[i].lock);
    for (uint32_t i = 0; seen && i < b->settings->clients; i++)
        seen = see(viewer, side, &b->clients[i], &view->count);
    size_t bytes = render_seen(viewer, view, seen);
    for (uint32_t i = b->settings->clients; i-- > 0;)
        broadcast_unlock(b, &b->clients[i].lock);
    return bytes;
}

size_t composite_render(struct client *viewer, struct pl_side *side)
{
    const struct broadcast *b = viewer->broadcast;
    struct ascii_view view = {.images = (const uint8_t *const *)viewer->composite,
                              .width = b->width,
                              .height = b->height,
                              .columns = b->columns,
                              .rows = b->rows};
    return b->settings->reuse_images ? render_shared(viewer, side, &view)
                                     : render_own(viewer, side, &view);
}
