/* Documents of a limited length (fitted.h). */
#include "harness/report/writers/fitted.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>

#include "harness/base/text_stream.h"

static int render(struct pl_doc doc, pl_doc_function write, const void *context, char **text,
                  size_t *size)
{
    struct pl_text_stream stream;
    *text = NULL;
    if (pl_text_stream_open(&stream))
        return -ENOMEM;
    doc.out = stream.out;
    write(&doc, context);
    return pl_text_stream_close(&stream, text, size);
}

/* The longest lists with which the document fits; 0 where none does. */
static size_t longest_lists(struct pl_doc doc, pl_doc_function write, const void *context,
                            size_t limit)
{
    size_t fits = 0, most = doc.most;
    while (fits < most) {
        char *text;
        size_t size;
        doc.most = fits + (most - fits + 1) / 2;
        if (render(doc, write, context, &text, &size))
            return 0;
        if (size <= limit)
            fits = doc.most;
        else
            most = doc.most - 1;
        free(text);
    }
    return fits;
}

int pl_doc_fitted(struct pl_doc doc, pl_doc_function write, const void *context, size_t limit,
                  char **text, size_t *size)
{
    size_t most = doc.most;
    doc.most = SIZE_MAX;
    doc.commands = true;
    int rc = render(doc, write, context, text, size);
    if (rc || *size <= limit)
        return rc;
    free(*text);
    doc.most = most;
    doc.commands = false;
    doc.most = longest_lists(doc, write, context, limit);
    return render(doc, write, context, text, size);
}
