/* Documents of a limited length (fitted.h). */
#include "harness/report/writers/fitted.h"

#include <stdint.h>
#include <stdlib.h>

#include "harness/base/text_stream.h"

struct fitted {
    struct pl_doc doc;
    pl_doc_function write;
    const void *context;
};

static void write_one(FILE *out, const void *context)
{
    const struct fitted *f = context;
    struct pl_doc doc = f->doc;
    doc.out = out;
    f->write(&doc, f->context);
}

/* The longest lists with which the document fits; 0 where none does. */
static size_t longest_lists(struct fitted f, size_t limit)
{
    size_t fits = 0, most = f.doc.most, size;
    while (fits < most) {
        f.doc.most = fits + (most - fits + 1) / 2;
        free(pl_text_written(write_one, &f, &size));
        if (size <= limit)
            fits = f.doc.most;
        else
            most = f.doc.most - 1;
    }
    return fits;
}

char *pl_doc_fitted(struct pl_doc doc, pl_doc_function write, const void *context, size_t limit,
                    size_t *size)
{
    struct fitted f = {doc, write, context};
    f.doc.most = SIZE_MAX;
    f.doc.commands = true;
    char *whole = pl_text_written(write_one, &f, size);
    if (*size <= limit)
        return whole;
    free(whole);
    f.doc = doc;
    f.doc.commands = false;
    f.doc.most = longest_lists(f, limit);
    return pl_text_written(write_one, &f, size);
}
