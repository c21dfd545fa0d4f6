/* From a tree of allocations, leaf functions first, to stacks, main first (massif_tree.h). */
#include "harness/instruments/massif_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A node whose children are still being read. */
struct node {
    const char *frame; /* in the text */
    size_t length;
    uint64_t bytes;
    uint64_t own;  /* what no child read so far accounts for */
    uint64_t left; /* children to come */
};

struct reader {
    struct pl_lines *lines;
    struct pl_stacks *stacks;
    struct node nodes[PL_MASSIF_TREE_DEPTH_MAX]; /* from the root to where we are */
    size_t depth;
    char *frames; /* a stack while it is put together */
    size_t capacity;
};

/* "0x10E036: receive (network.c:69)" is `receive (network.c:69)`: addresses change with each build.
 */
static const char *without_address(const char *frame, const char *end)
{
    const char *at = frame;
    if (end - at < 4 || at[0] != '0' || at[1] != 'x')
        return frame;
    at += 2 + strspn(at + 2, "0123456789ABCDEFabcdef");
    return end - at > 2 && at[0] == ':' && at[1] == ' ' ? at + 2 : frame;
}

static int read_node(struct pl_lines *lines, size_t depth, struct node *node)
{
    int rc = pl_lines_next(lines);
    if (rc)
        return rc;
    const char *at = lines->line;
    size_t indent = 0;
    while (at < lines->line_end && *at == ' ') {
        at++;
        indent++;
    }
    if (indent != depth)
        return pl_lines_refuse(lines, "a node at depth %zu, expected at %zu", indent, depth);
    if (*at == 'n')
        at = pl_line_number(lines, at + 1, &node->left);
    else
        at = NULL;
    if (at && at[0] == ':' && at[1] == ' ')
        at = pl_line_number(lines, at + 2, &node->bytes);
    else
        at = NULL;
    if (!at || *at != ' ')
        return pl_lines_refuse(lines, "no node of a tree");
    node->frame = without_address(at + 1, lines->line_end);
    node->length = (size_t)(lines->line_end - node->frame);
    node->own = node->bytes;
    return 0;
}

/* Room for the frames of all nodes but the root, a separator behind each. */
static int make_room(struct reader *r)
{
    size_t wanted = 1;
    for (size_t i = 1; i < r->depth; i++)
        wanted += r->nodes[i].length + 1;
    if (wanted <= r->capacity)
        return 0;
    char *larger = realloc(r->frames, 2 * wanted);
    if (!larger)
        return -ENOMEM;
    r->frames = larger;
    r->capacity = 2 * wanted;
    return 0;
}

/* Adds the deepest node's own bytes, as the stack from it up to the root. */
static int add_own(struct reader *r)
{
    size_t used = 0;
    if (r->nodes[r->depth - 1].own == 0)
        return 0;
    if (make_room(r))
        return -ENOMEM;
    for (size_t i = r->depth - 1; i > 0; i--) {
        const struct node *node = &r->nodes[i];
        for (size_t k = 0; k < node->length; k++) /* a separator within a name is none */
            r->frames[used++] = node->frame[k] && node->frame[k] != ';' ? node->frame[k] : ',';
        r->frames[used++] = ';';
    }
    if (used == 0)
        return pl_stacks_add(r->stacks, "unknown", strlen("unknown"), r->nodes[0].own);
    return pl_stacks_add(r->stacks, r->frames, used - 1, r->nodes[r->depth - 1].own);
}

/* Leaves the nodes that have no more children. */
static int leave(struct reader *r)
{
    while (r->depth && r->nodes[r->depth - 1].left == 0) {
        int rc = add_own(r);
        if (rc)
            return rc;
        r->depth--;
    }
    return 0;
}

static int enter(struct reader *r, const struct node *node)
{
    if (r->depth) {
        struct node *parent = &r->nodes[r->depth - 1];
        if (node->bytes > parent->own)
            return pl_lines_refuse(r->lines, "the callers of a function have more than it has");
        parent->own -= node->bytes;
        parent->left--;
    }
    if (r->depth == PL_MASSIF_TREE_DEPTH_MAX)
        return pl_lines_refuse(r->lines, "a tree deeper than %d", PL_MASSIF_TREE_DEPTH_MAX);
    r->nodes[r->depth++] = *node;
    return 0;
}

static int read_all(struct reader *r, uint64_t bytes)
{
    struct node node;
    int rc = read_node(r->lines, 0, &node);
    if (!rc && node.bytes != bytes)
        rc = pl_lines_refuse(r->lines, "the tree's sum is not the heap's");
    if (!rc)
        rc = enter(r, &node);
    while (!rc && !(rc = leave(r)) && r->depth) {
        rc = read_node(r->lines, r->depth, &node);
        if (!rc)
            rc = enter(r, &node);
    }
    return rc;
}

int pl_massif_tree_read(struct pl_lines *lines, uint64_t bytes, struct pl_stacks *stacks)
{
    struct reader reader = {.lines = lines, .stacks = stacks};
    int rc = read_all(&reader, bytes);
    free(reader.frames);
    if (rc)
        pl_stacks_free(stacks);
    return rc;
}
