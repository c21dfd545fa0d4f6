/* Text to a YAML tree, by libfyaml (document.h). */
#include "harness/scenario/document.h"

#include <errno.h>
#include <stdbool.h>

#include "allocators/printable.h"
#include "harness/scenario/decode.h"
#include "harness/scenario/text.h"

/* libfyaml's own words for what is no YAML, with the place of the first error. */
static int syntax_error(const char *path, struct fy_diag *diag, struct pl_error *error)
{
    void *at = NULL;
    struct fy_diag_error *first = fy_diag_errors_iterate(diag, &at);
    if (!first)
        return pl_error_set(error, -EINVAL, "%s:1:1: the scenario is empty", path);
    int line = first->line > 0 ? first->line : 1, column = first->column > 0 ? first->column : 1;
    return pl_error_set(error, -EINVAL, "%s:%d:%d: %s", path, line, column, first->msg);
}

static bool is_block(struct fy_node *scalar)
{
    enum fy_node_style style = fy_node_get_style(scalar);
    return style == FYNS_LITERAL || style == FYNS_FOLDED;
}

/* Text in double quotes may hold what the file does not: "\x1b" is an escape character. A block of
 * text, such as `about`, has lines. */
static int check_scalar(struct fy_node *scalar, const char *path, struct pl_error *error)
{
    size_t length = 0;
    const char *text = fy_node_get_scalar(scalar, &length);
    struct pl_mark mark = pl_decode_mark(scalar);
    for (size_t at = 0, bytes; text && at < length; at += bytes) {
        uint32_t character = 0;
        bytes = pl_printable_read(text + at, length - at, &character);
        if (bytes && (pl_printable_is(character) || (character == '\n' && is_block(scalar))))
            continue;
        return pl_error_set(error, -EINVAL,
                            "%s:%u:%u: U+%04X in this text is not printable; text that shows would "
                            "be right",
                            path, mark.line, mark.column, (unsigned)character);
    }
    return 0;
}

static int check_node(struct fy_node *node, const char *path, struct pl_error *error)
{
    void *at = NULL;
    int rc = 0;
    if (node && fy_node_is_scalar(node))
        return check_scalar(node, path, error);
    if (node && fy_node_is_mapping(node))
        for (struct fy_node_pair *pair; !rc && (pair = fy_node_mapping_iterate(node, &at));) {
            rc = check_node(fy_node_pair_key(pair), path, error);
            rc = rc ? rc : check_node(fy_node_pair_value(pair), path, error);
        }
    if (node && fy_node_is_sequence(node))
        for (struct fy_node *item; !rc && (item = fy_node_sequence_iterate(node, &at));)
            rc = check_node(item, path, error);
    return rc;
}

int pl_document_build(const char *text, size_t size, const char *path,
                      struct fy_document **document, struct pl_error *error)
{
    int rc = pl_text_check(text, size, path, error);
    if (rc)
        return rc;
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.level = FYET_ERROR;
    struct fy_diag *diag = fy_diag_create(&diag_config);
    if (!diag)
        return pl_error_set(error, -ENOMEM, "%s: out of memory", path);
    fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET, .diag = diag};
    struct fy_parser *parser = fy_parser_create(&config);
    *document = NULL;
    /* Not fy_document_build_from_string: it prints to stderr where there is no document. */
    if (parser && fy_parser_set_string(parser, text, size) == 0)
        *document = fy_parse_load_document(parser);
    struct fy_document *second = *document ? fy_parse_load_document(parser) : NULL;
    rc = *document ? 0 : syntax_error(path, diag, error);
    if (second) {
        rc = pl_error_set(error, -EINVAL, "%s:1:1: two YAML documents; one would be right", path);
        fy_document_destroy(second);
    }
    if (!rc)
        rc = check_node(fy_document_root(*document), path, error);
    if (rc && *document) {
        fy_document_destroy(*document);
        *document = NULL; /* whoever asked closes what it holds */
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return rc;
}
