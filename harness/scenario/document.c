/* Text to a YAML tree, by libfyaml (document.h). */
#include "harness/scenario/document.h"

#include <errno.h>
#include <stdbool.h>

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
        fy_document_destroy(*document);
        *document = NULL; /* whoever asked closes what it holds */
    }
    fy_parser_destroy(parser);
    fy_diag_destroy(diag);
    return rc;
}
