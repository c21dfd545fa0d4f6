/* Text to a YAML tree, by libfyaml (yaml_tree.h). */
#include "harness/scenario/yaml_tree.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>

#include "allocators/base/printable.h"
#include "harness/base/child.h"
#include "harness/scenario/decode.h"

/*
 * Checks that a text is UTF-8 (RFC 3629) without NULs, and holds no YAML directives: libfyaml
 * 0.7.12 never returns from a directive with a broken character in it, and no scenario needs one.
 * @param path stands in the message
 * @return 0 or -EINVAL with `path:line:column: ...`
 */
static int check_text(const char *text, size_t size, const char *path, struct pl_error *error)
{
    unsigned line = 1, column = 1;
    for (size_t at = 0; at < size; column++) {
        uint32_t character = 0;
        size_t bytes = pl_printable_read(text + at, size - at, &character);
        if (bytes == 0 || character == 0)
            return pl_error_set(error, -EINVAL,
                                "%s:%u:%u: this is not text; expected UTF-8 without NULs", path,
                                line, column);
        if (!pl_printable_is(character) && !(character < 0x80 && strchr("\t\n\r", text[at])))
            return pl_error_set(error, -EINVAL,
                                "%s:%u:%u: U+%04X is not printable; expected printable text", path,
                                line, column, (unsigned)character);
        if (text[at] == '%' && column == 1)
            return pl_error_set(error, -EINVAL, "%s:%u:%u: YAML directives are not taken", path,
                                line, column);
        if (text[at] == '\n' || text[at] == '\r') {
            line += text[at] == '\n';
            column = 0;
        }
        at += bytes;
    }
    return 0;
}

#define TRIAL_SECONDS 10 /* a megabyte takes a tenth of one */

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
 * text, such as `about`, has lines, and so may an item of a list: the word of a command. */
static int check_scalar(struct fy_node *scalar, bool has_lines, const char *path,
                        struct pl_error *error)
{
    size_t length = 0;
    const char *text = fy_node_get_scalar(scalar, &length);
    struct pl_mark mark = pl_decode_mark(scalar);
    for (size_t at = 0, bytes; text && at < length; at += bytes) {
        uint32_t character = 0;
        bytes = pl_printable_read(text + at, length - at, &character);
        const bool is_line = character == '\n' || (character == '\t' && !is_block(scalar));
        if (bytes && (pl_printable_is(character) || (has_lines && is_line)))
            continue;
        return pl_error_set(
            error, -EINVAL,
            "%s:%u:%u: U+%04X in this text is not printable; expected printable text", path,
            mark.line, mark.column, (unsigned)character);
    }
    return 0;
}

static int check_node(struct fy_node *node, bool is_item, const char *path, struct pl_error *error)
{
    void *at = NULL;
    int rc = 0;
    if (node && fy_node_is_alias(node)) {
        struct pl_mark mark = pl_decode_mark(node);
        return pl_error_set(
            error, -EINVAL,
            "%s:%u:%u: a YAML alias (*name); expected what it stands for, written out, or extends",
            path, mark.line, mark.column);
    }
    if (node && fy_node_is_scalar(node))
        return check_scalar(node, is_item || is_block(node), path, error);
    if (node && fy_node_is_mapping(node))
        for (struct fy_node_pair *pair; !rc && (pair = fy_node_mapping_iterate(node, &at));) {
            rc = check_node(fy_node_pair_key(pair), false, path, error);
            rc = rc ? rc : check_node(fy_node_pair_value(pair), false, path, error);
        }
    if (node && fy_node_is_sequence(node))
        for (struct fy_node *item; !rc && (item = fy_node_sequence_iterate(node, &at));)
            rc = check_node(item, true, path, error);
    return rc;
}

/* What libfyaml makes of a text. */
struct parsed {
    const char *text;
    size_t size;
    struct fy_diag *diag;
    struct fy_parser *parser;
    struct fy_document *document, *second; /* NULL where there is none */
};

/* @return 0 or -ENOMEM */
static int parse(struct parsed *p)
{
    struct fy_diag_cfg diag_config;
    fy_diag_cfg_default(&diag_config);
    diag_config.level = FYET_ERROR;
    p->diag = fy_diag_create(&diag_config);
    if (!p->diag)
        return -ENOMEM;
    fy_diag_set_collect_errors(p->diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET, .diag = p->diag};
    p->parser = fy_parser_create(&config);
    /* Not fy_document_build_from_string: it prints to stderr where there is no document. */
    if (p->parser && fy_parser_set_string(p->parser, p->text, p->size) == 0)
        p->document = fy_parse_load_document(p->parser);
    p->second = p->document ? fy_parse_load_document(p->parser) : NULL;
    return 0;
}

static void close_parsed(struct parsed *p)
{
    if (p->second)
        fy_document_destroy(p->second);
    if (p->document)
        fy_document_destroy(p->document);
    fy_parser_destroy(p->parser);
    fy_diag_destroy(p->diag);
}

static void try_it(void *context)
{
    struct parsed p = *(const struct parsed *)context;
    parse(&p);
    close_parsed(&p);
}

/* Most settings are one: a number with its unit, or a name. */
static bool is_word(const char *text, size_t size)
{
    size_t at = 0;
    while (at < size &&
           (isalnum((unsigned char)text[at]) || (at && text[at] && strchr("._-", text[at]))))
        at++;
    return at && at == size;
}

/* libfyaml 0.7.12 writes where it must not on some text that is no YAML: a process of its own tries
 * first, unless there is nothing in it that YAML knows. Where none can be had, it goes without. */
static int try_apart(const struct parsed *p, const char *path, struct pl_error *error)
{
    int status = 0;
    if (is_word(p->text, p->size))
        return 0;
    if (pl_child_call(try_it, (void *)(uintptr_t)p, TRIAL_SECONDS, &status) || status == 0)
        return 0;
    return pl_error_set(
        error, -EINVAL,
        "%s:1:1: libfyaml crashes on this text (%s %d); expected a plain YAML mapping", path,
        WIFSIGNALED(status) ? "signal" : "exit code",
        WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static int check(const struct parsed *p, const char *path, struct pl_error *error)
{
    if (!p->document)
        return syntax_error(path, p->diag, error);
    if (p->second)
        return pl_error_set(error, -EINVAL, "%s:1:1: two YAML documents; expected one", path);
    return check_node(fy_document_root(p->document), false, path, error);
}

int pl_yaml_tree_build(const char *text, size_t size, const char *path,
                       struct fy_document **document, struct pl_error *error)
{
    struct parsed p = {.text = text, .size = size};
    *document = NULL;
    int rc = check_text(text, size, path, error);
    if (!rc)
        rc = try_apart(&p, path, error);
    if (rc)
        return rc;
    if (parse(&p))
        return pl_error_set(error, -ENOMEM, "%s: out of memory", path);
    rc = check(&p, path, error);
    if (!rc) {
        *document = p.document; /* whoever asked closes it */
        p.document = NULL;
    }
    close_parsed(&p);
    return rc;
}
