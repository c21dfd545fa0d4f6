/* What delay.ml counts with, in C so that looking allocates nothing: bytes outside of the heap, the
 * resident size, and when cycles ended. */
#define CAML_INTERNALS
#define CAML_NAME_SPACE
#include <caml/alloc.h>
#include <caml/custom.h>
#include <caml/domain_state.h>
#include <caml/mlvalues.h>
#include <stdlib.h>

#include "look.h"

struct outside {
    void *memory;
    size_t bytes;
    size_t rest[4]; /* a handle of 64 B with its header, as a Bigarray's */
};

static struct look all; /* the program's: its stubs have no other place */
static size_t outside_bytes;

static void finalise(value handle)
{
    struct outside *outside = Data_custom_val(handle);
    free(outside->memory);
    outside_bytes -= outside->bytes;
}

static struct custom_operations operations = {"delay",
                                              finalise,
                                              custom_compare_default,
                                              custom_hash_default,
                                              custom_serialize_default,
                                              custom_deserialize_default,
                                              custom_compare_ext_default,
                                              custom_fixed_length_default};

value delay_outside(value bytes, value declared)
{
    size_t size = (size_t)Long_val(bytes);
    void *memory = malloc(size);
    value handle = Bool_val(declared)
                       ? caml_alloc_custom_mem(&operations, sizeof(struct outside), size)
                       : caml_alloc_custom(&operations, sizeof(struct outside), 0, 1);
    *(struct outside *)Data_custom_val(handle) = (struct outside){.memory = memory, .bytes = size};
    outside_bytes += size;
    return handle;
}

value delay_start(value unit)
{
    look_start(&all);
    return unit;
}

value delay_look(value full)
{
    look_at(&all, outside_bytes, (unsigned long)Caml_state->stat_major_collections, Bool_val(full));
    return Val_unit;
}

value delay_print(value heap)
{
    look_print(&all, Bool_val(heap));
    return Val_unit;
}
